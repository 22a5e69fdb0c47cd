"""The rules of repeats and of edits: Idempotency-Key on every POST, If-Match on every PATCH.

The gateway checks the headers and passes them on. The answer of a repeat comes from the transaction of the service
that had the effect, so a repeat after a crash gets it as well.
"""

import re
from collections.abc import Mapping
from typing import Any

from gateway.problems import Problem
from gateway.routes import Route

_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}").fullmatch
_ETAG = re.compile(r'"([0-9]{1,18})"').fullmatch


def key_of(route: Route, header: str | None) -> str | None:
    """Return the idempotency key; raise a 400 ``Problem`` where a POST has none or it is not one."""
    if header is None:
        if route.idempotent:
            raise Problem(400, "gateway.idempotency_key_missing")
        return None
    if not _VISIBLE(header):
        raise Problem(400, "gateway.idempotency_key_invalid")
    return header


def version_of(route: Route, header: str | None) -> str | None:
    """Return the version that If-Match names; raise a ``Problem``: 428 where a PATCH has none, 400 for no ETag."""
    if not route.conditional:
        return None
    if header is None:
        raise Problem(428, "gateway.if_match_missing")
    match = _ETAG(header.strip())
    if match is None:
        raise Problem(400, "gateway.if_match_invalid")
    return match[1]


def etag_of(answer: Mapping[str, Any]) -> str | None:
    """Return the ETag of an answer that has a version."""
    version = answer.get("version")
    return None if version is None else f'"{version}"'
