"""What is told of pools: to a community, to everybody, and to the service that looks for suppliers."""

from typing import Any

from services.demand.domain.disclosure import CommunityAsSeen, PoolAsSeen
from services.demand.domain.pool import Pool
from services.demand.domain.releases import Release, Shape, hidden_people, people_in
from services.kernel.clock import format_time

Wire = dict[str, Any]


def pool(seen: PoolAsSeen) -> Wire:
    """Return a pool as one caller may see it."""
    one = seen.pool
    return {
        "pool_id": str(one.pool_id),
        "category": one.category,
        "state": str(one.state),
        "people": seen.people,
        "people_exact": seen.people_exact,
        "communities": [
            {
                "community_id": str(part.community_id),
                "people": part.people,
                "consent": str(part.consent),
                "consent_by": None if part.consent_by is None else format_time(part.consent_by),
                "silent": part.silent,
                "own": part.own,
            }
            for part in seen.communities
        ],
        **common(seen.shape),
        "gather_until": format_time(one.gather_until),
        "why": list(seen.why),
        "left_out": [
            {
                "signal_id": str(left.signal_id),
                "pool_id": None if left.pool_id is None else str(left.pool_id),
                "why": left.why,
            }
            for left in seen.left_out
        ],
        "unmatched": None if one.unmatched is None else dict(one.unmatched),
        "told_at": None if seen.told_at is None else format_time(seen.told_at),
        "version": one.version,
        "created_at": format_time(one.created_at),
    }


def consent(seen: PoolAsSeen, own: CommunityAsSeen, silence: str) -> Wire:
    """Return an open question of consent as the community that is asked sees it."""
    mine = own.people or 0
    return {
        "pool_id": str(seen.pool.pool_id),
        "community_id": str(own.community_id),
        "category": seen.pool.category,
        "people": mine,
        "with_others": mine + sum(part.people or 0 for part in seen.communities if not part.own),
        "consent_by": None if own.consent_by is None else format_time(own.consent_by),
        "silence": silence,
        "why": list(seen.why),
    }


def common(shape: Shape | None) -> Wire:
    """Return common answers, or that they are not told."""
    if shape is None:
        return {"area": None, "windows": [], "minutes": None, "ceiling": None}
    return {
        "area": shape.area.to_wire(),
        "windows": [window.to_wire() for window in shape.windows],
        "minutes": shape.minutes,
        "ceiling": None if shape.ceiling is None else shape.ceiling.to_wire(),
    }


def told(one: Pool, release: Release, k: int) -> Wire:
    """Return a pool as everybody may know it; see domain/PRIVACY.md."""
    shown = {community_id: release.people_of(community_id, k) for community_id in sorted(release.counted)}
    small = [people_in(release.counted[community_id]) for community_id, people in shown.items() if people is None]
    rest = hidden_people(small, k) if release.exact else 0
    return {
        "pool_id": str(one.pool_id),
        "category": one.category,
        "state": str(one.state),
        "people": sum(people or 0 for people in shown.values()) + rest,
        "communities": [{"community_id": str(known), "people": people} for known, people in shown.items() if people],
        **common(release.shape if release.rests_on_enough(k) else None),
    }


def ready(one: Pool, release: Release) -> Wire:
    """Return a pool for the service that looks for suppliers: every count as it was released, however small.

    A community that was not released, because its few people came since a pool before, is there as it is. Who is
    counted in two communities is once in ``people``. Common answers are those of now, and when suppliers are asked
    again those of then: they hold for everybody who stays.
    """
    now = {part.community_id: part.people for part in one.communities if part.counts and part.people}
    counts = now | {known: people_in(heads) for known, heads in release.counted.items()}
    shape = release.shape if one.rounds > 1 else None
    shape = shape or Shape(one.area, one.windows, one.minutes, one.ceiling)
    return {
        "pool_id": str(one.pool_id),
        "category": one.category,
        "state": str(one.state),
        "people": max(1, sum(counts.values()) - one.twice),
        "communities": [
            {"community_id": str(known), "people": people} for known, people in sorted(counts.items()) if people
        ],
        **common(shape),
    }
