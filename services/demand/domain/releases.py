"""What others are told of a pool, and when: never so that one person's change shows. See PRIVACY.md.

A pool changes with every signal; what is told of it changes at ticks of the clock only, and of a community only when
``k`` of its people have changed. Everything here is plain values: who counts is a mapping of communities to their
heads, and heads are signals with how many people, and a mark that differs when they say something else.
"""

from collections.abc import Iterable, Mapping, Sequence
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
NOBODY: Heads = {}


@dataclass(frozen=True, slots=True)
class Shape:
    """The common answers of a pool."""

    area: Area
    windows: tuple[Timespan, ...]
    minutes: int
    ceiling: Money | None


@dataclass(frozen=True, slots=True)
class Telling:
    """What was told at one time of one pool: on whom it rested, and whether exactly."""

    counted: Census
    shape: Shape | None
    exact: bool


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

    def rests_on_enough(self, k: int, but: CommunityId | None = None) -> bool:
        """Tell whether common answers are those of ``k`` people or more, besides one's own; or of oneself only."""
        others = sum(people_in(heads) for one, heads in self.counted.items() if one != but)
        return others >= k or (others == 0 and but is not None)

    def people_of(self, community_id: CommunityId, k: int) -> int | None:
        """Return what is told of a community: its number, rounded down before the pool is ready; None if too small."""
        people = people_in(self.counted.get(community_id, NOBODY))
        if people < k:
            return None
        return people if self.exact else people - people % k


def _rounded(heads: Heads, k: int) -> int:
    return people_in(heads) // k


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
    """Return what was told last of all that is nearer than ``k`` people to ``now``, or ``now``; the oldest first."""
    near = [one for one in told if moved(one, now) < k]
    return near[-1] if near else now


def refreshed(known: Release, census: Census, told: Sequence[Telling], k: int) -> Release:
    """Return the release at a tick of a pool that gathers: each community moves by itself, by ``k`` people or not.

    ``census`` holds those that count, with their people; one that no longer counts is told no more. ``told`` is what
    was told of pools before, the oldest first.
    """
    related = _related(census, told)
    counted = {}
    for one, heads in census.items():
        before = known.counted.get(one, NOBODY)
        standing = [before] if before else _standing(one, related) or [NOBODY]
        after = settled(heads, standing, k)
        # Those on whom a number rests are others only when it is another number: who came back is not seen as new.
        counted[one] = standing[-1] if _rounded(standing[-1], k) == _rounded(after, k) else after
    # Whose people all left one by one is still told of until they are k; a refusal ends it at once.
    gone = {one: heads for one, heads in known.counted.items() if one not in census and people_in(heads) < k}
    return replace(known, counted={**gone, **counted})


def opened(known: Release, census: Census, shape: Shape, told: Sequence[Telling], k: int) -> Release:
    """Return the release of a pool that gets ready: exact, once.

    Where some of its signals were told of exactly before, in a pool that is gone, a community of which fewer than
    ``k`` people changed since is told of as then. Common answers are told again while that holds for everybody, and
    otherwise not at all: whoever looks must not see by them whether somebody changed.
    """
    related = _related(census, told)
    exact = [telling for telling in related if telling.exact]
    if not exact:
        return replace(known, exact=True, counted=census, shape=shape)
    everybody = census.keys() | exact[-1].counted.keys()
    counted = {one: settled(census.get(one, NOBODY), _standing(one, related, exact=True), k) for one in everybody}
    same = all(counted[one] == exact[-1].counted.get(one, NOBODY) for one in everybody)
    counted = {one: heads for one, heads in counted.items() if heads}
    return replace(known, exact=True, counted=counted, shape=exact[-1].shape if same else None)


def reopened(known: Release, census: Census, shape: Shape, k: int) -> Release:
    """Return the release at a tick after a pool got ready: the same, until of every community nobody or k changed."""
    everybody = known.counted.keys() | census.keys()
    pairs = [(known.counted.get(one, NOBODY), census.get(one, NOBODY)) for one in everybody]
    if known.counted == census or any(stands_still(before, after, k) for before, after in pairs):
        return known
    return replace(known, counted=census, shape=None if known.shape is None else shape)


def _related(census: Census, told: Iterable[Telling]) -> list[Telling]:
    """Return what was told of pools in which at least one of these signals was."""
    return [
        telling
        for telling in told
        if any(telling.counted.get(one, NOBODY).keys() & heads.keys() for one, heads in census.items())
    ]


def _standing(one: CommunityId, related: Iterable[Telling], *, exact: bool = False) -> list[Heads]:
    """Return what was told of a community, without what was followed by something newer of the same signals.

    ``exact``: of what is left only numbers that were told exactly.
    """
    standing: list[tuple[Heads, bool]] = []
    for telling in related:
        heads = telling.counted.get(one, NOBODY)
        exactly = telling.exact or (heads, True) in standing
        left = [(known, how) for known, how in standing if known and not known.keys() & heads.keys()]
        standing = [*left, (heads, exactly)]
    return [heads for heads, how in standing if how or not exact]


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
