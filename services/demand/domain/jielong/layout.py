"""From pasted text to its parts: header, title, body, example, blocks of rows, tail, and what is to be ignored."""

import re
from dataclasses import dataclass, field

from services.demand.domain.jielong.lexer import CONTACT_KEY, PHONE
from services.demand.domain.jielong.marking import Mark, marks_of
from services.demand.domain.jielong.words import fold

HEADER = re.compile(r"^\s*(?:[「\"“][^:]{0,40}:\s*)?#\s*(?:接龙|接龍|(?i:group\s*note|solitaire))[ \t]*")
# Somebody wrote in front of it: @小明 打卡#接龙
_HEADER_BEHIND = re.compile(r"^(?!\s*\d+\s*[.、,)])\s*[^\s#].{0,40}#\s*(?:接龙|接龍)\s*$")
_DASHES = re.compile(r"^\s*(?:[-—]\s+){3,}[-—]?\s*$")
_EXAMPLE = re.compile(r"^\s*(?:例子?|示例|举例|格式|例如|范例|(?i:example|e\.g\.?))(?:\s*[:.]|\s+)\s*\S?")
_CALL = re.compile(r"^\s*@(?:所有人|全体成员|(?i:all|everyone))")
_NOTES = re.compile(r"注意|须知|須知|说明|說明|提醒|备注|備註|规则|規則|要求|(?i:notes?|rules)")
_HANGING = re.compile(rf"^(?:\s{{2,}}|\t|　|\s*{CONTACT_KEY}\s*:|\s*(?:{PHONE}))")


@dataclass
class Line:
    """A line that is not blank: its number in the text, its words, and whether a blank one stands before it."""

    number: int
    text: str
    after_blank: bool
    mark: Mark | None = None
    joined: bool = False

    @property
    def hangs(self) -> bool:
        """Whether it visibly belongs to the row above."""
        return self.joined or bool(_HANGING.match(fold(self.text)))

    @property
    def calls(self) -> bool:
        """Whether it is an announcement to everybody."""
        return bool(_CALL.match(fold(self.text)))


@dataclass
class Layout:
    """The parts of one post."""

    source: list[str]
    header: str = ""
    title: str = ""
    body: list[str] = field(default_factory=list)
    example: str | None = None
    rows: list[Line] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    quoted: bool = False
    numbered: bool = False
    loose: bool = False  # nothing shows where rows begin, so each line is tried


def posts_of(text: str) -> list[Layout]:
    """Return the posts in a text, in its order; text before the first header belongs to the first post."""
    lines, blank = [], False
    for number, words in enumerate(text.split("\n"), 1):
        if words.strip():
            lines.append(Line(number, words, blank))
        blank = not words.strip()
    heads = [place for place, line in enumerate(lines) if HEADER.match(fold(line.text))]
    if lines and _HEADER_BEHIND.match(fold(lines[0].text)):
        heads.insert(0, 0)
    starts = [0, *heads[1:]] if heads else [0]
    ends = [*starts[1:], len(lines)]
    return [layout_of(lines[start:end]) for start, end in zip(starts, ends, strict=True)]


def layout_of(lines: list[Line]) -> Layout:
    """Return the parts of one post."""
    layout = Layout([line.text for line in lines])
    lines = _without_quotes(lines, layout)
    head = next((place for place, line in enumerate(lines) if HEADER.match(fold(line.text))), None)
    if lines and lines[0].number == 1 and _HEADER_BEHIND.match(fold(lines[0].text)):
        head = 0
    if head is not None:
        match = HEADER.match(fold(lines[head].text)) or _HEADER_BEHIND.match(fold(lines[head].text))
        layout.header = lines[head].text[: match.end()].strip()
        layout.title = lines[head].text[match.end() :].strip()
        layout.body = [line.text for line in lines[:head]]
        lines = lines[head + 1 :]
    for line, mark in zip(lines, marks_of([line.text for line in lines]), strict=True):
        line.mark = mark
    start = _start_of_rows(lines)
    layout.numbered = start is not None
    if start is None:
        start = _start_without_numbers(lines, layout, head is not None)
    _head(layout, lines[:start])
    _rows(layout, lines[start:])
    return layout


def _without_quotes(lines: list[Line], layout: Layout) -> list[Line]:
    """Drop replies that quote a chain: they say nothing new."""
    dashes = [place for place, line in enumerate(lines) if _DASHES.match(fold(line.text))]
    if not dashes:
        return lines
    layout.quoted = True
    opened = [place for place, line in enumerate(lines[: dashes[0]]) if line.text.lstrip().startswith("「")]
    keep = opened[-1] if opened else 0
    layout.ignored = [line.text for line in lines[keep:]]
    return lines[:keep]


def _start_of_rows(lines: list[Line]) -> int | None:
    """Return where the numbered rows begin: at the last sequence that is not a list of notes."""
    example = next((place for place, line in enumerate(lines) if _EXAMPLE.match(fold(line.text))), -1)
    starts, last = [], None
    for place, line in enumerate(lines):
        if line.mark is None or place <= example:
            continue
        detached = line.after_blank or place == 0 or lines[place - 1].mark is None
        if last is None or (line.mark.number == 1 and last >= 1 and detached):
            starts.append(place)
        last = line.mark.number
    if not starts:
        return None
    good = [place for place in starts if not (place and _heads_notes(lines, place))]
    start = (good or starts)[-1]
    above = lines[start - 1] if start else None
    if lines[start].mark.number == 2 and above and above.after_blank and not lines[start].after_blank:
        return start - 1 if start - 1 > max(example, 0) else start
    return start


def _heads_notes(lines: list[Line], place: int) -> bool:
    return not lines[place].after_blank and _is_note(lines[place - 1])


def _is_note(line: Line) -> bool:
    return line.mark is None and len(line.text.strip()) <= 12 and bool(_NOTES.search(line.text))


def _start_without_numbers(lines: list[Line], layout: Layout, headed: bool) -> int:
    """Return where rows without numbers begin: behind the example or the first blank line of a chain with a header."""
    example = next((place for place, line in enumerate(lines) if _EXAMPLE.match(fold(line.text))), None)
    blank = next((place for place, line in enumerate(lines) if place and line.after_blank), None)
    if example is not None:
        return example + 1
    if headed and blank is not None:
        return blank
    layout.loose = True
    return min(1, len(lines)) if headed and not layout.title else 0


def _head(layout: Layout, lines: list[Line]) -> None:
    for line in lines:
        if layout.example is None and _EXAMPLE.match(fold(line.text)):
            layout.example = line.text.strip()
        elif not layout.title and not line.calls:
            layout.title = line.text.strip()
        else:
            layout.body.append(line.text)


def _rows(layout: Layout, lines: list[Line]) -> None:
    numbered = [place for place, line in enumerate(lines) if line.mark is not None]
    last, ended = (numbered[-1] if numbered else -1), False
    for place, line in enumerate(lines):
        if layout.numbered:
            restarts = line.mark is not None and line.mark.number == 1 and place and lines[place - 1].mark is None
            ended = ended or bool(restarts and layout.rows and _heads_notes(lines, place))
            notes = line.mark is None and place < last and line.after_blank and _is_note(line)
            ended = ended or notes or (place > last and line.after_blank and not line.hangs)
        if ended:
            layout.tail.append(line.text)
        elif line.calls:
            layout.body.append(line.text)
        else:
            layout.rows.append(line)
