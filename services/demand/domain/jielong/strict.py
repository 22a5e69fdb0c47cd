r"""A row written so that nobody can misread it, for nicknames that look like quantities.

The fields are separated by ``｜``; a backslash keeps the sign behind it from separating. The first field is the
nickname, whatever it is; ``苹果×2斤`` is an item (``×?`` without a quantity, a second ``×`` begins its note), and
each of the others says in its first word what it is. Text in which a field is none of these is read like any other row.
"""

import re
from decimal import Decimal

from services.demand.domain.jielong.draft import Draft
from services.demand.domain.jielong.lexer import Token
from services.demand.domain.jielong.model import Facts, Item, Quantity, Status

BAR = "｜"
_STATUS = {"候补": Status.WAITING, "取消": Status.CANCELLED, "改": Status.CHANGED}
_PAID = {"已付": True, "未付": False}
_NUMBERS = {"大人": "adults", "小孩": "children", "人数": "people"}
_TEXTS = {"户": "household", "时间": "choice", "备注": "remark"}
_QUANTITY = re.compile(r"^(?:(\d+(?:\.\d+)?)|\?)([^\d.].*)?$", re.DOTALL)


def read_strict(text: str) -> Draft | None:
    """Return what a strictly written row says, or None if it is not one."""
    if BAR not in text:
        return None
    first, *fields = _split(text, BAR)
    draft = Draft(text, nickname=_plain(first).strip())
    if not all(_field(draft, one.strip()) for one in fields):
        return None
    return draft


def _field(draft: Draft, text: str) -> bool:
    word, _, value = text.partition(" ")
    if text == "":
        return True
    if text in _STATUS:
        draft.status = _STATUS[text]
    elif text in _PAID:
        draft.paid = _PAID[text]
    elif word in _NUMBERS and value.isdecimal():
        setattr(draft, _NUMBERS[word], int(value))
    elif word in _TEXTS and value:
        _text(draft, _TEXTS[word], _plain(value))
    else:
        return _item(draft, _split(text, "×"))
    return True


def _text(draft: Draft, name: str, value: str) -> None:
    if name == "household":
        draft.household = Token("household", 0, 0, value)
    elif name == "choice":
        draft.choice = value
    else:
        draft.said = value


def _item(draft: Draft, parts: list[str]) -> bool:
    found = _QUANTITY.match(_plain(parts[1])) if len(parts) in (2, 3) else None
    if not found:
        return False
    quantity = None if found[1] is None else _number(found[1])
    note = _plain(parts[2]) if len(parts) == 3 else ""
    draft.items.append(Item(_plain(parts[0]) or None, quantity, found[2] or None, note))
    return True


def write_strict(facts: Facts) -> str:
    """Return the row that ``read_strict`` reads as these facts."""
    fields = [_safe(facts.nickname)]
    fields += [f"{word} {_safe(value)}" for word, name in _TEXTS.items() if (value := getattr(facts, name))]
    fields += [f"{word} {value}" for word, name in _NUMBERS.items() if (value := getattr(facts, name)) is not None]
    for item in facts.items:
        quantity = "?" if item.quantity is None else str(item.quantity)
        note = f"×{_safe(item.note)}" if item.note else ""
        fields.append(f"{_safe(item.label or '')}×{quantity}{_safe(item.unit or '')}{note}")
    fields += [word for word, value in _STATUS.items() if facts.status is value]
    fields += [word for word, value in _PAID.items() if facts.paid is value]
    return BAR.join([*fields, ""] if len(fields) == 1 else fields)


def _number(text: str) -> Quantity:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value


def _split(text: str, sign: str) -> list[str]:
    """Split at the signs that no backslash protects."""
    parts, current, protected = [], "", False
    for letter in text:
        if protected or letter != sign:
            current += letter
            protected = letter == "\\" and not protected
        else:
            parts.append(current)
            current = ""
    return [*parts, current]


def _safe(text: str) -> str:
    return re.sub(r"([\\｜×])", r"\\\1", text)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
