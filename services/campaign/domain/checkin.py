"""Check-in: scans of codes are judged one by one, and a commitment counts once in each session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from services.campaign.domain.codes import Code, Fault, mark_of
from services.campaign.domain.model import Commitment
from services.campaign.domain.sessions import Session, SessionState
from services.kernel.ids import CampaignId, CommitmentId

# How far the clock of a phone may be ahead of ours.
SKEW = timedelta(minutes=5)

Place = tuple[CommitmentId, int]  # a commitment in a session


class Result(StrEnum):
    """What came of a scan."""

    COUNTED = "counted"
    ALREADY = "already"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Scan:
    """A code that was scanned at a time, for a session; ``seats`` of its people came, all where None."""

    code: str
    session: int
    at: datetime
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """So many of the people of a commitment came to a session: there is one, or none."""

    campaign_id: CampaignId
    commitment_id: CommitmentId
    session: int
    seats: int
    scanned_at: datetime

    @property
    def place(self) -> Place:
        """What it is counted for."""
        return self.commitment_id, self.session


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one scan; ``check_in`` is what counts, this one's or an earlier one's."""

    result: Result
    fault: Fault | None = None
    check_in: CheckIn | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """What a scan is judged by: the sessions, who has seats, and who has been counted."""

    campaign_id: CampaignId
    sessions: Sequence[Session]
    expected: Mapping[CommitmentId, Commitment]
    counted: Mapping[Place, CheckIn] = field(default_factory=dict)


def judge(scans: Sequence[tuple[Scan, Code | Fault]], door: Door, now: datetime) -> list[Verdict]:
    """Judge scans in their order; of two for the same place the first counts, whichever was scanned first."""
    counted, verdicts = dict(door.counted), []
    for scan, code in scans:
        found = _admit(scan, code, door, now)
        if isinstance(found, Fault):
            verdicts.append(Verdict(Result.REFUSED, fault=found))
            continue
        first = counted.setdefault(found.place, found)
        verdicts.append(Verdict(Result.COUNTED if first is found else Result.ALREADY, check_in=first))
    return verdicts


def _admit(scan: Scan, code: Code | Fault, door: Door, now: datetime) -> CheckIn | Fault:
    if isinstance(code, Fault):
        return code
    if code.campaign_id != door.campaign_id:
        return Fault.OTHER_CAMPAIGN
    commitment = door.expected.get(code.commitment_id)
    if commitment is None or code.mark != mark_of(commitment):
        return Fault.REVOKED
    if fault := _wrong_session(scan, door.sessions, now):
        return fault
    seats = commitment.seats if scan.seats is None else scan.seats
    if seats > commitment.seats:
        return Fault.TOO_MANY_SEATS
    return CheckIn(code.campaign_id, code.commitment_id, scan.session, seats, scan.at)


def _wrong_session(scan: Scan, sessions: Sequence[Session], now: datetime) -> Fault | None:
    session = next((one for one in sessions if one.number == scan.session), None)
    if session is None:
        return Fault.UNKNOWN_SESSION
    if session.state is SessionState.CANCELLED:
        return Fault.SESSION_CANCELLED
    # A device uploads later than it scans and never before; its clock may be a little ahead.
    within = session.day.start <= min(scan.at, now) and scan.at < session.day.end
    return None if within and scan.at <= now + SKEW else Fault.OTHER_TIME
