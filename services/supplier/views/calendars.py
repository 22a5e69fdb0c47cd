"""Calendars of offers, days off of suppliers, and what a calendar would give."""

from datetime import timedelta
from typing import Any

from services.supplier import outbound
from services.supplier.domain.cards import OfferCard, card_for
from services.supplier.domain.errors import OfferNotFoundError
from services.supplier.domain.model import Supplier
from services.supplier.domain.offer_commands import PreviewCalendar
from services.supplier.domain.offers import OfferState, Slot
from services.supplier.domain.planning import DaysOff, plan, require_few
from services.supplier.handlers.access import OWNERS, require_owner, see_offer, see_supplier
from services.supplier.storage.unit_of_work import SupplierUnitOfWork
from services.supplier.views.suppliers import ById

Answer = dict[str, Any]


def get_offer_calendar(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show the calendar of an offer and the slots that can be booked; raise ``OfferNotFoundError``."""
    slots = uow.slots.on_sale([question.id], uow.clock.now()).get(question.id, ())
    card, supplier = _card(question, uow, tuple(slot for slot in slots if slot.free > 0))
    bookable = card.slots if card.offer.state is OfferState.PUBLISHED else ()
    return outbound.offer_calendar(card.offer, bookable, insider=supplier.is_insider(question.caller))


def export_calendar(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show the slots ahead of an offer as an iCalendar file; raise ``OfferNotFoundError``."""
    now = uow.clock.now()
    slots = uow.slots.of_offers([question.id], after=now).get(question.id, ())
    card, _ = _card(question, uow, tuple(slot for slot in slots if not slot.closed))
    return outbound.calendar_file(card, now)


def _card(question: ById, uow: SupplierUnitOfWork, slots: tuple[Slot, ...]) -> tuple[OfferCard, Supplier]:
    offer, supplier = see_offer(uow, question.caller, question.id)
    card = card_for(offer, supplier, question.caller, slots)
    if card is None:
        raise OfferNotFoundError("there is no such offer", offer_id=str(question.id))
    return card, supplier


def get_days_off(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show to whose supplier it is on which days it works for nobody."""
    question.caller.require(*OWNERS)
    require_owner(see_supplier(uow, question.caller, question.id), question.caller)
    return outbound.days_off((question.id, uow.calendars.days_off(question.id)))


def preview_calendar(question: PreviewCalendar, uow: SupplierUnitOfWork) -> Answer:
    """Show which slots a calendar would give, and which dates it leaves out; nothing is kept."""
    question.caller.require(*OWNERS)
    days_off = DaysOff()
    if question.supplier_id is not None:
        require_owner(see_supplier(uow, question.caller, question.supplier_id), question.caller)
        days_off = uow.calendars.days_off(question.supplier_id)
    now = uow.clock.now()
    planned = plan(question.calendar, days_off, now, now + timedelta(days=question.days))
    require_few(planned)
    return outbound.preview(planned, question.calendar.zone)
