"""The score of a supplier and what it was made of."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.reputation import outbound
from services.reputation.domain.commands import Question
from services.reputation.domain.score import Evidence, derive
from services.reputation.storage.tables import receipts
from services.reputation.storage.unit_of_work import ReputationUnitOfWork
from services.reputation.views.sight import require_supplier


def get_reputation(question: Question, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the score of a supplier that the caller sees, how sure it is, what it was made of, and beside it the score
    that the caller's community derives from the same evidence under its own weights.
    """
    require_supplier(question.id, question.caller, uow)
    evidence, today = uow.evidence.of(question.id), uow.clock.now().date()
    own = _own(question.caller.community_id, uow)
    shown = outbound.derived(derive(evidence, today), own)
    shown["parts"]["deliveries"] = _deliveries(question.id, uow)
    ours = _under_own_weights(question, evidence, own, uow)
    return {"supplier_id": str(question.id), **shown, "for_community": ours}


def _own(community_id: UUID | None, uow: ReputationUnitOfWork) -> str | None:
    issuer = uow.receipt_book.issuer()
    return None if community_id is None or issuer is None else issuer.pseudonym("community", community_id)


def _under_own_weights(
    question: Question, evidence: list[Evidence], own: str | None, uow: ReputationUnitOfWork
) -> dict[str, Any] | None:
    community_id = question.caller.community_id
    if community_id is None:
        return None
    ours = uow.weights.of(community_id)
    found = derive(evidence, uow.clock.now().date(), ours.weights, own)
    told = {"community_id": str(community_id), **outbound.standing(found.standing)}
    return {**told, "weights": outbound.weights(ours.weights, ours.version)}


def _deliveries(supplier_id: UUID, uow: ReputationUnitOfWork) -> int:
    campaigns = func.count(receipts.c.campaign_id.distinct())
    return uow.connection.execute(select(campaigns).where(receipts.c.supplier_id == supplier_id)).scalar_one()
