"""How tokens stand together: one regular expression per kind of phrase, over the letters of the tokens.

The letters: D a day, R several days, P a part of the day, C an hour, n a number that may be an hour, W now, A the time
around now, L a length, S what repeats; t to, j and, v or, c a comma, k between (at the end), f from, h at,
a about, m after and b before, said behind
(M and B in front), p plus, x glue, o anything else.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from services.demand.domain.understanding.days import shift_month
from services.demand.domain.understanding.lexing import Token
from services.demand.domain.understanding.model import Question
from services.demand.domain.understanding.values import Day

_G = "[xfh]*"
_DAYS = "[DR](?:[jv]?D)*"


def _hour(number: int, days: str = "D") -> str:
    """Return the pattern of an hour, perhaps with its day and the part of the day before or behind it."""
    before = f"(?:(?P<d{number}>{days}){_G}c?{_G})?(?:(?P<p{number}>P){_G})?"
    behind = f"(?:{_G}c?{_G}(?P<e{number}>{days})(?:{_G}(?P<r{number}>P))?)?"
    return f"{before}a?(?P<c{number}>[CnW])a?(?:{_G}(?P<q{number}>P))?{behind}"


def _plain(number: int) -> str:
    """Return the pattern of an hour without a day."""
    return f"(?:(?P<p{number}>P){_G})?a?(?P<c{number}>[Cn])a?(?:{_G}(?P<q{number}>P))?"


_LEAD = "[fh]?"
PHRASES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("set", f"(?P<s>S){_G}(?:{_plain(1)}(?:t{_G}{_plain(2)}|(?P<mod>[mb]))?)?"),
        ("set", f"(?P<s>S){_G}(?P<mod>[MB]){_G}{_plain(1)}"),
        ("set", f"(?P<s>S){_G}(?P<p1>P)"),
        ("set", f"{_LEAD}{_plain(1)}(?:t{_G}{_plain(2)})?{_G}(?P<s>S)"),
        ("set", f"(?P<p1>P){_G}(?P<s>S)"),
        ("hours", f"{_LEAD}{_G}{_hour(1, _DAYS)}(?:t{_G}{_hour(2)}k?|j{_G}{_hour(4)}k)"),
        ("hours", f"f{_G}{_hour(1, _DAYS)}j{_G}{_hour(2)}"),
        ("hours", f"(?P<d1>{_DAYS})[xh]*f{_G}{_plain(1)}j{_G}{_hour(2)}"),
        ("days", f"{_LEAD}{_G}(?P<d1>[DR])(?:t{_G}(?P<d2>[DR])k?|j{_G}(?P<d4>[DR])k)(?:{_G}(?P<p1>P))?"),
        ("days", f"{_LEAD}{_G}(?P<d1>[DR])t{_G}(?P<d2>[DR]){_G}{_plain(1)}(?:t{_G}{_plain(2)}|(?P<mod>[mb]))?"),
        ("days", f"{_LEAD}{_G}(?P<d1>[DR])t{_G}(?P<d2>[DR]){_G}(?P<mod>[MB]){_G}{_plain(1)}"),
        ("days", f"f{_G}(?P<d1>[DR])j{_G}(?P<d2>[DR])"),
        ("days", f"(?P<r1>R){_G}f{_G}(?P<d1>D)[tj]{_G}(?P<d2>D)"),
        ("numbers", f"f?{_G}(?P<d5>D)t(?P<n5>n)"),
        ("numbers", f"{_LEAD}(?P<n1>n)t(?P<d2>D)|f(?P<n2>n)j(?P<d3>D)"),
        ("numbers", f"{_LEAD}(?P<n1>n)t(?P<n3>n){_G}(?P<m1>R)|f(?P<n2>n)j(?P<n4>n){_G}(?P<m2>R)"),
        ("parts", f"f?{_G}(?:(?P<d1>{_DAYS}){_G})?(?P<p1>P)t(?:(?P<d2>D){_G})?(?P<p2>P)"),
        ("moment", f"{_G}{_hour(1, _DAYS)}(?P<mod>[mb])?"),
        ("moment", f"(?P<mod>[MB]){_G}{_hour(1, _DAYS)}"),
        ("moment", f"(?P<d1>{_DAYS}){_G}c?(?P<mod>[MB]){_G}{_plain(1)}"),
        ("moment", f"(?P<d1>D)t{_G}(?:(?P<p1>P){_G})?(?P<c1>C)"),
        ("dayparts", f"(?P<d1>{_DAYS}){_G}(?P<p1>P)"),
        ("dayparts", f"(?P<p1>P){_G}(?P<d1>D)"),
        ("length", "(?P<l>L(?:[pj]*L)+)"),
        ("length", "(?P<l>L)"),
        ("around", "(?P<w>A)"),
        ("dates", f"f?{_G}(?P<d1>[DR])(?P<mod>[mb])|(?P<mod2>[MB]){_G}(?P<d2>[DR])"),
        ("dates", f"(?P<d1>{_DAYS})"),
        ("part", "(?P<p1>P)"),
    )
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of one kind: its tokens by the names of the pattern, without leading and trailing glue."""

    kind: str
    tokens: tuple[Token, ...]
    parts: dict[str, tuple[Token, ...]]

    def value(self, name: str) -> object:
        """Return the value of a part that is one token, or None."""
        found = self.parts.get(name)
        return found[0].value if found else None


def phrases(found: Sequence[Token]) -> Iterator[Phrase]:
    """Yield the phrases of a text, the longest at each place, in order and without overlap."""
    found = joined_days(found)
    letters = "".join(token.letter for token in found)
    place = 0
    while place < len(letters):
        best = max(
            (
                (match.end(), -index, name, match)
                for index, (name, pattern) in enumerate(PHRASES)
                if (match := pattern.match(letters, place)) and _means_time(match, found)
            ),
            default=None,
            key=lambda one: one[:2],
        )
        if best is None:
            place += 1
            continue
        end, _, name, match = best
        parts = {key: tuple(found[slice(*match.span(key))]) for key, value in match.groupdict().items() if value}
        if "c4" in parts or "d4" in parts:
            parts = {key.replace("4", "2"): value for key, value in parts.items()}
        yield Phrase(name, _trimmed(found[place:end]), parts)
        place = end


def _means_time(match: re.Match[str], found: Sequence[Token]) -> bool:
    """Numbers are hours only beside a day, a part of one or an hour; lengths add up only from large to small."""
    letters = match[0]
    lengths = [one.value.delta / (one.value.count or 1) for one in found[slice(*match.span())] if one.letter == "L"]
    if any(large <= small for large, small in pairwise(lengths)):
        return False
    if "n" not in letters:
        return any(letter in letters for letter in "DRPCWALS")
    if not any(letter in letters for letter in "DRPCS"):
        return letters[0] in "fh" and (letters[-2:] in ("tn", "jn") or letters == "hn")
    if match.groupdict().get("d5"):
        return found[match.start("d5")].value.month is not None
    # A day with a number and no second hour says nothing: "周六 3" may be three of anything.
    return "t" in letters or "j" in letters or any(letter in letters for letter in "PCfhMB")


def _trimmed(found: Sequence[Token]) -> tuple[Token, ...]:
    start, end = 0, len(found)
    while start < end and found[start].letter == "x":
        start += 1
    while end > start and found[end - 1].letter in "xc":
        end -= 1
    return tuple(found[start:end])


def joined_days(found: Sequence[Token]) -> list[Token]:
    """Make one day of a date and its weekday (6月13日（周六）, Saturday, June 13), and of a week and a weekday."""
    result: list[Token] = []
    place = 0
    while place < len(found):
        joined = _joined(found, place)
        token, place = joined if joined else (found[place], place + 1)
        result.append(token)
    return result


def _joined(found: Sequence[Token], place: int) -> tuple[Token, int] | None:
    first, after = found[place], place + 1
    while after < len(found) and found[after].letter in "xc" and after - place <= 2:
        after += 1
    if first.letter not in "DR" or after >= len(found) or found[after].letter != "D":
        return None
    second = found[after]
    day = _one_day(first.value, second.value, touching=after == place + 1)
    if day is None:
        return None
    end = after + 1
    # The bracket that closes around the weekday belongs to it.
    if (
        end < len(found)
        and found[end].letter == "x"
        and found[after - 1].letter == "x"
        and found[end].end - found[end].start == 1
    ):
        end += 1
    return Token(first.start, found[end - 1].end, "D", day), end


def _fitting(dated: Day, named: Day) -> Iterator[Day]:
    for count in range(-2, 12):
        month = shift_month(dated.first.replace(day=1), count)
        try:
            day = month.replace(day=dated.day or 1)
        except ValueError:
            continue
        if day.isoweekday() == named.weekday:
            yield replace(dated, first=day, last=day)


def _one_day(one: Day, other: Day, touching: bool) -> Day | None:
    if one.grain == "week" and other.weekday:
        day = one.each()[other.weekday - 1]
        return replace(other, timex=day.isoformat(), first=day, last=day, weekday=None)
    if not one.one or bool(one.weekday) == bool(other.weekday):
        return None
    dated, named = (other, one) if one.weekday else (one, other)
    if dated.month is None and dated.day:
        # Of a day without a month the weekday says which month: 16号星期二.
        today = dated.first
        dated = min(_fitting(dated, named), key=lambda day: abs((day.first - today).days), default=dated)
    if dated.first.isoweekday() == named.weekday:
        return dated
    weekdays = "一二三四五六日"
    real, said = weekdays[dated.first.weekday()], weekdays[(named.weekday or 1) - 1]
    asked = Question(
        "weekday_differs",
        f"{dated.first} 是周{real}，不是所说的周{said}，以哪个为准？",
        f"{dated.first} is a {dated.first:%A}, which is not the weekday that was said. Which is right?",
        (str(dated.first), str(named.first)),
    )
    return replace(dated, questions=(*dated.questions, asked))
