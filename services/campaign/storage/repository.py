"""Loading and saving. Whoever changes seats or money holds the lock of the campaign's row, taken by ``lock``."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from services.campaign.domain.errors import ReceiptUsedError
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.model import Campaign, Commitment, Share, Standing
from services.campaign.domain.seats import Shift
from services.campaign.storage import rows, statements
from services.campaign.storage.rows import Row
from services.campaign.storage.statements import prefixed
from services.campaign.storage.tables import campaign_communities, campaigns, commitments, members
from services.kernel.clock import Clock
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MatchId, MemberId, PoolId

SHARES = campaign_communities


class Campaigns:
    """The campaigns and the parts of their communities."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, campaign_id: CampaignId) -> Campaign | None:
        """Return the campaign without locking it."""
        return self._one(select(campaigns).where(campaigns.c.campaign_id == campaign_id))

    def find_by_match(self, match_id: MatchId) -> Campaign | None:
        """Return the campaign that was drafted from a match, without locking it."""
        return self._one(select(campaigns).where(campaigns.c.match_id == match_id))

    def lock(self, campaign_id: CampaignId) -> Campaign | None:
        """Return the campaign as it is now and keep it so until the end of the transaction."""
        return self._one(statements.LOCKED, campaign_id=campaign_id)

    def lock_of(self, commitment_id: CommitmentId) -> Campaign | None:
        """Lock the campaign that a commitment belongs to, which never changes."""
        return self._one(statements.LOCKED_OF, commitment_id=commitment_id)

    def lock_pool(self, pool_id: PoolId) -> list[Campaign]:
        """Lock all campaigns of a pool, in the order of their ids so that two who do this cannot block each other."""
        query = select(campaigns).where(campaigns.c.pool_id == pool_id).order_by(campaigns.c.campaign_id)
        found = self._connection.execute(query.with_for_update()).mappings()
        return [rows.campaign_of(row) for row in found]

    def shares(self, campaign_ids: Sequence[CampaignId]) -> dict[CampaignId, tuple[Share, ...]]:
        """Return the parts of the communities of each campaign, in the order of their ids.

        They are read by a statement of their own, after the lock: in the statement that waits for the lock
        PostgreSQL would show those of before the wait.
        """
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

    def save_counts(self, campaign: Campaign, shift: Shift) -> None:
        """Save what one payment or drop-out changes, with the part of its community, in one statement."""
        self._connection.execute(statements.COUNTED, _counts(campaign, shift))

    def save_join(self, campaign: Campaign, shift: Shift, joined: Commitment, moved: Sequence[Transfer]) -> None:
        """Save a new commitment with all that it changes, and its payment if it has one, in one statement.

        Those who join the same campaign wait for each other, so that every round trip counts here.
        """
        parameters = {**_counts(campaign, shift), **prefixed("commitment", rows.row_of_commitment(joined))}
        for payment in moved:  # there is one at most: a join pays once or not at all
            parameters.update(prefixed("transfer", rows.row_of_transfer(payment, joined.created_at)))
        with _receipt_once(joined):
            self._connection.execute(statements.JOINED_PAID if moved else statements.JOINED, parameters)

    def save(self, campaign: Campaign, shifts: Sequence[Shift]) -> None:
        """Save everything that may have changed, and the parts of the communities."""
        statement = update(campaigns).where(campaigns.c.campaign_id == campaign.campaign_id)
        self._connection.execute(statement.values(rows.changes_of(campaign)))
        if shifts:
            self._connection.execute(statements.PART, [_shifted(campaign, shift) for shift in shifts])

    def _one(self, query: Select, **parameters: UUID) -> Campaign | None:
        row = self._connection.execute(query, parameters).mappings().one_or_none()
        return None if row is None else rows.campaign_of(row)


def _shifted(campaign: Campaign, shift: Shift) -> Row:
    return {
        "of_campaign": campaign.campaign_id,
        "of_community": shift.community_id,
        "reserved": shift.reserved,
        "paid": shift.paid,
        "joined": max(shift.paid, 0),
    }


def _counts(campaign: Campaign, shift: Shift) -> Row:
    return {**_shifted(campaign, shift), **prefixed("campaign", rows.counters_of(campaign))}


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
        """Return the reserved and paid commitments, in the order of their members.

        That is the order in which their accounts are then locked, the same in every campaign.
        """
        query = (
            select(commitments)
            .where(commitments.c.campaign_id == campaign_id)
            .where(commitments.c.state.in_([Standing.RESERVED, Standing.PAID]))
            .order_by(commitments.c.member_id, commitments.c.commitment_id)
        )
        return [rows.commitment_of(row) for row in self._connection.execute(query).mappings()]

    def save(self, changed: Sequence[Commitment]) -> None:
        """Save what may have changed; many travel in one batch."""
        if not changed:
            return
        moved = [{"id": c.commitment_id, **rows.changes_of_commitment(c)} for c in changed]
        with _receipt_once(changed[0]):
            self._connection.execute(update(commitments).where(commitments.c.commitment_id == bindparam("id")), moved)


@contextmanager
def _receipt_once(commitment: Commitment) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if "commitments_receipt" not in str(error.orig):
            raise
        receipt, state = commitment.receipt, str(Standing.RESERVED)
        raise ReceiptUsedError("this receipt belongs to another payment", state=state, receipt=receipt) from error


class Ledger:
    """The append-only ledger."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def post(self, moved: Sequence[Transfer]) -> None:
        """Append transfers; the database moves the balances of their accounts with them."""
        if moved:
            now = self._clock.now()
            self._connection.execute(statements.POSTED, [rows.row_of_transfer(transfer, now) for transfer in moved])


class Members:
    """The copy of who belongs to which community."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def community_of(self, member_id: MemberId) -> CommunityId | None:
        """Return the community of a member, or None while the member is not known here."""
        query = select(members.c.community_id).where(members.c.member_id == member_id)
        return self._connection.execute(query).scalar_one_or_none()

    def know(self, member_id: MemberId, community_id: CommunityId, version: int) -> None:
        """Keep the newest copy: an older version changes nothing."""
        statement = upsert(members).values(member_id=member_id, community_id=community_id, version=version)
        newer = {"community_id": statement.excluded.community_id, "version": statement.excluded.version}
        where = members.c.version < statement.excluded.version
        self._connection.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=newer, where=where))
