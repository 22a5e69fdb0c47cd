"""Revising offers: other terms and times for whatever is proposed from now on, never for what is proposed or booked."""

from dataclasses import replace
from uuid import UUID

from services.supplier.domain.calendars import HORIZON, check_calendar
from services.supplier.domain.cards import OfferCard
from services.supplier.domain.errors import OfferStaleError, StaleVersionError
from services.supplier.domain.events import OfferRevised
from services.supplier.domain.offer_commands import ReviseOffer, SetDaysOff
from services.supplier.domain.offers import ON_THE_MARKET, Offer, OfferVersion, check_revised
from services.supplier.domain.planning import DaysOff, plan, require_few
from services.supplier.domain.terms import MONEY_CONDITIONS
from services.supplier.handlers.access import OWNERS, publish, require_owner, see_supplier
from services.supplier.handlers.arranging import arrange, timer_of
from services.supplier.handlers.booking import look_again
from services.supplier.handlers.offers import lock_own, own_card
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def revise_offer(command: ReviseOffer, uow: SupplierUnitOfWork) -> OfferCard:
    """Make a new version of an offer and let pools without a supplier look at it; the versions before are kept."""
    command.caller.require(*OWNERS)
    uow.timers.cancel(timer_of(command.offer_id))
    offer = lock_own(uow, command, MONEY_CONDITIONS & command.changes.keys())
    offer.require_kept()
    if command.if_match not in (None, str(offer.version)):
        raise OfferStaleError(
            f"the offer is at version {offer.version}", version=offer.version, if_match=command.if_match
        )
    terms = replace(offer.terms, **command.changes)
    calendar = command.calendar if command.recalendar else offer.calendar
    if (terms, calendar) != (offer.terms, offer.calendar):
        offer = _save(uow, offer, offer.revise(terms, calendar))
    else:
        arrange(uow, offer)
    slots = uow.slots.of_offers([offer.offer_id]).get(offer.offer_id, ())
    return own_card(offer, see_supplier(uow, command.caller, offer.supplier_id), command.caller, slots)


def _save(uow: SupplierUnitOfWork, before: Offer, after: Offer) -> Offer:
    now = uow.clock.now()
    if after.calendar is not None:
        check_calendar(after.calendar, after.terms, now)
        require_few(plan(after.calendar, DaysOff(), now, now + HORIZON))
    uow.offers.save(after)
    arrange(uow, after)
    check_revised(after.terms, uow.slots.of_offers([after.offer_id]).get(after.offer_id, ()), now)
    if after.terms != before.terms:
        uow.offers.keep_version(OfferVersion(after.offer_id, after.version, after.terms, now))
    publish(uow, OfferRevised(after))
    look_again(uow, [after.terms.category])
    return after


def set_days_off(command: SetDaysOff, uow: SupplierUnitOfWork) -> tuple[UUID, DaysOff]:
    """Change the days on which a supplier works for nobody, and the slots of all its offers with them."""
    command.caller.require(*OWNERS)
    require_owner(see_supplier(uow, command.caller, command.supplier_id), command.caller)
    offers = uow.offers.of_supplier(command.supplier_id, *ON_THE_MARKET)
    uow.timers.cancel_many(timer_of(offer.offer_id) for offer in offers)
    for category in sorted({offer.terms.category for offer in offers}):
        uow.pools.lock_category(category)
    see_supplier(uow, command.caller, command.supplier_id, lock=True)
    before = uow.calendars.days_off(command.supplier_id)
    if command.if_match not in (None, str(before.version)):
        raise StaleVersionError(
            f"the days off are at version {before.version}", version=before.version, if_match=command.if_match
        )
    after = replace(before, **command.changes, version=before.version + 1)
    uow.calendars.save_days_off(command.supplier_id, after)
    for offer in uow.offers.of_supplier(command.supplier_id, *ON_THE_MARKET, lock=True):
        arrange(uow, offer)
    look_again(uow, uow.offers.categories_of(command.supplier_id))
    return command.supplier_id, after
