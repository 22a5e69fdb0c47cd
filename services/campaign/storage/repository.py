"""Loading and saving campaigns and commitments. Whoever changes seats or money holds the lock of the campaign's row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Executable, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from services.campaign.domain.census import Census
from services.campaign.domain.errors import ReceiptUsedError
from services.campaign.domain.model import JOINING, Campaign, Commitment, Share, Standing
from services.campaign.domain.seats import Shift
from services.campaign.storage import rows, statements
from services.campaign.storage.statements import PARTS
from services.campaign.storage.tables import campaign_communities, campaigns, commitments
from services.chassis.bulk import insert_many, packed, update_many
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MatchId, PoolId

SHARES = campaign_communities


class Campaigns:
    """The campaigns and the parts of their communities."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, campaign_id: CampaignId) -> Campaign | None:
        """Return the campaign without locking it."""
        return self._one(statements.FOUND, campaign_id=campaign_id)

    def find_by_match(self, match_id: MatchId) -> Campaign | None:
        """Return the campaign that was drafted from a match, without locking it."""
        return self._one(select(campaigns).where(campaigns.c.match_id == match_id))

    def lock(self, campaign_id: CampaignId) -> Campaign | None:
        """Return the campaign as it is now and keep it so until the end of the transaction."""
        return self._one(statements.LOCKED, campaign_id=campaign_id)

    def lock_of(self, commitment_id: CommitmentId) -> Campaign | None:
        """Lock the campaign that a commitment belongs to, which never changes."""
        return self._one(statements.LOCKED_OF, commitment_id=commitment_id)

    def lock_many(self, campaign_ids: Iterable[CampaignId]) -> dict[CampaignId, Campaign]:
        """Lock several campaigns in the order of their ids; unknown ones are left out."""
        return self._many(statements.LOCKED_MANY, campaign_ids=list(set(campaign_ids)))

    def lock_pool(self, pool_id: PoolId) -> list[Campaign]:
        """Lock all campaigns of a pool, in the order of their ids so that two who do this cannot block each other."""
        query = select(campaigns).where(campaigns.c.pool_id == pool_id).order_by(campaigns.c.campaign_id)
        return list(self._many(query.with_for_update()).values())

    def shares(self, campaign_ids: Sequence[CampaignId]) -> dict[CampaignId, tuple[Share, ...]]:
        """Return the parts of the communities of each campaign, in the order of their ids."""
        query = select(SHARES).where(SHARES.c.campaign_id.in_(campaign_ids)).order_by(SHARES.c.community_id)
        found: dict[CampaignId, tuple[Share, ...]] = {campaign_id: () for campaign_id in campaign_ids}
        for row in self._connection.execute(query).mappings():
            found[row["campaign_id"]] += (rows.share_of(row),)
        return found

    def add(self, campaign: Campaign, shares: Iterable[Share]) -> bool:
        """Insert a draft; return False when its match already has a campaign."""
        statement = upsert(campaigns).values(rows.row_of_campaign(campaign)).on_conflict_do_nothing()
        if self._connection.execute(statement.returning(campaigns.c.campaign_id)).first() is None:
            return False
        parts = [
            {"campaign_id": campaign.campaign_id, "community_id": s.community_id, "people": s.people} for s in shares
        ]
        self._connection.execute(insert(SHARES), parts)
        return True

    def save(self, changed: Sequence[Campaign]) -> None:
        """Save everything that may have changed, but for the terms."""
        changes = [{"campaign_id": one.campaign_id, **rows.changes_of(one)} for one in changed]
        update_many(self._connection, campaigns, "campaign_id", changes)

    def save_counts(self, changed: Sequence[Campaign]) -> None:
        """Save what joins and drop-outs change."""
        changes = [{"campaign_id": one.campaign_id, **rows.counters_of(one)} for one in changed]
        update_many(self._connection, campaigns, "campaign_id", changes)

    def save_terms(self, campaign: Campaign) -> None:
        """Save new terms or rules, as a new version of them."""
        values = {**rows.terms_columns(campaign), "terms_version": campaigns.c.terms_version + 1}
        statement = update(campaigns).where(campaigns.c.campaign_id == campaign.campaign_id)
        self._connection.execute(statement.values(values))

    def let_in(self, campaign_id: CampaignId, community_ids: Iterable[CommunityId]) -> None:
        """Give communities that take part now a part of their own; nobody of them was expected."""
        parts = [{"campaign_id": campaign_id, "community_id": one, "people": 0} for one in community_ids]
        insert_many(self._connection, SHARES, parts)

    def joinable(self, source: Campaign, after: datetime, limit: int = 200) -> list[Campaign]:
        """Return campaigns of the same category and currency that are open beyond ``after`` and have room."""
        table = campaigns.c
        query = select(campaigns).where(
            table.state.in_(JOINING),
            table.deadline > after,
            table.campaign_id != source.campaign_id,
            table.currency == source.terms.currency,
            table.terms["category"].astext == source.terms.category,
            table.waiting == 0,
            table.pause_about.is_(None),
            table.reserved_seats + table.authorised_seats + table.paid_seats < table.max_seats,
        )
        return list(self._many(query.order_by(table.deadline).limit(limit)).values())

    def shift(self, moved: Mapping[CampaignId, Sequence[Shift]]) -> None:
        """Move the seats of communities."""
        moves = [_shifted(campaign_id, shift) for campaign_id in sorted(moved) for shift in moved[campaign_id]]
        if moves:
            self._connection.execute(statements.MOVED, packed(moves))

    def _one(self, query: Executable, **parameters: UUID) -> Campaign | None:
        row = self._connection.execute(query, parameters).mappings().one_or_none()
        return None if row is None else rows.campaign_of(row)

    def _many(self, query: Executable, **parameters: Any) -> dict[CampaignId, Campaign]:
        found = self._connection.execute(query, parameters).mappings()
        return {row["campaign_id"]: rows.campaign_of(row) for row in found}


def _shifted(campaign_id: CampaignId, shift: Shift) -> rows.Row:
    moves = (shift.reserved, shift.paid, shift.joined, shift.dropped)
    return {"campaign_id": campaign_id, "community_id": shift.community_id, **dict(zip(PARTS, moves, strict=True))}


class Commitments:
    """The commitments."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, commitment_id: CommitmentId) -> Commitment | None:
        """Return the commitment; who has locked its campaign sees its present state."""
        found = self._connection.execute(statements.COMMITMENT, {"commitment_id": commitment_id})
        row = found.mappings().one_or_none()
        return None if row is None else rows.commitment_of(row)

    def live(self, campaign_id: CampaignId) -> list[Commitment]:
        """Return those that hold seats or wait for some, in the order of their members."""
        return self._all(statements.LIVE_ONES, campaign_id)

    def queue(self, campaign_id: CampaignId) -> list[Commitment]:
        """Return those that wait for seats."""
        return self._all(statements.QUEUE, campaign_id)

    def tolerant(self, campaign_id: CampaignId) -> list[Commitment]:
        """Return the paid ones that would take more seats."""
        return self._all(statements.TOLERANT, campaign_id)

    def holders(self, campaign_id: CampaignId) -> list[Commitment]:
        """Return all whose money was not given back wholly, whatever their state."""
        return self._all(statements.HOLDERS, campaign_id)

    def served(self, campaign_id: CampaignId) -> list[Commitment]:
        """Return all that the service was delivered to, also those whose money went back wholly after it."""
        return self._all(statements.SERVED, campaign_id)

    def census(self, campaign_ids: Iterable[CampaignId]) -> dict[CampaignId, Census]:
        """Count for each campaign what its members and households have."""
        wanted = list(set(campaign_ids))
        found = {campaign_id: Census() for campaign_id in wanted}
        if wanted:
            for row in self._connection.execute(statements.CENSUS, {"campaign_ids": wanted}):
                found[row.campaign_id].count(
                    row.member_id, row.household_id, row.seats, paid=row.state == Standing.PAID
                )
        return found

    def add(self, added: Sequence[Commitment]) -> None:
        """Insert new commitments."""
        with _receipt_once(added):
            insert_many(self._connection, commitments, [rows.row_of_commitment(one) for one in added])

    def save(self, changed: Sequence[Commitment]) -> None:
        """Save what may have changed."""
        changes = [{"commitment_id": one.commitment_id, **rows.changes_of_commitment(one)} for one in changed]
        with _receipt_once(changed):
            update_many(self._connection, commitments, "commitment_id", changes)

    def _all(self, query: Executable, campaign_id: CampaignId) -> list[Commitment]:
        found = self._connection.execute(query, {"campaign_id": campaign_id}).mappings()
        return [rows.commitment_of(row) for row in found]


@contextmanager
def _receipt_once(saved: Sequence[Commitment]) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if "commitments_receipt" not in str(error.orig):
            raise
        receipts = [one.receipt for one in saved if one.receipt]
        raise ReceiptUsedError(
            "this receipt belongs to another payment",
            state=str(Standing.RESERVED),
            receipt=receipts[0] if len(receipts) == 1 else None,
        ) from error
