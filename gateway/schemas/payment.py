"""Payments through a provider."""

from marshmallow import fields

from gateway.schemas.base import Answer, Body, MoneySchema, SentenceSchema, page_of
from gateway.schemas.commitment import DIGEST
from gateway.schemas.fields import choice, flag, ident, moment, nested, string

KINDS = ("charge", "authorise", "capture", "void", "refund", "split", "split_return", "unfreeze")
ORDER_STATES = ("open", "succeeded", "declined", "dropped")


class StartPayment(Body):
    """Pay by a provider of this node; ``later`` reserves the money, and takes it when the group is formed."""

    provider = string(30, required=True)
    later = flag()
    terms_digest = string(DIGEST)


class RetryRefund(Body):
    """Try again to give back what is owed; ``in_cash`` notes that it was given back by hand."""

    in_cash = flag()


class PaymentOrderView(Answer):
    """What a provider was asked to do, and what became of it; the member pays at ``pay_url``, if there is one."""

    order_id = ident(required=True)
    number = fields.String(required=True)
    campaign_id = ident(required=True)
    commitment_id = ident(required=True)
    provider = fields.String(required=True)
    kind = choice(*KINDS, required=True)
    amount = nested(MoneySchema, required=True)
    state = choice(*ORDER_STATES, required=True)
    status = nested(SentenceSchema, required=True)
    reason = fields.String(required=True, allow_none=True)
    reference = fields.String(required=True, allow_none=True)
    pay_url = fields.String(required=True, allow_none=True)
    expires_at = moment(required=True, allow_none=True)
    created_at = moment(required=True)
    ended_at = moment(required=True, allow_none=True)


class TakenView(Answer):
    """The callback was taken."""

    taken = fields.Boolean(required=True)


PaymentOrderPage = page_of(PaymentOrderView)
