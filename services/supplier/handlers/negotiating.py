"""Negotiations with bidders: offers, counter-offers, acceptance, and the end of each validity."""

from typing import Any
from uuid import UUID

from services.kernel.clock import format_time
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.supplier.domain.negotiations import Negotiation, Side, side_of
from services.supplier.domain.proposals import NewProposal, Proposal, propose_on
from services.supplier.domain.tender_commands import AcceptOffer, CounterOffer, LeaveNegotiation, StartNegotiation
from services.supplier.domain.tender_errors import BidNotFoundError, NegotiationStateError, TenderNotFoundError
from services.supplier.domain.tender_events import NegotiationMoved
from services.supplier.domain.tender_life import TalkState
from services.supplier.domain.tenders import Bid, Tender
from services.supplier.handlers.access import MANAGERS, OWNERS
from services.supplier.handlers.agreeing import agree_to_offer, require_fit, require_reason
from services.supplier.handlers.bidding import bookable
from services.supplier.handlers.tender_access import (
    lock_tender,
    see_bid,
    see_negotiation,
    stop_tender,
    talk_timer,
    tell,
)
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

# Who acts for communities, and the bidder; the community that registered a supplier does not speak for it here.
SPEAKERS = OWNERS


def start_negotiation(command: StartNegotiation, uow: SupplierUnitOfWork) -> Negotiation:
    """Answer a bid with an offer of the communities. With a bid that does not rank first a reason is needed."""
    command.caller.require(*MANAGERS)
    bid = see_bid(uow, command.caller, command.bid_id)
    tender = lock_tender(uow, _tender_of(uow, bid))
    tender.require_deciding()
    if uow.negotiations.about(bid.bid_id) is not None:
        raise NegotiationStateError("the bid has been negotiated already", state="known", bid_id=str(bid.bid_id))
    ranked = require_reason(uow, tender, bid, command.reason)
    now = uow.clock.now()
    talk = Negotiation(
        negotiation_id=new_id(),
        tender_id=tender.tender_id,
        bid_id=bid.bid_id,
        supplier_id=bid.supplier_id,
        state=TalkState.IDLE,
        most=tender.rules.offers,
        offers=(),
        because=command.reason if ranked.rank != 1 else None,
        version=1,
        created_at=now,
    )
    begun = talk.offer(Side.COMMUNITY, _proposal(uow, tender, bid, command.proposal, Side.COMMUNITY), now)
    uow.negotiations.add(begun)
    return _moved(uow, begun)


def counter_offer(command: CounterOffer, uow: SupplierUnitOfWork) -> Negotiation:
    """Put another offer on the table, by the side whose turn it is."""
    command.caller.require(*SPEAKERS)
    tender, bid, talk = _lock(uow, see_negotiation(uow, command.caller, command.negotiation_id))
    tender.require_deciding()
    side = side_of(command.caller)
    countered = talk.offer(side, _proposal(uow, tender, bid, command.proposal, side), uow.clock.now())
    uow.negotiations.save(countered)
    return _moved(uow, countered)


def accept_offer(command: AcceptOffer, uow: SupplierUnitOfWork) -> Negotiation:
    """Agree to the offer of the other side, which ends the tender."""
    command.caller.require(*SPEAKERS)
    seen = see_negotiation(uow, command.caller, command.negotiation_id)
    stop_tender(uow, seen.tender_id)
    tender, bid, talk = _lock(uow, seen)
    accepted = talk.accept(side_of(command.caller), command.number, uow.clock.now())
    tender.require_deciding()
    uow.negotiations.save(accepted)
    tell(uow, NegotiationMoved(accepted))
    agree_to_offer(uow, tender, bid, accepted)
    return accepted


def leave_negotiation(command: LeaveNegotiation, uow: SupplierUnitOfWork) -> Negotiation:
    """Let either side out; the bid stays as it was."""
    command.caller.require(*SPEAKERS)
    _, _, talk = _lock(uow, see_negotiation(uow, command.caller, command.negotiation_id))
    left = talk.leave(command.reason)
    uow.negotiations.save(left)
    tell(uow, NegotiationMoved(left))
    return left


def expire_offer(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Take an offer from the table when its time is over, if it still is the one."""
    seen = uow.negotiations.find(UUID(payload["negotiation_id"]))
    if seen is None:
        return
    lock_tender(uow, _tender_of(uow, seen))
    talk = uow.negotiations.find(seen.negotiation_id) or seen
    expired = talk.after(uow.clock.now())
    if expired != talk:
        uow.negotiations.save(expired)
        tell(uow, NegotiationMoved(expired))


def _proposal(uow: SupplierUnitOfWork, tender: Tender, bid: Bid, new: NewProposal, side: Side) -> Proposal:
    if new.valid_until > tender.decide_by:
        problem = f"{format_time(new.valid_until)} is too late"
        raise InvalidError("valid_until", problem, f"at the latest {format_time(tender.decide_by)}")
    if bid.proposal is None:
        raise BidNotFoundError("there is no such bid", bid_id=str(bid.bid_id))
    base = bid.proposal.offer
    proposal = propose_on(base, new, bookable(uow, base.offer_id), uow.clock.now())
    if side is Side.COMMUNITY:
        # Else the supplier would learn the ceiling by accepting what cannot be paid.
        require_fit(uow, tender, proposal)
    return proposal


def _lock(uow: SupplierUnitOfWork, seen: Negotiation) -> tuple[Tender, Bid, Negotiation]:
    uow.timers.cancel(talk_timer(seen.negotiation_id))
    tender = lock_tender(uow, _tender_of(uow, seen))
    bid, talk = uow.bids.find(seen.bid_id), uow.negotiations.find(seen.negotiation_id)
    if bid is None or talk is None:
        raise BidNotFoundError("there is no such bid", bid_id=str(seen.bid_id))
    return tender, bid, talk


def _tender_of(uow: SupplierUnitOfWork, it: Bid | Negotiation) -> Tender:
    tender = uow.tenders.find(it.tender_id)
    if tender is None:
        raise TenderNotFoundError("there is no such tender", tender_id=str(it.tender_id))
    return tender


def _moved(uow: SupplierUnitOfWork, talk: Negotiation) -> Negotiation:
    standing = talk.standing
    if standing is not None:
        payload = {"negotiation_id": str(talk.negotiation_id)}
        uow.timers.set(talk_timer(talk.negotiation_id), standing.proposal.valid_until, "expire_offer", payload)
    tell(uow, NegotiationMoved(talk))
    return talk
