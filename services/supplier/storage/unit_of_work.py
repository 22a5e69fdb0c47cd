"""The transaction of the supplier service and what can be loaded in it."""

from functools import cached_property

from services.chassis.unit_of_work import UnitOfWork
from services.supplier import contract
from services.supplier.storage import tables
from services.supplier.storage.bookings import Matches, Slots
from services.supplier.storage.calendars import Calendars
from services.supplier.storage.offers import Offers
from services.supplier.storage.permissions import Permissions
from services.supplier.storage.price_lists import PriceLists
from services.supplier.storage.procedures import Procedures
from services.supplier.storage.registry import Admissions, Registrations, Reminders
from services.supplier.storage.repository import Communities, Pools, Qualifications, Scores, Suppliers
from services.supplier.storage.rounds import Rounds
from services.supplier.storage.sealing import Bids
from services.supplier.storage.tenders import Agreements, Negotiations, Tenders
from services.supplier.storage.vacancies import Vacancies
from services.supplier.storage.visits import VisitHomes, VisitPlans


class SupplierUnitOfWork(UnitOfWork):
    """One use case of the supplier service."""

    service = contract.SERVICE
    tables = tables.chassis
    event_schemas = contract.EVENTS

    @cached_property
    def suppliers(self) -> Suppliers:
        """The registered suppliers."""
        return Suppliers(self.connection, self.permissions)

    @cached_property
    def permissions(self) -> Permissions:
        """What communities let each other do with them."""
        return Permissions(self.connection, self.clock)

    @cached_property
    def qualifications(self) -> Qualifications:
        """Their papers."""
        return Qualifications(self.connection)

    @cached_property
    def offers(self) -> Offers:
        """Their offers."""
        return Offers(self.connection)

    @cached_property
    def calendars(self) -> Calendars:
        """The days off of suppliers, and what their slots need."""
        return Calendars(self.connection)

    @cached_property
    def price_lists(self) -> PriceLists:
        """Lists of offers, and the numbers by which they call them."""
        return PriceLists(self.connection)

    @cached_property
    def slots(self) -> Slots:
        """The slots of offers."""
        return Slots(self.connection)

    @cached_property
    def matches(self) -> Matches:
        """What was proposed to whom."""
        return Matches(self.connection)

    @cached_property
    def vacancies(self) -> Vacancies:
        """The places that withdrawn matches have left."""
        return Vacancies(self.connection)

    @cached_property
    def pools(self) -> Pools:
        """The copies of pools."""
        return Pools(self.connection)

    @cached_property
    def communities(self) -> Communities:
        """The known communities."""
        return Communities(self.connection)

    @cached_property
    def scores(self) -> Scores:
        """The copies of scores."""
        return Scores(self.connection)

    @cached_property
    def procedures(self) -> Procedures:
        """How pools get their suppliers."""
        return Procedures(self.connection)

    @cached_property
    def rounds(self) -> Rounds:
        """The matching rounds."""
        return Rounds(self.connection)

    @cached_property
    def visit_plans(self) -> VisitPlans:
        """The visit plans."""
        return VisitPlans(self.connection)

    @cached_property
    def visit_homes(self) -> VisitHomes:
        """The homes of visit plans."""
        return VisitHomes(self.connection)

    @cached_property
    def registrations(self) -> Registrations:
        """Where suppliers stand."""
        return Registrations(self.connection)

    @cached_property
    def admissions(self) -> Admissions:
        """What communities ask of suppliers."""
        return Admissions(self.connection)

    @cached_property
    def reminders(self) -> Reminders:
        """What suppliers were told of papers that run out."""
        return Reminders(self.connection)

    @cached_property
    def tenders(self) -> Tenders:
        """The tenders."""
        return Tenders(self.connection)

    @cached_property
    def bids(self) -> Bids:
        """The bids, sealed until their deadline."""
        return Bids(self.connection)

    @cached_property
    def negotiations(self) -> Negotiations:
        """The negotiations."""
        return Negotiations(self.connection)

    @cached_property
    def agreements(self) -> Agreements:
        """What was agreed."""
        return Agreements(self.connection)
