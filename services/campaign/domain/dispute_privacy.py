"""Who has which part in a dispute. Whoever has none learns only that there is no such dispute."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.campaign.domain.disputes import IN_MEDIATION, Dispute, Side, Statement
from services.campaign.domain.errors import DisputeUnknownError, NotPartyError
from services.campaign.domain.model import Campaign, Commitment
from services.kernel.caller import Caller, Role


class Seat(StrEnum):
    """From where a caller looks at a dispute."""

    CLAIMANT = "claimant"
    SUPPLIER = "supplier"
    MEDIATOR = "mediator"
    OPERATOR = "node_operator"


@dataclass(frozen=True, slots=True)
class Case:
    """A dispute with all that is needed to show it to its caller at ``now``."""

    dispute: Dispute
    statements: tuple[Statement, ...]
    campaign: Campaign
    commitment: Commitment
    caller: Caller
    now: datetime


def seat_of(dispute: Dispute, caller: Caller) -> Seat | None:
    """Return the part that a caller has: the member, who manages its community, the supplier, the present mediator,
    the node operator; None for everybody else, those who manage the supplier's or the mediator's community included.
    """
    if caller.is_node_operator:
        return Seat.OPERATOR
    if caller.supplier_id is not None:
        return Seat.SUPPLIER if caller.supplier_id == dispute.supplier_id else None
    if is_mediator(dispute, caller):
        return Seat.MEDIATOR
    if not caller.sees(dispute.community_id):
        return None
    own = caller.role is not Role.MEMBER or caller.member_id == dispute.member_id
    return Seat.CLAIMANT if own else None


def is_mediator(dispute: Dispute, caller: Caller) -> bool:
    """Tell whether the case is the caller's to decide, now or as it was when the case was closed."""
    one = dispute.mediator
    return one is not None and (one.member_id, one.community_id) == (caller.member_id, caller.community_id)


def known(dispute: Dispute | None, caller: Caller) -> Dispute:
    """Return the dispute if the caller has a part in it; raise ``DisputeUnknownError`` otherwise."""
    if dispute is None or seat_of(dispute, caller) is None:
        raise DisputeUnknownError("there is no such dispute")
    return dispute


def party_of(dispute: Dispute, caller: Caller, *allowed: Side) -> Side:
    """Return the side that a caller speaks for, the node operator for a supplier that cannot; refuse all others."""
    seat = seat_of(known(dispute, caller), caller)
    side = {Seat.CLAIMANT: Side.CLAIMANT, Seat.SUPPLIER: Side.SUPPLIER, Seat.OPERATOR: Side.SUPPLIER}.get(seat)
    wanted = allowed or (Side.CLAIMANT, Side.SUPPLIER)
    if side is None or side not in wanted:
        allowed_ = [str(one) for one in wanted]
        raise NotPartyError("another side of the dispute does this", state=str(dispute.state), allowed=allowed_)
    return side


def judge_of(dispute: Dispute, caller: Caller) -> Side:
    """Return as what a caller decides: the present mediator, or the node operator where there is none."""
    seat = seat_of(known(dispute, caller), caller)
    if seat is Seat.MEDIATOR:
        return Side.MEDIATOR
    if seat is Seat.OPERATOR and dispute.mediator is None:
        return Side.OPERATOR
    waiting = dispute.mediator is None and dispute.state in IN_MEDIATION
    allowed = [str(Seat.OPERATOR if waiting else Seat.MEDIATOR)]
    raise NotPartyError("somebody else decides this dispute", state=str(dispute.state), allowed=allowed)
