"""Commitments: a member sees its own, those who manage a community see that community's."""

from typing import Any

from sqlalchemy import select

from services.campaign import outbound
from services.campaign.domain.errors import CommitmentUnknownError
from services.campaign.domain.privacy import MANAGERS, known, may_see
from services.campaign.storage.rows import commitment_of
from services.campaign.storage.tables import commitments
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.questions import OneCommitment, SomeCommitments
from services.chassis.paging import page_of
from services.kernel.caller import Role
from services.kernel.ids import parse_id


def get_commitment(question: OneCommitment, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return one commitment; ``campaign.commitment_unknown`` when the caller may not know of it."""
    commitment = uow.commitments.find(question.commitment_id)
    if commitment is None or not may_see(commitment, question.caller):
        raise CommitmentUnknownError("there is no such commitment")
    return outbound.commitment(commitment)


def list_commitments(question: SomeCommitments, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return a page of the commitments of one campaign that the caller may see, the oldest first."""
    caller, table = question.caller, commitments.c
    caller.require(Role.MEMBER, *MANAGERS)
    known(uow.campaigns.find(question.campaign_id), caller)
    query = select(commitments).where(table.campaign_id == question.campaign_id)
    if not caller.is_node_operator:
        query = query.where(table.community_id == caller.community_id)
    if caller.role is Role.MEMBER:
        query = query.where(table.member_id == caller.member_id)
    if question.page.after is not None:
        query = query.where(table.commitment_id > parse_id(question.page.after, "cursor"))
    query = query.order_by(table.commitment_id).limit(question.page.limit + 1)
    found = [commitment_of(row) for row in uow.connection.execute(query).mappings()]
    return page_of(found, question.page, outbound.commitment, lambda commitment: str(commitment.commitment_id))
