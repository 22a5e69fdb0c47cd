"""Matches: an offer, a slot and held seats, proposed to communities; and how their seats are sold or freed."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.kernel.caller import Caller, Role
from services.kernel.clock import format_time
from services.kernel.ids import AgreementId, CampaignId, CommunityId, MatchId, PoolId, SlotId, SupplierId
from services.kernel.timespan import Timespan
from services.supplier.domain.errors import MatchStateError
from services.supplier.domain.offers import Snapshot
from services.supplier.domain.standing import STATE_OF, TRANSITIONS, MatchState, Standing, Step


class ExpiryReason(StrEnum):
    """Why a proposal ended before a campaign was opened on it."""

    HOLD_EXPIRED = "hold_expired"
    OFFER_WITHDRAWN = "offer_withdrawn"
    POOL_DISSOLVED = "pool_dissolved"
    WITHDRAWN = "withdrawn"
    SHARING_ENDED = "sharing_ended"
    OFFER_PAUSED = "offer_paused"
    SUPPLIER_SUSPENDED = "supplier_suspended"


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

    @property
    def taken(self) -> int:
        """How many more seats are taken than before."""
        return self.held + self.confirmed


@dataclass(frozen=True, slots=True)
class Match:
    """``seats`` of a slot are held for its communities, until ``held_until`` or for the campaign ``campaign_id``.

    ``sold`` of them were sold when the campaign was confirmed. A match that is proposed in place of a withdrawn one
    says which it replaces and for which campaign; that becomes its own when the campaign takes it. One that came out of
    a tender has the hash of the agreement that it rests on.
    """

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
    sold: int | None = None
    withdrawn_because: str | None = None
    replaces_match_id: MatchId | None = None
    for_campaign_id: CampaignId | None = None
    # The standing that its supplier had, for the explanation; None in matches that are older than standings.
    supplier_standing: str | None = None
    agreement_id: AgreementId | None = None
    agreement_hash: str | None = None

    def is_visible_to(self, caller: Caller) -> bool:
        """Tell whether the caller may know of it: its communities, its supplier, the node operator."""
        if caller.is_node_operator:
            return True
        if caller.role is Role.SUPPLIER:
            return caller.supplier_id == self.supplier_id
        return any(share.community_id == caller.community_id for share in self.communities)

    @property
    def standing(self) -> Standing:
        """Where it stands, finer than its state."""
        if self.state is MatchState.PROPOSED:
            return Standing.WAITING if self.campaign_id is None else Standing.OPENED
        if self.state is not MatchState.EXPIRED:
            return Standing(self.state)
        if self.campaign_id is not None:
            return Standing.OVER
        return Standing.EXPIRED if self.withdrawn_because is None else Standing.LEFT

    @property
    def is_waiting(self) -> bool:
        """Whether it is proposed and no campaign has been opened on it: only then can it expire."""
        return self.standing is Standing.WAITING

    @property
    def booked(self) -> SeatChange:
        """What it has of its slot. How many of the first version were sold is not always known: those stay sold."""
        if self.state is MatchState.PROPOSED:
            return SeatChange(held=self.seats)
        return SeatChange(confirmed=self.sold or 0) if self.state is MatchState.CONFIRMED else SeatChange()

    def can(self, step: Step) -> bool:
        """Tell whether the table has a line for this step."""
        return (self.standing, step) in TRANSITIONS

    def expire(self) -> tuple["Match", SeatChange]:
        """Give the seats back because nobody opened a campaign in time."""
        return self._move(Step.EXPIRE)

    def open(self, campaign_id: CampaignId) -> tuple["Match", SeatChange]:
        """Hold the seats as long as the campaign lasts; a proposal that has just expired takes them back."""
        return self._move(Step.OPEN, campaign_id=campaign_id)

    def confirm(self, campaign_id: CampaignId, sold: int) -> tuple["Match", SeatChange]:
        """Turn the sold seats into confirmed ones and give the rest back."""
        return self._move(Step.CONFIRM, campaign_id=campaign_id, sold=sold)

    def recount(self, sold: int) -> tuple["Match", SeatChange]:
        """Take the campaign's last word on how many seats are sold, where it was confirmed before its campaign."""
        return self._move(Step.RECOUNT, sold=sold)

    def release(self, campaign_id: CampaignId) -> tuple["Match", SeatChange]:
        """Give the seats back because the campaign failed, was cancelled or does not want them."""
        return self._move(Step.RELEASE, campaign_id=campaign_id)

    def close(self, campaign_id: CampaignId) -> "Match":
        """Remember that the campaign of an expired proposal is over, so that older news cannot bring it back."""
        return self._move(Step.CLOSE, campaign_id=campaign_id)[0]

    def withdraw(self, because: str, now: datetime) -> tuple["Match", SeatChange]:
        """Give the seats back because the supplier withdraws; possible until the slot is over."""
        if now >= self.span.end:
            ended_at = format_time(self.span.end)
            raise MatchStateError(
                f"the match is {self.state} and its slot is over",
                state=str(self.state),
                match_id=str(self.match_id),
                ended_at=ended_at,
            )
        return self._move(Step.WITHDRAW, withdrawn_because=because)

    def leave(self, campaign_id: CampaignId, sold: int | None = None) -> tuple["Match", SeatChange]:
        """Note that a campaign had been opened, or even confirmed, when the supplier withdrew."""
        return self._move(Step.LEAVE, campaign_id=campaign_id, sold=sold)

    def _move(self, step: Step, **changes: Any) -> tuple["Match", SeatChange]:
        line = TRANSITIONS.get((self.standing, step))
        if line is None:
            message = f"the match is {self.state} and cannot {step} any more"
            raise MatchStateError(message, state=str(self.state), match_id=str(self.match_id))
        after = replace(self, state=STATE_OF[line.next], **changes)
        held, confirmed = after.booked.held - self.booked.held, after.booked.confirmed - self.booked.confirmed
        return after, SeatChange(held, confirmed)
