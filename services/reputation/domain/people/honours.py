"""What organisers have done and carry now, and the honours that follow from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.kernel.ids import CampaignId, CommunityId, MemberId

RECENT = timedelta(days=90)


class Load(StrEnum):
    """How much an organiser carries at the moment."""

    FREE = "free"
    NORMAL = "normal"
    HEAVY = "heavy"


HEAVY_RUNNING, HEAVY_RECENT = 3, 8


@dataclass(frozen=True, slots=True)
class Organised:
    """A campaign that a member of the community has opened, as far as it has come."""

    campaign_id: CampaignId
    community_id: CommunityId
    member_id: MemberId | None
    opened_at: datetime
    seats: int = 0
    ended_at: datetime | None = None
    settled_at: datetime | None = None
    income_minor: int = 0
    currency: str | None = None

    @property
    def running(self) -> bool:
        """Whether there is still something to do for it."""
        return self.ended_at is None and self.settled_at is None


@dataclass(frozen=True, slots=True)
class Record:
    """What an organiser has done, and carries now. ``income_minor`` is by currency, in minor units."""

    running: int
    recent: int
    settled: int
    failed: int
    seats: int
    duties: int
    income_minor: dict[str, int]

    @property
    def load(self) -> Load:
        """How much it carries now: campaigns that run, and those of the last 90 days."""
        if self.running >= HEAVY_RUNNING or self.recent >= HEAVY_RECENT:
            return Load.HEAVY
        return Load.NORMAL if self.running or self.recent else Load.FREE


@dataclass(frozen=True, slots=True)
class Honour:
    """An honour, and what it takes: so many settled campaigns, served seats and finished duties."""

    key: str
    zh: str
    en: str
    settled: int = 0
    seats: int = 0
    duties: int = 0

    def is_earned_by(self, record: Record) -> bool:
        """Tell whether the record has all that it takes. Only what was settled counts, so none can be made up."""
        return record.settled >= self.settled and record.seats >= self.seats and record.duties >= self.duties


HONOURS = (
    Honour("first_group", "第一团", "first group", settled=1),
    Honour("tenth_group", "十团达人", "tenth group", settled=10),
    Honour("hundred_seats", "服务百人", "a hundred seats served", settled=1, seats=100),
    Honour("relay", "接力有你", "five turns of duty", duties=5),
    Honour("backbone", "社群脊梁", "backbone", settled=30, seats=500, duties=5),
)


def record_of(organised: list[Organised], duties: int, now: datetime) -> Record:
    """Add up what an organiser has done; seats and income of settled campaigns only."""
    settled = [one for one in organised if one.settled_at is not None]
    income: dict[str, int] = {}
    for one in settled:
        if one.currency is not None and one.income_minor:
            income[one.currency] = income.get(one.currency, 0) + one.income_minor
    return Record(
        running=sum(one.running for one in organised),
        recent=sum(one.opened_at > now - RECENT for one in organised),
        settled=len(settled),
        failed=sum(one.ended_at is not None and one.settled_at is None for one in organised),
        seats=sum(one.seats for one in settled),
        duties=duties,
        income_minor=dict(sorted(income.items())),
    )


def earned_honours(record: Record) -> list[Honour]:
    """Return the honours that a record has earned, in the order of the table."""
    return [honour for honour in HONOURS if honour.is_earned_by(record)]
