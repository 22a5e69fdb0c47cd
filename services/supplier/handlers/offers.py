"""Publishing and withdrawing offers, and adding slots to them."""

from collections.abc import Collection

from services.kernel.caller import Caller
from services.kernel.ids import new_id
from services.supplier.domain.calendars import HORIZON, check_calendar
from services.supplier.domain.cards import OfferCard, card_for
from services.supplier.domain.commands import AddSlot, NewSlot, PublishOffer, WithdrawOffer
from services.supplier.domain.errors import OfferNotFoundError
from services.supplier.domain.events import OfferPublished, OfferWithdrawn
from services.supplier.domain.matches import ExpiryReason
from services.supplier.domain.model import Supplier
from services.supplier.domain.offer_commands import ReviseOffer
from services.supplier.domain.offers import Offer, OfferState, OfferVersion, Slot, check_slot
from services.supplier.domain.planning import DaysOff, plan, require_few
from services.supplier.handlers.access import OWNERS, publish, require_editor, see_offer, see_supplier
from services.supplier.handlers.arranging import arrange, dress, require_no_day_off
from services.supplier.handlers.booking import expire_all, look_again, stop_timers
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def publish_offer(command: PublishOffer, uow: SupplierUnitOfWork) -> OfferCard:
    """Put an offer with its slots on the market and let pools without a supplier look at it."""
    command.caller.require(*OWNERS)
    supplier = see_supplier(uow, command.caller, command.supplier_id)
    terms, now = command.terms_at(supplier.place), uow.clock.now()
    require_editor(supplier, command.caller, terms.own_conditions)
    # In this order, so that who takes the permission to use it back does not miss the category of a new offer.
    uow.pools.lock_category(terms.category)
    supplier = uow.suppliers.keep(supplier.supplier_id) or supplier
    require_editor(supplier, command.caller, terms.own_conditions)
    offer = Offer(new_id(), supplier.supplier_id, terms, OfferState.PUBLISHED, 1, now, calendar=command.calendar)
    if offer.calendar is not None:
        uow.pools.lock_category(terms.category)
        check_calendar(offer.calendar, terms, now)
        require_few(plan(offer.calendar, DaysOff(), now, now + HORIZON))
    slots = tuple(_slot_of(uow, offer, slot) for slot in command.slots)
    for index, slot in enumerate(slots):
        check_slot(terms, slot, now, f"slots.{index}.")
        require_no_day_off(uow, offer, slot, f"slots.{index}.")
    uow.offers.add(offer)
    uow.offers.keep_version(OfferVersion(offer.offer_id, offer.version, terms, now))
    uow.slots.add_many(slots)
    slots += arrange(uow, offer)
    publish(uow, OfferPublished(offer))
    look_again(uow, [terms.category])
    ordered = tuple(sorted(slots, key=lambda slot: (slot.span.start, slot.slot_id)))
    return own_card(offer, supplier, command.caller, ordered)


def add_slot(command: AddSlot, uow: SupplierUnitOfWork) -> Slot:
    """Add a time to a published offer and let pools without a supplier look at it."""
    command.caller.require(*OWNERS)
    offer = lock_own(uow, command)
    slot = _slot_of(uow, offer, command.slot)
    changed = offer.with_slot()
    check_slot(offer.terms, slot, uow.clock.now())
    require_no_day_off(uow, offer, slot)
    uow.offers.save(changed)
    uow.slots.add(slot)
    look_again(uow, [offer.terms.category])
    return slot


def withdraw_offer(command: WithdrawOffer, uow: SupplierUnitOfWork) -> OfferCard:
    """Take an offer from the market; proposals without a campaign expire, campaigns keep their seats."""
    command.caller.require(*OWNERS)
    stop_timers(uow, uow.matches.waiting_of_offer(command.offer_id))
    offer = lock_own(uow, command).withdraw()
    uow.offers.save(offer)
    publish(uow, OfferWithdrawn(offer))
    expire_all(uow, uow.matches.waiting_of_offer(offer.offer_id), ExpiryReason.OFFER_WITHDRAWN)
    supplier = see_supplier(uow, command.caller, offer.supplier_id)
    slots = uow.slots.of_offers([offer.offer_id]).get(offer.offer_id, ())
    return own_card(offer, supplier, command.caller, slots)


def own_card(offer: Offer, supplier: Supplier, caller: Caller, slots: tuple[Slot, ...]) -> OfferCard:
    """Return an offer as whoever has just written it sees it; raise ``OfferNotFoundError`` where it cannot have it."""
    card = card_for(offer, supplier, caller, slots)
    if card is None:
        raise OfferNotFoundError("the offer has no prices for your community", offer_id=str(offer.offer_id))
    return card


def _slot_of(uow: SupplierUnitOfWork, offer: Offer, new: NewSlot) -> Slot:
    return dress(uow, offer, Slot(new_id(), offer.offer_id, new.span, new.sessions, new.capacity))


def lock_own(
    uow: SupplierUnitOfWork, command: AddSlot | ReviseOffer | WithdrawOffer, owners_only: Collection[str] = ()
) -> Offer:
    """Return the offer of a command with its category and itself locked; raise where the caller may not edit it.

    ``owners_only`` are fields of the command that an editor may not write, see ``require_editor``.
    """
    seen, supplier = see_offer(uow, command.caller, command.offer_id)
    require_editor(supplier, command.caller, owners_only)
    uow.pools.lock_category(seen.terms.category)
    require_editor(uow.suppliers.keep(supplier.supplier_id) or supplier, command.caller, owners_only)
    offer = uow.offers.find(command.offer_id, lock=True)
    if offer is None:
        raise OfferNotFoundError("there is no such offer", offer_id=str(command.offer_id))
    return offer
