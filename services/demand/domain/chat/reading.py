"""Exported group chats, read into messages: text in the shapes of shapes.py, and CSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo

from services.demand.domain.chat.model import Chat, Message, Sentence
from services.demand.domain.chat.shapes import DAY, SHAPES, Shape, clock_of, day_is_first, day_of, moment
from services.kernel.errors import InvalidError

MAX_MESSAGES = 5_000
EXPECTED = (
    'an exported chat, as lines "2026-05-18 10:23 name" with the text below, "[2026-05-18 10:23] name: text", '
    "or CSV with columns time, sender and text"
)
_COLUMNS = {
    "time": (
        "time",
        "date",
        "datetime",
        "timestamp",
        "时间",
        "時間",
        "发送时间",
        "發送時間",
        "日期",
        "strtime",
        "createtime",
    ),
    "sender": (
        "sender",
        "name",
        "nickname",
        "from",
        "昵称",
        "暱稱",
        "发送人",
        "发送者",
        "發送者",
        "成员",
        "remark",
        "talker",
    ),
    "text": ("text", "message", "content", "内容", "內容", "消息", "讯息", "訊息", "消息内容", "strcontent"),
}
# What a program writes for something that is no text, or tells of the group; nobody said it.
_NOTICE = re.compile(
    r"加入了群聊|加入群组|撤回了一条消息|撤回了一則|撤回一則|收回訊息|修改群名|移出了群聊|拍了拍|发出的红包|领取了你的红包|"
    r"messages and calls are end-to-end encrypted|joined using|created group|(?:added|removed) you|"
    r"changed (?:the|this) group|deleted this message|message was deleted|left the group",
    re.I,
)
_STICKER = re.compile(
    r"^\s*(?:\[[^\[\]]{1,12}\]\s*)+$|^\s*<[^<>]{1,40}omitted>\s*$|^\s*(?:image|video|sticker) omitted\s*$", re.I
)
_FACE = re.compile(r"\[[\u4e00-\u9fffA-Za-z]{1,8}\]")
_QUOTE = re.compile(r"^「(?:(?P<who>[^：:」\n]{1,40})[：:])?(?P<text>.*?)」\s*\n[\s\-—]*-[\s\-—]*\n(?P<rest>.*)$", re.S)
_CHAIN = re.compile(r"^\s*#\s*(?:接龙|接龍|Group ?Note)", re.I)


def read_chat(text: str, zone: tzinfo | None = None) -> Chat:
    """Read an export; raise ``InvalidError`` where it has no known shape.

    ``zone`` is that of the times in it; it matters only for CSV that counts seconds since 1970.
    """
    if not text.strip():
        raise InvalidError("text", "is empty", EXPECTED)
    rows = _csv_rows(text)
    found, warnings = (_of_rows(rows, zone), ()) if rows is not None else _of_lines(text.splitlines())
    return _kept(found, warnings)


def _kept(found: Iterable[Message], warnings: tuple[Sentence, ...]) -> Chat:
    kept: list[Message] = []
    chains: list[int] = []
    skipped = 0
    for message in found:
        said = _said(message)
        if said is None:
            skipped += 1
        elif _CHAIN.match(said.text):
            chains.append(said.line)
        else:
            kept.append(said)
    if len(kept) > MAX_MESSAGES:
        raise InvalidError("text", f"has {len(kept)} messages", f"at most {MAX_MESSAGES} messages; export a part")
    return Chat(tuple(kept), tuple(chains), skipped, warnings)


def _said(message: Message) -> Message | None:
    """Return what a person wrote: without stickers and quotes; None where nothing is left or nobody wrote it."""
    text, quoted = message.text.strip(), None
    if not message.sender or not text or _STICKER.match(text) or _NOTICE.search(text[:120]):
        return None
    if found := _QUOTE.match(text):
        quoted, text = (found["who"], found["text"].strip()), found["rest"].strip()
    text = _FACE.sub("", text).strip()
    return Message(message.line, message.at, message.sender, text, quoted) if text else None


def _of_lines(lines: list[str]) -> tuple[Iterator[Message], tuple[Sentence, ...]]:
    shape = _shape_of(lines)
    first = day_is_first(lines, shape)
    warnings: tuple[Sentence, ...] = ()
    if first is None and "day first" in shape.name:
        warnings = (
            {
                "zh": "日期可能是日/月，也可能是月/日，因此没有按聊天时间理解“周六”这类说法。",
                "en": "The dates may be day/month or month/day, so words such as Saturday were not read.",
            },
        )
    return _messages(lines, shape, first), warnings


def _shape_of(lines: list[str]) -> Shape:
    sample = [line for line in lines[:2000] if line.strip() and not DAY.match(line)]
    counts = [(sum(bool(shape.head.match(line)) for line in sample), shape) for shape in SHAPES]
    most, shape = max(counts, key=lambda pair: pair[0])
    # One message is enough where it begins with the first line; elsewhere one match may be an accident.
    least = 1 if sample and shape.head.match(sample[0]) else 2
    if most < least or most * (12 if not shape.inline else 6) < len(sample):
        raise InvalidError("text", "has no shape of a chat that is known here", EXPECTED)
    return shape


def _messages(lines: list[str], shape: Shape, first: bool | None) -> Iterator[Message]:
    day, begun, body = None, None, []
    for number, line in enumerate(lines, 1):
        head = shape.head.match(line)
        if head is None and (found := DAY.match(line)):
            day = day_of(found, None)
            continue
        if head is None:
            body.append(line)
            continue
        if begun is not None:
            yield _message(begun, body)
        at = moment(day_of(head, first) or day, clock_of(head))
        begun, body = (number, at, (head["name"] or "").strip()), [head["text"]] if shape.inline else []
    if begun is not None:
        yield _message(begun, body)


def _message(begun: tuple[int, datetime | None, str], body: list[str]) -> Message:
    line, at, sender = begun
    return Message(line, at, sender, "\n".join(body).strip())


def _csv_rows(text: str) -> list[tuple[int, dict[str, str]]] | None:
    """Return (line, row by column) where the first line is a known header, else None."""
    header = text.lstrip("\ufeff").split("\n", 1)[0].strip()
    delimiter = max(",;\t", key=header.count)
    names = [name.strip().strip('"').casefold() for name in header.split(delimiter)]
    columns = {
        ours: next((names.index(one) for one in known if one in names), None) for ours, known in _COLUMNS.items()
    }
    if columns["sender"] is None or columns["text"] is None:
        return None
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter)
    next(reader)
    rows, line = [], reader.line_num + 1
    for cells in reader:
        row = {ours: cells[at] if at is not None and at < len(cells) else "" for ours, at in columns.items()}
        rows.append((line, row))
        line = reader.line_num + 1
    return rows


def _of_rows(rows: list[tuple[int, dict[str, str]]], zone: tzinfo | None) -> Iterator[Message]:
    for line, row in rows:
        yield Message(line, _time_of(row["time"].strip(), zone), row["sender"].strip(), row["text"])


def _time_of(text: str, zone: tzinfo | None) -> datetime | None:
    if re.fullmatch(r"\d{10}", text):
        return datetime.fromtimestamp(int(text), zone or UTC).replace(tzinfo=None)
    found = re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T](\d{1,2}):(\d\d)", text)
    try:
        return datetime(*map(int, found.groups())) if found else None
    except ValueError:
        return None
