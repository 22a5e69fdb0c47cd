"""What happened, for the inside of the service; outbound.py makes contract payloads of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.kernel.ids import SupplierId
from services.reputation.domain.score import Standing

if TYPE_CHECKING:  # the model's transitions return these events, so it imports this module
    from services.reputation.domain.model import Review


@dataclass(frozen=True, slots=True)
class ReviewWritten:
    """A member said what it thinks."""

    review: "Review"


@dataclass(frozen=True, slots=True)
class ScoreChanged:
    """The reviews of a supplier now give this score."""

    supplier_id: SupplierId
    standing: Standing
