"""The searches of matching rounds: taken up under a lease, done in a process of their own, applied in a transaction."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakSet

from services.chassis.solvers import SolverFailedError
from services.supplier.domain.assignment import Problem, Result
from services.supplier.domain.matching import Candidate
from services.supplier.domain.round_problem import Sheet, WaitingPool, draw_up
from services.supplier.domain.rounds import Round, RoundState
from services.supplier.handlers.ranking import candidates_in
from services.supplier.handlers.round_applying import apply_round
from services.supplier.handlers.rounds import gather, give_up
from services.supplier.handlers.solving import solve_in_process
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

log = logging.getLogger(__name__)

EVERY = 2.0  # seconds between two signs of life while pools are judged
AT_ONCE = 1  # solvers of one process: each keeps a core busy

Solver = Callable[[Problem, float, Callable[[dict[str, Any]], None]], Result]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class RoundSearch:
    """An attempt at a round, and all that it is decided by, as it was at one moment."""

    round: Round
    pools: tuple[WaitingPool, ...]
    candidates: tuple[Candidate, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class RoundFound:
    """What a search came back with. ``result`` is None where no pool had a chance, or where ``failure`` says why."""

    search: RoundSearch
    sheet: Sheet | None
    result: Result | None = None
    failure: str | None = None


class RoundErrands:
    """Searches for the rounds that wait. ``new_uow`` makes the transactions in which progress is noted."""

    def __init__(self, new_uow: Callable[[], SupplierUnitOfWork], solver: Solver = solve_in_process) -> None:
        self._new_uow = new_uow
        self._solver = solver
        # Weak, because a search that was taken in a transaction that failed is nobody's.
        self._out: WeakSet[RoundSearch] = WeakSet()

    def take(self, uow: SupplierUnitOfWork, most: int) -> Sequence[RoundSearch]:
        """Take rounds that wait for a search, no more than there is room for, with what is offered now."""
        taken, now = [], uow.clock.now()
        for waiting in uow.rounds.take_due(now, max(0, min(most, AT_ONCE - len(self._out)))):
            one = waiting.taken(now)
            if one.state is RoundState.SOLVING:
                uow.rounds.save(one)
                taken.append(_search(uow, one, now))
            else:
                give_up(uow, one)
        self._out.update(taken)
        return taken

    def next_due(self, uow: SupplierUnitOfWork) -> datetime | None:
        """Return when the next search is due; nobody asks for one while there is no room."""
        return uow.rounds.next_due() if len(self._out) < AT_ONCE else None

    def go(self, errand: RoundSearch) -> RoundFound:
        """Judge and search, and note how far it is."""
        one, begun = errand.round, time.monotonic()
        told = begun

        def say(state: dict[str, Any]) -> None:
            with self._new_uow() as uow:
                uow.rounds.progress(one, state, one.until(uow.clock.now()))
                uow.commit()

        def seen() -> None:
            nonlocal told
            # Under eventlet to sleep is to let others go on: after each pool the loop gets its turn.
            time.sleep(0)
            if time.monotonic() - told >= EVERY:
                told = time.monotonic()
                say({"phase": "judging", "seconds": round(told - begun, 2)})

        try:
            sheet = draw_up(errand.pools, errand.candidates, one.currency, errand.now, seen)
            if sheet.problem is None:
                return RoundFound(errand, sheet)
            return RoundFound(errand, sheet, self._solver(sheet.problem, one.seconds, say))
        except SolverFailedError as failure:
            log.warning("the search of a matching round failed", extra={"round_id": str(one.round_id)})
            return RoundFound(errand, None, failure=str(failure))
        finally:
            self._out.discard(errand)

    def settle(self, came: RoundFound, uow: SupplierUnitOfWork) -> None:
        """Apply what was found; an attempt at a round that somebody else has taken up since has no effect."""
        searched = came.search.round
        # The category goes before every row: see the order of locks in ``booking``.
        uow.pools.lock_category(searched.category)
        one = uow.rounds.find(searched.round_id, lock=True)
        if one is None or not one.is_attempt_of(searched):
            return
        if came.sheet is None:
            after = one.stumbled(came.failure or "the search gave no answer", uow.clock.now())
            give_up(uow, after) if after.state is RoundState.FAILED else uow.rounds.save(after)
            return
        apply_round(uow, one, came.search.pools, came.sheet, came.result)


def _search(uow: SupplierUnitOfWork, one: Round, now: datetime) -> RoundSearch:
    waiting = uow.pools.waiting_for_round(one.category)
    gather(uow, one, waiting)
    left = uow.matches.slots_left_by([copy.pool_id for copy in waiting])
    pools = [WaitingPool(copy.pool, copy.version, left.get(copy.pool_id, frozenset())) for copy in waiting if copy.pool]
    return RoundSearch(one, tuple(pools), tuple(candidates_in(uow, one.category, lock=False)), now)
