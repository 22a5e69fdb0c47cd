"""Attendance: who was there, from check-ins and from what organisers corrected, and who is therefore a no-show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.campaign.domain.checkin import CheckIn
from services.campaign.domain.errors import SessionStateError
from services.campaign.domain.joining import require
from services.campaign.domain.model import Commitment, Standing
from services.campaign.domain.sessions import Session, SessionState, require_begun
from services.kernel.caller import Caller, Role
from services.kernel.ids import CampaignId, CommitmentId, CorrectionId, MemberId, new_id
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody who manages the member's community says of one session; the last one counts, all are kept."""

    correction_id: CorrectionId
    campaign_id: CampaignId
    commitment_id: CommitmentId
    session: int
    present: bool
    reason: str
    by: Role
    by_member: MemberId | None
    made_at: datetime


def correct(
    one: Commitment, session: Session, caller: Caller, now: datetime, *, present: bool, reason: str
) -> Correction:
    """Return what is said of a commitment in a session that has begun."""
    require(one, Standing.PAID, Standing.DELIVERED)
    if session.state is SessionState.CANCELLED:
        message = f"session {session.number} was cancelled"
        raise SessionStateError(message, state=str(session.state), session=session.number)
    require_begun(session, now)
    ids = (CorrectionId(new_id()), one.campaign_id, one.commitment_id, session.number)
    member_id = None if caller.member_id is None else MemberId(caller.member_id)
    return Correction(*ids, present, reason, caller.role, member_id, now)


class Presence(StrEnum):
    """How one commitment stands in one session."""

    EXPECTED = "expected"
    PRESENT = "present"
    ABSENT = "absent"
    UNRECORDED = "unrecorded"
    CANCELLED = "cancelled"


class Register:
    """The check-ins and corrections of a campaign, to be asked who was there."""

    def __init__(self, check_ins: Iterable[CheckIn] = (), corrections: Sequence[Correction] = ()) -> None:
        self.check_ins = {one.place: one for one in check_ins}
        # In the order in which they were made, so the last one stays.
        self._last = {
            (one.commitment_id, one.session): one for one in sorted(corrections, key=lambda one: one.correction_id)
        }
        self._recorded = {session for _, session in (*self.check_ins, *self._last)}

    def is_recorded(self, session: int) -> bool:
        """Tell whether anybody's attendance was recorded in a session."""
        return session in self._recorded

    def is_present(self, commitment: Commitment, session: int) -> bool:
        """Tell whether anybody of a commitment was recorded as present in a session."""
        return self.seats(commitment, session) > 0

    def seats(self, commitment: Commitment, session: int) -> int:
        """Return how many people of a commitment were in a session; a correction speaks for all of them."""
        place = (commitment.commitment_id, session)
        if (corrected := self._last.get(place)) is not None:
            return self._seats_of(commitment, session, present=corrected.present)
        return self.check_ins[place].seats if place in self.check_ins else 0

    def _seats_of(self, commitment: Commitment, session: int, *, present: bool) -> int:
        check_in = self.check_ins.get((commitment.commitment_id, session))
        return (check_in.seats if check_in else commitment.seats) if present else 0

    def presence(self, commitment: Commitment, session: Session) -> Presence:
        """Return how a commitment stands in a session; nobody is absent where nothing was recorded."""
        if self.is_present(commitment, session.number):
            return Presence.PRESENT
        if (commitment.commitment_id, session.number) in self._last:
            return Presence.ABSENT
        if session.is_planned:
            return Presence.EXPECTED
        if not session.is_held:
            return Presence.CANCELLED
        return Presence.ABSENT if self.is_recorded(session.number) else Presence.UNRECORDED

    def no_shows(self, commitments: Iterable[Commitment], sessions: Sequence[Session]) -> frozenset[CommitmentId]:
        """Return whose people came to none of the sessions that were held.

        Where nothing was recorded everybody counts as present, so one such session makes no-shows of nobody.
        """
        held = [one for one in sessions if one.is_held]
        missed = (one for one in commitments if all(self.presence(one, s) is Presence.ABSENT for s in held))
        return frozenset(one.commitment_id for one in missed) if held else frozenset()


@dataclass(frozen=True, slots=True)
class Account:
    """What the delivery came to for one commitment: whether it attended, and what was given back for which cause.

    An attendance that is recorded after the delivery puts ``attended`` right; what was given back stays given back.
    """

    campaign_id: CampaignId
    commitment_id: CommitmentId
    attended: bool
    undelivered: Money
    no_show: Money
