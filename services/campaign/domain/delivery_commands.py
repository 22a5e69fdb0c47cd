"""What the service can be asked to do while a campaign is delivered."""

from dataclasses import dataclass

from services.campaign.domain.checkin import Scan
from services.campaign.domain.sessions import Reason
from services.kernel.caller import Caller
from services.kernel.ids import CampaignId, CommitmentId


@dataclass(frozen=True, slots=True)
class HoldSession:
    """Record that a session took place."""

    caller: Caller
    campaign_id: CampaignId
    number: int


@dataclass(frozen=True, slots=True)
class CancelSession:
    """Record that a session does not take place."""

    caller: Caller
    campaign_id: CampaignId
    number: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class UploadCheckIns:
    """Count what a device has scanned, now or long ago."""

    caller: Caller
    campaign_id: CampaignId
    scans: tuple[Scan, ...]


@dataclass(frozen=True, slots=True)
class CorrectAttendance:
    """Say whether the people of a commitment were in a session, whatever was scanned; the reason is kept."""

    caller: Caller
    commitment_id: CommitmentId
    number: int
    present: bool
    reason: str


@dataclass(frozen=True, slots=True)
class IssueCode:
    """Make the check-in code of a commitment."""

    caller: Caller
    commitment_id: CommitmentId


@dataclass(frozen=True, slots=True)
class ShowKeys:
    """Show the public keys that verify check-in codes."""

    caller: Caller
