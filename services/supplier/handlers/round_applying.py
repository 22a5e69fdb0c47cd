"""Applying a round: everything that was found is looked at again under locks before anything is held."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from services.kernel.ids import MatchId, SupplierId
from services.supplier import outbound
from services.supplier.domain.assignment import Assigned, Result, Unassigned
from services.supplier.domain.errors import ResourceBusyError, SlotClosedError, SlotFullError
from services.supplier.domain.explanation import Sentence
from services.supplier.domain.matching import Candidate, Fit, Reason
from services.supplier.domain.pools import PoolCopy
from services.supplier.domain.procedures import Procedure
from services.supplier.domain.round_events import RoundFinished
from services.supplier.domain.round_problem import Sheet, WaitingPool, card_of, chances_with
from services.supplier.domain.round_words import CHANGED, GONE, TAKEN, why_assigned, why_nothing_fits
from services.supplier.domain.rounds import MOST_AGAIN, Figures, Outcome, Round, RoundPool, Why
from services.supplier.domain.terms import Where
from services.supplier.handlers.pools import tell_unmatched
from services.supplier.handlers.ranking import candidates_in, propose
from services.supplier.handlers.rounds import await_round, begin_round
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def apply_round(
    uow: SupplierUnitOfWork, one: Round, pools: Sequence[WaitingPool], sheet: Sheet, result: Result | None
) -> None:
    """Hold what pools got, tell the others why they got nothing, and note it; the category and the round are locked.

    A pool whose slot was taken or changed in the meantime gets nothing else in its place: what is left is searched for
    as a whole, in another round at once.
    """
    copies = {waiting.pool.pool_id: uow.pools.find(waiting.pool.pool_id, lock=True) for waiting in _by_id(pools)}
    assigned = {UUID(one.pool): one for one in result.assigned} if result else {}
    applying = _Applying(uow, one, sheet, assigned)
    unassigned = {UUID(one.pool): one for one in result.unassigned} if result else {}
    done = [
        applying.settle(waiting, copies[waiting.pool.pool_id], unassigned.get(waiting.pool.pool_id))
        for waiting in _by_id(pools)
    ]
    uow.rounds.gather(one.round_id, done)
    _finish(uow, one, result, done, applying.people)


def _by_id(pools: Sequence[WaitingPool]) -> list[WaitingPool]:
    return sorted(pools, key=lambda waiting: waiting.pool.pool_id)


def _finish(uow: SupplierUnitOfWork, one: Round, result: Result | None, done: list[RoundPool], people: int) -> None:
    outcomes = Counter(pool.outcome for pool in done)
    figures = Figures(
        pools=len(done),
        matched=outcomes[Outcome.MATCHED],
        people=people,
        objective=result.served if result else 0,
        bound=result.served_bound if result else 0,
        gap=round(result.gap, 6) if result else 0.0,
        optimal=result.optimal if result else True,
        seconds=result.seconds if result else 0.0,
    )
    applied = one.applied(figures)
    uow.rounds.save(applied)
    uow.outbox.add(*outbound.round_message(RoundFinished(applied)))
    if not outcomes[Outcome.NEXT_ROUND]:
        return
    waiting = uow.pools.waiting_for_round(one.category)
    if waiting and one.again < MOST_AGAIN:
        begin_round(uow, one.category, one.currency, waiting, again=one.again + 1)
    else:
        await_round(uow, one.category)


class _Applying:
    """One round, pool by pool. Suppliers that are counted and the slots that are wanted are locked."""

    def __init__(self, uow: SupplierUnitOfWork, one: Round, sheet: Sheet, assigned: Mapping[UUID, Assigned]) -> None:
        self.uow, self.round, self.sheet, self.assigned = uow, one, sheet, assigned
        self.people = 0
        self._taken: Counter[SupplierId] = Counter()
        wanted = [sheet.chances[pool_id][got.offer] for pool_id, got in assigned.items()]
        offer_ids = {fit.candidate.offer.offer_id for fit in wanted}
        # Twice: the first reading locks the suppliers, which come before slots; the second sees what then stays so.
        candidates_in(uow, one.category, offer_ids)
        uow.slots.lock({fit.slot.slot_id for fit in wanted})
        found = candidates_in(uow, one.category, offer_ids)
        self._candidates: dict[UUID, Candidate] = {one.offer.offer_id: one for one in found}

    def settle(self, waiting: WaitingPool, copy: PoolCopy | None, missed: Unassigned | None) -> RoundPool:
        """Let a pool have what it got, or tell it why it got nothing."""
        pool_id = waiting.pool.pool_id
        before = RoundPool(
            self.round.round_id, pool_id, tuple(share.community_id for share in waiting.pool.communities)
        )
        possible = len(self.sheet.chances[pool_id])
        if copy is None or not copy.is_open or copy.procedure is not Procedure.ROUND:
            return replace(before, outcome=Outcome.GONE, why=GONE)
        if copy.version != waiting.version:
            return replace(before, outcome=Outcome.NEXT_ROUND, why=CHANGED)
        if pool_id not in self.assigned:
            return self._miss(replace(before, possible=possible), copy, missed)
        got = self.assigned[pool_id]
        planned = self.sheet.chances[pool_id][got.offer]
        match_id = self._hold(waiting, planned, got)
        if match_id is None:
            return replace(before, outcome=Outcome.NEXT_ROUND, why=TAKEN, possible=possible)
        self.uow.pools.save(copy.matched())
        self.people += got.people
        why = why_assigned(planned.distance_km, possible)
        return replace(before, outcome=Outcome.MATCHED, match_id=match_id, why=why, possible=possible)

    def _hold(self, waiting: WaitingPool, planned: Fit, got: Assigned) -> MatchId | None:
        """Hold the seats if all is as it was when it was searched for; else return None."""
        fit = self._as_now(waiting, planned, got)
        if fit is None:
            return None
        # Whoever shares a slot holds what its people need; where one pool only can have it there is room for more.
        alone = fit.candidate.offer.terms.where is Where.COMMUNITY
        seats = fit.seats if alone else got.people
        try:
            match = propose(self.uow, fit, pool_id=waiting.pool.pool_id, rank=1, seats=seats)
        except (SlotFullError, SlotClosedError, ResourceBusyError):
            # Nothing was written: the counters are changed first, and only if they can be.
            return None
        self._taken[fit.candidate.supplier.supplier_id] += 1
        return match.match_id

    def _as_now(self, waiting: WaitingPool, planned: Fit, got: Assigned) -> Fit | None:
        candidate = self._candidates.get(planned.candidate.offer.offer_id)
        if candidate is None:
            return None
        left = candidate.room.left
        if left is not None and self._taken[candidate.supplier.supplier_id] >= left:
            return None
        fits = chances_with(waiting, candidate, self.round.currency, self.uow.clock.now())
        if isinstance(fits, Reason):
            return None
        fit = next((one for one in fits if card_of(one, candidate) == got.offer), None)
        same = (
            fit is not None
            and fit.communities == planned.communities
            and fit.served >= got.people
            and fit.candidate.offer.terms == planned.candidate.offer.terms
        )
        return fit if same else None

    def _miss(self, before: RoundPool, copy: PoolCopy, missed: Unassigned | None) -> RoundPool:
        reasons = dict(self.sheet.reasons[copy.pool_id])
        offers = {fit.candidate.offer.offer_id for fit in self.sheet.chances[copy.pool_id].values()}
        if offers:
            reasons[str(Reason.LOST_IN_ROUND)] = len(offers)
        if missed is None:
            why, competitors = why_nothing_fits(reasons), 0
        else:
            why = Why(missed.why.code, Sentence(missed.why.zh, missed.why.en), missed.why.data)
            competitors = len(missed.competitors)
        tell_unmatched(self.uow, copy, reasons)
        return replace(before, outcome=Outcome.UNMATCHED, why=why, reasons=reasons, competitors=competitors)
