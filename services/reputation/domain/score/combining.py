"""From voices to a score: Huber's estimate of where they lie, the prior being one voice more. See SCORE.md.

P. J. Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics 35 (1964), 73-101: the score
t solves sum of psi((m - t) / s) / s = 0 over the voices, psi(r) = r cut off at +-REACH. With REACH towards 0 that is
the median weighted by 1 / s, with REACH without limit the weighted mean. Whatever a voice says, it pulls at most
REACH / s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from services.reputation.domain.score.weighing import Voice

PRIOR_MEAN = 0.625  # the mark 3.5
PRIOR_WEIGHT = 4.0  # fresh orders
MARK_VARIANCE = 0.1  # of one order; a constant, because estimated from few that agree it would claim certainty
BETWEEN_VARIANCE = 0.005  # of what communities are served: the means of two differ by 0.1 where nobody lies
REACH = 1.0
NORMAL_95 = 1.959964  # the 0.975 quantile of the standard normal distribution
STEPS = 60  # of bisection, more than a float can tell apart


@dataclass(frozen=True, slots=True)
class Combined:
    """Where the voices lie, from 0 to 1, with the interval of 95 %; ``pulls`` are the part of each voice, prior first.

    A pull is what the voice weighs in the score, after what it says was cut off; ``cut`` says of which it was.
    """

    share: float
    low: float
    high: float
    pulls: tuple[float, ...]
    cut: tuple[bool, ...]


def combine(voices: Sequence[Voice]) -> Combined:
    """Return the estimate that the ``voices`` and the prior give."""
    means = [PRIOR_MEAN, *(voice.mean for voice in voices)]
    spreads = [sqrt(variance(weight)) for weight in (PRIOR_WEIGHT, *(voice.weight for voice in voices))]
    share = _solve(means, spreads)
    distances = [abs(mean - share) / spread for mean, spread in zip(means, spreads, strict=True)]
    cut = tuple(distance > REACH for distance in distances)
    raw = [
        min(1.0, REACH / distance if distance else 1.0) / spread**2
        for distance, spread in zip(distances, spreads, strict=True)
    ]
    half = NORMAL_95 * sqrt(_variance(distances, spreads))
    total = sum(raw)
    return Combined(share, max(0.0, share - half), min(1.0, share + half), tuple(one / total for one in raw), cut)


def variance(weight: float) -> float:
    """Return how far a voice of ``weight`` fresh orders may lie off, squared."""
    return MARK_VARIANCE / weight + BETWEEN_VARIANCE


def _solve(means: Sequence[float], spreads: Sequence[float]) -> float:
    low, high = min(means), max(means)
    for _ in range(STEPS):
        middle = (low + high) / 2
        pull = sum(_psi((mean - middle) / spread) / spread for mean, spread in zip(means, spreads, strict=True))
        low, high = (middle, high) if pull > 0 else (low, middle)
    return (low + high) / 2


def _psi(distance: float) -> float:
    return min(max(distance, -REACH), REACH)


def _variance(distances: Sequence[float], spreads: Sequence[float]) -> float:
    """Return the larger of what the weights promise and what the disagreement of the voices shows.

    A voice that is cut off promises less, by the square of what it pulls less: so the interval has no jump at the cut.
    """
    kept = (min(1.0, REACH / max(distance, REACH)) ** 2 for distance in distances)
    promised = sum(part / spread**2 for part, spread in zip(kept, spreads, strict=True))
    shown = sum(_psi(distance) ** 2 / spread**2 for distance, spread in zip(distances, spreads, strict=True))
    return max(1 / promised, shown / promised**2)
