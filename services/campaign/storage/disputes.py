"""Loading and saving disputes and what is said in them. Who changes a dispute holds the lock of its campaign's row."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, ScalarSelect, Select, case, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.campaign.domain.disputes import IN_MEDIATION, Dispute, Side, Statement
from services.campaign.domain.mediating import Candidate, Named
from services.campaign.domain.model import LIVE
from services.campaign.storage import dispute_rows as rows
from services.campaign.storage.dispute_tables import dispute_statements, disputes, mediators
from services.campaign.storage.tables import campaigns, commitments, members
from services.chassis.bulk import insert_many
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, DisputeId, MemberId, SupplierId


class Disputes:
    """The disputes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, dispute_id: DisputeId) -> Dispute | None:
        """Return the dispute; who has locked its campaign sees its present state."""
        found = self._all(select(disputes).where(disputes.c.dispute_id == dispute_id))
        return found[0] if found else None

    def of_commitment(self, commitment_id: CommitmentId) -> list[Dispute]:
        """Return all disputes that there were of a commitment, the oldest first."""
        query = select(disputes).where(disputes.c.commitment_id == commitment_id)
        return self._all(query.order_by(disputes.c.dispute_id))

    def open_in(self, campaign_id: CampaignId) -> list[Dispute]:
        """Return the open disputes of a campaign, the oldest first."""
        query = select(disputes).where(disputes.c.campaign_id == campaign_id, disputes.c.closed_at.is_(None))
        return self._all(query.order_by(disputes.c.dispute_id))

    def closed_in(self, campaign_id: CampaignId) -> list[Dispute]:
        """Return the closed disputes of a campaign, the oldest first."""
        query = select(disputes).where(disputes.c.campaign_id == campaign_id, disputes.c.closed_at.is_not(None))
        return self._all(query.order_by(disputes.c.dispute_id))

    def of_mediator(self, member_id: MemberId) -> list[Dispute]:
        """Return the cases that a mediator has to decide."""
        query = select(disputes).where(disputes.c.mediator_id == member_id, disputes.c.state.in_(IN_MEDIATION))
        return self._all(query.order_by(disputes.c.dispute_id))

    def save(self, dispute: Dispute) -> None:
        """Insert a dispute, or save what has changed of it."""
        row = rows.row_of_dispute(dispute)
        statement = upsert(disputes).values(row)
        kept = {name: statement.excluded[name] for name in row if name != "dispute_id"}
        self._connection.execute(statement.on_conflict_do_update(index_elements=["dispute_id"], set_=kept))

    def said(self, dispute: Dispute) -> tuple[Statement, ...]:
        """Return what was said in a dispute, in order."""
        table = dispute_statements
        query = select(table).where(table.c.dispute_id == dispute.dispute_id).order_by(table.c.statement_id)
        found = self._connection.execute(query).mappings()
        return tuple(rows.statement_of(row, dispute.claim.currency) for row in found)

    def say(self, statements: Sequence[Statement]) -> None:
        """Keep statements."""
        insert_many(self._connection, dispute_statements, [rows.row_of_statement(said) for said in statements])

    def count_said(self, dispute_id: DisputeId, side: Side) -> int:
        """Return how often a side has spoken."""
        table = dispute_statements.c
        query = select(func.count()).where(table.dispute_id == dispute_id, table.side == side)
        return self._connection.execute(query).scalar_one()

    def _all(self, query: Select) -> list[Dispute]:
        return [rows.dispute_of(row) for row in self._connection.execute(query).mappings()]


_OPEN_CASES = (
    select(func.count())
    .where(disputes.c.mediator_id == mediators.c.member_id, disputes.c.state.in_(IN_MEDIATION))
    .scalar_subquery()
)
NAMED = select(mediators, _OPEN_CASES.label("open_cases"))


class Mediators:
    """The members who decide disputes of others."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, member_id: MemberId) -> Named | None:
        """Return a mediator, also one that was ended."""
        row = self._connection.execute(NAMED.where(mediators.c.member_id == member_id)).mappings().one_or_none()
        return None if row is None else rows.named_of(row)

    def name(self, member_id: MemberId, community_id: CommunityId, now: datetime) -> None:
        """Name a mediator; naming one that was ended lets it begin anew, one that is there stays as it is."""
        row = {"community_id": community_id, "named_at": now, "ended_at": None}
        statement = upsert(mediators).values(member_id=member_id, **row)
        again = mediators.c.ended_at.is_not(None) | (mediators.c.community_id != community_id)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=row, where=again))

    def end(self, member_id: MemberId, now: datetime) -> None:
        """End a mediator; the first end stays."""
        which = (mediators.c.member_id == member_id, mediators.c.ended_at.is_(None))
        self._connection.execute(update(mediators).where(*which).values(ended_at=now))

    def is_active(self, member_id: MemberId) -> bool:
        """Tell whether a mediator was named and not ended."""
        query = select(exists().where(mediators.c.member_id == member_id, mediators.c.ended_at.is_(None)))
        return self._connection.execute(query).scalar_one()

    def candidates(self, supplier_id: SupplierId, now: datetime) -> list[Candidate]:
        """Lock all mediators, so that two cases that come together are counted, and return them.

        Only who is still a member of the community that named it is one. ``now`` is when those who have seats of the
        supplier deal with it.
        """
        active = select(mediators.c.member_id).where(mediators.c.ended_at.is_(None)).order_by(mediators.c.member_id)
        self._connection.execute(active.with_for_update())
        same = (members.c.member_id == mediators.c.member_id) & (members.c.community_id == mediators.c.community_id)
        query = (
            select(
                mediators.c.member_id,
                mediators.c.community_id,
                _OPEN_CASES.label("open_cases"),
                _dealt(supplier_id, now).label("dealt_at"),
            )
            .join(members, same)
            .where(mediators.c.ended_at.is_(None))
            .order_by(mediators.c.member_id)
        )
        return [rows.candidate_of(row) for row in self._connection.execute(query).mappings()]


def _dealt(supplier_id: SupplierId, now: datetime) -> ScalarSelect:
    """When a mediator, or one of its household, last dealt with a supplier: joined, was served, or still will be."""
    household = func.coalesce(members.c.household_id, members.c.member_id)
    own = or_(commitments.c.member_id == mediators.c.member_id, commitments.c.household_id == household)
    has_seats = case((commitments.c.state.in_(LIVE), now))
    latest = func.greatest(commitments.c.created_at, campaigns.c.delivered_at, has_seats)
    return (
        select(func.max(latest))
        .select_from(commitments.join(campaigns, commitments.c.campaign_id == campaigns.c.campaign_id))
        .where(campaigns.c.supplier_id == supplier_id, own)
        .correlate(mediators, members)
        .scalar_subquery()
    )
