"""What others are told of a pool, and when: never so that one person's change shows. See PRIVACY.md.

A pool changes with every signal; what is told of it changes at ticks of the clock only, and of a community only when
``k`` of its people have changed. Everything here is plain values: who counts is a mapping of communities to their
heads, and heads are who with how many people, and a mark that differs when they say something else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.demand.domain.sharing import Consent
from services.kernel.geo import Area
from services.kernel.ids import CommunityId
from services.kernel.money import Money
from services.kernel.timespan import Timespan

Heads = Mapping[str, tuple[int, str]]
Census = Mapping[CommunityId, Heads]
# What was told exactly of communities before, in any pool of the category.
Told = Mapping[CommunityId, Iterable[Heads]]
NOBODY: Heads = {}
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Shape:
    """The common answers of a pool."""

    area: Area
    windows: tuple[Timespan, ...]
    minutes: int
    ceiling: Money | None


@dataclass(frozen=True, slots=True)
class Release:
    """What was told last. ``counted`` are the people it rests on; ``exact`` since the pool got ready.

    ``number`` counts the releases that told something new; ``shape`` is None while common answers are not told.
    ``closed`` once its end was told.
    """

    number: int = 0
    told_at: datetime | None = None
    exact: bool = False
    counted: Census = field(default_factory=dict)
    consents: Mapping[CommunityId, Consent] = field(default_factory=dict)
    shape: Shape | None = None
    closed: bool = False

    def names(self, community_id: CommunityId, k: int) -> bool:
        """Tell whether it is told at all that a community takes part: with k people, or when the pool got ready."""
        return self.people_of(community_id, k) is not None or (self.exact and self.shape is not None)

    def people_of(self, community_id: CommunityId, k: int) -> int | None:
        """Return what is told of a community: its number, rounded down before the pool is ready; None if too small."""
        people = people_in(self.counted.get(community_id, NOBODY))
        if people < k:
            return None
        return people if self.exact else people - people % k


def people_in(heads: Heads) -> int:
    """Return how many people they are."""
    return sum(people for people, _ in heads.values())


def moved(before: Heads, after: Heads) -> int:
    """Return how many people came or went between two times."""
    if before == after:
        return 0
    who = before.keys() | after.keys()
    return sum(abs(before.get(one, (0, ""))[0] - after.get(one, (0, ""))[0]) for one in who)


def stands_still(before: Heads, after: Heads, k: int) -> bool:
    """Tell whether something is different, but by fewer than ``k`` people."""
    return before != after and moved(before, after) < k


def settled(now: Heads, told: Iterable[Heads], k: int) -> Heads:
    """Return ``now``, or what was told before if that is nearer than ``k`` people: the nearest of it."""
    near = [(moved(one, now), one) for one in told if stands_still(one, now, k)]
    return min(near, key=lambda pair: pair[0])[1] if near else now


def refreshed(known: Release, census: Census, told: Told, k: int) -> Release:
    """Return the release at a tick of a pool that gathers: each community moves by itself, by ``k`` people or not.

    ``census`` holds those that count, with their people; one that no longer counts is told no more.
    """
    counted = {}
    for one, heads in census.items():
        before = known.counted.get(one, NOBODY)
        counted[one] = before if moved(before, heads) < k else settled(heads, told.get(one, ()), k)
    # Whose people all left one by one is still told of until they are k; a refusal ends it at once.
    gone = {one: heads for one, heads in known.counted.items() if one not in census and people_in(heads) < k}
    return replace(known, counted={**gone, **counted})


def opened(known: Release, census: Census, shape: Shape, told: Told, k: int) -> Release:
    """Return the release of a pool that gets ready: exact, once.

    Where a community was told of exactly before, in a pool that is gone, and fewer than ``k`` of its people changed
    since, the number of then stands, and common answers are not told: both would show who changed.
    """
    before = {one: tuple(told.get(one, ())) for one in census}
    counted = {one: settled(heads, before[one], k) for one, heads in census.items()}
    # Where others were told of before, a few people of a community that was not show by being named at all.
    known_ones = [one for one in census if before[one]]
    few = [one for one, heads in census.items() if known_ones and not before[one] and people_in(heads) < k]
    same = not few and all(counted[one] == heads for one, heads in census.items())
    return replace(known, exact=True, counted=counted, shape=shape if same else None)


def reopened(known: Release, census: Census, shape: Shape, told: Told, k: int) -> Release:
    """Return the release at a tick after a pool got ready: the same, until of every community nobody or k changed."""
    everybody = census.keys() | known.counted.keys()
    before = {one: known.counted.get(one, NOBODY) for one in everybody}
    after = {one: census.get(one, NOBODY) for one in everybody}
    if before == after or any(stands_still(before[one], after[one], k) for one in everybody):
        return known
    if any(settled(after[one], told.get(one, ()), k) != after[one] for one in everybody):
        return known
    return replace(known, counted=after, shape=shape)


def hidden_people(sizes: Iterable[int], k: int) -> int:
    """Return what a total may hold of communities that are too small to be told: nothing of one alone.

    Of several together the sum, rounded down to a multiple of ``k``; exactly it would tell each of them where all are
    as small, or as large, as they can be.
    """
    small = [size for size in sizes if size]
    return sum(small) - sum(small) % k if len(small) > 1 else 0


def next_tick(pool_id: UUID, now: datetime, every: timedelta) -> datetime:
    """Return the next tick of a pool after ``now``: one in ``every``, at a moment that its id draws by lot.

    Ticks that began with the pool would tell to the second when its first signal came.
    """
    step = every / timedelta(microseconds=1)
    offset = timedelta(microseconds=pool_id.int % 1_000_003 / 1_000_003 * step)
    passed = (now - EPOCH - offset) // every
    return EPOCH + offset + (passed + 1) * every


def last_tick(pool_id: UUID, now: datetime, every: timedelta) -> datetime:
    """Return the tick of a pool at or before ``now``, which tells the time no better than that."""
    return next_tick(pool_id, now, every) - every


EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
