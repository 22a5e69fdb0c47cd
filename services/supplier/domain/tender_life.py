"""The lives of a tender and of a negotiation in two tables. TENDERS.md shows the same; a test compares the two."""

from dataclasses import dataclass
from enum import StrEnum


class TenderState(StrEnum):
    """Where a tender stands."""

    BIDDING = "bidding"  # sealed bids are taken until the deadline
    DECIDING = "deciding"  # bids are open and ranked; one is chosen or negotiated
    AGREED = "agreed"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE = (TenderState.BIDDING, TenderState.DECIDING)


class TenderStep(StrEnum):
    """What can happen to a tender."""

    OPEN_BIDS = "open_bids"
    AGREE = "agree"
    FAIL = "fail"
    CANCEL = "cancel"


class TalkState(StrEnum):
    """Whose turn it is in a negotiation, or how it ended."""

    SUPPLIER = "supplier"  # an offer of the community waits for the supplier's answer
    COMMUNITY = "community"  # an offer of the supplier waits for the community's answer
    IDLE = "idle"  # the last offer has expired; either side may make another
    ACCEPTED = "accepted"
    LEFT = "left"
    CLOSED = "closed"  # the tender ended otherwise


OPEN_TALKS = (TalkState.SUPPLIER, TalkState.COMMUNITY, TalkState.IDLE)


class TalkStep(StrEnum):
    """What can happen to a negotiation; offers and acceptances are named by the side that makes them."""

    COMMUNITY_OFFERS = "community_offers"
    SUPPLIER_OFFERS = "supplier_offers"
    COMMUNITY_ACCEPTS = "community_accepts"
    SUPPLIER_ACCEPTS = "supplier_accepts"
    EXPIRE = "expire"
    LEAVE = "leave"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Line:
    """Where a step leads, what causes it, and which events tell it."""

    next: StrEnum
    by: str
    told: str


_AGREED = "agreement_made.v1, match_proposed.v1"

TENDER: dict[tuple[TenderState, TenderStep], Line] = {
    (TenderState.BIDDING, TenderStep.OPEN_BIDS): Line(TenderState.DECIDING, "timer", "bids_opened.v1"),
    (TenderState.BIDDING, TenderStep.FAIL): Line(TenderState.FAILED, "timer, close_tender", "tender_failed.v1"),
    (TenderState.BIDDING, TenderStep.CANCEL): Line(TenderState.CANCELLED, "pool_dissolved.v1", "tender_failed.v1"),
    (TenderState.DECIDING, TenderStep.AGREE): Line(TenderState.AGREED, "choose_bid, accept_offer, timer", _AGREED),
    (TenderState.DECIDING, TenderStep.FAIL): Line(TenderState.FAILED, "timer, close_tender", "tender_failed.v1"),
    (TenderState.DECIDING, TenderStep.CANCEL): Line(TenderState.CANCELLED, "pool_dissolved.v1", "tender_failed.v1"),
}

_MOVED = "negotiation_moved.v1"
_TO_SUPPLIER = Line(TalkState.SUPPLIER, "counter_offer", _MOVED)
_TO_COMMUNITY = Line(TalkState.COMMUNITY, "counter_offer", _MOVED)
_ACCEPTED = Line(TalkState.ACCEPTED, "accept_offer", f"{_MOVED}, {_AGREED}")
_IDLE = Line(TalkState.IDLE, "timer", _MOVED)
_LEFT = Line(TalkState.LEFT, "leave_negotiation", _MOVED)
_CLOSED = Line(TalkState.CLOSED, "the end of the tender", _MOVED)

TALK: dict[tuple[TalkState, TalkStep], Line] = {
    (TalkState.SUPPLIER, TalkStep.SUPPLIER_OFFERS): _TO_COMMUNITY,
    (TalkState.SUPPLIER, TalkStep.SUPPLIER_ACCEPTS): _ACCEPTED,
    (TalkState.SUPPLIER, TalkStep.EXPIRE): _IDLE,
    (TalkState.SUPPLIER, TalkStep.LEAVE): _LEFT,
    (TalkState.SUPPLIER, TalkStep.CLOSE): _CLOSED,
    (TalkState.COMMUNITY, TalkStep.COMMUNITY_OFFERS): _TO_SUPPLIER,
    (TalkState.COMMUNITY, TalkStep.COMMUNITY_ACCEPTS): _ACCEPTED,
    (TalkState.COMMUNITY, TalkStep.EXPIRE): _IDLE,
    (TalkState.COMMUNITY, TalkStep.LEAVE): _LEFT,
    (TalkState.COMMUNITY, TalkStep.CLOSE): _CLOSED,
    (TalkState.IDLE, TalkStep.COMMUNITY_OFFERS): _TO_SUPPLIER,
    (TalkState.IDLE, TalkStep.SUPPLIER_OFFERS): _TO_COMMUNITY,
    (TalkState.IDLE, TalkStep.LEAVE): _LEFT,
    (TalkState.IDLE, TalkStep.CLOSE): _CLOSED,
}
