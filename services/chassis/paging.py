"""Cursor pagination: pages in the order of a key, by default the id, which for UUIDv7 is the order of creation."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.kernel.errors import InvalidError

DEFAULT_LIMIT = 20
MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Page:
    """At most ``limit`` items after the one whose key is ``after``."""

    limit: int = DEFAULT_LIMIT
    after: str | None = None

    @classmethod
    def from_request(cls, data: dict[str, Any]) -> "Page":
        """Read ``limit`` and ``cursor`` of a list request."""
        limit = data.get("limit", DEFAULT_LIMIT)
        if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_LIMIT:
            raise InvalidError("limit", f"{limit!r} is not possible", f"a whole number from 1 to {MAX_LIMIT}")
        cursor = data.get("cursor")
        return cls(limit, None if cursor is None else decode_cursor(cursor))


def encode_cursor(key: str) -> str:
    """Make an opaque cursor of a key."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """Read a cursor back; raise ``InvalidError`` for one that we did not make."""
    try:
        key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError, TypeError):
        key = "\x00"
    if "\x00" in key:  # PostgreSQL cannot even compare with it
        raise InvalidError("cursor", "is not one of ours", "the next_cursor of the page before")
    return key


def page_of(rows: Sequence[Any], page: Page, item: Callable[[Any], dict[str, Any]], key: Callable[[Any], str]) -> dict:
    """Make the answer of a list from up to ``page.limit + 1`` rows: one more than fits tells that there is more."""
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    return {
        "items": [item(row) for row in shown],
        "next_cursor": encode_cursor(key(shown[-1])) if more else None,
    }
