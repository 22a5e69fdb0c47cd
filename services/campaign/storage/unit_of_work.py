"""The unit of work of the campaign service."""

from functools import cached_property

from services.campaign.contract import EVENTS, SERVICE
from services.campaign.storage import tables
from services.campaign.storage.books import Ledger, Members, Notices
from services.campaign.storage.inquiries import Inquiries, Suppliers
from services.campaign.storage.repository import Campaigns, Commitments
from services.chassis.unit_of_work import UnitOfWork


class CampaignUnitOfWork(UnitOfWork):
    """One transaction over campaigns, commitments, ledger, notices and the copy of members."""

    service = SERVICE
    tables = tables.chassis
    event_schemas = EVENTS

    @cached_property
    def campaigns(self) -> Campaigns:
        """The campaigns and the parts of their communities."""
        return Campaigns(self.connection)

    @cached_property
    def commitments(self) -> Commitments:
        """The commitments."""
        return Commitments(self.connection)

    @cached_property
    def ledger(self) -> Ledger:
        """The append-only ledger."""
        return Ledger(self.connection, self.clock)

    @cached_property
    def notices(self) -> Notices:
        """What members were told."""
        return Notices(self.connection, self.clock)

    @cached_property
    def members(self) -> Members:
        """The copy of who belongs to which community and household."""
        return Members(self.connection)

    @cached_property
    def inquiries(self) -> Inquiries:
        """What members are asked, and what they answered."""
        return Inquiries(self.connection)

    @cached_property
    def suppliers(self) -> Suppliers:
        """The copy of who may see a supplier."""
        return Suppliers(self.connection)
