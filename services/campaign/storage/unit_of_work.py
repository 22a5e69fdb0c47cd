"""The unit of work of the campaign service."""

from functools import cached_property

from services.campaign.contract import EVENTS, SERVICE
from services.campaign.storage.books import Ledger, Members, Notices
from services.campaign.storage.columns import chassis
from services.campaign.storage.delivery import Attendance, Sessions
from services.campaign.storage.disputes import Disputes, Mediators
from services.campaign.storage.inquiries import Inquiries
from services.campaign.storage.invitations import Invitations
from services.campaign.storage.orders import Orders
from services.campaign.storage.papers import Papers
from services.campaign.storage.repository import Campaigns, Commitments
from services.campaign.storage.signing_keys import SigningKeys
from services.campaign.storage.terms_book import Suppliers, TermsBook
from services.chassis.unit_of_work import UnitOfWork


class CampaignUnitOfWork(UnitOfWork):
    """One transaction over all that the campaign service owns, and copies of what others own."""

    service = SERVICE
    tables = chassis
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
    def orders(self) -> Orders:
        """The orders to payment providers."""
        return Orders(self.connection, self.clock)

    @cached_property
    def sessions(self) -> Sessions:
        """The sessions of groups that were formed."""
        return Sessions(self.connection)

    @cached_property
    def attendance(self) -> Attendance:
        """Who came to which session."""
        return Attendance(self.connection, self.clock)

    @cached_property
    def signing_keys(self) -> SigningKeys:
        """The keys that sign check-in codes."""
        return SigningKeys(self.connection, self.clock)

    @cached_property
    def papers(self) -> Papers:
        """What campaigns were told of the papers of their supplier."""
        return Papers(self.connection)

    @cached_property
    def notices(self) -> Notices:
        """What members were told."""
        return Notices(self.connection, self.clock)

    @cached_property
    def members(self) -> Members:
        """The copy of who belongs to which community and household."""
        return Members(self.connection)

    @cached_property
    def terms(self) -> TermsBook:
        """Templates of terms, and the terms of each campaign."""
        return TermsBook(self.connection)

    @cached_property
    def disputes(self) -> Disputes:
        """The disputes and what is said in them."""
        return Disputes(self.connection)

    @cached_property
    def mediators(self) -> Mediators:
        """The members who decide disputes of others."""
        return Mediators(self.connection)

    @cached_property
    def suppliers(self) -> Suppliers:
        """The copy of who registered a supplier, and who may see it."""
        return Suppliers(self.connection)

    @cached_property
    def invitations(self) -> Invitations:
        """Whom communities wanted to ask to join."""
        return Invitations(self.connection)

    @cached_property
    def inquiries(self) -> Inquiries:
        """What members are asked, and what they answered."""
        return Inquiries(self.connection)
