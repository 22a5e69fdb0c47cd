"""How orders, payments and statements are shown to the merchant."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from services.kernel.clock import format_time
from services.sandbox.model import Kind, Limits, Order, Payment, Status

COLUMNS = ("number", "kind", "status", "amount", "currency", "receiver", "about", "reference", "reason", "at")
MONEY = ("reserved", "paid", "frozen", "payee", "receivers", "refunded", "moving")


def order_view(order: Order, base_url: str) -> dict[str, Any]:
    """Return an order as the API and callbacks show it."""
    view = _facts(order) | {"sequence": order.sequence, "created_at": format_time(order.created_at)}
    if order.parts:
        view["receivers"] = [
            {
                "receiver": p.receiver,
                "amount": p.amount,
                "status": str(p.status),
                "reason": p.reason,
                "returned": p.returned,
            }
            for p in order.parts
        ]
    if order.kind.is_payment:
        view["expires_at"] = _time(order.expires_at)
        if order.status is Status.PENDING:
            view["pay_url"] = f"{base_url}/pay/{quote(order.number, safe='')}"
    return view


def payment_view(order: Order, payment: Payment, base_url: str) -> dict[str, Any]:
    """Return a charge together with where its money is."""
    money = {name: getattr(payment, name) for name in MONEY}
    times = {"unfreezes_at": _time(payment.unfreezes_at), "lapses_at": _time(payment.lapses_at)}
    return {**order_view(order, base_url), "money": {"stage": str(payment.stage), **money, **times}}


def limits_view(limits: Limits) -> dict[str, int]:
    """Return what this merchant may do."""
    return {name: getattr(limits, name) for name in Limits.__slots__}


def statement_lines(orders: Iterable[Order]) -> list[dict[str, Any]]:
    """Return a line for each order, and one for each receiver of a split."""
    return [line for order in orders for line in _lines(order)]


def statement_csv(lines: Iterable[dict[str, Any]]) -> str:
    """Return a statement as CSV (RFC 4180)."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _lines(order: Order) -> list[dict[str, Any]]:
    line = _facts(order) | {"at": _time(order.at or order.created_at)}
    if order.kind is not Kind.SPLIT:
        return [line]
    return [
        {**line, "status": str(p.status), "amount": p.amount, "receiver": p.receiver, "reason": p.reason}
        for p in order.parts
    ]


def _facts(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "kind": str(order.kind),
        "status": str(order.status),
        "amount": order.amount,
        "currency": order.currency,
        "receiver": order.receiver,
        "about": order.about,
        "reference": order.reference,
        "reason": order.reason,
        "at": _time(order.at),
    }


def _time(time: datetime | None) -> str | None:
    return None if time is None else format_time(time)
