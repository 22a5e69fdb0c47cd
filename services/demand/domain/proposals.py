"""What suppliers propose for a pool, as far as demand needs it: which proposals are live, and what if none is left.

Only the supplier service knows what a proposal says. Here it is enough that one was heard of, or that one is gone;
word of the end may come before word of the beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.demand.domain.events import PoolReady
from services.demand.domain.pool import Pool, PoolEvent, PoolState
from services.kernel.timespan import Timespan

# How often suppliers are asked for one pool, the first time included.
MAX_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """A match: ``heard`` when it was proposed here, ``gone`` when it expired or its draft was cancelled."""

    match_id: UUID
    pool_id: UUID
    heard: bool = False
    gone: bool = False

    @property
    def is_live(self) -> bool:
        """Whether a campaign may still be opened on it."""
        return self.heard and not self.gone

    @property
    def is_over(self) -> bool:
        """Whether it was proposed and is gone; one that is only gone has still to be heard of."""
        return self.heard and self.gone


def without_proposals(pool: Pool, now: datetime) -> tuple[Pool, list[PoolEvent]]:
    """Return a pool after its last live proposal went without a campaign.

    It is ready once more and suppliers are asked anew, up to ``MAX_ROUNDS`` times in all and only while one of its
    windows is still long enough after ``now``. Otherwise it is dissolved (``no_campaign_opened``); the caller then
    pools its signals anew, so that they can join others or share other windows.
    """
    if pool.rounds >= MAX_ROUNDS or not _has_time(pool.windows, timedelta(minutes=pool.minutes), now):
        return pool.dissolved("no_campaign_opened")
    after = replace(pool, state=PoolState.READY, unmatched=None, rounds=pool.rounds + 1, version=pool.version + 1)
    return after, [PoolReady(after)]


def _has_time(windows: Sequence[Timespan], needed: timedelta, now: datetime) -> bool:
    return any(window.end - max(window.start, now) >= needed for window in windows)
