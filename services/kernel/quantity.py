"""Counts of people and seats: whole, positive, and not absurd."""

from services.kernel.errors import InvalidError

MAX_SEATS = 1_000_000


def require_count(value: object, field: str, *, least: int = 1, most: int = MAX_SEATS) -> int:
    """Return ``value`` if it is a whole number from ``least`` to ``most``; raise ``InvalidError`` naming ``field``."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidError(field, f"{value!r} is not a possible number", f"a whole number from {least} to {most}")
    return value
