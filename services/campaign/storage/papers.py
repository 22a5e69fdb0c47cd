"""Loading and saving what campaigns were told of the papers of their supplier."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.campaign.domain.papers import MissingPapers
from services.campaign.storage.paper_tables import missing_papers
from services.kernel.ids import CampaignId, OfferId


class Papers:
    """What is missing for which campaign; rows change while their campaign is locked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, campaign_id: CampaignId, offer_id: OfferId) -> MissingPapers | None:
        """Return what was noted last, or None."""
        table = missing_papers.c
        wanted = select(missing_papers).where(table.campaign_id == campaign_id, table.offer_id == offer_id)
        row = self._connection.execute(wanted).one_or_none()
        if row is None:
            return None
        return MissingPapers(row.campaign_id, row.offer_id, tuple(row.kinds), row.news, row.noted_at)

    def save(self, papers: MissingPapers) -> None:
        """Keep it, new or changed."""
        values = {"kinds": list(papers.kinds), "news": papers.news, "noted_at": papers.noted_at}
        key = {"campaign_id": papers.campaign_id, "offer_id": papers.offer_id}
        statement = insert(missing_papers).values(**key, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
