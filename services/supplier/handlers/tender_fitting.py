"""Whether a bid or an offer fits its pool now, by the hurdles that every match clears."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from services.kernel.ids import BidId
from services.supplier.domain.matching import Candidate, Fit, ReadyPool, Reason, is_of, judge
from services.supplier.domain.model import Supplier
from services.supplier.domain.proposals import Proposal
from services.supplier.domain.tender_ranking import Entry, Ranked, rank_bids
from services.supplier.domain.tenders import Bid, Tender, aggregated
from services.supplier.handlers.ranking import candidates_in
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

EXPIRED = "bid_expired"
# A bid may name another group and another time than its offer.
_MAY_BE_BID = (Reason.GROUP_TOO_SMALL, Reason.NO_SLOT)


def pool_now(uow: SupplierUnitOfWork, tender: Tender) -> ReadyPool:
    """Return the pool as it is now: it may have grown since suppliers were asked."""
    copy = uow.pools.find(tender.pool.pool_id)
    return copy.pool if copy and copy.pool else tender.pool


def eligible(uow: SupplierUnitOfWork, pool: ReadyPool) -> tuple[frozenset[UUID], Mapping[str, int]]:
    """Return the suppliers that could serve a pool, whatever the price, and why the other offers could not."""
    asked, reasons = set(), {}
    for candidate in candidates_in(uow, pool.category):
        if not is_of(pool.category, candidate):
            continue
        verdict = judge(replace(pool, ceiling=None), candidate, uow.clock.now())
        if isinstance(verdict, Reason) and verdict in _MAY_BE_BID and not candidate.is_qualified:
            verdict = Reason.NOT_QUALIFIED
        if isinstance(verdict, Fit) or verdict in _MAY_BE_BID:
            asked.add(candidate.supplier.supplier_id)
        else:
            reasons[str(verdict)] = reasons.get(str(verdict), 0) + 1
    return frozenset(asked), reasons or {str(Reason.NO_OFFER): 1}


def fit_of(uow: SupplierUnitOfWork, pool: ReadyPool, proposal: Proposal, slot_id: UUID | None = None) -> Fit | Reason:
    """Tell how a proposal fits the pool, in its best slot or the one that is named, or why it does not."""
    found = _candidates(uow, pool, [proposal]).get(proposal.offer.offer_id)
    return _verdict(uow, pool, found, proposal, {slot_id} if slot_id else set(proposal.slot_ids))


def _candidates(uow: SupplierUnitOfWork, pool: ReadyPool, proposals: list[Proposal]) -> dict[UUID, Candidate]:
    left = uow.matches.slots_left(pool.pool_id)
    found = candidates_in(uow, pool.category, {proposal.offer.offer_id for proposal in proposals})
    return {candidate.offer.offer_id: candidate.without(left) for candidate in found}


def _verdict(
    uow: SupplierUnitOfWork, pool: ReadyPool, found: Candidate | None, proposal: Proposal, wanted: set[UUID]
) -> Fit | Reason:
    if found is None or not is_of(pool.category, found):
        return Reason.NO_OFFER
    offer = replace(found.offer, terms=proposal.offer.terms, version=proposal.offer.version)
    slots = tuple(slot for slot in found.slots if slot.slot_id in wanted and slot.slot_id in proposal.slot_ids)
    return judge(pool, replace(found, offer=offer, supplier=_unpriced(found.supplier), slots=slots), uow.clock.now())


def _unpriced(supplier: Supplier) -> Supplier:
    """Return the supplier without the prices that its grants set: what it bids are its prices for this pool."""
    grants = (replace(grant, access=replace(grant.access, prices=None)) for grant in supplier.grants)
    return replace(supplier, grants=tuple(grants))


def rank(uow: SupplierUnitOfWork, tender: Tender, bids: list[Bid]) -> tuple[Ranked, ...]:
    """Rank open bids. Each is judged by the people there are, and compared by figures that tell nothing of few."""
    pool, shown, now = pool_now(uow, tender), aggregated(pool_now(uow, tender), uow.policy.privacy_k), uow.clock.now()
    entries: list[Entry] = []
    unfit: dict[BidId, str] = {}
    candidates = _candidates(uow, pool, [bid.proposal for bid in bids if bid.proposal])
    for bid in bids:
        verdict = _judged(uow, pool, bid, candidates)
        if isinstance(verdict, Fit):
            entries.append(Entry(bid.bid_id, _as_shown(verdict, shown), bid.sealed_at, _grade(verdict)))
        else:
            unfit[bid.bid_id] = verdict
    return rank_bids(shown, entries, unfit, tender.rules.weights, now)


def _judged(uow: SupplierUnitOfWork, pool: ReadyPool, bid: Bid, candidates: Mapping[UUID, Candidate]) -> Fit | str:
    proposal = bid.proposal
    if proposal is None or not proposal.is_valid(uow.clock.now()):
        return EXPIRED
    found = candidates.get(proposal.offer.offer_id)
    verdict = _verdict(uow, pool, found, proposal, set(proposal.slot_ids))
    return verdict if isinstance(verdict, Fit) else str(verdict)


def _as_shown(fit: Fit, pool: ReadyPool) -> Fit:
    those = {share.community_id for share in fit.communities}
    shares = tuple(share for share in pool.communities if share.community_id in those)
    return replace(fit, communities=shares, people=sum(share.people for share in shares))


def _grade(fit: Fit) -> str:
    return str(fit.candidate.supplier.standing).removeprefix("grade_")
