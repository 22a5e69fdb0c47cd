"""The search for rings as the service runs it: from evidence to opinions, from rings to who speaks as part of one."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from services.reputation.domain.score import DEFAULT, Evidence

EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Heard:
    """Evidence, and of whom it is."""

    supplier_id: UUID
    said: Evidence


@dataclass(frozen=True, slots=True)
class RingVoice:
    """A rater that speaks of a supplier as part of a ring, and how far the ring is from everybody else."""

    supplier_id: UUID
    rater: str
    ring: str
    kind: str
    shift: float


Finder = Callable[[Sequence[Heard]], list[RingVoice]]


def find_voices(heard: Sequence[Heard]) -> list[RingVoice]:
    """Return who speaks as part of a ring in what is ``heard``; it takes seconds for thousands of raters."""
    from services.reputation.domain.score.opinions import Opinion
    from services.reputation.domain.score.rings import find_rings  # numpy and scipy, when first needed

    said: dict[tuple[str, UUID], list[float]] = defaultdict(list)
    communities = {one.said.rater: one.said.community for one in heard}
    for one in heard:
        said[one.said.rater, one.supplier_id].append(one.said.share(DEFAULT.of_dimensions))
    opinions = [
        Opinion(rater, str(of), sum(shares) / len(shares), communities[rater]) for (rater, of), shares in said.items()
    ]
    voices = []
    for ring in find_rings(opinions):
        name = sha256(" ".join(sorted(ring.raters)).encode()).hexdigest()[:16]
        for rater in sorted(ring.raters):
            for supplier in sorted(ring.suppliers):
                if (rater, UUID(supplier)) in said:
                    voices.append(RingVoice(UUID(supplier), rater, name, ring.kind, ring.shift))
    return voices


def moved(before: Mapping[tuple[UUID, str], RingVoice], now: Sequence[RingVoice]) -> list[UUID]:
    """Return the suppliers of which somebody speaks with another voice than before, sorted."""
    after = {(voice.supplier_id, voice.rater): voice.ring for voice in now}
    was = {key: voice.ring for key, voice in before.items()}
    return sorted({supplier_id for (supplier_id, _), _ in after.items() ^ was.items()})
