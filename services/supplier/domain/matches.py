"""Matches: an offer, a slot and held seats, proposed to communities; and how their seats are sold or freed."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.kernel.caller import Caller, Role
from services.kernel.ids import CampaignId, CommunityId, MatchId, PoolId, SlotId, SupplierId
from services.kernel.timespan import Timespan
from services.supplier.domain.errors import MatchStateError
from services.supplier.domain.offers import Snapshot


class MatchState(StrEnum):
    """proposed -> confirmed | expired | released; expired -> proposed | confirmed when its campaign was quicker."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    RELEASED = "released"


class ExpiryReason(StrEnum):
    """Why a proposal ended before a campaign was opened on it."""

    HOLD_EXPIRED = "hold_expired"
    OFFER_WITHDRAWN = "offer_withdrawn"
    POOL_DISSOLVED = "pool_dissolved"


@dataclass(frozen=True, slots=True)
class Share:
    """How many people of a community take part; 0 where nobody has said."""

    community_id: CommunityId
    people: int


@dataclass(frozen=True, slots=True)
class SeatChange:
    """What a step of a match does to the counters of its slot."""

    held: int = 0
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """``seats`` of a slot are held for its communities, until ``held_until`` or for the campaign ``campaign_id``."""

    match_id: MatchId
    pool_id: PoolId | None
    state: MatchState
    rank: int
    people: int
    communities: tuple[Share, ...]
    supplier_id: SupplierId
    supplier_name: str
    offer: Snapshot
    slot_id: SlotId
    span: Timespan
    sessions: tuple[Timespan, ...]
    seats: int
    held_until: datetime
    distance_km: float | None
    score: float | None
    score_low: float | None
    campaign_id: CampaignId | None
    created_at: datetime

    def is_visible_to(self, caller: Caller) -> bool:
        """Tell whether the caller may know of it: its communities, its supplier, the node operator."""
        if caller.is_node_operator:
            return True
        if caller.role is Role.SUPPLIER:
            return caller.supplier_id == self.supplier_id
        return any(share.community_id == caller.community_id for share in self.communities)

    @property
    def is_waiting(self) -> bool:
        """Whether it is proposed and no campaign has been opened on it: only then can it expire."""
        return self.state is MatchState.PROPOSED and self.campaign_id is None

    @property
    def may_still_open(self) -> bool:
        """Whether news of a campaign may bring it back: it expired here while a campaign was being opened."""
        return self.state is MatchState.EXPIRED and self.campaign_id is None

    def expire(self) -> tuple["Match", SeatChange]:
        """Give the seats back because nobody opened a campaign in time."""
        self._require(self.is_waiting)
        return replace(self, state=MatchState.EXPIRED), SeatChange(held=-self.seats)

    def open(self, campaign_id: CampaignId) -> tuple["Match", SeatChange]:
        """Hold the seats as long as the campaign lasts; a proposal that has just expired takes them back."""
        self._require(self.is_waiting or self.may_still_open)
        taken = 0 if self.is_waiting else self.seats
        return replace(self, state=MatchState.PROPOSED, campaign_id=campaign_id), SeatChange(held=taken)

    def confirm(self, campaign_id: CampaignId, sold: int) -> tuple["Match", SeatChange]:
        """Turn the sold seats into confirmed ones and give the rest back."""
        self._require(self.state is MatchState.PROPOSED or self.may_still_open)
        held = self.seats if self.state is MatchState.PROPOSED else 0
        confirmed = replace(self, state=MatchState.CONFIRMED, campaign_id=campaign_id)
        return confirmed, SeatChange(held=-held, confirmed=sold)

    def release(self, campaign_id: CampaignId) -> tuple["Match", SeatChange]:
        """Give the seats back because the campaign failed or was cancelled."""
        self._require(self.state is MatchState.PROPOSED)
        return replace(self, state=MatchState.RELEASED, campaign_id=campaign_id), SeatChange(held=-self.seats)

    def close(self, campaign_id: CampaignId) -> "Match":
        """Remember that the campaign of an expired proposal is over, so that older news cannot bring it back."""
        self._require(self.may_still_open)
        return replace(self, campaign_id=campaign_id)

    def _require(self, possible: bool) -> None:
        if not possible:
            raise MatchStateError(f"the match is {self.state}", state=str(self.state), match_id=str(self.match_id))
