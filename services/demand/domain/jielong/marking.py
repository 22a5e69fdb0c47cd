"""The numbers that rows begin with: ``1.`` ``20、`` ``（2）`` ``③`` ``4)`` ``5:`` ``6 -`` ``7️⃣``, for display only."""

import re
from typing import NamedTuple

from services.demand.domain.jielong.words import HAN, UNIT, fold

_CIRCLED = {
    **{chr(0x2460 + place): place + 1 for place in range(20)},
    **{chr(0x2474 + place): place + 1 for place in range(20)},
    **{chr(0x2488 + place): place + 1 for place in range(20)},
    **{chr(0x3251 + place): place + 21 for place in range(15)},
    **{chr(0x32B1 + place): place + 36 for place in range(15)},
    **{chr(0x2776 + place): place + 1 for place in range(10)},
    "\U0001f51f": 10,
}
_KEYCAP = re.compile("\\s*([0-9])\ufe0f?\u20e3\ufe0f?\\s*")
_SURE = (
    re.compile(r"\s*[(\[【]\s*(\d{1,3})\s*[)\]】]\s*[.、:]?\s*"),
    re.compile(r"\s*(?i:no\.?\s*)?(\d{1,3})\s*[、)\]】。;]\s*"),
    re.compile(r"\s*(\d{1,3})\s*[.,]\s*(?!\d)"),
    re.compile(r"\s*(\d{1,4})[.,]\s+"),
    re.compile(r"\s*(\d{1,3})\s*:\s*(?!\d\d(?!\d))"),
    re.compile(r"\s*(\d{1,3})\s+[-–—]\s*|\s*(\d{1,3})[-–—]\s+"),
)
# These begin a row only where their number is the next one: 5.3栋1201 after row 4, 6 周八 after row 5.
_LIKELY = (
    re.compile(rf"\s*(\d{{1,3}})\s*[.,]\s*(?!\d+\s*{UNIT})"),
    re.compile(rf"\s*(\d{{1,3}})[-–—](?={HAN}|[A-Za-z])"),
    re.compile(rf"\s*(\d{{1,3}})\s+(?!{UNIT}|\d)"),
    re.compile(rf"\s*(\d{{1,3}})(?={HAN})(?!{UNIT}|[号栋幢座期弄单月日点岁人位大小])"),
)


class Mark(NamedTuple):
    """A number that a line begins with, where the text behind it begins, and whether it can be nothing else."""

    number: int
    end: int
    sure: bool


def mark_of(line: str) -> Mark | None:
    """Return the mark at the beginning of a line, or None."""
    keycap = _KEYCAP.match(line)
    if keycap:
        return Mark(int(keycap[1]), keycap.end(), True)
    folded = fold(line)
    lead = len(folded) - len(folded.lstrip())
    number = _CIRCLED.get(line[lead : lead + 1])
    if number is not None:
        rest = re.match(r"[\s.、)]*", folded[lead + 1 :])
        return Mark(number, lead + 1 + rest.end(), True)
    for sure, rules in ((True, _SURE), (False, _LIKELY)):
        for rule in rules:
            match = rule.match(folded)
            if match and match.end() < len(folded):
                return Mark(int(next(filter(None, match.groups()))), match.end(), sure)
            if match and sure:
                return Mark(int(next(filter(None, match.groups()))), match.end(), True)
    return None


def marks_of(lines: list[str]) -> list[Mark | None]:
    """Return the mark of each line; a likely one counts only in its place of the sequence."""
    found = [mark_of(line) for line in lines]
    kept: list[Mark | None] = []
    last = 0
    for place, mark in enumerate(found):
        if mark is not None and not mark.sure:
            following = next((one for one in found[place + 1 :] if one is not None), None)
            begins = mark.number == 1 and following is not None and following.number == 2
            if not (begins or (last and mark.number == last + 1)):
                mark = None
        kept.append(mark)
        last = mark.number if mark is not None else last
    return kept
