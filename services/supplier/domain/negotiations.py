"""Negotiations with one bidder: offer, counter-offer, acceptance, each offer with a validity. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.kernel.caller import Caller, Role
from services.kernel.clock import format_time
from services.kernel.ids import BidId, NegotiationId, SupplierId, TenderId
from services.supplier.domain.proposals import Proposal
from services.supplier.domain.tender_errors import (
    NegotiationStateError,
    NotYourTurnError,
    OfferExpiredError,
    OfferSupersededError,
    RoundsExhaustedError,
)
from services.supplier.domain.tender_life import OPEN_TALKS, TALK, TalkState, TalkStep


class Side(StrEnum):
    """Who speaks: those who act for communities of the pool, or the bidder."""

    COMMUNITY = "community"
    SUPPLIER = "supplier"


def side_of(caller: Caller) -> Side:
    """Return the side for which the caller speaks."""
    return Side.SUPPLIER if caller.role is Role.SUPPLIER else Side.COMMUNITY


class OfferState(StrEnum):
    """What became of one offer."""

    STANDING = "standing"
    COUNTERED = "countered"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class TalkOffer:
    """The offer ``number`` of a negotiation."""

    number: int
    side: Side
    proposal: Proposal
    state: OfferState
    made_at: datetime


_OFFERS = {Side.COMMUNITY: TalkStep.COMMUNITY_OFFERS, Side.SUPPLIER: TalkStep.SUPPLIER_OFFERS}
_ACCEPTS = {Side.COMMUNITY: TalkStep.COMMUNITY_ACCEPTS, Side.SUPPLIER: TalkStep.SUPPLIER_ACCEPTS}
_TURNS = {Side.COMMUNITY: TalkState.COMMUNITY, Side.SUPPLIER: TalkState.SUPPLIER}


@dataclass(frozen=True, slots=True)
class Negotiation:
    """At most ``most`` offers are made about the bid. ``because`` says why it is not the bid that ranks first."""

    negotiation_id: NegotiationId
    tender_id: TenderId
    bid_id: BidId
    supplier_id: SupplierId
    state: TalkState
    most: int
    offers: tuple[TalkOffer, ...]
    because: str | None
    version: int
    created_at: datetime
    left_because: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can still come to something."""
        return self.state in OPEN_TALKS

    @property
    def standing(self) -> TalkOffer | None:
        """The offer on the table, if there is one."""
        last = self.offers[-1] if self.offers else None
        return last if last is not None and last.state is OfferState.STANDING else None

    def offer(self, side: Side, proposal: Proposal, now: datetime) -> "Negotiation":
        """Put an offer on the table; it takes the place of the one that it answers."""
        current = self.after(now)
        after = current._move(_OFFERS[side], side)
        if len(self.offers) >= self.most:
            raise RoundsExhaustedError(
                f"all {self.most} offers have been made", state=str(current.state), most=self.most
            )
        new = TalkOffer(len(self.offers) + 1, side, proposal, OfferState.STANDING, now)
        return replace(after, offers=(*current._ended(OfferState.COUNTERED), new))

    def accept(self, side: Side, number: int, now: datetime) -> "Negotiation":
        """Accept the offer of the other side; one that has expired binds nobody, however late the timer is."""
        found = self.offers[number - 1] if 1 <= number <= len(self.offers) else None
        if found is None or found.number != len(self.offers):
            raise OfferSupersededError(
                f"offer {number} is not the last one", state=str(self.state), number=number, last=len(self.offers)
            )
        self._require_open()
        if found.state is OfferState.EXPIRED or not found.proposal.is_valid(now):
            valid_until = format_time(found.proposal.valid_until)
            raise OfferExpiredError(
                f"offer {number} was valid until {valid_until}", state=str(self.state), valid_until=valid_until
            )
        return replace(self._move(_ACCEPTS[side], side), offers=self._ended(OfferState.ACCEPTED))

    def after(self, now: datetime) -> "Negotiation":
        """Return it as it is once the offer on the table has expired, if it has."""
        standing = self.standing
        if standing is None or not self.is_open or standing.proposal.is_valid(now):
            return self
        return replace(self._move(TalkStep.EXPIRE), offers=self._ended(OfferState.EXPIRED))

    def leave(self, because: str) -> "Negotiation":
        """Let either side out."""
        return replace(self._move(TalkStep.LEAVE), offers=self._ended(OfferState.DROPPED), left_because=because)

    def close(self) -> "Negotiation":
        """End it because its tender has ended otherwise."""
        return replace(self._move(TalkStep.CLOSE), offers=self._ended(OfferState.DROPPED))

    def _ended(self, state: OfferState) -> tuple[TalkOffer, ...]:
        standing = self.standing
        return self.offers if standing is None else (*self.offers[:-1], replace(standing, state=state))

    def _require_open(self) -> None:
        if not self.is_open:
            message = f"the negotiation is {self.state}"
            raise NegotiationStateError(message, state=str(self.state), negotiation_id=str(self.negotiation_id))

    def _move(self, step: TalkStep, side: Side | None = None, **changes: Any) -> "Negotiation":
        line = TALK.get((self.state, step))
        if line is not None:
            return replace(self, state=TalkState(line.next), version=self.version + 1, **changes)
        self._require_open()
        waits = next((other for other, state in _TURNS.items() if state is self.state), None)
        raise NotYourTurnError(
            f"the {waits} has to answer first" if waits else "there is no offer to be accepted",
            state=str(self.state),
            side=str(side) if side else None,
        )
