"""What was delivered, and to whom."""

from services.reputation.domain.commands import RecordDelivery
from services.reputation.domain.model import Receipt
from services.reputation.domain.people.points import Deed, Entry
from services.reputation.handlers.people import credit
from services.reputation.storage.unit_of_work import ReputationUnitOfWork


def record_delivery(command: RecordDelivery, uow: ReputationUnitOfWork) -> None:
    """Note that commitments were delivered: nobody else may write a review, and nothing before it matters here."""
    uow.receipts.note_delivery(
        [
            Receipt(
                commitment_id=one.commitment_id,
                campaign_id=command.campaign_id,
                community_id=one.community_id,
                member_id=one.member_id,
                seats=one.seats,
                supplier_id=command.supplier_id,
                delivered_at=command.delivered_at,
            )
            for one in command.commitments
        ]
    )
    credit(
        (
            Entry(one.community_id, one.member_id, Deed.ATTENDED, one.commitment_id, command.campaign_id)
            for one in command.commitments
            if one.attended
        ),
        uow,
    )
