"""What was delivered, and to whom."""

from services.reputation.domain.commands import DeliveredCommitment, NoteEngagement, RecordDelivery
from services.reputation.domain.model import Receipt
from services.reputation.domain.orders import Order
from services.reputation.domain.people.points import Deed, Entry
from services.reputation.handlers.people import credit
from services.reputation.handlers.receipts import note_orders
from services.reputation.handlers.scoring import plan, rescore
from services.reputation.storage.unit_of_work import ReputationUnitOfWork


def record_delivery(command: RecordDelivery, uow: ReputationUnitOfWork) -> None:
    """Note that commitments were delivered: nobody else may write a review, and nothing before it matters here."""
    reached = {"delivered_at": command.delivered_at, "supplier_id": command.supplier_id}
    uow.engagements.note(command.campaign_id, reached)
    if not command.commitments:
        return
    plan(command.supplier_id, command.category, uow)
    uow.receipts.note_delivery([_served(command, one) for one in command.commitments])
    note_orders([_order(command, one) for one in command.commitments], uow)
    # Where the settlement was told first, this is the day from which its evidence fades.
    rescore(command.supplier_id, uow)
    credit(
        (
            Entry(one.community_id, one.member_id, Deed.ATTENDED, one.commitment_id, command.campaign_id)
            for one in command.commitments
            if one.attended
        ),
        uow,
    )


def _served(command: RecordDelivery, one: DeliveredCommitment) -> Receipt:
    return Receipt(
        commitment_id=one.commitment_id,
        campaign_id=command.campaign_id,
        community_id=one.community_id,
        member_id=one.member_id,
        seats=one.seats,
        supplier_id=command.supplier_id,
        delivered_at=command.delivered_at,
    )


def _order(command: RecordDelivery, one: DeliveredCommitment) -> Order:
    return Order(
        commitment_id=one.commitment_id,
        campaign_id=command.campaign_id,
        community_id=one.community_id,
        member_id=one.member_id,
        supplier_id=command.supplier_id,
        category=command.category,
        delivered_at=command.delivered_at,
        attended=one.attended,
        sessions=command.sessions,
        sessions_held=command.sessions_held,
    )


def note_engagement(command: NoteEngagement, uow: ReputationUnitOfWork) -> None:
    """Note that a group was formed, and with whom, or that its service has begun: that opens the phases of reviews."""
    uow.engagements.note(command.campaign_id, command.news)
    uow.engagements.note_people(command.campaign_id, command.people)
