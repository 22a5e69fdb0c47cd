"""The score of a supplier: evidence of settled orders, one voice per community, combined so that none can be bought.

SCORE.md beside the service tells the whole of it to people. The search for rings is in ``rings``; it needs numpy and
scipy, and is loaded by who needs it.
"""

from services.reputation.domain.score.combining import PRIOR_MEAN, PRIOR_WEIGHT, Combined, combine
from services.reputation.domain.score.deriving import Derived, Standing, derive
from services.reputation.domain.score.evidence import Evidence
from services.reputation.domain.score.explaining import METHOD, Part, explain
from services.reputation.domain.score.scale import DIMENSIONS, LEAST, MOST, PLACES, TWELFTHS, mark_of, share_of
from services.reputation.domain.score.weighing import Voice, Weighed, weigh
from services.reputation.domain.score.weights import DEFAULT, CommunityWeights, Weights

__all__ = [
    "DEFAULT",
    "DIMENSIONS",
    "LEAST",
    "METHOD",
    "MOST",
    "PLACES",
    "PRIOR_MEAN",
    "PRIOR_WEIGHT",
    "TWELFTHS",
    "Combined",
    "CommunityWeights",
    "Derived",
    "Evidence",
    "Part",
    "Standing",
    "Voice",
    "Weighed",
    "Weights",
    "combine",
    "derive",
    "explain",
    "mark_of",
    "share_of",
    "weigh",
]
