"""Making slots what calendars say: new ones are added, those that nobody has booked are made anew, booked ones stay.

Whoever calls it has locked the category and the offer; doing it twice changes nothing. OFFERS.md tells the rules.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.kernel.clock import format_time
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.supplier.domain.calendars import HORIZON
from services.supplier.domain.offers import ON_THE_MARKET, Offer, Slot
from services.supplier.domain.planning import DaysOff, Planned, goes_on, is_off, plan
from services.supplier.handlers.booking import look_again
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

UNFOLD_EVERY = timedelta(days=7)


def timer_of(offer_id: UUID) -> str:
    """Return the key of the timer that extends the slots of an offer; cancel it before anything is locked."""
    return f"calendar/{offer_id}"


def arrange(uow: SupplierUnitOfWork, offer: Offer) -> tuple[Slot, ...]:
    """Make the slots ahead what the calendar and the days off say, up to the horizon, and return the new ones."""
    now, days_off = uow.clock.now(), uow.calendars.days_off(offer.supplier_id)
    ahead = [
        slot for slot in uow.slots.of_offers([offer.offer_id], after=now).get(offer.offer_id, ()) if not slot.closed
    ]
    free = [slot for slot in ahead if not slot.is_booked]
    off = [slot for slot in free if not slot.from_calendar and is_off(days_off, slot.sessions)]
    given = {(slot.sessions, slot.capacity): slot for slot in free if slot.from_calendar}
    kept = [slot for slot in ahead if slot.is_booked or not (slot.from_calendar or slot in off)]
    wanted = _wanted(uow, offer, days_off, kept)
    stay = [given.pop(key) for one in wanted if (key := (one.sessions, one.capacity)) in given]
    uow.slots.remove([slot.slot_id for slot in (*off, *given.values())])
    for slot in (*stay, *(slot for slot in kept if not slot.is_booked)):
        if (dressed := dress(uow, offer, slot)) != slot:
            uow.slots.rearrange(dressed)
    known = {(slot.sessions, slot.capacity) for slot in stay}
    new = tuple(_slot_of(uow, offer, one) for one in wanted if (one.sessions, one.capacity) not in known)
    uow.slots.add_many(new)
    _set_timer(uow, offer)
    return new


def _wanted(uow: SupplierUnitOfWork, offer: Offer, days_off: DaysOff, kept: Iterable[Slot]) -> list[Planned]:
    calendar, now = offer.calendar, uow.clock.now()
    if calendar is None:
        return []
    sessions = {slot.sessions for slot in kept}
    taken = [span for one in sessions for span in calendar.occupied(one)]
    planned = plan(calendar, days_off, now, now + HORIZON, taken).slots
    return [one for one in planned if one.sessions not in sessions]


def _slot_of(uow: SupplierUnitOfWork, offer: Offer, planned: Planned) -> Slot:
    slot = Slot(new_id(), offer.offer_id, planned.span, planned.sessions, planned.capacity, from_calendar=True)
    return dress(uow, offer, slot)


def dress(uow: SupplierUnitOfWork, offer: Offer, slot: Slot) -> Slot:
    """Return the slot with what the calendar of its offer says of any slot: until when, and what it needs."""
    calendar = offer.calendar
    if calendar is None:
        return replace(slot, book_by=None, resource=None, occupied=())
    book_by = slot.span.start - calendar.lead if calendar.lead else None
    if calendar.parallel:
        return replace(slot, book_by=book_by, resource=None, occupied=())
    number = uow.calendars.number_of(offer.supplier_id, calendar.resource)
    return replace(slot, book_by=book_by, resource=number, occupied=calendar.occupied(slot.sessions))


def require_no_day_off(uow: SupplierUnitOfWork, offer: Offer, slot: Slot, field: str = "") -> None:
    """Raise ``InvalidError`` where a slot is on a day on which its supplier works for nobody."""
    off = is_off(uow.calendars.days_off(offer.supplier_id), slot.sessions)
    if off is not None:
        problem = f"{format_time(slot.span.start)} is on a day off of the supplier, {off.first} to {off.last}"
        raise InvalidError(f"{field}start", problem, "another day, or other days off")


def _set_timer(uow: SupplierUnitOfWork, offer: Offer) -> None:
    now = uow.clock.now()
    if offer.calendar is not None and goes_on(offer.calendar, now + HORIZON):
        payload = {"offer_id": str(offer.offer_id)}
        uow.timers.set(timer_of(offer.offer_id), now + UNFOLD_EVERY, "unfold_calendar", payload)


def unfold_calendar(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Extend the slots of an offer when its timer fires, and let pools without a supplier look at the new ones."""
    seen = uow.offers.find(UUID(payload["offer_id"]))
    if seen is None:
        return
    uow.pools.lock_category(seen.terms.category)
    offer = uow.offers.find(seen.offer_id, lock=True)
    if offer is not None and offer.state in ON_THE_MARKET and arrange(uow, offer):
        look_again(uow, [offer.terms.category])
