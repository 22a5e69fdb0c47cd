"""Counts of people and seats: whole, positive, and not absurd; and numbers that need not be whole."""

from services.kernel.errors import InvalidError

MAX_SEATS = 1_000_000


def require_count(value: object, field: str, *, least: int = 1, most: int = MAX_SEATS) -> int:
    """Return ``value`` if it is a whole number from ``least`` to ``most``; raise ``InvalidError`` naming ``field``."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidError(field, f"{value!r} is not a possible number", f"a whole number from {least} to {most}")
    return value


def require_number(value: object, field: str, *, least: float = 0, most: float = MAX_SEATS) -> float:
    """Return ``value`` if it is a number from ``least`` to ``most`` (a whole one as int); else ``InvalidError``."""
    # The comparison also refuses NaN.
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise InvalidError(field, f"{value!r} is not a possible number", f"a number from {least} to {most}")
    return int(value) if value == int(value) else value
