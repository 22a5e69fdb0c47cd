"""Who counts in a pool: of each community that consents its members, with how many people, and what they said."""

from collections.abc import Iterable
from hashlib import blake2s

from services.demand.domain.pool import Pool
from services.demand.domain.releases import Census
from services.demand.domain.signals import Signal
from services.kernel.ids import CommunityId


def census_of(pool: Pool, signals: Iterable[Signal]) -> Census:
    """Return those who count in a pool with these ``signals``.

    The mark of a member differs whenever one of its signals does.
    """
    counting = {part.community_id for part in pool.communities if part.counts}
    said: dict[CommunityId, dict[str, list[Signal]]] = {}
    for signal in signals:
        if signal.community_id in counting:
            said.setdefault(signal.community_id, {}).setdefault(str(signal.member_id), []).append(signal)
    return {
        community_id: {member: (sum(one.people for one in own), _mark(own)) for member, own in members.items()}
        for community_id, members in said.items()
    }


def _mark(signals: Iterable[Signal]) -> str:
    text = " ".join(sorted(f"{one.signal_id}:{one.version}" for one in signals))
    return blake2s(text.encode(), digest_size=8).hexdigest()
