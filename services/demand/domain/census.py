"""Who counts in a pool: of each community that consents its signals, with how many people, and their version."""

from collections.abc import Iterable

from services.demand.domain.pool import Pool
from services.demand.domain.releases import Census
from services.demand.domain.signals import Signal
from services.kernel.ids import CommunityId


def census_of(pool: Pool, signals: Iterable[Signal]) -> Census:
    """Return those who count in a pool with these ``signals``."""
    counting = {part.community_id for part in pool.communities if part.counts}
    found: dict[CommunityId, dict[str, tuple[int, str]]] = {}
    for signal in signals:
        if signal.community_id in counting:
            own = found.setdefault(signal.community_id, {})
            own[str(signal.signal_id)] = (signal.people, str(signal.version))
    return found
