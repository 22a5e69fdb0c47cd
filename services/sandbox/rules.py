"""What may happen to the money of a payment. Pure: each function returns the new payment, or raises ``Refused``.

Money moves twice for what takes time: it is taken when an order is accepted, so that no later order can have it, and
arrives or comes back when the order ends.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from services.sandbox.model import PERSONAL, Limits, Order, Part, Payment, Stage, Status
from services.sandbox.refusals import Refused

FULL_BP = 10_000
PAID = (Stage.FROZEN, Stage.FREE)


def paid(payment: Payment, amount: int, at: datetime, limits: Limits) -> Payment:
    """The payer has paid, or an authorisation is captured: the money is frozen. What is not captured is let go."""
    _require(payment, Stage.UNPAID, Stage.RESOLVING)
    unfreezes_at = at + timedelta(days=limits.unfreeze_days)
    return replace(
        payment, stage=Stage.FROZEN, reserved=0, paid=amount, frozen=amount, unfreezes_at=unfreezes_at, lapses_at=None
    )


def authorised(payment: Payment, amount: int, at: datetime, limits: Limits) -> Payment:
    """The payer's money is reserved."""
    _require(payment, Stage.UNPAID)
    lapses_at = at + timedelta(days=limits.authorisation_days)
    return replace(payment, stage=Stage.AUTHORISED, reserved=amount, lapses_at=lapses_at)


def not_paid(payment: Payment) -> Payment:
    """The payer declined, or the time to pay is over."""
    _require(payment, Stage.UNPAID)
    return replace(payment, stage=Stage.OVER)


def take_authorisation(payment: Payment, now: datetime, amount: int | None = None) -> Payment:
    """Begin to capture ``amount``, or to void: one of the two, once."""
    _require(payment, Stage.AUTHORISED)
    if amount is not None and payment.lapses_at is not None and now >= payment.lapses_at:
        raise Refused("AUTHORISATION_LAPSED", "it was not captured in time and has lapsed")
    if amount is not None and amount > payment.reserved:
        raise Refused("AMOUNT_EXCEEDED", f"only {payment.reserved} are authorised")
    return replace(payment, stage=Stage.RESOLVING)


def give_authorisation_back(payment: Payment) -> Payment:
    """The capture or void was declined; the money is still reserved."""
    _require(payment, Stage.RESOLVING)
    return replace(payment, stage=Stage.AUTHORISED)


def voided(payment: Payment) -> Payment:
    """The money that was reserved is the payer's again."""
    _require(payment, Stage.RESOLVING)
    return replace(payment, stage=Stage.OVER, reserved=0, lapses_at=None)


def take_for_refund(payment: Payment, amount: int) -> tuple[Payment, int, int]:
    """Take ``amount``, first of what is frozen, then of what the payee has; return how much of each."""
    _require(payment, *PAID)
    free = payment.frozen + payment.payee
    if free < amount <= free + payment.receivers:
        raise Refused("SPLIT_RETURN_NEEDED", f"only {free} are left of it; what was split off has to be returned first")
    if amount > free:
        raise Refused("AMOUNT_EXCEEDED", f"only {free} can be refunded")
    from_frozen = min(amount, payment.frozen)
    from_payee = amount - from_frozen
    taken = replace(
        payment,
        frozen=payment.frozen - from_frozen,
        payee=payment.payee - from_payee,
        moving=payment.moving + amount,
    )
    return taken, from_frozen, from_payee


def refunded(payment: Payment, amount: int) -> Payment:
    """The payer has it back."""
    return replace(payment, moving=payment.moving - amount, refunded=payment.refunded + amount)


def refund_failed(payment: Payment, from_frozen: int, from_payee: int) -> Payment:
    """It comes back to where it was taken from."""
    moved = replace(payment, moving=payment.moving - from_payee, payee=payment.payee + from_payee)
    return _back(moved, from_frozen)


def take_for_split(payment: Payment, parts: tuple[Part, ...], limits: Limits) -> Payment:
    """Take what a split gives to its receivers, within the limits."""
    _require(payment, Stage.FROZEN)
    amount = sum(part.amount for part in parts)
    if payment.splits >= limits.splits_per_payment:
        raise Refused("TOO_MANY_SPLITS", f"a payment may be split {limits.splits_per_payment} times")
    if len(parts) > limits.receivers_per_split:
        raise Refused("TOO_MANY_RECEIVERS", f"a split may have {limits.receivers_per_split} receivers")
    if len({part.receiver for part in parts}) < len(parts):
        raise Refused("RECEIVER_REPEATED", "a receiver stands twice in a split")
    most = payment.paid * limits.share_bp // FULL_BP
    if payment.shared + amount > most:
        raise Refused(
            "SHARE_EXCEEDED", f"at most {most} of this payment may be split off, {payment.shared} are already"
        )
    if amount > payment.frozen:
        raise Refused("AMOUNT_EXCEEDED", f"only {payment.frozen} are still frozen")
    return replace(
        payment,
        frozen=payment.frozen - amount,
        moving=payment.moving + amount,
        splits=payment.splits + 1,
        shared=payment.shared + amount,
    )


def split(payment: Payment, given: int, failed: int) -> Payment:
    """The receivers have ``given``; ``failed`` comes back."""
    moved = replace(payment, moving=payment.moving - given, receivers=payment.receivers + given)
    return replace(_back(moved, failed), shared=moved.shared - failed)


def take_for_return(order: Order, receiver: str, amount: int) -> Order:
    """Note on a split that ``amount`` is coming back from ``receiver``."""
    if receiver.startswith(PERSONAL):
        raise Refused("NOT_RETURNABLE", "what went to a person cannot be returned")
    part = next((part for part in order.parts if part.receiver == receiver), None)
    if part is None or part.status is not Status.SUCCEEDED:
        raise Refused("NOTHING_TO_RETURN", f"{receiver} got nothing of this split")
    if part.amount - part.returned < amount:
        raise Refused("AMOUNT_EXCEEDED", f"{receiver} can return {part.amount - part.returned} at most")
    return _with_returned(order, receiver, amount)


def return_failed(order: Order, receiver: str, amount: int) -> Order:
    """Nothing comes back after all."""
    return _with_returned(order, receiver, -amount)


def returned(payment: Payment, amount: int) -> Payment:
    """The payee, from whose money it was split, has it back."""
    return replace(payment, receivers=payment.receivers - amount, payee=payment.payee + amount)


def require_frozen(payment: Payment) -> None:
    """Refuse to unfreeze what is not frozen."""
    _require(payment, Stage.FROZEN)


def unfrozen(payment: Payment) -> tuple[Payment, int]:
    """All that is left goes to the payee; return how much it was. Nothing can be split any more."""
    _require(payment, Stage.FROZEN)
    freed = payment.frozen
    return replace(payment, stage=Stage.FREE, frozen=0, payee=payment.payee + freed, unfreezes_at=None), freed


def _back(payment: Payment, amount: int) -> Payment:
    """Put back what was taken of the frozen money: to the payee, if nothing is frozen any more."""
    moved = replace(payment, moving=payment.moving - amount)
    if payment.stage is Stage.FREE:
        return replace(moved, payee=moved.payee + amount)
    return replace(moved, frozen=moved.frozen + amount)


def _with_returned(order: Order, receiver: str, amount: int) -> Order:
    parts = (replace(p, returned=p.returned + amount) if p.receiver == receiver else p for p in order.parts)
    return replace(order, parts=tuple(parts))


def _require(payment: Payment, *stages: Stage) -> None:
    if payment.stage not in stages:
        wanted = " or ".join(stages)
        raise Refused("WRONG_STATE", f"the payment is {payment.stage}; this needs it {wanted}", stage=payment.stage)
