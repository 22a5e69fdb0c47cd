"""Loading and saving what is kept beside campaigns and commitments: the ledger, notices, and the copy of members."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from services.campaign.domain.errors import ReceiptUsedError
from services.campaign.domain.ledger import Transfer, fund_account
from services.campaign.domain.notices import Notice
from services.campaign.storage import entry_rows, statements
from services.campaign.storage.tables import accounts, members, notices, transfers
from services.chassis.bulk import insert_many
from services.kernel.clock import Clock
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MemberId, TransferId
from services.kernel.money import Money


class Ledger:
    """The append-only ledger."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def post(self, moved: Sequence[Transfer]) -> None:
        """Append transfers; the database moves the balances of their accounts with them."""
        now = self._clock.now()
        insert_many(self._connection, transfers, [entry_rows.row_of_transfer(transfer, now) for transfer in moved])

    def give(self, gift: Transfer) -> None:
        """Append a contribution to a fund; raise ``ReceiptUsedError`` where its receipt has come before."""
        try:
            self.post([gift])
        except IntegrityError as error:
            if "transfers_key" not in str(error.orig):
                raise
            message = "this receipt belongs to another contribution"
            raise ReceiptUsedError(message, state="given", receipt=gift.receipt) from error

    def pending(self, campaign_id: CampaignId) -> list[Transfer]:
        """Return the pending transfers of a campaign that have not ended, the oldest first."""
        found = self._connection.execute(statements.PENDING, {"campaign_id": campaign_id}).mappings()
        return [entry_rows.transfer_of(row) for row in found]

    def open_among(self, transfer_ids: Sequence[TransferId]) -> list[Transfer]:
        """Return those of the transfers that are pending and have not ended."""
        if not transfer_ids:
            return []
        found = self._connection.execute(statements.OPEN_AMONG, {"transfer_ids": list(transfer_ids)}).mappings()
        return [entry_rows.transfer_of(row) for row in found]

    def payments(self, commitment_ids: Sequence[CommitmentId]) -> dict[CommitmentId, Transfer]:
        """Return the pending payment of each commitment that has one."""
        if not commitment_ids:
            return {}
        found = self._connection.execute(statements.PAYING, {"commitment_ids": list(commitment_ids)}).mappings()
        return {row["commitment_id"]: entry_rows.transfer_of(row) for row in found}

    def late(self, commitment_id: CommitmentId) -> list[Transfer]:
        """Return the transfers of payments of a commitment that came too late, and of their way back."""
        found = self._connection.execute(statements.LATE, {"commitment_id": commitment_id}).mappings()
        return [entry_rows.transfer_of(row) for row in found]

    def earned(self, campaign_id: CampaignId, account: str, currency: str) -> Money:
        """Return what an account has received from a campaign in all, less what it gave back."""
        moved = {"campaign_id": campaign_id, "account": account}
        # PostgreSQL adds up bigint to numeric.
        return Money(int(self._connection.execute(statements.EARNED, moved).scalar_one()), currency)

    def funds(self, community_ids: Iterable[CommunityId], currency: str) -> dict[CommunityId, Money]:
        """Lock the common funds of communities, in the order of their names, and return what each can still pay."""
        names = {fund_account(community_id): community_id for community_id in community_ids}
        query = select(accounts.c.account, accounts.c.balance - accounts.c.pending_out).where(
            accounts.c.account.in_(names), accounts.c.currency == currency
        )
        found = self._connection.execute(query.order_by(accounts.c.account).with_for_update())
        return {names[account]: Money(minor, currency) for account, minor in found}


class Notices:
    """What members were told."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, told: Sequence[Notice]) -> None:
        """Keep notices."""
        now = self._clock.now()
        insert_many(self._connection, notices, [entry_rows.row_of_notice(notice, now) for notice in told])


class Members:
    """The copy of who belongs to which community and household."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def many(self, member_ids: Iterable[MemberId]) -> dict[MemberId, tuple[CommunityId, MemberId]]:
        """Return the community and the household of each member that is known; who lives alone is its own household."""
        wanted = list(set(member_ids))
        if not wanted:
            return {}
        found = self._connection.execute(statements.MEMBERS, {"member_ids": wanted})
        return {row.member_id: (row.community_id, row.household_id or row.member_id) for row in found}

    def know(self, member_id: MemberId, community_id: CommunityId, household_id: MemberId | None, version: int) -> None:
        """Keep the newest copy: an older version changes nothing."""
        row = {"community_id": community_id, "household_id": household_id, "version": version}
        statement = upsert(members).values(member_id=member_id, **row)
        newer = {name: statement.excluded[name] for name in row}
        where = members.c.version < statement.excluded.version
        self._connection.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=newer, where=where))
