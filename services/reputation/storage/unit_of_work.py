"""The unit of work of reputation."""

from functools import cached_property

from services.chassis.unit_of_work import UnitOfWork
from services.reputation import contract
from services.reputation.storage import tables
from services.reputation.storage.askings import Askings
from services.reputation.storage.log_book import LogBook
from services.reputation.storage.people import People, Rotas
from services.reputation.storage.repository import Receipts, Reviews, ScoreBook, Suppliers


class ReputationUnitOfWork(UnitOfWork):
    """A unit of work with the repositories of reputation."""

    service = contract.SERVICE
    tables = tables.chassis
    event_schemas = contract.EVENTS

    @cached_property
    def receipts(self) -> Receipts:
        """Who was served."""
        return Receipts(self.connection)

    @cached_property
    def reviews(self) -> Reviews:
        """What was written."""
        return Reviews(self.connection)

    @cached_property
    def scores(self) -> ScoreBook:
        """What was told to others."""
        return ScoreBook(self.connection)

    @cached_property
    def suppliers(self) -> Suppliers:
        """Who may see a supplier."""
        return Suppliers(self.connection)

    @cached_property
    def log(self) -> LogBook:
        """What cannot be changed without being seen."""
        return LogBook(self.connection, self.clock)

    @cached_property
    def people(self) -> People:
        """What members have done."""
        return People(self.connection)

    @cached_property
    def rotas(self) -> Rotas:
        """Who is on duty, and who comes next."""
        return Rotas(self.connection)

    @cached_property
    def askings(self) -> Askings:
        """How often members were asked."""
        return Askings(self.connection)
