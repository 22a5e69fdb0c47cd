"""How single values go on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.kernel.clock import format_time
from services.kernel.money import Money

Payload = dict[str, Any]


def money(amount: Money | None) -> dict[str, str] | None:
    """Return an amount, or None, as it goes on the wire."""
    return None if amount is None else amount.to_wire()


def time(moment: datetime | None) -> str | None:
    """Return a time, or None, as it goes on the wire."""
    return None if moment is None else format_time(moment)


def text(identity: UUID | None) -> str | None:
    """Return an id, or None, as it goes on the wire."""
    return None if identity is None else str(identity)
