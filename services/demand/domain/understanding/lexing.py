"""From a text to tokens: at each place the longest rule of either language that fits."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.values import Around, Bare, Clock, Day, Every, Length, Now, Part, Word

# What a rule makes of its match: one value, several (今晚 is a day and a part of it), or None if it is no such thing.
Build = Callable[[re.Match[str], Frame], Any]


@dataclass(frozen=True, slots=True)
class Token:
    """A value and where it stands; ``letter`` is what the grammar calls it."""

    start: int
    end: int
    letter: str
    value: Any


@dataclass(frozen=True, slots=True)
class Rule:
    """A regular expression on folded text, and what its match means."""

    pattern: re.Pattern[str]
    build: Build


_LETTERS = {Clock: "C", Part: "P", Bare: "n", Now: "W", Around: "A", Length: "L", Every: "S"}


def rule(pattern: str, build: Build, **names: str) -> Rule:
    """Return a rule; ``{N}`` in the pattern stands for ``names["N"]``."""
    for name, expression in names.items():
        pattern = pattern.replace("{" + name + "}", expression)
    return Rule(re.compile(pattern), build)


def words(pattern: str, letter: str) -> Rule:
    """Return a rule for a word of grammar."""
    return Rule(re.compile(pattern), lambda match, frame: Word(letter))


def tokens(text: str, frame: Frame, rules: Sequence[Rule]) -> list[Token]:
    """Cut folded ``text``; what no rule knows becomes a token ``o``, blanks become none."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        end, values = _longest(text, place, frame, rules)
        for value in values:
            found.append(Token(place, end, _letter(value), value))
        place = end
    return found


def _longest(text: str, place: int, frame: Frame, rules: Sequence[Rule]) -> tuple[int, tuple[Any, ...]]:
    matches = [(match, one) for one in rules if (match := one.pattern.match(text, place)) and match.end() > place]
    for match, one in sorted(matches, key=lambda pair: -pair[0].end()):
        try:
            value = one.build(match, frame)
        except (ValueError, OverflowError):
            # 9999 years ago is beyond the calendar, and so no time that anybody means.
            value = None
        if value is not None:
            return match.end(), value if isinstance(value, tuple) else (value,)
    return _skip(text, place), (Word("o"),)


def _skip(text: str, place: int) -> int:
    """Return the end of what is not known: of the whole word in Latin letters or digits, else of one sign."""
    known = re.compile(r"[a-z]+|\d+").match(text, place)
    return known.end() if known else place + 1


def _letter(value: Any) -> str:
    if isinstance(value, Word):
        return value.letter
    if isinstance(value, Day):
        return "D" if value.one else "R"
    return _LETTERS[type(value)]
