"""What a community taught: which cues and categories were right, and which needs it does not want to hear of again.

Counts of confirmed and dropped suggestions give a small weight in log odds, the logarithm of their ratio with one
added to each (Laplace). A dropped need is kept as a sketch of its text (MinHash, Broder 1997): equal texts have equal
sketches, alike texts share a part of it, and the text cannot be read back. The sketch is keyed by the community.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

SKETCH = 24
# How many of the numbers of two sketches are equal where two texts say the same; half of their pairs of signs then are.
SAME = 0.55
MOST = 1.5
MAX_DROPPED = 500


@dataclass(frozen=True, slots=True)
class Lessons:
    """``counts`` of (confirmed, dropped) by ``cue:NAME`` and ``category:NAME``; sketches of dropped needs."""

    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    dropped: tuple[tuple[int, ...], ...] = ()

    def weight(self, key: str) -> float:
        """Return how much likelier or less likely ``key`` makes a need, in log odds, at most ``MOST`` either way."""
        confirmed, dropped = self.counts.get(key, (0, 0))
        return max(-MOST, min(MOST, 0.5 * math.log((confirmed + 1) / (dropped + 1))))

    def knows(self, shape: tuple[int, ...]) -> bool:
        """Tell whether a need of this shape was thrown away before."""
        return any(alike(shape, one) >= SAME for one in self.dropped)

    def taught(self, keys: Iterable[str], *, confirmed: bool, shape: tuple[int, ...] = ()) -> "Lessons":
        """Return the lessons with one more answer of an organiser."""
        counts = dict(self.counts)
        for key in keys:
            yes, no = counts.get(key, (0, 0))
            counts[key] = (yes + 1, no) if confirmed else (yes, no + 1)
        dropped = self.dropped
        if shape and not confirmed and shape not in dropped:
            dropped = (*dropped, shape)[-MAX_DROPPED:]
        elif shape and confirmed:
            dropped = tuple(one for one in dropped if alike(shape, one) < SAME)
        return replace(self, counts=counts, dropped=dropped)


def sketch(text: str, salt: bytes = b"") -> tuple[int, ...]:
    """Return the MinHash sketch of a folded text over its pairs of signs, keyed by ``salt`` (a community's id)."""
    signs = "".join(sign for sign in text if sign.isalnum())
    pairs = {signs[at : at + 2] for at in range(max(1, len(signs) - 1))}
    hashes = [_numbers(pair, salt) for pair in sorted(pairs)]
    return tuple(min(numbers[at] for numbers in hashes) for at in range(SKETCH))


def _numbers(pair: str, salt: bytes) -> list[int]:
    digest = (
        blake2b(pair.encode(), digest_size=64, key=salt[:64]).digest()
        + blake2b(pair.encode(), digest_size=32, key=salt[:64], person=b"more").digest()
    )
    return [int.from_bytes(digest[at * 4 : at * 4 + 4], "big") for at in range(SKETCH)]


def alike(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Estimate which share of their pairs of signs two texts have in common (Jaccard)."""
    return sum(a == b for a, b in zip(one, other, strict=False)) / SKETCH
