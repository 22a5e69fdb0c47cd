"""Revising offers: other terms for whatever is proposed from now on, and never for what is proposed or booked."""

from dataclasses import replace

from services.supplier.domain.cards import OfferCard
from services.supplier.domain.errors import OfferStaleError
from services.supplier.domain.events import OfferRevised
from services.supplier.domain.offer_commands import ReviseOffer
from services.supplier.domain.offers import OfferVersion, check_revised
from services.supplier.domain.terms import MONEY_CONDITIONS
from services.supplier.handlers.access import OWNERS, publish, see_supplier
from services.supplier.handlers.booking import look_again
from services.supplier.handlers.offers import lock_own, own_card
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def revise_offer(command: ReviseOffer, uow: SupplierUnitOfWork) -> OfferCard:
    """Make a new version of an offer and let pools without a supplier look at it; the versions before are kept."""
    command.caller.require(*OWNERS)
    offer = lock_own(uow, command, MONEY_CONDITIONS & command.changes.keys())
    offer.require_published()
    if command.if_match not in (None, str(offer.version)):
        raise OfferStaleError(
            f"the offer is at version {offer.version}", version=offer.version, if_match=command.if_match
        )
    slots = uow.slots.of_offers([offer.offer_id]).get(offer.offer_id, ())
    terms = replace(offer.terms, **command.changes)
    if terms != offer.terms:
        check_revised(terms, slots, uow.clock.now())
        offer = offer.revise(terms)
        uow.offers.save(offer)
        uow.offers.keep_version(OfferVersion(offer.offer_id, offer.version, terms, uow.clock.now()))
        publish(uow, OfferRevised(offer))
        look_again(uow, [terms.category])
    return own_card(offer, see_supplier(uow, command.caller, offer.supplier_id), command.caller, slots)
