"""What demand heard of matches and campaigns, and has to remember because news come repeated and out of order."""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from services.demand.domain.proposals import Proposal
from services.demand.storage import tables
from services.demand.storage.saving import save


class Proposals:
    """What demand heard of matches, within one transaction; the partition of the pool is locked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, match_id: UUID) -> Proposal | None:
        """Return what was heard of a match, or None."""
        statement = select(tables.proposals).where(tables.proposals.c.match_id == match_id)
        row = self._connection.execute(statement).mappings().one_or_none()
        return None if row is None else Proposal(**row)

    def are_live_for(self, pool_id: UUID) -> bool:
        """Tell whether a campaign may still be opened on a match of the pool."""
        table = tables.proposals.c
        live = select(table.match_id).where(table.pool_id == pool_id, table.heard, ~table.gone)
        return bool(self._connection.scalar(select(live.exists())))

    def save(self, proposal: Proposal) -> None:
        """Keep what was heard of a match."""
        save(self._connection, tables.proposals, "match_id", asdict(proposal))


@dataclass(frozen=True, slots=True)
class News:
    """The newest that was heard of a campaign: ``opened``, ``fulfilled`` or why it ended."""

    version: int
    outcome: str


class CampaignNews:
    """What demand heard of campaigns, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, campaign_id: UUID) -> News | None:
        """Return the newest news of a campaign, or None."""
        table = tables.campaign_news.c
        statement = select(table.version, table.outcome).where(table.campaign_id == campaign_id).with_for_update()
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else News(row.version, row.outcome)

    def save(self, campaign_id: UUID, news: News) -> None:
        """Keep the newest news of a campaign."""
        row = {"campaign_id": campaign_id, "version": news.version, "outcome": news.outcome}
        save(self._connection, tables.campaign_news, "campaign_id", row)
