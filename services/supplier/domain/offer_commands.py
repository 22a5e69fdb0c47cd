"""What suppliers and communities ask of offers beyond publishing them, already read and checked for shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.kernel.caller import Caller
from services.kernel.ids import OfferId, SupplierId
from services.supplier.domain.calendars import Calendar


@dataclass(frozen=True, slots=True)
class ReviseOffer:
    """Set the ``changes`` of the terms and the calendar if the version is still ``if_match`` (None: any).

    Whether the calendar is another one is told by ``recalendar``: None is no calendar at all.
    """

    caller: Caller
    offer_id: OfferId
    if_match: str | None
    changes: Mapping[str, Any]
    recalendar: bool = False
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True)
class SetDaysOff:
    """Set the ``changes`` (of zone, blackouts) of the days on which a supplier works for nobody."""

    caller: Caller
    supplier_id: SupplierId
    if_match: str | None
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PreviewCalendar:
    """Ask which dates a calendar gives in so many days; with the days off of the caller's own supplier, if named."""

    caller: Caller
    supplier_id: SupplierId | None
    calendar: Calendar
    days: int
