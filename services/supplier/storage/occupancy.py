"""When a resource is taken, as numbers that PostgreSQL compares: an exclusion constraint needs no extension for them.

Each resource has a stretch of 2^35 seconds of its own on one line of whole numbers, which is enough for a thousand
years; two slots overlap on the line exactly when they need the same resource at the same time.
"""

import math
from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, exists, literal_column, or_
from sqlalchemy.dialects.postgresql import MultiRange, Range

from services.kernel.timespan import Timespan
from services.supplier.storage.tables import slots

STRETCH = 35  # bits


def line_of(resource: int | None, occupied: Collection[Timespan]) -> MultiRange | None:
    """Return where on the line a resource is taken, in whole seconds, rounded so that nothing is lost."""
    if resource is None:
        return None
    base = resource << STRETCH
    return MultiRange(
        Range(base + math.floor(span.start.timestamp()), base + math.ceil(span.end.timestamp())) for span in occupied
    )


def spans_of(resource: int | None, line: Collection[Range] | None) -> tuple[Timespan, ...]:
    """Return the times of a part of the line."""
    if resource is None or line is None:
        return ()
    return tuple(Timespan(_time(part.lower, resource), _time(part.upper, resource)) for part in line)


def _time(number: int | None, resource: int) -> datetime:
    return datetime.fromtimestamp((number or 0) - (resource << STRETCH), UTC)


def is_in_one_place() -> ColumnElement[bool]:
    """Tell whether what the slot needs is not booked elsewhere at its time."""
    other = slots.alias("other")
    booked = other.c.held + other.c.confirmed > literal_column("0")
    overlaps = other.c.occupies.op("&&")(slots.c.occupies)
    return or_(slots.c.occupies.is_(None), ~exists().where(and_(other.c.slot_id != slots.c.slot_id, booked, overlaps)))
