"""One use case of demand, one transaction."""

from collections.abc import Sequence
from functools import cached_property

from services.chassis.aside import aside
from services.chassis.unit_of_work import UnitOfWork
from services.demand import contract
from services.demand.domain.merging import Merger, same_category_merger
from services.demand.domain.pooling.model import Need, Pins, Rules, Solution
from services.demand.domain.reoptimising import Solver
from services.demand.storage import tables
from services.demand.storage.heard import CampaignNews, Proposals
from services.demand.storage.intakes import Intakes, Teachings
from services.demand.storage.persons import PersonKey
from services.demand.storage.pins import Pins as StoredPins
from services.demand.storage.prices import Prices
from services.demand.storage.releases import Releases
from services.demand.storage.repository import Communities, Members, Pools, Signals


def solve_aside(needs: Sequence[Need], rules: Rules, pins: Pins) -> Solution:
    """Let the engine of pooling find the best pools, aside; it is loaded when it is first needed."""
    from services.demand.domain.pooling import solve

    return aside(solve, needs, rules, pins)


class DemandUnitOfWork(UnitOfWork):
    """The repositories of demand over one connection, and the rule by which it merges."""

    service = contract.SERVICE
    tables = tables.chassis
    event_schemas = contract.EVENTS
    merger: Merger = same_category_merger
    solver: Solver = staticmethod(solve_aside)

    @cached_property
    def communities(self) -> Communities:
        """The communities."""
        return Communities(self.connection)

    @cached_property
    def members(self) -> Members:
        """The members of communities."""
        return Members(self.connection)

    @cached_property
    def signals(self) -> Signals:
        """The signals."""
        return Signals(self.connection)

    @cached_property
    def pools(self) -> Pools:
        """The pools."""
        return Pools(self.connection)

    @cached_property
    def proposals(self) -> Proposals:
        """What was heard of matches."""
        return Proposals(self.connection)

    @cached_property
    def person_key(self) -> PersonKey:
        """The key by which persons are recognised."""
        return PersonKey(self.connection, self.clock)

    @cached_property
    def releases(self) -> Releases:
        """What others were told of pools."""
        return Releases(self.connection)

    @cached_property
    def pins(self) -> StoredPins:
        """What was put together or apart by hand."""
        return StoredPins(self.connection)

    @cached_property
    def prices(self) -> Prices:
        """What was heard of offers."""
        return Prices(self.connection)

    @cached_property
    def campaign_news(self) -> CampaignNews:
        """What was heard of campaigns."""
        return CampaignNews(self.connection)

    @cached_property
    def intakes(self) -> Intakes:
        """What was sent in."""
        return Intakes(self.connection)

    @cached_property
    def teachings(self) -> Teachings:
        """What communities teach."""
        return Teachings(self.connection)
