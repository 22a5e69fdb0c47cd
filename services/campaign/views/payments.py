"""What providers were asked to do for a commitment."""

from typing import Any

from sqlalchemy import select

from services.campaign import outbound
from services.campaign.domain.errors import CommitmentUnknownError
from services.campaign.domain.privacy import may_see
from services.campaign.storage.entry_rows import order_of
from services.campaign.storage.tables import payment_orders
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.questions import PaymentsOf
from services.chassis.paging import page_of
from services.kernel.ids import parse_id


def list_payments(question: PaymentsOf, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return a page of the orders of a commitment that the caller may see, the newest first."""
    commitment = uow.commitments.find(question.commitment_id)
    if commitment is None or not may_see(commitment, question.caller):
        raise CommitmentUnknownError("there is no such commitment")
    table = payment_orders.c
    query = select(payment_orders).where(table.commitment_id == question.commitment_id)
    if question.page.after is not None:
        query = query.where(table.order_id < parse_id(question.page.after, "cursor"))
    query = query.order_by(table.order_id.desc()).limit(question.page.limit + 1)
    found = [order_of(row) for row in uow.connection.execute(query).mappings()]
    return page_of(found, question.page, outbound.payment_order, lambda order: str(order.order_id))
