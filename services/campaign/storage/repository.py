"""Loading and saving. Whoever changes seats or money holds the lock of the campaign's row, taken by ``lock``."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import ColumnElement, Connection, Update, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from services.campaign.domain.errors import ReceiptUsedError
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.model import Campaign, Commitment, Share, Standing
from services.campaign.domain.seats import Shift
from services.campaign.storage import rows
from services.campaign.storage.tables import campaign_communities, campaigns, commitments, members, transfers
from services.kernel.clock import Clock
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MatchId, MemberId, PoolId

SHARES = campaign_communities


class Campaigns:
    """The campaigns and the parts of their communities."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, campaign_id: CampaignId) -> Campaign | None:
        """Return the campaign without locking it."""
        return self._one(campaigns.c.campaign_id == campaign_id)

    def find_by_match(self, match_id: MatchId) -> Campaign | None:
        """Return the campaign that was drafted from a match, without locking it."""
        return self._one(campaigns.c.match_id == match_id)

    def lock(self, campaign_id: CampaignId) -> Campaign | None:
        """Return the campaign as it is now and keep it so until the end of the transaction."""
        return self._one(campaigns.c.campaign_id == campaign_id, lock=True)

    def lock_of(self, commitment_id: CommitmentId) -> Campaign | None:
        """Lock the campaign that a commitment belongs to, which never changes."""
        owner = select(commitments.c.campaign_id).where(commitments.c.commitment_id == commitment_id)
        return self._one(campaigns.c.campaign_id == owner.scalar_subquery(), lock=True)

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
        """Save what one join or drop-out changes, with the part of its community, in one statement."""
        part = _moved(campaign.campaign_id, shift.community_id, shift.reserved, shift.paid, max(shift.paid, 0))
        statement = update(campaigns).where(campaigns.c.campaign_id == campaign.campaign_id)
        self._connection.execute(statement.values(rows.counters_of(campaign)).add_cte(part.cte("part")))

    def save(self, campaign: Campaign, shifts: Sequence[Shift]) -> None:
        """Save everything that may have changed, and the parts of the communities."""
        statement = update(campaigns).where(campaigns.c.campaign_id == campaign.campaign_id)
        self._connection.execute(statement.values(rows.changes_of(campaign)))
        if shifts:
            part = _moved(campaign.campaign_id, *map(bindparam, ("of", "reserved", "paid", "joined")))
            moved = [
                {"of": s.community_id, "reserved": s.reserved, "paid": s.paid, "joined": max(s.paid, 0)} for s in shifts
            ]
            self._connection.execute(part, moved)

    def _one(self, condition: ColumnElement[bool], *, lock: bool = False) -> Campaign | None:
        query = select(campaigns).where(condition)
        row = self._connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
        return None if row is None else rows.campaign_of(row)


def _moved(campaign_id: object, community_id: object, reserved: object, paid: object, joined: object) -> Update:
    """Return the statement that moves the seats of one community; relative, so that no count has to be read first."""
    return (
        update(SHARES)
        .where(SHARES.c.campaign_id == campaign_id, SHARES.c.community_id == community_id)
        .values(
            reserved_seats=SHARES.c.reserved_seats + reserved,
            paid_seats=SHARES.c.paid_seats + paid,
            joined_seats=SHARES.c.joined_seats + joined,
        )
    )


class Commitments:
    """The commitments."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, commitment_id: CommitmentId) -> Commitment | None:
        """Return the commitment; who has locked its campaign sees its present state."""
        query = select(commitments).where(commitments.c.commitment_id == commitment_id)
        row = self._connection.execute(query).mappings().one_or_none()
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

    def add(self, commitment: Commitment) -> None:
        """Insert a new commitment; raise ``ReceiptUsedError`` when its receipt is another payment's."""
        with _receipt_once(commitment):
            self._connection.execute(insert(commitments).values(rows.row_of_commitment(commitment)))

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
            self._connection.execute(insert(transfers), [rows.row_of_transfer(transfer, now) for transfer in moved])


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
