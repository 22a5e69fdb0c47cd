"""Rows that are written once, or only move on: transfers, payment orders, notices."""

from datetime import datetime

from services.campaign.domain.ledger import Phase, Transfer
from services.campaign.domain.notices import Notice, Option
from services.campaign.domain.orders import OrderState, PaymentOrder
from services.campaign.providers.port import Kind
from services.campaign.storage.rows import AnyRow, Row
from services.kernel.clock import format_time, parse_time
from services.kernel.money import Money


def row_of_transfer(transfer: Transfer, now: datetime) -> Row:
    """Return the row of a transfer."""
    return {
        "transfer_id": transfer.transfer_id,
        "key": transfer.key,
        "kind": transfer.kind,
        "debit_account": transfer.debit,
        "credit_account": transfer.credit,
        "amount_minor": transfer.amount.minor,
        "currency": transfer.amount.currency,
        "campaign_id": transfer.campaign_id,
        "commitment_id": transfer.commitment_id,
        "receipt": transfer.receipt,
        "phase": transfer.phase,
        "pending_id": transfer.pending_id,
        "provider": transfer.provider,
        "created_at": now,
    }


def transfer_of(row: AnyRow) -> Transfer:
    """Return the transfer of a row of ``transfers``."""
    return Transfer(
        transfer_id=row["transfer_id"],
        key=row["key"],
        kind=row["kind"],
        debit=row["debit_account"],
        credit=row["credit_account"],
        amount=Money(row["amount_minor"], row["currency"]),
        campaign_id=row["campaign_id"],
        commitment_id=row["commitment_id"],
        receipt=row["receipt"],
        phase=Phase(row["phase"]),
        pending_id=row["pending_id"],
        provider=row["provider"],
    )


def row_of_order(order: PaymentOrder) -> Row:
    """Return the row of a payment order."""
    plain = {name: getattr(order, name) for name in _ORDER}
    amount = {"amount_minor": order.amount.minor, "currency": order.amount.currency}
    return {**plain, **amount, "transfer_ids": list(order.transfer_ids)}


def order_of(row: AnyRow) -> PaymentOrder:
    """Return the payment order of a row of ``payment_orders``."""
    plain = {name: row[name] for name in _ORDER}
    kept = {"kind": Kind(row["kind"]), "state": OrderState(row["state"]), "transfer_ids": tuple(row["transfer_ids"])}
    return PaymentOrder(**{**plain, **kept, "amount": Money(row["amount_minor"], row["currency"])})


_ORDER = (
    *("order_id", "number", "provider", "kind", "about", "after", "receiver", "campaign_id", "commitment_id", "state"),
    *("sent", "due_at", "attempts", "expires_at", "sequence", "reference", "reason", "pay_url", "created_at"),
    "ended_at",
)


def row_of_notice(notice: Notice, now: datetime) -> Row:
    """Return the row of a notice."""
    return {
        "notice_id": notice.notice_id,
        "campaign_id": notice.campaign_id,
        "commitment_id": notice.commitment_id,
        "dispute_id": notice.dispute_id,
        "community_id": notice.community_id,
        "member_id": notice.member_id,
        "kind": notice.kind,
        "zh": notice.zh,
        "en": notice.en,
        "options": [[o.action, None if o.until is None else format_time(o.until)] for o in notice.options],
        "created_at": now,
    }


def notice_of(row: AnyRow) -> Notice:
    """Return the notice of a row of ``notices``."""
    options = tuple(Option(a, None if until is None else parse_time(until, "until")) for a, until in row["options"])
    ids = (row["campaign_id"], row["commitment_id"], row["community_id"], row["member_id"])
    return Notice(row["notice_id"], row["kind"], *ids, row["zh"], row["en"], options, row["dispute_id"])
