"""The unit of work of reputation."""

from collections.abc import Sequence
from functools import cached_property

from services.chassis.aside import aside
from services.chassis.unit_of_work import UnitOfWork
from services.reputation import contract
from services.reputation.domain.ringing import Finder, Heard, RingVoice, find_voices
from services.reputation.storage import tables
from services.reputation.storage.askings import Askings
from services.reputation.storage.evidence import EvidenceBook, WeightsBook
from services.reputation.storage.grade_book import GradeBook
from services.reputation.storage.log_book import LogBook
from services.reputation.storage.people import People, Rotas
from services.reputation.storage.receipt_book import ReceiptBook
from services.reputation.storage.repository import Receipts, ScoreBook, Suppliers
from services.reputation.storage.reviews import Engagements, Reviews


def find_aside(heard: Sequence[Heard]) -> list[RingVoice]:
    """Look for rings aside, so that the process goes on meanwhile."""
    return aside(find_voices, heard)


class ReputationUnitOfWork(UnitOfWork):
    """A unit of work with the repositories of reputation, and what looks for rings."""

    service = contract.SERVICE
    tables = tables.chassis
    event_schemas = contract.EVENTS
    finder: Finder = staticmethod(find_aside)

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
    def grades(self) -> GradeBook:
        """What is thought of suppliers."""
        return GradeBook(self.connection, self.clock)

    @cached_property
    def log(self) -> LogBook:
        """What cannot be changed without being seen."""
        return LogBook(self.connection, self.clock)

    @cached_property
    def engagements(self) -> Engagements:
        """How far campaigns have come that may be reviewed."""
        return Engagements(self.connection)

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

    @cached_property
    def receipt_book(self) -> ReceiptBook:
        """What was signed, and what is known of orders."""
        return ReceiptBook(self.connection, self.clock)

    @cached_property
    def evidence(self) -> EvidenceBook:
        """What scores are derived from."""
        return EvidenceBook(self.connection)

    @cached_property
    def weights(self) -> WeightsBook:
        """Under which weights communities read evidence."""
        return WeightsBook(self.connection)
