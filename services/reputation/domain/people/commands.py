"""What is asked and told about people, already read and checked for shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kernel.caller import Caller
from services.kernel.ids import CampaignId, CommunityId, MemberId


@dataclass(frozen=True, slots=True)
class KnowCommunity:
    """The clock on the wall of a community."""

    community_id: CommunityId
    time_zone: str
    version: int


@dataclass(frozen=True, slots=True)
class KnowMember:
    """To which community a member belongs."""

    member_id: MemberId
    community_id: CommunityId
    version: int


@dataclass(frozen=True, slots=True)
class NoteCampaign:
    """One piece of news about a campaign that somebody organises; ``news`` holds what it says."""

    campaign_id: CampaignId
    news: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DecideInvitations:
    """May these members be asked to join a campaign? ``answered`` are askings that were answered since then."""

    round_id: UUID
    campaign_id: CampaignId
    community_id: CommunityId
    member_ids: tuple[MemberId, ...]
    answered: tuple[tuple[CampaignId, MemberId], ...]


@dataclass(frozen=True, slots=True)
class OfCommunity:
    """Ask for something of a community."""

    caller: Caller
    community_id: CommunityId


@dataclass(frozen=True, slots=True)
class OfMember:
    """Ask for something of a member."""

    caller: Caller
    member_id: MemberId


@dataclass(frozen=True, slots=True)
class SetFatiguePolicy:
    """Change the policy of a community; what is not named stays."""

    caller: Caller
    community_id: CommunityId
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SetQuiet:
    """Leave a member in peace until then; None ends it."""

    caller: Caller
    member_id: MemberId
    until: datetime | None


@dataclass(frozen=True, slots=True)
class SetRota:
    """Who takes turns, in which order, for how many days each, from when on (at once if None)."""

    caller: Caller
    community_id: CommunityId
    member_ids: tuple[MemberId, ...]
    days: int
    starts_at: datetime | None


@dataclass(frozen=True, slots=True)
class HandOver:
    """Offer the duty to the next one."""

    caller: Caller
    community_id: CommunityId
    note: str


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Take the duty over."""

    caller: Caller
    community_id: CommunityId


@dataclass(frozen=True, slots=True)
class SwapTurns:
    """Exchange the members of two turns ahead."""

    caller: Caller
    community_id: CommunityId
    turn_id: UUID
    with_turn_id: UUID


@dataclass(frozen=True, slots=True)
class SomeWeary:
    """Ask how often the members of a community were asked."""

    caller: Caller
    community_id: CommunityId
    limit: int
    after: MemberId | None
