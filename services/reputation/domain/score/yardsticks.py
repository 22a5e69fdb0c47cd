"""Scores as others make them, shown beside ours: they take shares from 0 to 1 and believe what they are given."""

from collections.abc import Sequence
from math import sqrt

from services.reputation.domain.score.combining import NORMAL_95, PRIOR_MEAN

BAYES_WEIGHT = 5  # m of the "weighted rating" that IMDb made known


def raw_mean(shares: Sequence[float]) -> float:
    """Return the plain mean; the prior's where there is nothing."""
    return sum(shares) / len(shares) if shares else PRIOR_MEAN


def bayesian_average(shares: Sequence[float]) -> float:
    """Return WR = v/(v+m) * R + m/(v+m) * C, with C the prior's mean and m = 5; this was the score until issue 5."""
    return (sum(shares) + BAYES_WEIGHT * PRIOR_MEAN) / (len(shares) + BAYES_WEIGHT)


def wilson_low(shares: Sequence[float]) -> float:
    """Return the lower bound of Wilson's interval of 95 % (E. B. Wilson, JASA 22 (1927), 209-212)."""
    count, square = len(shares), NORMAL_95**2
    if not count:
        return 0.0
    mean = sum(shares) / count
    spread = NORMAL_95 * sqrt(mean * (1 - mean) / count + square / (4 * count**2))
    return (mean + square / (2 * count) - spread) / (1 + square / count)


def plain_beta(shares: Sequence[float]) -> float:
    """Return (r + 1) / (r + s + 2) (Josang and Ismail, "The beta reputation system", Bled 2002), without forgetting."""
    return (sum(shares) + 1) / (len(shares) + 2)
