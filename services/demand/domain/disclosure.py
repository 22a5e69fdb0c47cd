"""What one community may see of a pool that it shares with others: counts, and none that points to a few people."""

from dataclasses import dataclass
from datetime import datetime

from services.demand.domain.errors import PoolNotFoundError
from services.demand.domain.pool import Pool
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
    """A pool in the eyes of one caller; ``people`` is a lower bound unless ``people_exact``."""

    pool: Pool
    people: int
    people_exact: bool
    communities: tuple[CommunityAsSeen, ...]
    why: tuple[Sentence, ...]
    left_out: tuple[LeftOut, ...]


def require_sight(pool: Pool | None, caller: Caller) -> Pool:
    """Return the pool if the caller may know of it; raise ``PoolNotFoundError`` otherwise."""
    if pool is None or not (caller.is_node_operator or pool.part_of(caller.community_id) is not None):
        raise PoolNotFoundError("there is no such pool")
    return pool


def seen_by(
    caller: Caller, pool: Pool, privacy_k: int, why: tuple[Sentence, ...], left_out: tuple[LeftOut, ...]
) -> PoolAsSeen:
    """Return the pool as ``caller`` may see it.

    A count of another community below ``privacy_k`` is hidden, and so is that of one that has not consented. The
    total leaves hidden counts out: otherwise it would tell them.
    """
    seen = tuple(_part(caller, part, privacy_k) for part in pool.communities)
    shown = [one.people for one, part in zip(seen, pool.communities, strict=True) if part.counts and one.people]
    hidden = any(one.people is None and part.counts for one, part in zip(seen, pool.communities, strict=True))
    return PoolAsSeen(pool, sum(shown), not hidden, seen, why, left_out)


def _part(caller: Caller, part: Participation, privacy_k: int) -> CommunityAsSeen:
    own = part.community_id == caller.community_id
    told = caller.is_node_operator or own or (part.counts and (part.people >= privacy_k or part.people == 0))
    people = part.people if told else None
    if not (own or caller.is_node_operator):
        return CommunityAsSeen(part.community_id, people, part.consent, own)
    return CommunityAsSeen(part.community_id, people, part.consent, own, part.consent_by, part.silent)


def own_consent(caller: Caller, pool: Pool) -> tuple[Sentence, ...]:
    """Say to a community what became of its consent where it did not say so itself."""
    part = pool.part_of(caller.community_id)
    if part is None or not part.silent:
        return ()
    return (SILENCE_CONSENTED,) if part.consent is Consent.GIVEN else (SILENCE_REFUSED,)


SILENCE_CONSENTED: Sentence = {
    "zh": "本社群在期限前没有答复；按本社群的规则，视为同意合并。",
    "en": "Your community did not answer in time; by its own rule that counts as consent.",
}
SILENCE_REFUSED: Sentence = {
    "zh": "本社群在期限前没有答复；按本社群的规则，视为不同意合并。",
    "en": "Your community did not answer in time; by its own rule that counts as a refusal.",
}
