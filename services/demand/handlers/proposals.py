"""What proposals of suppliers mean for pools: matched by the first, asked anew when the last is gone.

That a match is gone is told twice where a draft rested on it, by supplier.match_expired and by
campaign.campaign_cancelled, and either may overtake supplier.match_proposed. What was heard of each match is kept, so
only the word that ends it has an effect, whichever comes last.
"""

from dataclasses import replace
from uuid import UUID

from services.demand.domain.commands import ExpireMatch, MatchPool, NoteUnmatched
from services.demand.domain.pool import Pool, PoolState
from services.demand.domain.proposals import Proposal, without_proposals
from services.demand.handlers.gathering import gather_all, locked_pool, publish, release
from services.demand.storage.unit_of_work import DemandUnitOfWork

WAITING = (PoolState.READY, PoolState.MATCHED)


def match_pool(command: MatchPool, uow: DemandUnitOfWork) -> None:
    """Remember a proposal; a pool that waits for one is matched, unless word came before that it is gone."""
    if command.pool_id is None:
        return
    pool = locked_pool(command.pool_id, uow)
    known = _proposal(command.match_id, pool, uow)
    _note(known, replace(known, heard=True), pool, uow)


def expire_match(command: ExpireMatch, uow: DemandUnitOfWork) -> None:
    """Remember that a proposal is gone; see ``lose_match``."""
    if command.pool_id is not None:
        lose_match(command.match_id, locked_pool(command.pool_id, uow), uow)


def lose_match(match_id: UUID, pool: Pool, uow: DemandUnitOfWork) -> None:
    """Remember that a proposal is gone; if it was the last and no campaign rests on the pool, ask suppliers anew.

    ``pool`` is locked. After too many rounds it is dissolved instead, and its signals are pooled anew.
    """
    known = _proposal(match_id, pool, uow)
    _note(known, replace(known, gone=True), pool, uow)


def note_unmatched(command: NoteUnmatched, uow: DemandUnitOfWork) -> None:
    """Note why no supplier was found, unless something newer is known."""
    pool = locked_pool(command.pool_id, uow)
    if pool.state is not PoolState.READY or command.news <= pool.unmatched_version:
        return
    after, happened = pool.left_unmatched(command.reasons, command.news)
    uow.pools.save(after)
    publish(happened, uow)


def _proposal(match_id: UUID, pool: Pool, uow: DemandUnitOfWork) -> Proposal:
    return uow.proposals.find(match_id) or Proposal(match_id, pool.pool_id)


def _note(known: Proposal, after: Proposal, pool: Pool, uow: DemandUnitOfWork) -> None:
    if after == known:
        return
    uow.proposals.save(after)
    if after.is_live and pool.state is PoolState.READY:
        matched, happened = pool.matched()
        uow.pools.save(matched)
        publish(happened, uow)
    # Ready counts too: a proposal may be gone before it was heard of, and the supplier does not ask by itself.
    elif after.is_over and pool.state in WAITING and not uow.proposals.are_live_for(pool.pool_id):
        _ask_anew(pool, uow)


def _ask_anew(pool: Pool, uow: DemandUnitOfWork) -> None:
    signals = uow.signals.of_pool(pool.pool_id)
    after, happened = without_proposals(pool, uow.clock.now())
    uow.pools.save(after)
    publish(happened, uow)
    if after.state is PoolState.DISSOLVED:
        gather_all(release(signals, uow), uow)
