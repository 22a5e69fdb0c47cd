"""A score and all that it was made of, each number with its explanation."""

from typing import Any

from services.reputation.domain.score import (
    METHOD,
    PRIOR_MEAN,
    PRIOR_WEIGHT,
    Derived,
    Standing,
    Voice,
    explain,
    mark_of,
)

COMPARISONS = {
    "raw_mean": ("简单平均", "the plain mean of all reviews"),
    "bayesian_average": ("贝叶斯平均（先验 3.5 分，5 单）", "the Bayesian average (prior 3.5, weight 5)"),
    "wilson_low": ("Wilson 区间下限（95%）", "the lower bound of Wilson's interval (95 %)"),
    "plain_beta": ("普通 beta 评分", "the plain beta score"),
}


def standing(told: Standing) -> dict[str, Any]:
    """Return a score with the number of reviews and the interval."""
    return {"score": told.score, "reviews": told.reviews, "low": told.low, "high": told.high}


def derived(found: Derived, own: str | None = None) -> dict[str, Any]:
    """Return a score with its parts; ``own`` is the community of the caller, by its pseudonym."""
    return {
        **standing(found.standing),
        "orders": found.standing.orders,
        "communities": found.standing.communities,
        "dimensions": [
            {"dimension": one.dimension, "mean": one.mean, "reviews": one.reviews} for one in found.dimensions
        ],
        "parts": {
            "prior": {"mean": mark_of(PRIOR_MEAN), "weight": PRIOR_WEIGHT},
            "mean_of_reviews": found.mean_of_reviews,
            "sum": found.sum_of_reviews,
            "formula": METHOD,
            "steps": [part.to_wire() for part in explain(found)],
            "voices": [_voice(found, number, voice, own) for number, voice in enumerate(found.weighed.voices)],
        },
        "comparisons": [
            {"method": method, "value": found.comparisons[method], "text": {"zh": zh, "en": en}}
            for method, (zh, en) in COMPARISONS.items()
        ],
    }


def _voice(found: Derived, number: int, voice: Voice, own: str | None) -> dict[str, Any]:
    return {
        "community": voice.community,
        "own": voice.community == own,
        "mean": mark_of(voice.mean),
        "orders": voice.orders,
        "raters": voice.raters,
        "weight": round(voice.weight, 2),
        "uncapped": round(voice.uncapped, 2),
        "share": round(found.combined.pulls[number + 1], 4),
        "cut": found.combined.cut[number + 1],
    }
