"""From a decision to an agreement: the document, the match that rests on it, and the end of everything else."""

from dataclasses import replace
from uuid import UUID

from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.supplier.domain.agreements import Outcome, agreement_of
from services.supplier.domain.matching import Fit
from services.supplier.domain.negotiations import Negotiation
from services.supplier.domain.procedures import Procedure
from services.supplier.domain.proposals import Proposal
from services.supplier.domain.tender_errors import BidNotFoundError, BidUnfitError
from services.supplier.domain.tender_events import AgreementMade, NegotiationMoved
from services.supplier.domain.tender_ranking import Ranked
from services.supplier.domain.tenders import Bid, Tender
from services.supplier.handlers.ranking import propose
from services.supplier.handlers.tender_access import tell
from services.supplier.handlers.tender_fitting import EXPIRED, fit_of, pool_now
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def require_reason(uow: SupplierUnitOfWork, tender: Tender, bid: Bid, reason: str | None) -> Ranked:
    """Return the rank of a bid; raise ``InvalidError`` where a worse one is taken and nobody says why."""
    ranked = next((one for one in uow.tenders.ranking_of(tender.tender_id) if one.bid_id == bid.bid_id), None)
    if ranked is None or bid.tender_id != tender.tender_id:
        raise BidNotFoundError("the tender has no such bid", bid_id=str(bid.bid_id))
    if ranked.rank != 1 and not reason:
        raise InvalidError("reason", "is missing", "why a bid is taken that does not rank first")
    return ranked


def agree_to_bid(
    uow: SupplierUnitOfWork,
    tender: Tender,
    bid: Bid,
    fit: Fit | None,
    ranked: Ranked,
    *,
    slot_id: UUID | None = None,
    because: str | None = None,
) -> Tender:
    """Agree to a bid as it is, in the slot that is named or its best one."""
    proposal = bid.proposal
    if proposal is None or (slot_id is not None and slot_id not in proposal.slot_ids):
        raise InvalidError("slot_id", f"{slot_id} is not in the bid", "a slot of the bid")
    found = fit or require_fit(uow, tender, proposal, slot_id)
    overruled = because if ranked.rank != 1 else None
    return conclude(uow, Outcome(tender, bid, proposal, found, ranked, (), None, overruled))


def require_fit(uow: SupplierUnitOfWork, tender: Tender, proposal: Proposal, slot_id: UUID | None = None) -> Fit:
    """Return how a proposal fits the pool now; raise ``BidUnfitError`` with the reason where it does not."""
    verdict = EXPIRED
    if proposal.is_valid(uow.clock.now()):
        verdict = fit_of(uow, pool_now(uow, tender), proposal, slot_id)
    if isinstance(verdict, Fit):
        return verdict
    raise BidUnfitError(f"it does not fit: {verdict}", state=str(tender.state), reason=str(verdict))


def conclude(uow: SupplierUnitOfWork, outcome: Outcome) -> Tender:
    """Write the agreement, hold its seats, and end the tender. Timers are stopped, category and tender are locked."""
    tender = outcome.tender.agree(outcome.bid.bid_id, outcome.because)
    agreement_id, match_id = new_id(), new_id()
    outcome = replace(outcome, others=uow.bids.of(tender.tender_id))
    agreement = agreement_of(outcome, agreement_id, match_id, uow.clock.now())
    uow.slots.lock([outcome.slot_id])
    propose(
        uow,
        outcome.fit,
        match_id=match_id,
        pool_id=tender.pool.pool_id,
        rank=1,
        agreement_id=agreement_id,
        agreement_hash=agreement.hash,
    )
    uow.agreements.add(agreement)
    uow.tenders.save(tender)
    close_talks(uow, tender)
    _note_matched(uow, tender)
    tell(uow, AgreementMade(agreement, tender, outcome.ranked.rank))
    return tender


def _note_matched(uow: SupplierUnitOfWork, tender: Tender) -> None:
    copy = uow.pools.find(tender.pool.pool_id, lock=True)
    if copy is not None and copy.is_open:
        # If the match is lost later the pool is asked again, or goes on directly after the last attempt.
        again = tender.rules.asks_again(tender.attempt)
        uow.pools.save((copy if again else copy.by(Procedure.DIRECT)).matched())


def close_talks(uow: SupplierUnitOfWork, tender: Tender) -> None:
    """End what is still negotiated in a tender that has ended."""
    for talk in uow.negotiations.open_of(tender.tender_id):
        closed = talk.close()
        uow.negotiations.save(closed)
        tell(uow, NegotiationMoved(closed))


def agree_to_offer(uow: SupplierUnitOfWork, tender: Tender, bid: Bid, talk: Negotiation) -> Tender:
    """Agree to the last offer of a negotiation, which has been accepted."""
    ranked = next(one for one in uow.tenders.ranking_of(tender.tender_id) if one.bid_id == bid.bid_id)
    proposal = talk.offers[-1].proposal
    fit = require_fit(uow, tender, proposal)
    return conclude(uow, Outcome(tender, bid, proposal, fit, ranked, (), talk, talk.because))
