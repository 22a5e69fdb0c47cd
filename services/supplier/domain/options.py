"""What a community may adapt of an offer: syllabus, language, age. Declared by the offer, kept by the match."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from services.kernel.errors import InvalidError
from services.kernel.quantity import MAX_SEATS

MAX_OPTIONS, MAX_CHOICES = 20, 50
LONGEST_TEXT = 500


class OptionKind(StrEnum):
    """What is chosen: one of some, a text, a whole number, or a range of whole numbers."""

    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class OptionChoice:
    """One of the things to choose from."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Option:
    """Something that may be adapted, and its ``value``: what holds unless another one is chosen.

    Numbers and ranges are within ``least`` and ``most``, both included. A range is a pair.
    """

    key: str
    kind: OptionKind
    zh: str
    en: str
    value: Any
    choices: tuple[OptionChoice, ...] = ()
    least: int | None = None
    most: int | None = None

    def chosen(self, value: Any, field: str) -> "Option":
        """Return it with another value; raise ``InvalidError`` naming ``field`` where that cannot be chosen."""
        return replace(self, value=_CHECKS[self.kind](self, value, field))


def _choice(option: Option, value: Any, field: str) -> str:
    known = [choice.key for choice in option.choices]
    if value not in known:
        raise InvalidError(field, f"{value!r} is not offered", f"one of {', '.join(known)}")
    return value


def _text(option: Option, value: Any, field: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise InvalidError(field, "is no text of possible length", f"a text of at most {LONGEST_TEXT} characters")
    return value.strip()


def _number(option: Option, value: Any, field: str) -> int:
    least, most = option.least or 0, MAX_SEATS if option.most is None else option.most
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidError(field, f"{value!r} is not possible", f"a whole number from {least} to {most}")
    return value


def _range(option: Option, value: Any, field: str) -> tuple[int, int]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise InvalidError(field, f"{value!r} is no range", "a list of two whole numbers such as [6, 9]")
    first, last = (_number(option, one, field) for one in value)
    if last < first:
        raise InvalidError(field, f"ends at {last}, before its start", f"an end of at least {first}")
    return first, last


_CHECKS = {OptionKind.CHOICE: _choice, OptionKind.TEXT: _text, OptionKind.NUMBER: _number, OptionKind.RANGE: _range}


def check_options(options: Sequence[Option]) -> None:
    """Raise ``InvalidError`` unless keys are different and each value is one that could be chosen."""
    if len(options) > MAX_OPTIONS:
        raise InvalidError("options", f"has {len(options)} options", f"at most {MAX_OPTIONS}")
    keys: set[str] = set()
    for index, option in enumerate(options):
        field = f"options.{index}"
        if option.key in keys:
            raise InvalidError(f"{field}.key", f"{option.key!r} is there already", "a key of its own")
        keys.add(option.key)
        if (option.kind is OptionKind.CHOICE) != bool(option.choices):
            raise InvalidError(f"{field}.choices", "do not go with the kind", "choices for a choice, none for others")
        if len({choice.key for choice in option.choices}) != len(option.choices):
            raise InvalidError(f"{field}.choices", "repeat a key", "a key of its own for each")
        option.chosen(option.value, f"{field}.value")


def adapted(options: Sequence[Option], choices: Mapping[str, Any]) -> tuple[Option, ...]:
    """Return the options with what was chosen; raise ``InvalidError`` naming the choice that is not possible."""
    known = {option.key for option in options}
    for key in choices:
        if key not in known:
            expected = f"one of {', '.join(sorted(known))}" if known else "nothing: the offer has no options"
            raise InvalidError(f"choices.{key}", "is no option of the offer", expected)
    return tuple(
        option.chosen(choices[option.key], f"choices.{option.key}") if option.key in choices else option
        for option in options
    )
