"""What one community may see of a pool that it shares with others; see PRIVACY.md."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.demand.domain.errors import PoolNotFoundError
from services.demand.domain.pool import Pool, PoolState
from services.demand.domain.releases import Release, Shape, hidden_people, people_in
from services.demand.domain.sharing import Consent, Participation, Sentence
from services.kernel.caller import Caller
from services.kernel.ids import CommunityId, PoolId, SignalId


@dataclass(frozen=True, slots=True)
class CommunityAsSeen:
    """A community's part in a pool; ``people`` is None where it may not be told.

    Until when it is asked, and that its silence decided, only itself is told.
    """

    community_id: CommunityId
    people: int | None
    consent: Consent
    own: bool
    consent_by: datetime | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A signal of the caller's own community that gathers in another pool (None: in none yet), and why."""

    signal_id: SignalId
    pool_id: PoolId | None
    why: Sentence


@dataclass(frozen=True, slots=True)
class PoolAsSeen:
    """A pool in the eyes of one caller; ``people`` is a lower bound unless ``people_exact``.

    ``shape`` is what everybody has in common where that may be told (``is_joint``), otherwise what the caller's own
    signals have.
    ``told_at`` is when the numbers of others were told last, None where they are those of now.
    """

    pool: Pool
    people: int
    people_exact: bool
    communities: tuple[CommunityAsSeen, ...]
    shape: Shape | None
    told_at: datetime | None
    is_joint: bool = True
    why: tuple[Sentence, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def require_sight(pool: Pool | None, caller: Caller) -> Pool:
    """Return the pool if the caller may know of it; raise ``PoolNotFoundError`` otherwise."""
    if pool is None or not (caller.is_node_operator or pool.part_of(caller.community_id) is not None):
        raise PoolNotFoundError("there is no such pool")
    return pool


def seen_by_node(caller: Caller, pool: Pool) -> PoolAsSeen:
    """Return the pool as it is now, for who runs the node."""
    parts = tuple(_own(part, caller.community_id == part.community_id) for part in pool.communities)
    return PoolAsSeen(pool, pool.people, True, parts, _shape_of(pool), None)


def seen_by(
    own: Participation, pool: Pool, release: Release, own_shape: Shape | None, tick: datetime, k: int
) -> PoolAsSeen:
    """Return the pool as the community of ``own`` may see it: its own part as it is, of others what was told.

    ``own_shape`` is what its own signals have in common, ``tick`` the time of the pool's beginning as it may be told.
    """
    known = release if release.number or pool.state is PoolState.GATHERING else _as_before(pool)
    others = {one: known.people_of(one, k) for one in known.counted if one != own.community_id}
    seen = [_own(own, True)]
    for one, people in others.items():
        if people is not None or (known.names(one, k) and people_in(known.counted[one])):
            seen.append(CommunityAsSeen(one, people, known.consents.get(one, Consent.NOT_NEEDED), own=False))
    small = [people_in(known.counted[one]) for one, people in others.items() if people is None]
    # What is common to oneself and to a few others would tell the answers of these few.
    shape = known.shape if known.rests_on_enough(k, but=own.community_id) else None
    rest = hidden_people(small, k) if known.exact else 0
    mine = own.people if own.told in (Consent.NOT_NEEDED, Consent.GIVEN) else 0
    exact = known.exact and known.shape is not None and not any(small)
    shown = replace(
        pool,
        state=PoolState.GATHERING if own.consent is Consent.REFUSED else pool.state,
        communities=tuple(Participation(one.community_id, one.people or 0, one.consent) for one in seen),
        version=known.number + 1,
        created_at=tick,
    )
    people = mine + sum(people or 0 for people in others.values()) + rest
    return PoolAsSeen(shown, people, exact, tuple(seen), shape or own_shape, known.told_at, shape is not None)


def _own(part: Participation, own: bool) -> CommunityAsSeen:
    return CommunityAsSeen(part.community_id, part.people, part.told, own, part.consent_by, part.silent)


def _shape_of(pool: Pool) -> Shape:
    return Shape(pool.area, pool.windows, pool.minutes, pool.ceiling)


def _as_before(pool: Pool) -> Release:
    """Return what was told of a pool that got ready before releases were kept: what it was then."""
    counted = {part.community_id: {"": (part.people, "")} for part in pool.communities if part.counts}
    consents = {part.community_id: part.consent for part in pool.communities}
    return Release(1, None, exact=True, counted=counted, consents=consents, shape=_shape_of(pool))


def own_consent(part: Participation | None) -> tuple[Sentence, ...]:
    """Say to a community what became of its consent where it did not say so itself."""
    if part is None or not part.silent:
        return ()
    return (SILENCE_CONSENTED,) if part.consent is Consent.GIVEN else (SILENCE_REFUSED,)


OWN_ANSWERS: Sentence = {
    "zh": "以上地点和时段按本社群的需求得出；其他社群的不对外显示。",
    "en": "Place and times are those of your own community's needs; those of others are not shown.",
}
SILENCE_CONSENTED: Sentence = {
    "zh": "本社群在期限前没有答复；按本社群的规则，视为同意合并。",
    "en": "Your community did not answer in time; by its own rule that counts as consent.",
}
SILENCE_REFUSED: Sentence = {
    "zh": "本社群在期限前没有答复；按本社群的规则，视为不同意合并。",
    "en": "Your community did not answer in time; by its own rule that counts as a refusal.",
}
