"""What is shown of a tender, after a command and in answer to a question. Nothing sealed is read here, nor any key."""

from collections.abc import Sequence

from services.kernel.caller import Caller, Role
from services.supplier.domain.tender_cards import BidCard, TenderCard
from services.supplier.domain.tenders import Bid, Tender
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def card_of(uow: SupplierUnitOfWork, tender: Tender, caller: Caller) -> TenderCard:
    """Return a tender with the bids that the caller may know of: a bidder of its own only."""
    found: Sequence[Bid] = uow.bids.of(tender.tender_id)
    if caller.role is Role.SUPPLIER:
        found = [bid for bid in found if bid.supplier_id == caller.supplier_id]
    suppliers = uow.suppliers.many(sorted({bid.supplier_id for bid in found}))
    ranking = {ranked.bid_id: ranked for ranked in uow.tenders.ranking_of(tender.tender_id)}
    fitting = sum(1 for ranked in ranking.values() if ranked.rank is not None)
    talks = uow.negotiations.of(tender.tender_id)
    cards = [
        BidCard(bid, suppliers[bid.supplier_id], ranking.get(bid.bid_id), talks.get(bid.bid_id), fitting, caller)
        for bid in found
    ]
    # The best first; while bids are sealed their order is that of their random hashes, which tells nothing.
    cards.sort(key=lambda card: (_rank(card), card.bid.commitment))
    agreement = uow.agreements.of(tender.tender_id)
    return TenderCard(tender, tuple(cards), agreement, caller, uow.policy.privacy_k)


def _rank(card: BidCard) -> int:
    ranked = card.ranked
    return ranked.rank if ranked is not None and ranked.rank is not None else 1_000_000
