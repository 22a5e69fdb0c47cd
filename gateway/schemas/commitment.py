"""The seats of a member: reserved, paid, changed, handed over, given up."""

from typing import Any

from marshmallow import fields, validate

from gateway.schemas.base import MAX_SEATS, Answer, Body, MoneySchema, PriceSchema, SentenceSchema, Strict, page_of
from gateway.schemas.fields import choice, flag, ident, moment, nested, options_of, string, whole

COMMITMENT_STATES = (
    *("waiting", "reserved", "authorised", "paid", "cancelled", "expired", "refunded", "moved", "delivered"),
)
CAUSES = ("own", "illness", "weather", "supplier", "changed")
DIGEST = 64


class Payment(Strict):
    """Money that the caller has seen outside, and the number of its receipt."""

    method = choice("offline", required=True)
    receipt = string(100, required=True)


def _party(**options: Any) -> fields.Dict:
    expected = 'an object such as {"adult": 1, "child": 2}, at most ten kinds'
    return fields.Dict(
        keys=string(30), values=whole(1, MAX_SEATS), validate=validate.Length(max=10), **options_of(expected, options)
    )


class ReserveSeats(Body):
    """Seats for the caller, or for ``member_id``; with a payment they are paid at once.

    ``upto_seats`` are taken if that reaches a tier, and paid at first; a ``party`` comes all or none; ``wait`` joins
    the waiting list where seats are short; ``terms_digest`` says that the terms of that digest are accepted.
    """

    seats = whole(1, MAX_SEATS, required=True)
    member_id = ident()
    payment = nested(Payment)
    upto_seats = whole(1, MAX_SEATS)
    party = _party()
    terms_digest = string(DIGEST)
    wait = flag()


class PayCommitment(Body):
    """The payment of a commitment; an amount, if given, must be what is owed."""

    method = choice("offline", required=True)
    receipt = string(100, required=True)
    amount = nested(PriceSchema)
    terms_digest = string(DIGEST)


class CancelCommitment(Body):
    """Why the seats are given up; a cause other than one's own is for those who manage the community to say."""

    cause = choice(*CAUSES)


class ChangeSeats(Body):
    """How many seats from now on."""

    seats = whole(1, MAX_SEATS, required=True)


class HandOver(Body):
    """The member of the campaign's communities that takes the seats."""

    member_id = ident(required=True)


class CommitmentView(Answer):
    """Seats that a member has reserved or paid; the price is per seat."""

    commitment_id = ident(required=True)
    campaign_id = ident(required=True)
    community_id = ident(required=True)
    member_id = ident(required=True)
    seats = whole(1, MAX_SEATS, required=True)
    upto_seats = whole(1, MAX_SEATS, required=True)
    party = _party(required=True)
    state = choice(*COMMITMENT_STATES, required=True)
    status = nested(SentenceSchema, required=True)
    price = nested(MoneySchema, required=True)
    amount = nested(MoneySchema, required=True)
    paid = nested(MoneySchema, required=True, allow_none=True)
    refunded = nested(MoneySchema, required=True, allow_none=True)
    kept = nested(MoneySchema, required=True)
    withheld = nested(MoneySchema, required=True)
    owed = nested(MoneySchema, required=True)
    final_price = nested(MoneySchema, required=True, allow_none=True)
    method = fields.String(required=True)
    frozen = flag(required=True)
    terms_digest = fields.String(required=True, allow_none=True)
    terms_accepted_at = moment(required=True, allow_none=True)
    hold_until = moment(required=True, allow_none=True)
    left_at = moment(required=True, allow_none=True)
    created_at = moment(required=True)


class UndoPayment(Body):
    """Why a payment that was recorded by mistake is taken back; kept with the correction."""

    reason = string(100, required=True)


CommitmentPage = page_of(CommitmentView)
