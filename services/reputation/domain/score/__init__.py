"""The score of a supplier."""

from services.reputation.domain.score.average import (
    FORMULA,
    LEAST,
    MOST,
    PLACES,
    PRIOR_MEAN,
    PRIOR_WEIGHT,
    TWELFTHS,
    DimensionTally,
    Standing,
    Tally,
    margin,
    standing,
)

__all__ = [
    "FORMULA",
    "LEAST",
    "MOST",
    "PLACES",
    "PRIOR_MEAN",
    "PRIOR_WEIGHT",
    "TWELFTHS",
    "DimensionTally",
    "Standing",
    "Tally",
    "margin",
    "standing",
]
