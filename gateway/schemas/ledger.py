"""The books: the ledger of a campaign, of a node, and the common funds of communities."""

from marshmallow import fields

from gateway.schemas.base import Answer, Body, MoneySchema, PriceSchema
from gateway.schemas.fields import choice, flag, ident, moment, nested, string, whole

PHASES = ("posted", "pending", "post", "void", "timeout")
KINDS = (
    *("payment", "refund", "tier_difference", "release", "return", "moved", "hand_over", "cover", "contribution"),
    *("late_payment", "late_refund", "correction"),
)


class Contribution(Body):
    """What was given to the common fund, the number of its receipt, and by which member if it was one."""

    amount = nested(PriceSchema, required=True)
    receipt = string(100, required=True)
    member_id = ident()


class GiftView(Answer):
    """What was given to a common fund."""

    community_id = ident(required=True)
    transfer_id = ident(required=True)
    amount = nested(MoneySchema, required=True)
    receipt = fields.String(required=True)


class FundBalance(Answer):
    """What a fund has in one currency, and what of it is set aside for campaigns."""

    balance = nested(MoneySchema, required=True)
    set_aside = nested(MoneySchema, required=True)


class FundLine(Answer):
    """What came to a fund, or went from it, below zero; givers are told to those who manage the community."""

    transfer_id = ident(required=True)
    kind = choice(*KINDS, required=True)
    amount = nested(MoneySchema, required=True)
    phase = choice(*PHASES, required=True)
    campaign_id = ident(required=True, allow_none=True)
    giver = fields.String(required=True, allow_none=True, data_key="from", attribute="from")
    receipt = fields.String(required=True, allow_none=True)
    created_at = moment(required=True)


class FundView(Answer):
    """The common fund of a community, with a page of what came and went."""

    community_id = ident(required=True)
    balances = fields.List(nested(FundBalance), required=True)
    items = fields.List(nested(FundLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Account(Answer):
    """An account and what is on it; the members of other communities are one account."""

    account = fields.String(required=True)
    balance = nested(MoneySchema, required=True)


class Transfer(Answer):
    """A movement of money; it is never changed. A pending one is ended, once, by another that names it."""

    transfer_id = ident(required=True)
    kind = choice(*KINDS, required=True)
    debit_account = fields.String(required=True)
    credit_account = fields.String(required=True)
    amount = nested(MoneySchema, required=True)
    campaign_id = ident(required=True, allow_none=True)
    commitment_id = ident(required=True, allow_none=True)
    receipt = fields.String(required=True, allow_none=True)
    phase = choice(*PHASES, required=True)
    pending_id = ident(required=True, allow_none=True)
    method = fields.String(required=True)
    created_at = moment(required=True)


class CampaignLedgerView(Answer):
    """All the money of a campaign; the sum of the accounts is zero."""

    campaign_id = ident(required=True)
    accounts = fields.List(nested(Account), required=True)
    transfers = fields.List(nested(Transfer), required=True)
    sum = nested(MoneySchema, required=True)
    complete = flag(required=True)


class CurrencyTotals(Answer):
    """The money of the node in one currency."""

    currency = fields.String(required=True)
    sum = nested(MoneySchema, required=True)
    paid = nested(MoneySchema, required=True)
    refunded = nested(MoneySchema, required=True)
    released = nested(MoneySchema, required=True)
    escrow = nested(MoneySchema, required=True)
    pending = nested(MoneySchema, required=True)


class LedgerDifference(Answer):
    """A figure that is kept and that is another when it is worked out again."""

    subject = fields.String(required=True)
    kept = fields.String(required=True)
    recomputed = fields.String(required=True)


class LedgerView(Answer):
    """The ledger of the node; differences would name what does not add up."""

    currencies = fields.List(nested(CurrencyTotals), required=True)
    campaigns = whole(0, 2**53, required=True)
    transfers = whole(0, 2**53, required=True)
    differences = fields.List(nested(LedgerDifference), required=True)
