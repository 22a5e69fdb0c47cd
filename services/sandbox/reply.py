"""What leaves the provider."""

import json
from dataclasses import dataclass
from typing import Any

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, a body and headers; signature and length are added when it is sent."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Type", JSON),)


def json_reply(status: int, answer: Any) -> Reply:
    """Return an answer as JSON in UTF-8."""
    return Reply(status, json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode())


def text_reply(status: int, text: str, content_type: str, *headers: tuple[str, str]) -> Reply:
    """Return a text, such as a page."""
    return Reply(status, text.encode(), (("Content-Type", content_type), *headers))
