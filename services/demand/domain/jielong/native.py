"""The native message of a chain (type 53): who wrote each row, when, and exactly which text, without guessing.

The offsets in ``<r>`` count from the beginning of ``<title>``. Whether they count UTF-16 units or characters is decided
for each message by which of the two makes every row begin behind its number and end at the end of a line.
"""

import hmac
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from xml.etree import ElementTree

from services.demand.domain.jielong.layout import Layout, Line, layout_of
from services.demand.domain.jielong.marking import Mark
from services.demand.domain.jielong.model import Chain, Row
from services.demand.domain.jielong.questions import ask
from services.demand.domain.jielong.reading import chain_of, read_chain
from services.kernel.errors import InvalidError

TYPE = "53"
_EXPECTED = "the XML of a WeChat message of type 53, with <title> and <solitaire>"
_BEGIN = re.compile(r"<(?:\?xml|msg|appmsg)\b")


@dataclass(frozen=True)
class _Entry:
    user: str
    time: str
    start: int
    length: int
    sign: str


@dataclass(frozen=True)
class _Span:
    """A row's text: characters ``start`` to ``end`` of the title, and the number before it."""

    start: int
    end: int
    number: int
    entry: _Entry


def is_native(text: str) -> bool:
    """Tell whether a text is a message in XML rather than pasted words."""
    found = _BEGIN.search(text[:2000])
    return bool(found) and "<appmsg" in text and "</appmsg>" in text


def read_native(xml: str, salt: bytes = b"") -> Chain:
    """Read a native message; raise ``InvalidError`` if it is none.

    ``salt`` belongs to the community: member ids leave this function as keyed hashes only, or not at all without one.
    """
    message = _parse(xml)
    title = (message.findtext(".//title") or "").replace("\r\n", "\n").replace("\r", "\n")
    entries = _entries(_solitaire(message))
    spans = _fitting(title, entries)
    if spans is None:
        chain = read_chain(title)
        return replace(chain, warnings=(*chain.warnings, ask("offsets_unfit")))
    chain = chain_of(_layout(title, spans))
    rows = tuple(_signed(row, span.entry, salt) for row, span in zip(chain.rows, spans, strict=True))
    return replace(chain, rows=rows)


def _parse(xml: str) -> ElementTree.Element:
    found = _BEGIN.search(xml)
    text = xml[found.start() :].strip() if found else xml
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InvalidError("text", "defines XML entities", _EXPECTED)
    try:
        message = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise InvalidError("text", f"is not XML ({error})", _EXPECTED) from None
    kind = message.findtext(".//appmsg/type") or message.findtext("./type")
    if (kind or "").strip() != TYPE:
        raise InvalidError("text", f"is a message of type {kind}", _EXPECTED)
    return message


def _solitaire(message: ElementTree.Element) -> ElementTree.Element:
    found = message.find(".//solitaire")
    inside = message.findtext(".//solitaire_info") or ""
    if found is None and "<" in inside:
        try:
            found = ElementTree.fromstring(inside.strip())
        except ElementTree.ParseError:
            found = None
    if found is None:
        raise InvalidError("text", "has no <solitaire>", _EXPECTED)
    return found


def _entries(solitaire: ElementTree.Element) -> list[_Entry]:
    sign = solitaire.findtext("./s") or "."
    entries = []
    for one in solitaire.findall("./content/i"):
        place = re.fullmatch(r"\s*(\d+)-(\d+)\s*", one.findtext("r") or "")
        if place:
            own = one.findtext("s") or sign
            entries.append(_Entry(one.findtext("u") or "", one.findtext("t") or "", int(place[1]), int(place[2]), own))
    return sorted(entries, key=lambda entry: entry.start)


def _fitting(title: str, entries: list[_Entry]) -> list[_Span] | None:
    """Return the rows' places by the way of counting that fits all of them, or None."""
    characters = list(range(len(title) + 1))
    units = [0]
    for letter in title:
        units.append(units[-1] + (2 if ord(letter) > 0xFFFF else 1))
    for counted in (units, characters):
        spans = _spans(title, entries, {offset: place for place, offset in enumerate(counted)}, counted[-1])
        if spans is not None:
            return spans
    return None


def _spans(title: str, entries: list[_Entry], places: dict[int, int], total: int) -> list[_Span] | None:
    spans: list[_Span] = []
    for entry in entries:
        start, end = places.get(entry.start), places.get(min(entry.start + entry.length, total))
        if start is None or end is None or (spans and start < spans[-1].end):
            return None
        before = re.search(rf"(?:^|\n)[ \t]*(\d{{1,4}})[ \t]*{re.escape(entry.sign)}[ \t]*$", title[:start])
        if before is None or title[end:].lstrip(" \t")[:1] not in ("", "\n"):
            return None
        spans.append(_Span(start, end, int(before[1]), entry))
    return spans


def _layout(title: str, spans: list[_Span]) -> Layout:
    """Return the parts of the message: what is above the rows as in pasted text, the rows by their places."""
    lines, blank, place = [], False, 0
    for number, words in enumerate(title.split("\n"), 1):
        if words.strip():
            lines.append((place, Line(number, words, blank)))
        blank = not words.strip()
        place += len(words) + 1
    first = title.rfind("\n", 0, spans[0].start) + 1 if spans else len(title) + 1
    layout = layout_of([line for start, line in lines if start < first])
    if layout.rows:  # numbers above the first row are notes
        layout.body += [line.text for line in layout.rows]
        layout.rows = []
    layout.numbered, layout.loose = True, False
    for start, line in lines:
        if start >= first:
            _place(layout, line, start, spans)
    return layout


def _place(layout: Layout, line: Line, start: int, spans: list[_Span]) -> None:
    end = start + len(line.text)
    span = next((one for one in spans if start <= one.start <= end or one.start < start < one.end), None)
    if span is None:
        layout.tail.append(line.text)
        return
    line.mark = Mark(span.number, span.start - start, True) if start <= span.start else None
    line.joined = line.mark is None
    layout.rows.append(line)


def _signed(row: Row, entry: _Entry, salt: bytes) -> Row:
    member = hmac.new(salt, entry.user.encode(), "sha256").hexdigest()[:32] if salt and entry.user else None
    posted = datetime.fromtimestamp(int(entry.time), UTC) if re.fullmatch(r"\d{9,11}", entry.time.strip()) else None
    return replace(row, member=member, posted_at=posted)
