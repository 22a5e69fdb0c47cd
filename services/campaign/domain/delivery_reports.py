"""What is shown of a delivery, with all that is needed to show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.campaign.domain.attendance import Account, Correction, Register
from services.campaign.domain.checkin import Verdict
from services.campaign.domain.model import Campaign, Commitment
from services.campaign.domain.sessions import Session
from services.campaign.domain.sheets import Sheet
from services.kernel.caller import Caller
from services.kernel.ids import CampaignId


@dataclass(frozen=True, slots=True)
class Schedule:
    """The sessions of a campaign; before it is formed those that would be."""

    campaign: Campaign
    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """The check-in code of a commitment."""

    commitment: Commitment
    key_id: str
    code: str


@dataclass(frozen=True, slots=True)
class Upload:
    """What came of the scans of a device, in their order."""

    campaign_id: CampaignId
    verdicts: Sequence[Verdict]


@dataclass(frozen=True, slots=True)
class Attended:
    """How a commitment stands in each session; ``account`` is what the delivery came to."""

    campaign: Campaign
    commitment: Commitment
    sessions: tuple[Session, ...]
    register: Register
    corrections: tuple[Correction, ...]
    account: Account | None
    caller: Caller


@dataclass(frozen=True, slots=True)
class SheetReport:
    """The sheet of a session, with what was corrected of those who are named on it."""

    sheet: Sheet
    corrections: tuple[Correction, ...]
