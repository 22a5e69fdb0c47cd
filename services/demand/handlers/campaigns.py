"""What campaigns mean for pools.

Events come repeated and out of order. For each campaign the newest news is kept: an opening that comes after the end
of the same campaign has both effects at once, and anything else that is old has none.
"""

from uuid import UUID

from services.demand.domain.commands import FulfilPool, ReleasePool, ServePool
from services.demand.domain.pool import Pool, PoolState
from services.demand.handlers.gathering import (
    forget_expiry,
    forget_gathering,
    gather_all,
    locked_pool,
    publish,
    release,
)
from services.demand.handlers.proposals import lose_match
from services.demand.storage.heard import News
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.kernel.ids import CampaignId

OPENED = "opened"
FULFILLED = "fulfilled"
OVER = (PoolState.SERVED, PoolState.FULFILLED, PoolState.DISSOLVED)


def serve_pool(command: ServePool, uow: DemandUnitOfWork) -> None:
    """Note that a campaign was opened: its communities are served, the others of the pool are pooled anew."""
    if command.pool_id is None:
        return
    pool = locked_pool(command.pool_id, uow)
    known = uow.campaign_news.find(command.campaign_id)
    if known is None or known.version < command.news:
        uow.campaign_news.save(command.campaign_id, News(command.news, OPENED))
    if pool.state in OVER:
        return
    served = _serve(pool, command, uow)
    if known is not None and known.version > command.news:
        _finish(served, known.outcome, uow)


def _serve(pool: Pool, command: ServePool, uow: DemandUnitOfWork) -> Pool:
    signals = uow.signals.of_pool(pool.pool_id)
    staying = [signal.served() for signal in signals if signal.community_id in command.community_ids]
    leaving = release((signal for signal in signals if signal.community_id not in command.community_ids), uow)
    for signal in staying:
        uow.signals.save(signal)
        forget_expiry(signal, uow)
    policies = uow.communities.policies(signal.community_id for signal in staying)
    after, happened = pool.served(CampaignId(command.campaign_id), staying, policies)
    uow.pools.save(after)
    forget_gathering(pool.pool_id, uow)
    publish(happened, uow)
    gather_all(leaving, uow)
    return after


def release_pool(command: ReleasePool, uow: DemandUnitOfWork) -> None:
    """Note that a campaign ended without a service; if it was the pool's, its signals are pooled anew.

    If it was a draft, the match under it is gone, unless another draft of the pool was opened in its place.
    """
    pool = _note_end(command.campaign_id, command.pool_id, News(command.news, command.reason), uow)
    if pool is not None and command.lost_match_id is not None:
        lose_match(command.lost_match_id, pool, uow)


def fulfil_pool(command: FulfilPool, uow: DemandUnitOfWork) -> None:
    """Note that a campaign was settled; if it was the pool's, the pool is fulfilled."""
    _note_end(command.campaign_id, command.pool_id, News(command.news, FULFILLED), uow)


def _note_end(campaign_id: UUID, pool_id: UUID | None, news: News, uow: DemandUnitOfWork) -> Pool | None:
    """Return the locked pool as it is after the news, or None where there is none or the news is old."""
    if pool_id is None:
        return None
    pool = locked_pool(pool_id, uow)
    known = uow.campaign_news.find(campaign_id)
    if known is not None and known.version >= news.version:
        return None
    uow.campaign_news.save(campaign_id, news)
    # A draft that was cancelled never was the pool's campaign, and an opening that is still on its way finds the news.
    if pool.campaign_id == campaign_id and pool.state is PoolState.SERVED:
        return _finish(pool, news.outcome, uow)
    return pool


def _finish(pool: Pool, outcome: str, uow: DemandUnitOfWork) -> Pool:
    signals = uow.signals.of_pool(pool.pool_id)
    fulfilled = outcome == FULFILLED
    after, happened = pool.fulfilled() if fulfilled else pool.dissolved(outcome)
    uow.pools.save(after)
    publish(happened, uow)
    if not fulfilled:
        gather_all(release(signals, uow), uow)
    return after
