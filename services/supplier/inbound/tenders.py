"""Requests about tenders, bids and negotiations."""

from services.kernel.caller import Caller
from services.supplier.domain import tender_commands as commands
from services.supplier.domain.proposals import MAX_SLOTS, NewProposal
from services.supplier.domain.tender_life import TenderState
from services.supplier.domain.terms import Tier
from services.supplier.inbound.offers import TierReader
from services.supplier.inbound.reading import (
    Request,
    Tolerant,
    Values,
    count,
    id_,
    list_of,
    load,
    many,
    needed,
    one_of,
    optional,
    text,
    time,
)
from services.supplier.inbound.requests import PROSE, REASON, by_id, listing


class _Proposal(Tolerant):
    tiers = many(TierReader, 100, required=True)
    slot_ids = needed(list_of(id_, MAX_SLOTS))
    min_group = optional(count())
    max_group = optional(count())
    note = optional(text(PROSE))
    valid_until = needed(time)


class _Submit(_Proposal):
    tender_id = needed(id_)
    offer_id = needed(id_)


class _Choose(Tolerant):
    tender_id = needed(id_)
    bid_id = needed(id_)
    slot_id = optional(id_)
    reason = optional(text(REASON))


class _Start(_Proposal):
    bid_id = needed(id_)
    reason = optional(text(REASON))


class _Counter(_Proposal):
    negotiation_id = needed(id_)


class _Accept(Tolerant):
    negotiation_id = needed(id_)
    number = needed(count())


class _Leave(Tolerant):
    negotiation_id = needed(id_)
    reason = needed(text(REASON))


_PROPOSAL = ("tiers", "slot_ids", "min_group", "max_group", "note", "valid_until")


def _proposal(data: Values) -> NewProposal:
    found = {name: data.pop(name) for name in _PROPOSAL}
    return NewProposal(**{**found, "tiers": tuple(Tier(**tier) for tier in found["tiers"])})


def submit_bid(request: Request) -> commands.SubmitBid:
    """Read a bid."""
    data = load(_Submit(), request["data"])
    return commands.SubmitBid(caller=Caller.from_wire(request["caller"]), proposal=_proposal(data), **data)


def withdraw_bid(request: Request) -> commands.WithdrawBid:
    """Read which bid is taken back."""
    question = by_id("bid_id")(request)
    return commands.WithdrawBid(question.caller, question.id)


def choose_bid(request: Request) -> commands.ChooseBid:
    """Read which bid is taken."""
    return commands.ChooseBid(caller=Caller.from_wire(request["caller"]), **load(_Choose(), request["data"]))


def close_tender(request: Request) -> commands.CloseTender:
    """Read which tender is ended."""
    question = by_id("tender_id")(request)
    return commands.CloseTender(question.caller, question.id)


def start_negotiation(request: Request) -> commands.StartNegotiation:
    """Read the first offer of a negotiation."""
    data = load(_Start(), request["data"])
    return commands.StartNegotiation(caller=Caller.from_wire(request["caller"]), proposal=_proposal(data), **data)


def counter_offer(request: Request) -> commands.CounterOffer:
    """Read another offer of a negotiation."""
    data = load(_Counter(), request["data"])
    return commands.CounterOffer(caller=Caller.from_wire(request["caller"]), proposal=_proposal(data), **data)


def accept_offer(request: Request) -> commands.AcceptOffer:
    """Read which offer is accepted."""
    return commands.AcceptOffer(caller=Caller.from_wire(request["caller"]), **load(_Accept(), request["data"]))


def leave_negotiation(request: Request) -> commands.LeaveNegotiation:
    """Read which negotiation is left, and why."""
    return commands.LeaveNegotiation(caller=Caller.from_wire(request["caller"]), **load(_Leave(), request["data"]))


list_tenders = listing(pool_id=id_, state=one_of(TenderState))
