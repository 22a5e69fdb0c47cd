"""What a taxonomy is: categories with words and examples in both languages, which a community can extend."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from services.kernel.errors import InvalidError

NONE = "-"  # the category of texts that want nothing; never an answer


@dataclass(frozen=True)
class Category:
    """One kind of service: its key on wires, its names, words for it and sentences of people who want it."""

    key: str
    zh: str
    en: str
    words: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All that can be learned from."""
        if self.key == NONE:
            return self.examples
        return (self.zh, self.en, self.key.replace("_", " "), *self.words, *self.examples)


@dataclass(frozen=True)
class Taxonomy:
    """Categories by key, and corrections: texts of which people said what they are. Immutable, so it can be cached."""

    categories: tuple[Category, ...]
    corrections: tuple[tuple[str, str], ...] = field(default=())

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that a signal can have."""
        return tuple(category.key for category in self.categories if category.key != NONE)

    def find(self, key: str) -> Category | None:
        """Return the category with this key, or None."""
        return next((category for category in self.categories if category.key == key != NONE), None)

    def extended(self, categories: Iterable[Category] = (), corrections: Iterable[tuple[str, str]] = ()) -> "Taxonomy":
        """Return this taxonomy with more of both.

        A category whose key is there already adds its words and examples to it and renames it where it has names. A
        correction of a text that was corrected before replaces the earlier one; one to a key that nobody knows is an
        ``InvalidError``.
        """
        merged = {category.key: category for category in self.categories}
        for category in categories:
            merged[category.key] = _joined(merged.get(category.key), category)
        corrected = dict(self.corrections) | dict(corrections)
        unknown = sorted(set(corrected.values()) - merged.keys())
        if unknown:
            raise InvalidError("category", f"{unknown[0]} is none of this taxonomy", f"one of {', '.join(self.keys)}")
        return Taxonomy(tuple(merged.values()), tuple(sorted(corrected.items())))


def _joined(old: Category | None, new: Category) -> Category:
    if old is None:
        return new
    return replace(
        old,
        zh=new.zh or old.zh,
        en=new.en or old.en,
        words=tuple(dict.fromkeys(old.words + new.words)),
        examples=tuple(dict.fromkeys(old.examples + new.examples)),
    )


def parse(text: str) -> tuple[Category, ...]:
    """Read categories in the form of ``builtin.txt``; a line that is none of it is an ``InvalidError``."""
    found: list[Category] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        mark, line = raw[:1], raw.strip()
        if not line or mark == "#":
            continue
        if mark == "[" and "]" in line and " | " in line:
            key, names = line[1:].split("]", 1)
            zh, en = (name.strip() for name in names.split(" | ", 1))
            found.append(Category(key, zh, en))
        elif mark in ("~", "-") and found:
            last = found[-1]
            words = tuple(word.strip() for word in line[1:].split(",")) if mark == "~" else ()
            examples = (line[1:].strip(),) if mark == "-" else ()
            found[-1] = replace(last, words=last.words + words, examples=last.examples + examples)
        else:
            raise InvalidError(f"line {number}", "cannot be read", "[key] 名 | Name, or ~ words, or - a sentence")
    return tuple(found)


@cache
def builtin() -> Taxonomy:
    """Return the taxonomy that Pinlian brings along, of about ninety temporary services."""
    return Taxonomy(parse(files(__package__).joinpath("builtin.txt").read_text(encoding="utf-8")))
