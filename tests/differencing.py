"""The differencing attacker of services/demand/domain/PRIVACY.md, and the world that he looks at.

He is the organiser of one of the communities of a pool. He knows his own community exactly, the rules and the code; he
looks after every single thing that happens, keeps all that he saw with its time, and hears of what organisers and
suppliers do in public. From that he wants to find out that a person of another community came, left or changed.
"""

from collections import namedtuple
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from services.demand import outbound
from services.demand.domain.disclosure import seen_by
from services.demand.domain.pool import Pool, PoolState
from services.demand.domain.releases import Release, Shape, Telling, moved, opened, people_in, refreshed, reopened
from services.demand.domain.sharing import Consent, Participation
from services.kernel.geo import Area
from tests.builders_demand import SQUARE, window
from tests.fakes.chassis import MONDAY

K = 5
MINE, OTHER, THIRD = 1, 2, 3  # ids of communities; that of a pool is the number of it
# What happens: who does it, what, and with how many people; and how many ticks of the clock were before.
Act = namedtuple("Act", "kind community member heads hour", defaults=(None, None, 0, 0))
PUBLIC = ("ready", "anew", "refuse", "consent")
AREAS = {minutes: Shape(Area(SQUARE, minutes / 10), (window(),), minutes, None) for minutes in range(1, 60)}


@dataclass
class World:
    """A pool and who is in it; when it is gone the same people form another one."""

    disclosure: str = "ticks"
    heads: dict = field(default_factory=lambda: {MINE: {}, OTHER: {}, THIRD: {}})
    silent: set = field(default_factory=set)
    state: PoolState = PoolState.GATHERING
    number: int = 0
    changes: int = 0
    release: Release = field(default_factory=Release)
    told: list = field(default_factory=list)
    event: tuple = ()

    def do(self, act):
        """Let something happen; return whether it was possible at all."""
        if act.kind in ("join", "change", "leave"):
            return self._move(act)
        if act.kind == "tick":
            self._tell(exact=self.state is not PoolState.GATHERING)
        elif act.kind == "ready" and self.state is PoolState.GATHERING and self.census:
            self.state = PoolState.READY
            self._tell(exact=True)
        elif act.kind == "anew" and self.state is PoolState.READY:
            self.state, self.release, self.number = PoolState.GATHERING, Release(), self.number + 1
        elif act.kind == "refuse" and act.community not in self.silent and self.state is PoolState.GATHERING:
            self.silent.add(act.community)
        elif act.kind == "consent" and act.community in self.silent and self.state is PoolState.GATHERING:
            self.silent.discard(act.community)
        else:
            return False
        return True

    def _move(self, act):
        own, there = self.heads[act.community], act.member in self.heads[act.community]
        if there is (act.kind == "join") or (self.state is not PoolState.GATHERING and act.kind != "leave"):
            return False
        self.changes += 1
        if act.kind == "leave":
            del own[act.member]
        else:
            own[act.member] = (act.heads, f"{act.heads}")
        return True

    @property
    def census(self):
        return {one: dict(own) for one, own in self.heads.items() if own and one not in self.silent}

    @property
    def shape(self):
        """What everybody has in common; here how many minutes the most demanding person wants."""
        wanted = [hash_of(member) for own in self.census.values() for member in own]
        return AREAS[max(wanted, default=1)]

    def _tell(self, *, exact):
        census, before = self.census, self.release
        if not exact:
            after = refreshed(before, census, self.told, K)
        elif before.exact:
            after = reopened(before, census, self.shape, K)
        else:
            after = opened(before, census, self.shape, self.told, K)
        if self.disclosure == "hourly":
            after = replace(before, exact=True, counted=census, shape=self.shape)
        if after != before:
            pool = self.pool()
            event = outbound.told(pool, after, K)
            differs = after.exact is not before.exact or outbound.told(pool, before, K) != event
            if differs:
                self.told.append(Telling(after.counted, after.shape, after.exact))
                self.event = event["people"], str(event["communities"]), event["minutes"]
            after = replace(after, number=before.number + differs)
        self.release = after

    def pool(self):
        """Return the pool as it is."""
        shape = self.shape
        parts = [
            Participation(one, people_in(own), Consent.GIVEN if one not in self.silent else Consent.ASKED)
            for one, own in self.heads.items()
            if own or one == MINE
        ]
        return Pool(
            pool_id=self.number,
            category="pottery",
            state=self.state,
            communities=tuple(parts),
            area=shape.area,
            windows=shape.windows,
            minutes=shape.minutes,
            ceiling=None,
            gather_until=MONDAY + timedelta(hours=48),
            campaign_id=None,
            unmatched=None,
            unmatched_version=0,
            rounds=1,
            version=self.changes + 1,
            created_at=MONDAY,
        )

    def look(self):
        """Return what he sees now of others, as values that can be compared."""
        pool = self.pool()
        if self.disclosure == "at once":
            return at_once(pool)
        own = pool.part_of(MINE)
        seen = seen_by(own, pool, self.release, None, MONDAY, K)
        others = tuple((part.community_id, part.people, part.consent) for part in seen.communities if not part.own)
        known = seen.pool.pool_id, seen.pool.state, seen.pool.version, seen.pool.created_at
        view = known, others, seen.people - own.people, seen.people_exact, seen.shape
        return view, self.event


def hash_of(member):
    """How many minutes a person wants: a fixed number of one's own."""
    return 1 + member * 7 % 53


def at_once(pool):
    """What was told before there were releases: the pool as it is, each change at once, counts from k people on."""
    counts = tuple(
        (part.community_id, part.people if part.people >= K else None) for part in pool.communities if part.counts
    )
    return pool.state, pool.version, counts, pool.minutes


class Seen(NamedTuple):
    """What he saw at a time: which public acts led to it, and the picture. ``truth`` he does not know."""

    hour: int
    public: tuple
    picture: tuple
    truth: dict

    @property
    def known(self):
        return self.hour, self.public, self.picture


def play(acts, disclosure="ticks"):
    """Let everything happen; return all that he saw, where it was another picture than before, and who changed when.

    The second is a list of acts of others, each with how many pictures he had seen before.
    """
    world, seen, hidden = World(disclosure), [], []
    for act in acts:
        if not world.do(act):
            continue
        public = (act,) if act.kind in PUBLIC or act.community == MINE else ()
        picture = world.look()
        if not public and act.kind != "tick":
            hidden.append((len(seen), act))
        if public or not seen or seen[-1].picture != picture:
            seen.append(Seen(act.hour, public, picture, world.census))
    return seen, hidden


# -- the attacks ---------------------------------------------------------------------------------------------------


def certain(acts, played, disclosure="ticks"):
    """Attack 1: he is sure that between two pictures exactly one person of a community changed.

    He is, unless something else is as possible: that nobody did, or that somebody came by for a moment as well.
    """
    seen, hidden = played
    transcript = [one.known for one in seen]
    found = []
    for place, act in hidden:
        if sum(known == place and other.community == act.community for known, other in hidden) == 1:
            others = (alternative for alternative in alternatives(acts, act))
            if not any([one.known for one in play(other, disclosure)[0]] == transcript for other in others):
                found.append(act)
    return found


def alternatives(acts, act):
    """Return histories that differ from ``acts`` in what happened beside or instead of ``act``."""
    at = next(index for index, one in enumerate(acts) if one is act)
    passing = [Act("join", act.community, 99, 1, act.hour), Act("leave", act.community, 99, 1, act.hour)]
    yield acts[:at] + acts[at + 1 :]
    yield acts[: at + 1] + passing + acts[at + 1 :]
    yield acts[:at] + passing + acts[at:]


def between_releases(played, disclosure="ticks"):
    """Attack 2: he takes two releases that cannot both be true of the same people, and guesses as few as can be.

    He is right where fewer than ``K`` people of a community changed in between. What organisers do in public explains
    a difference without anybody having changed, and so does the step of a pool to ready, which tells exactly what
    was rounded down.
    """
    seen, found = played[0], []
    for community in (OTHER, THIRD):
        told = releases((numbers_of(one, community, disclosure), one) for one in seen)
        for (first, before), (second, after) in pairwise(told):
            apart = first[1] < second[0] or second[1] < first[0]
            excused = first[2] != second[2] and not first[2]
            if apart and not excused and not public_between(seen, before, after, community):
                found += few(before, after, community)
    shapes = releases((shape_of(one, disclosure), one) for one in seen)
    for (_, before), (_, after) in pairwise(shapes):
        if not any(public_between(seen, before, after, one) for one in (OTHER, THIRD)):
            few_ones = [few(before, after, community) for community in (OTHER, THIRD)]
            many = sum(moved(*both(before, after, community)) for community in (OTHER, THIRD)) >= K
            found += [] if many else [one for ones in few_ones for one in ones]
    return found


def releases(values):
    """Return each value that was told, with the picture in which it was told first."""
    told = []
    for value, one in values:
        if value is not None and not (told and stands(told[-1][0], value)):
            told.append((value, one))
    return told


def stands(before, after):
    """Tell whether what is told is what was told before, or that rounded down: of another time he knows nothing new."""
    rounded = isinstance(after, tuple) and not after[2] and before[0] >= after[0] and before[1] <= after[1]
    return before == after or rounded


def few(before, after, community):
    """Return the community if somebody of it changed between two times, but fewer than ``K`` people."""
    first, second = both(before, after, community)
    return [community] if first != second and moved(first, second) < K else []


def both(before, after, community):
    """Return the people of a community at two times."""
    return before.truth.get(community, {}), after.truth.get(community, {})


def public_between(seen, before, after, community):
    """Tell whether the community itself did something in public between two pictures."""
    span = seen[seen.index(before) + 1 : seen.index(after) + 1]
    return any(act.community == community for one in span for act in one.public)


def numbers_of(one, community, disclosure):
    """Return between which numbers the people of a community are, and whether exactly; None where nothing is told."""
    if disclosure == "at once":
        people = dict(one.picture[2]).get(community, 0)
        return (1, K - 1, True) if people is None else (people, people, True)
    known, others = one.picture[0][:2]
    exact = disclosure == "hourly" or known[1] is not PoolState.GATHERING
    people = {known: count for known, count, _ in others}.get(community, 0)
    if people is None:
        return 1, K - 1, exact
    if people == 0:
        return None
    return (people, people, True) if exact else (people, people + K - 1, False)


def shape_of(one, disclosure):
    """Return the common answers that he was told, or None."""
    return one.picture[3] if disclosure == "at once" else one.picture[0][4]


# -- the histories -------------------------------------------------------------------------------------------------


def history(random):
    """Return what happens in a random history: hours in which few or many come, change and leave, and public steps."""
    acts, busy = [], random.choice((1.0, 2.0, 3.0))
    for hour in range(random.randint(3, 5)):
        acts += crowd(random, hour, min(9, round(random.expovariate(1 / busy))))
        if random.random() < 0.1:
            acts.append(Act(random.choice(("refuse", "consent")), random.choice((OTHER, THIRD)), hour=hour))
        if random.random() < 0.3:
            acts.append(Act("ready", hour=hour))
            acts += crowd(random, hour, random.choice((0, 0, 1, 2, 7)))
        if random.random() < 0.3:
            acts.append(Act("anew", hour=hour))
        acts.append(Act("tick", hour=hour))
    return acts


def crowd(random, hour, many):
    """Return what many people do, those of one community more often than others."""
    kinds = random.choices(("join", "change", "leave"), (5, 1, 3), k=many)
    communities = random.choices((MINE, OTHER, THIRD), (1, 6, 2), k=many)
    return [
        Act(kind, community, random.randrange(9), random.choice((1, 1, 2, 3, 4)), hour)
        for kind, community in zip(kinds, communities, strict=True)
    ]
