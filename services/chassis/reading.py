"""What is read of a message, and what is not: JSON in UTF-8, of a bounded size, that PostgreSQL can store."""

import json
import re
from typing import Any

from services.chassis.envelope import CONTENT_TYPE

READABLE = {"application/json", CONTENT_TYPE}
# Of a body that is decoded: a larger one would hold up everybody else of the process. Answers come from our own
# services, and a ledger may be long.
MOST_BYTES = 1024 * 1024
MOST_ANSWER_BYTES = 32 * 1024 * 1024
# What JSON can say and PostgreSQL cannot store: NUL and halves of surrogate pairs.
SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class UnreadableError(Exception):
    """The body of a message is not what this platform reads; the text is the reason for its burial."""


def read_body(message: Any, most_bytes: int = MOST_BYTES) -> Any:
    """Return the JSON value of a message; raise ``UnreadableError`` for anything else."""
    if message.content_type not in READABLE:
        raise UnreadableError(f"content type {clean(str(message.content_type))[:100]} is not accepted")
    body = body_of(message)
    if len(body) > most_bytes:
        raise UnreadableError(f"{len(body)} bytes are too many; {most_bytes} are accepted")
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        if SUSPICIOUS.search(body):
            _require_storable(value)
    except RecursionError:
        raise UnreadableError("undecodable: nested too deeply") from None
    except ValueError as error:
        raise UnreadableError(f"undecodable: {type(error).__name__}: {clean(str(error))[:200]}") from None
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _require_storable(value: Any) -> None:
    """Raise ``ValueError`` where a text holds NUL or half a surrogate pair, however it was escaped."""
    if isinstance(value, str):
        value.encode("utf-8")
        if "\x00" in value:
            raise ValueError("a text holds NUL")
    elif isinstance(value, dict):
        for key, item in value.items():
            _require_storable(key)
            _require_storable(item)
    elif isinstance(value, list):
        for item in value:
            _require_storable(item)


def body_of(message: Any) -> bytes:
    """Return the raw body."""
    return message.body.encode() if isinstance(message.body, str) else bytes(message.body or b"")


def clean(text: str) -> str:
    """Return ``text`` without what PostgreSQL cannot store."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
