"""Copies of what other services own."""

from services.campaign.domain.asking_commands import KnowSupplier
from services.campaign.domain.commands import KnowMember
from services.campaign.storage.unit_of_work import CampaignUnitOfWork


def know_member(command: KnowMember, uow: CampaignUnitOfWork) -> None:
    """Keep the newest word on which community and household a member belongs to."""
    uow.members.know(command.member_id, command.community_id, command.household_id, command.version)


def know_supplier(command: KnowSupplier, uow: CampaignUnitOfWork) -> None:
    """Keep the newest word on who may see a supplier."""
    uow.suppliers.know(command.supplier)
