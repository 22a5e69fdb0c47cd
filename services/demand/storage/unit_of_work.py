"""One use case of demand, one transaction."""

from functools import cached_property

from services.chassis.unit_of_work import UnitOfWork
from services.demand import contract
from services.demand.domain.merging import Merger, same_category_merger
from services.demand.storage import tables
from services.demand.storage.heard import CampaignNews, Proposals
from services.demand.storage.intakes import Intakes, Teachings
from services.demand.storage.pins import Pins
from services.demand.storage.prices import Prices
from services.demand.storage.releases import Releases
from services.demand.storage.repository import Communities, Members, Pools, Signals


class DemandUnitOfWork(UnitOfWork):
    """The repositories of demand over one connection, and the rule by which it merges."""

    service = contract.SERVICE
    tables = tables.chassis
    event_schemas = contract.EVENTS
    merger: Merger = same_category_merger

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
    def releases(self) -> Releases:
        """What others were told of pools."""
        return Releases(self.connection)

    @cached_property
    def pins(self) -> Pins:
        """What was put together or apart by hand."""
        return Pins(self.connection)

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
