"""The forms of price lists that are understood, each recognised by the names of its columns.

``template`` is our own, with names in Chinese or English. ``ofn`` is the product list of Open Food Network,
``foodsoft`` that of Foodsoft's shared lists with ``scale_*`` tiers, in English or German. Columns that mean nothing for
a service are named in the preview, so that nobody believes they were read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from services.kernel.errors import InvalidError

MOST_TIERS = 9

_TEMPLATE: dict[str, tuple[str, ...]] = {
    "number": ("编号", "number"),
    "title": ("名称", "title"),
    "category": ("类别", "category"),
    "status": ("状态", "status"),
    "price": ("价格", "price"),
    "min_group": ("最少席数", "min_group"),
    "max_group": ("最多席数", "max_group"),
    "minutes": ("时长（分钟）", "minutes", "时长"),
    "where": ("服务地点", "where"),
    "lat": ("纬度", "lat"),
    "lon": ("经度", "lon"),
    "travel_km": ("上门范围（公里）", "travel_km", "上门范围"),
    **{f"tier_{n}_seats": (f"阶梯{n}席数", f"tier_{n}_seats") for n in range(1, MOST_TIERS + 1)},
    **{f"tier_{n}_price": (f"阶梯{n}价格", f"tier_{n}_price") for n in range(1, MOST_TIERS + 1)},
}
_FOODSOFT: dict[str, tuple[str, ...]] = {
    "status": ("status",),
    "number": ("number", "order number", "nummer", "bestellnummer"),
    "title": ("name",),
    "price": ("price", "preis", "nettopreis"),
    "tax": ("tax", "mwst", "mwst."),
    "min_group": ("unit_quantity", "unit quantity", "gebindegröße", "gebinde"),
    "tier_1_seats": ("scale_quantity", "scale quantity", "staffelmenge"),
    "tier_1_price": ("scale_price", "scale price", "staffelpreis"),
    "category": ("category", "kategorie"),
}
_OFN: dict[str, tuple[str, ...]] = {
    "number": ("sku",),
    "name": ("name",),
    "title": ("display_name",),
    "category": ("category",),
    "price": ("price",),
    "max_group": ("on_hand",),
}


@dataclass(frozen=True, slots=True)
class Format:
    """A form of lists: what its columns are called, and which of them tell that it is this form."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    telling: tuple[str, ...]
    required: tuple[str, ...]
    has_tiers: bool = True


FORMATS = (
    Format("ofn", _OFN, ("producer", "units", "variant_unit_name", "on_hand", "on_demand"), ("name", "price"), False),
    Format("foodsoft", _FOODSOFT, ("unit_quantity", "scale_quantity", "deposit", "manufacturer"), ("number", "price")),
    Format("template", _TEMPLATE, ("number", "title", "编号", "名称"), ("number", "title", "price")),
)


@dataclass(frozen=True, slots=True)
class Header:
    """Which form a file has, where its columns are, and what in it is not read."""

    format: Format
    columns: Mapping[str, int]
    ignored: tuple[str, ...]

    def name_of(self, field: str) -> str:
        """Return how the column of a field is called in this form."""
        return self.format.columns[field][0] if field in self.format.columns else field


def header_of(cells: Sequence[Any]) -> Header:
    """Recognise a file by its first line; raise ``InvalidError`` naming what is missing or there twice."""
    names = [_folded(cell) for cell in cells]
    form = max(FORMATS, key=lambda one: sum(_folded(word) in names for word in one.telling))
    by_word = {_folded(word): field for field, words in form.columns.items() for word in words}
    columns: dict[str, int] = {}
    ignored = []
    for at, name in enumerate(names):
        field = by_word.get(name)
        if field is None:
            ignored += [str(cells[at]).strip()] if name else []
        elif field in columns:
            raise InvalidError("file", f"has the column {str(cells[at])!r:.40} twice", "each column once")
        else:
            columns[field] = at
    for field in form.required:
        if field not in columns:
            expected = f"the columns of a {form.name} list, such as GET /v1/price-list-template gives"
            raise InvalidError("file", f"has no column {form.columns[field][0]}", expected)
    return Header(form, columns, tuple(ignored))


def _folded(cell: Any) -> str:
    return "" if cell is None else " ".join(normalize("NFKC", str(cell)).casefold().split())


def template_rows(language: str) -> list[list[Any]]:
    """Return our own template with two examples, its names in ``zh`` or ``en``."""
    at = 0 if language == "zh" else 1
    shown = [field for field in _TEMPLATE if not field.startswith("tier_") or field[5] in "123"]
    titles = (
        ("亲子陶艺体验课", "空调深度清洗") if language == "zh" else ("Pottery for families", "Air conditioner cleaning")
    )
    examples: list[dict[str, Any]] = [
        {
            **{"number": "T-001", "title": titles[0], "category": "pottery", "price": 128, "min_group": 10},
            **{"max_group": 30, "minutes": 120, "where": "supplier", "tier_1_seats": 20, "tier_1_price": 118},
            **{"tier_2_seats": 30, "tier_2_price": 108},
        },
        {
            **{"number": "C-001", "title": titles[1], "category": "appliance_cleaning", "price": 98, "min_group": 8},
            **{"max_group": 60, "minutes": 45, "where": "community", "travel_km": 15},
            **{"tier_1_seats": 20, "tier_1_price": 88},
        },
    ]
    return [[_TEMPLATE[field][at] for field in shown], *([one.get(field) for field in shown] for one in examples)]
