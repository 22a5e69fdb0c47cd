"""Scores: derived anew when evidence comes, when rings are found, and now and then, because evidence fades."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.kernel.caller import Role
from services.kernel.ids import SupplierId
from services.reputation import outbound
from services.reputation.domain.commands import SetWeights
from services.reputation.domain.errors import WeightsNotFoundError
from services.reputation.domain.events import ScoreChanged
from services.reputation.domain.ringing import EVERY, moved
from services.reputation.domain.score import CommunityWeights, derive
from services.reputation.storage.unit_of_work import ReputationUnitOfWork

REFRESHED = timedelta(days=30)


def plan(supplier_id: UUID, category: str | None, uow: ReputationUnitOfWork) -> None:
    """Have the score refreshed when evidence has faded, and rings looked for within the hour.

    Call it before the score is locked: the scheduler holds the row of a timer while its command locks the score.
    """
    now, subject = uow.clock.now(), str(supplier_id)
    uow.timers.set(f"refresh_score:{subject}", now + REFRESHED, "refresh_score", {"supplier_id": subject})
    if category is not None:
        # The keys of an hour differ from those of the next, so nobody waits for a search that is under way.
        hour = int(now.timestamp() // EVERY.total_seconds()) + 1
        due = now + timedelta(seconds=hour * EVERY.total_seconds() - now.timestamp())
        uow.timers.set(f"find_rings:{category}:{hour}", due, "find_rings", {"category": category})


def rescore(supplier_id: UUID, uow: ReputationUnitOfWork) -> None:
    """Derive the score of a supplier, and tell it if it is another than was told."""
    # Locked before the evidence is read: of two at once the second then sees the first.
    told = uow.scores.lock(SupplierId(supplier_id))
    now = derive(uow.evidence.of(supplier_id), uow.clock.now().date()).standing
    if now.orders and now != told:
        uow.scores.save(SupplierId(supplier_id), now)
        uow.outbox.add(*outbound.event(ScoreChanged(SupplierId(supplier_id), now)))


def refresh_score(payload: dict[str, Any], uow: ReputationUnitOfWork) -> None:
    """Derive a score anew, because its evidence has faded."""
    supplier_id = UUID(payload["supplier_id"])
    plan(supplier_id, None, uow)
    rescore(supplier_id, uow)


def find_rings(payload: dict[str, Any], uow: ReputationUnitOfWork) -> None:
    """Look for rings in a category, and derive the scores of those of whom one speaks, or speaks no longer."""
    category = payload["category"]
    before, heard = uow.evidence.voices(category), uow.evidence.heard(category)
    voices = uow.finder(heard)
    changed = moved(before, voices)
    if changed:
        uow.evidence.keep_voices(category, voices, uow.clock.now())
    for supplier_id in changed:
        rescore(supplier_id, uow)


def set_weights(command: SetWeights, uow: ReputationUnitOfWork) -> CommunityWeights:
    """Keep under which weights a community reads evidence; its own view of every supplier follows from them."""
    command.caller.require(Role.COMMUNITY_OPERATOR)
    if not command.caller.sees(command.community_id):
        raise WeightsNotFoundError("there is no such community", community_id=str(command.community_id))
    version = uow.weights.save(command.community_id, command.weights, uow.clock.now())
    return CommunityWeights(command.community_id, command.weights, version)
