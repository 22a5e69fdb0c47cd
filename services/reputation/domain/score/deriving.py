"""The score of a supplier: derived from its evidence anew each time, so that there is nothing that could drift."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.reputation.domain.score import yardsticks
from services.reputation.domain.score.combining import Combined, combine
from services.reputation.domain.score.evidence import Evidence
from services.reputation.domain.score.scale import DIMENSIONS, PLACES, mark_of
from services.reputation.domain.score.weighing import Weighed, weigh
from services.reputation.domain.score.weights import DEFAULT, Weights


@dataclass(frozen=True, slots=True)
class Standing:
    """A score from 1 to 5 with its interval of 95 %, rounded to 4 places.

    ``reviews`` of settled orders count, ``orders`` with those of which a dispute says something, of ``communities``.
    """

    score: float
    reviews: int
    low: float
    high: float
    orders: int = 0
    communities: int = 0


@dataclass(frozen=True, slots=True)
class DimensionMean:
    """How many counted reviews mark a dimension, and their mean; None without any."""

    dimension: str
    reviews: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Derived:
    """A score and all that it was derived from."""

    standing: Standing
    weighed: Weighed
    combined: Combined
    weights: Weights
    dimensions: tuple[DimensionMean, ...]
    comparisons: dict[str, float]
    mean_of_reviews: float | None
    sum_of_reviews: float


def derive(evidence: Iterable[Evidence], today: date, weights: Weights = DEFAULT, own: str | None = None) -> Derived:
    """Return the score that ``evidence`` gives under ``weights``; ``own`` is the community whose weights they are.

    Of one order the first statement counts, a second one changes nothing.
    """
    once = {one.order: one for one in reversed(list(evidence))}
    known = [once[order] for order in sorted(once)]
    weighed = weigh(known, weights, today, own)
    combined = combine(weighed.voices)
    rated = [one for one in known if one.is_rated]
    shares = [said for one in rated if (said := one.said(DEFAULT.of_dimensions)) is not None]
    marks = [mark_of(share) for share in shares]
    standing = Standing(
        score=mark_of(combined.share),
        reviews=len(rated),
        low=mark_of(combined.low),
        high=mark_of(combined.high),
        orders=weighed.counted,
        communities=len({one.community for one in known if one.says_something}),
    )
    return Derived(
        standing=standing,
        weighed=weighed,
        combined=combined,
        weights=weights,
        dimensions=tuple(_dimension(number, name, rated) for number, name in enumerate(DIMENSIONS)),
        comparisons={
            "raw_mean": mark_of(yardsticks.raw_mean(shares)),
            "bayesian_average": mark_of(yardsticks.bayesian_average(shares)),
            "wilson_low": mark_of(yardsticks.wilson_low(shares)),
            "plain_beta": mark_of(yardsticks.plain_beta(shares)),
        },
        mean_of_reviews=round(sum(marks) / len(marks), PLACES) if marks else None,
        sum_of_reviews=round(sum(marks), PLACES),
    )


def _dimension(number: int, name: str, rated: list[Evidence]) -> DimensionMean:
    marks = [mark for one in rated if (mark := one.marks[number]) is not None]
    return DimensionMean(name, len(marks), round(sum(marks) / len(marks), PLACES) if marks else None)
