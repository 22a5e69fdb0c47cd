"""What is recorded in the log: kinds of entries, what each may say, and what of it everybody sees.

An entry is a ``record``, canonical JSON that is never written anew, and a salt of 32 random bytes. The leaf of the
tree holds SHA-256(salt + record) only. Whoever may not read the record sees these 32 bytes, which tell nothing: without
the salt, not even a short record can be guessed. A record can be forgotten, and the tree still holds.

Only fields that its kind allows are in a record, and no kind allows a text of people, a name or a member.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from math import isfinite
from typing import Any
from uuid import UUID

from services.kernel.clock import format_time, parse_time
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id

SALT = 32  # bytes


class Audience(StrEnum):
    """Who may read the records of a kind, beside the operator of the node."""

    COMMUNITY = "community"  # those who manage or supervise the community that it names
    SUPPLIER = "supplier"  # everybody who sees the supplier that it names
    EVERYBODY = "everybody"


def _is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and parse_time(value, "").tzinfo is not None
    except InvalidError:
        return False


def _looks_like(pattern: str) -> Callable[[object], bool]:
    whole = re.compile(pattern)
    return lambda value: isinstance(value, str) and whole.fullmatch(value) is not None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


# What a field may hold. A code is a word of ours, so that no text of people can hide in one.
CHECKS: Mapping[str, Callable[[object], bool]] = {
    "id": _is_id,
    "code": _looks_like(r"[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39}){0,2}"),
    "digest": _looks_like(r"[0-9a-f]{64}"),
    "number": _is_number,
    "time": _is_time,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entries: its fields, each with the name of its check; a ``?`` behind that lets it be null or away."""

    audience: Audience
    fields: Mapping[str, str]


_GRADE = {"supplier_id": "id", "grade": "code", "before": "code?", "reason": "code", "policy_version": "number"}
_SCORE = {"score": "number?", "low": "number?", "high": "number?", "reviews": "number?"}

KINDS: Mapping[str, Kind] = {
    # What happened to a commitment; the digest is that of the signed statement.
    "receipt": Kind(
        Audience.COMMUNITY,
        {"community_id": "id", "supplier_id": "id?", "campaign_id": "id?", "event": "code", "digest": "digest"},
    ),
    "review": Kind(
        Audience.COMMUNITY, {"community_id": "id", "supplier_id": "id", "phase": "code?", "digest": "digest"}
    ),
    # That something of a review or an answer was masked, and why.
    "masked": Kind(
        Audience.COMMUNITY, {"community_id": "id", "supplier_id": "id?", "reason": "code", "digest": "digest?"}
    ),
    "grade": Kind(Audience.SUPPLIER, {**_GRADE, **_SCORE}),
    "grade_policy": Kind(Audience.EVERYBODY, {"version": "number", "digest": "digest"}),
    "appeal": Kind(Audience.SUPPLIER, {"supplier_id": "id", "grade": "code", "answer_by": "time"}),
    "appeal_decided": Kind(
        Audience.SUPPLIER,
        {"supplier_id": "id", "outcome": "code", "reason": "code", "grade": "code", "held_until": "time?"},
    ),
    # Any other decision about a supplier: what was decided, by a code.
    "decision": Kind(
        Audience.SUPPLIER, {"supplier_id": "id", "decision": "code", "reason": "code", "digest": "digest?"}
    ),
}


class EntryError(Exception):
    """An entry says what its kind does not allow: a mistake of ours, never one of a caller."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What waits to be put into the tree, and whose it is."""

    entry_id: UUID
    kind: str
    subject: UUID
    community_id: UUID | None
    supplier_id: UUID | None
    record: str
    salt: bytes

    @property
    def commitment(self) -> bytes:
        """What the leaf holds."""
        return commitment_of(self.salt, self.record)


def entry_of(kind: str, subject: UUID, body: Mapping[str, Any], now: datetime) -> Entry:
    """Return the entry that says ``body`` of ``subject``; raise ``EntryError`` unless its kind allows all of it."""
    check(kind, body)
    said = {"v": 1, "kind": kind, "subject": str(subject), "at": format_time(now), "body": dict(body)}
    return Entry(
        entry_id=new_id(),
        kind=kind,
        subject=subject,
        community_id=_id_in(body, "community_id"),
        supplier_id=_id_in(body, "supplier_id"),
        record=json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False),
        salt=os.urandom(SALT),
    )


def check(kind: str, body: Mapping[str, Any]) -> None:
    """Raise ``EntryError`` unless ``body`` is what ``kind`` allows."""
    if kind not in KINDS:
        raise EntryError(f"there is no kind of entries {kind!r}; expected one of {', '.join(sorted(KINDS))}")
    fields = KINDS[kind].fields
    if strange := sorted(body.keys() - fields.keys()):
        raise EntryError(f"an entry {kind!r} does not say {', '.join(strange)}; expected {', '.join(fields)}")
    for name, rule in fields.items():
        value = body.get(name)
        if value is None and rule.endswith("?"):
            continue
        if not CHECKS[rule.rstrip("?")](value):
            raise EntryError(f"{name} of an entry {kind!r} is not of the kind {rule!r}")


def commitment_of(salt: bytes, record: str) -> bytes:
    """Return what the leaf of an entry holds: 32 bytes that commit to the record and do not tell it."""
    return sha256(salt + record.encode()).digest()


def _id_in(body: Mapping[str, Any], name: str) -> UUID | None:
    value = body.get(name)
    return None if value is None else UUID(value)
