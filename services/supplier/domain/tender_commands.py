"""What others ask about procedures and tenders, already read and checked for shape."""

from dataclasses import dataclass

from services.kernel.caller import Caller
from services.kernel.ids import BidId, CommunityId, NegotiationId, OfferId, PoolId, SlotId, TenderId
from services.supplier.domain.procedures import Procedure
from services.supplier.domain.proposals import NewProposal
from services.supplier.domain.tender_rules import TenderRules


@dataclass(frozen=True, slots=True)
class SetProcedure:
    """How ``community_id``, by default the caller's, gets suppliers in a category; None: in all others."""

    caller: Caller
    community_id: CommunityId | None
    category: str | None
    procedure: Procedure
    rules: TenderRules


@dataclass(frozen=True, slots=True)
class ChooseProcedure:
    """How one pool is to get its supplier, as a community of it wishes."""

    caller: Caller
    community_id: CommunityId | None
    pool_id: PoolId
    procedure: Procedure


@dataclass(frozen=True, slots=True)
class SubmitBid:
    """Put in a sealed bid that rests on an offer, or another one in its place."""

    caller: Caller
    tender_id: TenderId
    offer_id: OfferId
    proposal: NewProposal


@dataclass(frozen=True, slots=True)
class WithdrawBid:
    """Take a sealed bid back."""

    caller: Caller
    bid_id: BidId


@dataclass(frozen=True, slots=True)
class ChooseBid:
    """Agree to a bid, in one of its slots; ``reason`` is needed where it does not rank first."""

    caller: Caller
    tender_id: TenderId
    bid_id: BidId
    slot_id: SlotId | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class CloseTender:
    """End a tender without an agreement."""

    caller: Caller
    tender_id: TenderId


@dataclass(frozen=True, slots=True)
class StartNegotiation:
    """Answer a bid with an offer of the communities; ``reason`` is needed where it does not rank first."""

    caller: Caller
    bid_id: BidId
    proposal: NewProposal
    reason: str | None


@dataclass(frozen=True, slots=True)
class CounterOffer:
    """Put another offer on the table of a negotiation."""

    caller: Caller
    negotiation_id: NegotiationId
    proposal: NewProposal


@dataclass(frozen=True, slots=True)
class AcceptOffer:
    """Agree to the offer ``number`` of the other side."""

    caller: Caller
    negotiation_id: NegotiationId
    number: int


@dataclass(frozen=True, slots=True)
class LeaveNegotiation:
    """End a negotiation without an agreement."""

    caller: Caller
    negotiation_id: NegotiationId
    reason: str
