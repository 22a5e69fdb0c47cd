"""The score of a supplier: a Bayesian average, with an interval that says how sure it is.

Each review has one overall mark, the mean of the marks that it gives. The score is

    score = (PRIOR_WEIGHT * PRIOR_MEAN + sum of overall marks) / (PRIOR_WEIGHT + number of reviews)

the "weighted rating" that IMDb made known, WR = v/(v+m) * R + m/(v+m) * C, with C = PRIOR_MEAN and m = PRIOR_WEIGHT.
It is also the mean of the posterior when marks scatter normally around what the supplier is worth with the variance
MARK_VARIANCE, and what it is worth has the prior N(PRIOR_MEAN, MARK_VARIANCE / PRIOR_WEIGHT): Gelman, Carlin, Stern,
Dunson, Vehtari, Rubin, "Bayesian Data Analysis", 3rd edition, section 2.5. The variance of that posterior is
MARK_VARIANCE / (PRIOR_WEIGHT + number of reviews), so the interval of 95 % is

    score +- 1.96 * sqrt(MARK_VARIANCE / (PRIOR_WEIGHT + number of reviews))       (cut off at 1 and 5)

The variance is a constant on purpose: estimated from two or three marks that happen to agree it would be nothing, and
the interval would claim a certainty that nobody has. 1.0 (a scatter of one mark) is a quarter of the largest variance
that marks from 1 to 5 can have. The average protects against few reviews, not against dishonest ones; those are kept
out by what a review costs: a paid and delivered commitment, one review each.
"""

from dataclasses import dataclass, field
from math import sqrt

LEAST, MOST = 1, 5
PRIOR_MEAN = 3.5
PRIOR_WEIGHT = 5
MARK_VARIANCE = 1.0
NORMAL_95 = 1.959964  # the 0.975 quantile of the standard normal distribution
PLACES = 4

# An overall mark is the mean of one to four whole marks. In twelfths it is a whole number, so sums are exact and the
# order of the reviews cannot matter, not even in the last digit.
TWELFTHS = 12

FORMULA = {
    "zh": "评分 = (先验权重 × 先验均分 + 各评价总评之和) ÷ (先验权重 + 评价数)；"
    "区间 = 评分 ± 1.96 × √(1 ÷ (先验权重 + 评价数))",
    "en": "score = (prior weight x prior mean + sum of overall marks) / (prior weight + reviews); "
    "interval = score +- 1.96 x sqrt(1 / (prior weight + reviews))",
}


@dataclass(frozen=True, slots=True)
class DimensionTally:
    """How many reviews mark a dimension, and the sum of their marks."""

    reviews: int
    total: int

    @property
    def mean(self) -> float | None:
        """The mean mark, rounded; None without reviews."""
        return round(self.total / self.reviews, PLACES) if self.reviews else None


@dataclass(frozen=True, slots=True)
class Tally:
    """What the reviews of one supplier add up to; ``twelfths`` is the sum of their overall marks, times twelve."""

    reviews: int = 0
    twelfths: int = 0
    communities: int = 0
    dimensions: dict[str, DimensionTally] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """The sum of the overall marks, rounded."""
        return round(self.twelfths / TWELFTHS, PLACES)

    @property
    def mean(self) -> float | None:
        """The plain mean of the overall marks, rounded; None without reviews."""
        return round(self.twelfths / TWELFTHS / self.reviews, PLACES) if self.reviews else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A score, the number of reviews it rests on, and its interval of 95 %; numbers are rounded to 4 places."""

    score: float
    reviews: int
    low: float
    high: float


def margin(reviews: int) -> float:
    """Return half the width of the interval after ``reviews`` reviews, before it is cut off at 1 and 5."""
    return NORMAL_95 * sqrt(MARK_VARIANCE / (PRIOR_WEIGHT + reviews))


def standing(tally: Tally) -> Standing:
    """Return the score that the reviews in ``tally`` give; without reviews it is the prior's."""
    score = (PRIOR_WEIGHT * PRIOR_MEAN + tally.twelfths / TWELFTHS) / (PRIOR_WEIGHT + tally.reviews)
    half = margin(tally.reviews)
    low, high = max(float(LEAST), score - half), min(float(MOST), score + half)
    return Standing(round(score, PLACES), tally.reviews, round(low, PLACES), round(high, PLACES))
