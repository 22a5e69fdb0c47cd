"""How orders and results look in the sandbox's API; what is not as it should be raises one of Python's own errors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from services.campaign.providers.port import Kind, Limits, Order, Result, StatementLine, Status
from services.kernel.clock import format_time, parse_time
from services.kernel.errors import InvalidError
from services.kernel.money import Money

COLLECTIONS = {
    Kind.CHARGE: "charges",
    Kind.AUTHORISE: "charges",
    Kind.CAPTURE: "captures",
    Kind.VOID: "voids",
    Kind.UNFREEZE: "unfreezes",
    Kind.REFUND: "refunds",
    Kind.SPLIT: "splits",
    Kind.SPLIT_RETURN: "split-returns",
}
MODES = {Kind.CHARGE: "pay_now", Kind.AUTHORISE: "authorise"}
MOST_SHOWN = 127  # letters of a description, which is only shown to the payer
ABOUT_A_CHARGE = (Kind.CAPTURE, Kind.VOID, Kind.UNFREEZE)  # posted below the charge that they are about


def path_of_order(order: Order) -> str:
    """Return where an order is posted."""
    if order.kind in ABOUT_A_CHARGE:
        return f"/v1/charges/{_quoted(str(order.about))}/{order.kind}"
    return f"/v1/{COLLECTIONS[order.kind]}"


def path_of_query(number: str, kind: Kind) -> str:
    """Return where an order is found."""
    return f"/v1/{COLLECTIONS[kind]}/{_quoted(number)}"


def body_of(order: Order) -> dict[str, Any]:
    """Return what is posted. Of what concerns all that is left no amount is sent: the provider says how much it was."""
    body: dict[str, Any] = {"number": order.number, **_own(order)}
    if not order.kind.takes_all:
        body |= {"currency": order.amount.currency}
    if order.notify_url is not None:
        body["notify_url"] = order.notify_url
    if order.description:
        body["description"] = order.description[:MOST_SHOWN]
    return body


def _own(order: Order) -> dict[str, Any]:
    amount = order.amount.minor
    match order.kind:
        case Kind.CHARGE | Kind.AUTHORISE:
            expires = {} if order.expires_at is None else {"expires_at": format_time(order.expires_at)}
            return {"mode": MODES[order.kind], "amount": amount, **expires}
        case Kind.REFUND:
            return {"charge": order.about, "amount": amount}
        case Kind.SPLIT:
            return {"charge": order.about, "receivers": [{"receiver": order.receiver, "amount": amount}]}
        case Kind.SPLIT_RETURN:
            return {"split": order.about, "receiver": order.receiver, "amount": amount}
        case Kind.CAPTURE:
            return {"amount": amount}
    return {}


def result_of(wire: Mapping[str, Any]) -> Result:
    """Read an order as the provider shows it."""
    return Result(
        number=_text(wire, "number"),
        status=Status(wire["status"]),
        kind=Kind(wire["kind"]),
        about=wire["about"],
        at=_time(wire, "at"),
        reason=wire["reason"],
        reference=wire["reference"],
        amount=_money(wire),
        sequence=int(wire["sequence"]),
        pay_url=wire.get("pay_url"),
    )


def line_of(wire: Mapping[str, Any]) -> StatementLine:
    """Read a line of a statement."""
    at = _time(wire, "at")
    if at is None:
        raise ValueError("a line of a statement has no time")
    kind, status = Kind(wire["kind"]), Status(wire["status"])
    return StatementLine(_text(wire, "number"), kind, _money(wire), wire["receiver"], at, wire["reference"], status)


def limits_of(wire: Mapping[str, int]) -> Limits:
    """Read the limits of a merchant; those that are not known here do not concern us."""
    return Limits(**{name: wire[name] for name in Limits.__slots__ if name in wire})


def _quoted(number: str) -> str:
    return quote(number, safe="")


def _text(wire: Mapping[str, Any], name: str) -> str:
    if not isinstance(wire[name], str):
        raise TypeError(f"{name} is not a text")
    return wire[name]


def _money(wire: Mapping[str, Any]) -> Money:
    try:
        return Money(wire["amount"], wire["currency"])
    except InvalidError as error:
        raise ValueError(error.message) from None


def _time(wire: Mapping[str, Any], name: str) -> datetime | None:
    try:
        return None if wire[name] is None else parse_time(wire[name], name)
    except InvalidError as error:
        raise ValueError(error.message) from None
