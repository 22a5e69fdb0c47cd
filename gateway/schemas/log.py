"""The tamper-evident log."""

import re
from typing import Any

from marshmallow import fields, validate

from gateway.schemas.base import Answer, Query
from gateway.schemas.fields import SEPARATOR, moment, nested, options_of, pattern, string, whole

MOST = 2**53


class _Count(fields.Integer):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,16}", str(value)):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


def _count(**options: Any) -> fields.Integer:
    """Return a field of a query for a whole number from 0 on."""
    expected = f"a whole number from 0 to {MOST}"
    check = validate.Range(0, MOST, error=f"is out of range{SEPARATOR}{expected}")
    return _Count(validate=check, **options_of(expected, options))


def _digest(**options: Any) -> fields.String:
    return pattern(r"^[0-9a-f]{64}\Z", "32 bytes in hexadecimal", required=True, **options)


class EntryQuery(Query):
    """From which entry on, and before which; 1 000 at most."""

    first = _count(data_key="from", attribute="from")
    end = _count(data_key="to", attribute="to")


class HeadQuery(Query):
    """Heads of trees larger than this."""

    beyond = _count()


class InclusionQuery(Query):
    """Of which entry, in the tree of how many; without a size, in the one that was signed last."""

    index = _count(required=True)
    size = _count()


class ConsistencyQuery(Query):
    """From how many entries to how many; without the second, to the tree that was signed last."""

    first = _count(required=True, data_key="from", attribute="from")
    second = _count(data_key="to", attribute="to")


class LogHeadView(Answer):
    """A signed head: ``note`` is a checkpoint of C2SP, signed by Ed25519."""

    size = whole(0, MOST, required=True)
    root = _digest()
    note = string(4000, required=True)
    signed_at = moment(required=True)


class LogHeadsView(Answer):
    """Signed heads, the smallest tree first; ``more`` says whether to ask beyond the last one."""

    heads = fields.List(nested(LogHeadView), required=True)
    more = fields.Boolean(required=True)


class LogKey(Answer):
    """A public key, as name+id+base64; a retired one still verifies what it signed."""

    key = string(400, required=True)
    created_at = moment(required=True)
    retired_at = moment(required=True, allow_none=True)


class LogKeyView(Answer):
    """The name of the log, the key that signs, and those before it."""

    origin = string(200, required=True)
    key = string(400, required=True)
    keys = fields.List(nested(LogKey), required=True)


class LogEntryView(Answer):
    """An entry. The leaf holds ``commitment`` = SHA-256(salt + record); those two are for who may read the record."""

    index = whole(0, MOST, required=True)
    commitment = _digest()
    record = fields.String(required=True, allow_none=True)
    salt = _digest(allow_none=True)


class LogEntriesView(Answer):
    """Entries from ``from`` on, before ``to``; the log has ``size``."""

    first = whole(0, MOST, required=True, data_key="from", attribute="from")
    end = whole(0, MOST, required=True, data_key="to", attribute="to")
    size = whole(0, MOST, required=True)
    items = fields.List(nested(LogEntryView), required=True)


class InclusionView(Answer):
    """The hashes that lead from a leaf to the root (RFC 9162, section 2.1.3)."""

    index = whole(0, MOST, required=True)
    size = whole(0, MOST, required=True)
    leaf_hash = _digest()
    root = _digest()
    hashes = fields.List(_digest(), required=True)


class ConsistencyView(Answer):
    """The hashes that lead from an older root to a newer one (RFC 9162, section 2.1.4)."""

    first = whole(0, MOST, required=True, data_key="from", attribute="from")
    second = whole(0, MOST, required=True, data_key="to", attribute="to")
    from_root = _digest()
    to_root = _digest()
    hashes = fields.List(_digest(), required=True)
