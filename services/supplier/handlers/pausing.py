"""Offers wait while a paper that they need has run out, and come back with the next one that is approved."""

from collections.abc import Iterable
from uuid import UUID

from services.supplier.domain.events import OfferPaused, OfferResumed
from services.supplier.domain.matches import ExpiryReason, Match
from services.supplier.domain.model import Supplier
from services.supplier.domain.offers import Offer, OfferState
from services.supplier.handlers.access import publish
from services.supplier.handlers.booking import expire_all
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def offers_needing(uow: SupplierUnitOfWork, supplier: Supplier, kind: str) -> list[Offer]:
    """Return the offers on the market that require a paper of the kind, by themselves or by the policy."""
    offers = uow.offers.of_supplier(supplier.supplier_id, OfferState.PUBLISHED, OfferState.PAUSED)
    policy = uow.admissions.of(supplier.community_id, uow.policy.admission)
    return [one for one in offers if kind in (*one.terms.required_qualifications, *policy.required_papers)]


def waiting_of(uow: SupplierUnitOfWork, offers: Iterable[Offer]) -> list[Match]:
    """Return the proposals of these offers on which no campaign was opened."""
    return [match for offer in offers for match in uow.matches.waiting_of_offer(offer.offer_id)]


def pause_offers(uow: SupplierUnitOfWork, offers: Iterable[Offer], kind: str) -> None:
    """Let offers of locked categories wait for a paper, tell their campaigns, and let proposals of them expire."""
    paused = []
    for seen in offers:
        offer = uow.offers.find(seen.offer_id, lock=True)
        if offer is None or offer.state is OfferState.WITHDRAWN:
            continue
        was_published = offer.state is OfferState.PUBLISHED
        offer = offer.pause([kind])
        uow.offers.save(offer)
        if was_published:
            paused.append(offer)
    running = _running(uow, [offer.offer_id for offer in paused])
    for offer in paused:
        publish(uow, OfferPaused(offer, tuple(running.get(offer.offer_id, ()))))
    expire_all(uow, waiting_of(uow, paused), ExpiryReason.OFFER_PAUSED)


def resume_offers(uow: SupplierUnitOfWork, supplier: Supplier) -> None:
    """Put those offers back on the market whose papers are all there again; their categories are locked."""
    now = uow.clock.now()
    kinds = uow.qualifications.valid_kinds([supplier.supplier_id], now).get(supplier.supplier_id, frozenset())
    offers = uow.offers.of_supplier(supplier.supplier_id, OfferState.PAUSED, lock=True)
    back = [offer.resume() for offer in offers if kinds.issuperset(offer.paused_for)]
    running = _running(uow, [offer.offer_id for offer in back])
    for offer in back:
        uow.offers.save(offer)
        publish(uow, OfferResumed(offer, tuple(running.get(offer.offer_id, ()))))


def _running(uow: SupplierUnitOfWork, offer_ids: list[UUID]) -> dict[UUID, list[Match]]:
    found: dict[UUID, list[Match]] = {}
    for match in uow.matches.running_of_offers(offer_ids, uow.clock.now()) if offer_ids else ():
        found.setdefault(match.offer.offer_id, []).append(match)
    return found


def warn_campaign(uow: SupplierUnitOfWork, match: Match) -> None:
    """Tell a campaign that was opened while its offer was paused what the others were told at the time."""
    offer = uow.offers.find(match.offer.offer_id)
    if offer is not None and offer.state is OfferState.PAUSED:
        publish(uow, OfferPaused(offer, (match,)))
