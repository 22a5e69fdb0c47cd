"""From a request that was accepted to its end. Pure: what is given in, and what comes out, are values.

``accept_*`` makes the pending order and takes what it needs of the payment; ``end`` ends an order whose time has come.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.sandbox import rules
from services.sandbox.model import PERSONAL, Kind, Limits, Order, Part, Payment, Status
from services.sandbox.refusals import Refused

LIMIT_REACHED = "RECEIVER_RECEIPT_LIMIT"


@dataclass(frozen=True, slots=True)
class Step:
    """What an order leads to: itself, the payment, and the split that it changes, if it is the return of one."""

    order: Order
    payment: Payment
    split: Order | None = None


def accept_charge(order: Order) -> Step:
    """A payment begins."""
    if order.expires_at is not None and order.expires_at <= order.created_at:
        raise Refused("EXPIRED", "expires_at has passed already")
    return Step(order, Payment(order.charge, order.currency))


def accept_capture(order: Order, payment: Payment) -> Step:
    """A capture, of all that is authorised or of less."""
    _same_currency(order, payment)
    return Step(order, rules.take_authorisation(payment, order.created_at, order.amount))


def accept_void(order: Order, payment: Payment) -> Step:
    """A void, of all that is authorised."""
    taken = rules.take_authorisation(payment, order.created_at)
    return Step(replace(order, amount=payment.reserved, currency=payment.currency), taken)


def accept_unfreeze(order: Order, payment: Payment) -> Step:
    """An unfreeze; how much it is will be known when it ends."""
    rules.require_frozen(payment)
    return Step(replace(order, amount=payment.frozen, currency=payment.currency), payment)


def accept_refund(order: Order, payment: Payment) -> Step:
    """A refund, of all or a part."""
    _same_currency(order, payment)
    taken, from_frozen, from_payee = rules.take_for_refund(payment, order.amount)
    return Step(replace(order, from_frozen=from_frozen, from_payee=from_payee), taken)


def accept_split(order: Order, payment: Payment, limits: Limits) -> Step:
    """A split among receivers."""
    _same_currency(order, payment)
    return Step(order, rules.take_for_split(payment, order.parts, limits))


def accept_return(order: Order, payment: Payment, split: Order) -> Step:
    """A return of what a receiver got of a split."""
    _same_currency(order, payment)
    return Step(order, payment, rules.take_for_return(split, str(order.receiver), order.amount))


def end(order: Order, payment: Payment, split: Order | None, limits: Limits, received: Mapping[str, int]) -> Step:
    """End an order as it was planned. ``received`` says what each personal receiver got this month so far."""
    at = order.due_at or order.created_at
    if order.kind is Kind.SPLIT:
        return _end_split(order, payment, limits, received, at)
    if order.planned is not None:
        return _decline(order, payment, split, order.planned, at)
    if order.kind is Kind.UNFREEZE:
        return _end_unfreeze(order, payment, at)
    return Step(_ended(order, Status.SUCCEEDED, at), _moved(order, payment, limits, at), split)


def decide(order: Order, now: datetime, reason: str | None) -> Order:
    """The payer decides by hand: it ends now."""
    if order.status is not Status.PENDING or not order.kind.is_payment:
        raise Refused("WRONG_STATE", f"the {order.kind} is {order.status}; only a pending payment can be decided")
    return replace(order, due_at=now, planned=reason)


def _moved(order: Order, payment: Payment, limits: Limits, at: datetime) -> Payment:
    match order.kind:
        case Kind.CHARGE | Kind.CAPTURE:
            return rules.paid(payment, order.amount, at, limits)
        case Kind.AUTHORISE:
            return rules.authorised(payment, order.amount, at, limits)
        case Kind.VOID:
            return rules.voided(payment)
        case Kind.REFUND:
            return rules.refunded(payment, order.amount)
        case Kind.SPLIT_RETURN:
            return rules.returned(payment, order.amount)
    raise ValueError(f"{order.kind} moves money in a way of its own")


def _decline(order: Order, payment: Payment, split: Order | None, reason: str, at: datetime) -> Step:
    match order.kind:
        case Kind.CHARGE | Kind.AUTHORISE:
            payment = rules.not_paid(payment)
        case Kind.CAPTURE:
            payment = rules.give_authorisation_back(payment)
        case Kind.REFUND:
            payment = rules.refund_failed(payment, order.from_frozen, order.from_payee)
        case Kind.SPLIT_RETURN if split is not None:
            split = rules.return_failed(split, str(order.receiver), order.amount)
    return Step(_ended(order, Status.DECLINED, at, reason), payment, split)


def _end_unfreeze(order: Order, payment: Payment, at: datetime) -> Step:
    try:
        payment, freed = rules.unfrozen(payment)
    except Refused as refusal:  # another unfreeze was quicker
        return Step(_ended(replace(order, amount=0), Status.DECLINED, at, refusal.code), payment)
    return Step(_ended(replace(order, amount=freed), Status.SUCCEEDED, at), payment)


def _end_split(order: Order, payment: Payment, limits: Limits, received: Mapping[str, int], at: datetime) -> Step:
    parts = tuple(_end_part(part, limits, received) for part in order.parts)
    given = sum(part.amount for part in parts if part.status is Status.SUCCEEDED)
    moved = rules.split(payment, given, order.amount - given)
    # With one receiver the order ends as its part does; with several it succeeds if one of them got anything.
    status = Status.SUCCEEDED if given else Status.DECLINED
    ended = _ended(replace(order, parts=parts), status, at, None if given else parts[0].reason)
    return Step(ended, moved)


def _end_part(part: Part, limits: Limits, received: Mapping[str, int]) -> Part:
    reason = part.reason
    if part.receiver.startswith(PERSONAL) and received.get(part.receiver, 0) + part.amount > limits.receiver_month:
        reason = reason or LIMIT_REACHED
    return replace(part, status=Status.SUCCEEDED if reason is None else Status.DECLINED, reason=reason)


def _ended(order: Order, status: Status, at: datetime, reason: str | None = None) -> Order:
    return replace(order, status=status, at=at, reason=reason, sequence=order.sequence + 1, due_at=None, planned=None)


def _same_currency(order: Order, payment: Payment) -> None:
    if order.currency != payment.currency:
        raise Refused("CURRENCY_MISMATCH", f"the payment is in {payment.currency}, not in {order.currency}")
