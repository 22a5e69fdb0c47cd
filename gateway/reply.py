"""What leaves the gateway."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

Headers = list[tuple[str, str]]
JSON = "application/json"
REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


@dataclass(slots=True)
class Reply:
    """A status, a body and headers; Content-Type and Content-Length are added when it is sent."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Headers = field(default_factory=list)

    def all_headers(self, more: Iterable[tuple[str, str]]) -> Headers:
        """Return the headers as they are sent."""
        return [
            ("Content-Type", self.content_type),
            ("Content-Length", str(len(self.body))),
            ("X-Content-Type-Options", "nosniff"),
            *self.headers,
            *more,
        ]


def file_reply(status: int, answer: Mapping[str, Any], media_type: str) -> Reply:
    """Return an answer that is a file as its bytes, to be kept under its name."""
    # Names may be Chinese: RFC 6266 has the form for them, and the plain one for who does not know it.
    name = quote(answer["name"], safe="")
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "_" for sign in answer["name"])
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}"
    headers = [("Cache-Control", "no-store"), ("Content-Disposition", disposition)]
    return Reply(status, base64.b64decode(answer["base64"]), media_type, headers)


def json_reply(status: int, answer: Any, headers: Iterable[tuple[str, str]] = ()) -> Reply:
    """Return an answer as JSON in UTF-8, without escapes for what is not ASCII.

    The names are sorted, so that the answer of a repeat, which was stored in between, is the same to the byte.
    """
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return Reply(status, body, headers=[("Cache-Control", "no-store"), *headers])
