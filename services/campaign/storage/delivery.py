"""Loading and saving what belongs to the delivery. Whoever changes it holds the lock of the campaign's row."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.campaign.domain.attendance import Account, Correction, Register
from services.campaign.domain.checkin import CheckIn
from services.campaign.domain.model import Commitment, Standing
from services.campaign.domain.sessions import Reason, Session, SessionState
from services.campaign.storage import rows
from services.campaign.storage.delivery_tables import accounts, check_ins, corrections, sessions
from services.campaign.storage.tables import commitments
from services.chassis.bulk import insert_many
from services.kernel.caller import Role
from services.kernel.clock import Clock
from services.kernel.ids import CampaignId, CommitmentId
from services.kernel.money import Money
from services.kernel.timespan import Timespan

Row = Mapping[str, Any]


class Sessions:
    """The sessions of campaigns that were formed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, campaign_id: CampaignId) -> tuple[Session, ...]:
        """Return the sessions of a campaign in their order."""
        query = select(sessions).where(sessions.c.campaign_id == campaign_id).order_by(sessions.c.number)
        return tuple(_session_of(row) for row in self._connection.execute(query).mappings())

    def save(self, changed: Sequence[Session]) -> None:
        """Keep sessions as they are now. Planned ones are a whole plan: of a longer one before nothing stays."""
        if not changed:
            return
        statement = upsert(sessions).values([_row_of_session(one) for one in changed])
        newer = {name: statement.excluded[name] for name in ("starts_at", "ends_at", "state", "reason", "decided_at")}
        self._connection.execute(statement.on_conflict_do_update(index_elements=["campaign_id", "number"], set_=newer))
        last = changed[-1]
        if last.is_planned:
            beyond = sessions.c.campaign_id == last.campaign_id, sessions.c.number > last.number
            self._connection.execute(delete(sessions).where(*beyond))


class Attendance:
    """Who is expected, who was checked in, what was corrected, and what the delivery came to."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def expected(self, campaign_id: CampaignId) -> list[Commitment]:
        """Return the commitments that have seats, also ones that cost nothing, in the order of their ids."""
        where = commitments.c.campaign_id == campaign_id, commitments.c.state.in_(_SEATED)
        query = select(commitments).where(*where).order_by(commitments.c.commitment_id)
        return [rows.commitment_of(row) for row in self._connection.execute(query).mappings()]

    def register(self, campaign_id: CampaignId) -> Register:
        """Return all that was recorded of a campaign."""
        return Register(
            (_check_in_of(row) for row in self._rows(check_ins, campaign_id)), self.corrections(campaign_id)
        )

    def corrections(self, campaign_id: CampaignId) -> list[Correction]:
        """Return what was corrected, in the order in which it was."""
        found = [_correction_of(row) for row in self._rows(corrections, campaign_id)]
        return sorted(found, key=lambda one: one.correction_id)

    def accounts(self, campaign_id: CampaignId) -> dict[CommitmentId, Account]:
        """Return what the delivery came to; nothing before it."""
        return {row["commitment_id"]: _account_of(row) for row in self._rows(accounts, campaign_id)}

    def count(self, counted: Sequence[CheckIn]) -> None:
        """Keep check-ins; the database refuses a second one for the same commitment and session."""
        now = self._clock.now()
        insert_many(self._connection, check_ins, [_row_of_check_in(one) | {"counted_at": now} for one in counted])

    def correct(self, correction: Correction) -> None:
        """Keep a correction beside those before it."""
        insert_many(self._connection, corrections, [_row_of_correction(correction)])

    def settle(self, settled: Sequence[Account]) -> None:
        """Keep what the delivery came to, or put right whether somebody attended."""
        if settled:
            statement = upsert(accounts).values([_row_of_account(one) for one in settled])
            attended = {"attended": statement.excluded["attended"]}
            self._connection.execute(statement.on_conflict_do_update(index_elements=["commitment_id"], set_=attended))

    def _rows(self, table: Any, campaign_id: CampaignId) -> list[Row]:
        query = select(table).where(table.c.campaign_id == campaign_id)
        return list(self._connection.execute(query).mappings())


_SEATED = (Standing.PAID, Standing.DELIVERED)


def _session_of(row: Row) -> Session:
    return Session(
        campaign_id=row["campaign_id"],
        number=row["number"],
        span=Timespan(row["starts_at"], row["ends_at"]),
        state=SessionState(row["state"]),
        reason=None if row["reason"] is None else Reason(row["reason"]),
        decided_at=row["decided_at"],
    )


def _row_of_session(session: Session) -> dict[str, Any]:
    return {
        "campaign_id": session.campaign_id,
        "number": session.number,
        "starts_at": session.span.start,
        "ends_at": session.span.end,
        "state": session.state,
        "reason": session.reason,
        "decided_at": session.decided_at,
    }


def _check_in_of(row: Row) -> CheckIn:
    return CheckIn(row["campaign_id"], row["commitment_id"], row["session"], row["seats"], row["scanned_at"])


def _row_of_check_in(one: CheckIn) -> dict[str, Any]:
    return {
        "commitment_id": one.commitment_id,
        "session": one.session,
        "campaign_id": one.campaign_id,
        "seats": one.seats,
        "scanned_at": one.scanned_at,
    }


def _correction_of(row: Row) -> Correction:
    ids = (row["correction_id"], row["campaign_id"], row["commitment_id"], row["session"])
    return Correction(*ids, row["present"], row["reason"], Role(row["by_role"]), row["by_member_id"], row["made_at"])


def _row_of_correction(one: Correction) -> dict[str, Any]:
    return {
        "correction_id": one.correction_id,
        "campaign_id": one.campaign_id,
        "commitment_id": one.commitment_id,
        "session": one.session,
        "present": one.present,
        "reason": one.reason,
        "by_role": one.by,
        "by_member_id": one.by_member,
        "made_at": one.made_at,
    }


def _account_of(row: Row) -> Account:
    amounts = (Money(row[name], row["currency"]) for name in ("undelivered_minor", "no_show_minor"))
    return Account(row["campaign_id"], row["commitment_id"], row["attended"], *amounts)


def _row_of_account(one: Account) -> dict[str, Any]:
    return {
        "commitment_id": one.commitment_id,
        "campaign_id": one.campaign_id,
        "attended": one.attended,
        "currency": one.undelivered.currency,
        "undelivered_minor": one.undelivered.minor,
        "no_show_minor": one.no_show.minor,
    }
