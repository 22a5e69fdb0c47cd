"""The score of a supplier and what it was made of."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.reputation import outbound
from services.reputation.domain.commands import Question
from services.reputation.domain.model import DIMENSIONS
from services.reputation.domain.score import FORMULA, PRIOR_MEAN, PRIOR_WEIGHT, DimensionTally, Tally, standing
from services.reputation.storage.repository import tally_of
from services.reputation.storage.tables import receipts
from services.reputation.storage.unit_of_work import ReputationUnitOfWork
from services.reputation.views.sight import require_supplier


def get_reputation(question: Question, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the score of a supplier that the caller sees, how sure it is and what it was made of."""
    require_supplier(question.id, question.caller, uow)
    tally = tally_of(uow.connection, question.id)
    return {
        "supplier_id": str(question.id),
        **outbound.standing(standing(tally)),
        "dimensions": [_dimension(name, tally.dimensions[name]) for name in DIMENSIONS],
        "parts": _parts(tally, _deliveries(question.id, uow)),
        "communities": tally.communities,
    }


def _dimension(name: str, tally: DimensionTally) -> dict[str, Any]:
    return {"dimension": name, "mean": tally.mean, "reviews": tally.reviews}


def _parts(tally: Tally, deliveries: int) -> dict[str, Any]:
    return {
        "prior": {"mean": PRIOR_MEAN, "weight": PRIOR_WEIGHT},
        "mean_of_reviews": tally.mean,
        "sum": tally.total,
        "deliveries": deliveries,
        "formula": FORMULA,
    }


def _deliveries(supplier_id: UUID, uow: ReputationUnitOfWork) -> int:
    campaigns = func.count(receipts.c.campaign_id.distinct())
    return uow.connection.execute(select(campaigns).where(receipts.c.supplier_id == supplier_id)).scalar_one()
