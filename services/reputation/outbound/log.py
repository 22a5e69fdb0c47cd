"""The log, as others are told of it; hashes and salts are in hexadecimal."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.kernel.clock import format_time
from services.reputation.domain.notes import LogKey


def head(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a signed head: ``note`` is what is verified, the rest is what it says."""
    return {
        "size": found["size"],
        "root": bytes(found["root"]).hex(),
        "note": found["note"],
        "signed_at": format_time(found["signed_at"]),
    }


def heads(found: Iterable[Mapping[str, Any]], *, more: bool) -> dict[str, Any]:
    """Return signed heads, and whether there are more of them."""
    return {"heads": [head(one) for one in found], "more": more}


def keys(found: list[LogKey]) -> dict[str, Any]:
    """Return the keys of the log; ``key`` is the one that signs."""
    shown = [
        {
            "key": str(one.verifier),
            "created_at": format_time(one.created_at),
            "retired_at": None if one.retired_at is None else format_time(one.retired_at),
        }
        for one in found
    ]
    return {
        "origin": found[-1].origin,
        "key": str(next(one.verifier for one in found if one.retired_at is None)),
        "keys": shown,
    }


def entry(row: Mapping[str, Any], *, readable: bool) -> dict[str, Any]:
    """Return an entry; what it says, with the salt that proves it, only where the caller may read it."""
    return {
        "index": row["index"],
        "commitment": bytes(row["commitment"]).hex(),
        "record": row["record"] if readable else None,
        "salt": bytes(row["salt"]).hex() if readable else None,
    }
