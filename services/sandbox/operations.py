"""What a merchant may ask, as a table: method, address, and what is done within the transaction."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.sandbox import ordering, reading
from services.sandbox.desk import Accept, Books, Desk
from services.sandbox.model import Kind, Order, Part
from services.sandbox.refusals import Malformed
from services.sandbox.reply import Reply, json_reply, text_reply
from services.sandbox.showing import limits_view, order_view, payment_view, statement_csv, statement_lines

MODES = {"pay_now": Kind.CHARGE, "authorise": Kind.AUTHORISE}
CHARGES, CAPTURE, ALL = reading.AskCharge(), reading.AskCapture(), reading.AskAll()
REFUND, SPLIT, RETURN, STATEMENT = reading.AskRefund(), reading.AskSplit(), reading.AskReturn(), reading.AskStatement()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose signature is right; ``number`` is that of its address."""

    number: str
    body: bytes
    query: str
    accept: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, and the callbacks that are sent before it."""

    reply: Reply
    first: tuple[int, ...] = ()


Run = Callable[[Books, Asked, Desk], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; ``pattern`` is the address, in which ``number`` stands for that of an order."""

    method: str
    pattern: re.Pattern[str]
    run: Run

    def subject(self, asked: Asked) -> str:
        """Return the number of the order that is asked for or about, or nothing."""
        if self.method == "GET":
            return asked.number
        try:
            number = json.loads(asked.body)["number"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return ""
        return number if isinstance(number, str) and reading.is_number(number) else ""


def _draft(books: Books, kind: Kind, charge: str, data: dict[str, Any], asked: Asked, **more: Any) -> Order:
    """Return an order as it is asked for."""
    draft = {
        "number": data["number"],
        "kind": kind,
        "charge": charge,
        "about": charge,
        "amount": data.get("amount", 0),
        "currency": data.get("currency", ""),
        "created_at": books.now,
        "reference": "",
        "digest": reading.digest_of(kind, asked.number, asked.body),
        "notify_url": data.get("notify_url"),
        "description": data.get("description", ""),
    }
    return Order(**{**draft, **more})


def _accept(books: Books, desk: Desk, draft: Order, accept: Accept) -> Answer:
    accepted = books.accept(draft, accept)
    return Answer(json_reply(200, order_view(accepted.order, desk.base_url)), accepted.first)


def charge(books: Books, asked: Asked, desk: Desk) -> Answer:
    """Begin a payment."""
    data = reading.read_body(CHARGES, asked.body)
    hours = timedelta(hours=desk.mischief.profile.limits.charge_hours)
    more = {"about": None, "expires_at": data.get("expires_at") or books.now + hours}
    draft = _draft(books, MODES[data["mode"]], data["number"], data, asked, **more)
    return _accept(books, desk, draft, lambda _, order: ordering.accept_charge(order))


def capture(books: Books, asked: Asked, desk: Desk) -> Answer:
    """Take what was authorised."""
    draft = _draft(books, Kind.CAPTURE, asked.number, reading.read_body(CAPTURE, asked.body), asked)
    return _accept(books, desk, draft, lambda b, order: ordering.accept_capture(order, b.payment(order.charge)))


def void(books: Books, asked: Asked, desk: Desk) -> Answer:
    """Let go what was authorised."""
    draft = _draft(books, Kind.VOID, asked.number, reading.read_body(ALL, asked.body), asked)
    return _accept(books, desk, draft, lambda b, order: ordering.accept_void(order, b.payment(order.charge)))


def unfreeze(books: Books, asked: Asked, desk: Desk) -> Answer:
    """Give what is left to the payee."""
    draft = _draft(books, Kind.UNFREEZE, asked.number, reading.read_body(ALL, asked.body), asked)
    return _accept(books, desk, draft, lambda b, order: ordering.accept_unfreeze(order, b.payment(order.charge)))


def refund(books: Books, asked: Asked, desk: Desk) -> Answer:
    """Give money back to the payer."""
    data = reading.read_body(REFUND, asked.body)
    draft = _draft(books, Kind.REFUND, data["charge"], data, asked)
    return _accept(books, desk, draft, lambda b, order: ordering.accept_refund(order, b.payment(order.charge)))


def split(books: Books, asked: Asked, desk: Desk) -> Answer:
    """Give parts of a payment to others than the payee."""
    data = reading.read_body(SPLIT, asked.body)
    parts = tuple(Part(each["receiver"], each["amount"]) for each in data["receivers"])
    total, limits = sum(part.amount for part in parts), desk.mischief.profile.limits
    receiver = parts[0].receiver if len(parts) == 1 else None
    draft = _draft(books, Kind.SPLIT, data["charge"], data, asked, amount=total, parts=parts, receiver=receiver)
    return _accept(books, desk, draft, lambda b, order: ordering.accept_split(order, b.payment(order.charge), limits))


def split_return(books: Books, asked: Asked, desk: Desk) -> Answer:
    """Take back from a receiver."""
    data = reading.read_body(RETURN, asked.body)
    origin = books.order(data["split"], Kind.SPLIT)
    draft = _draft(books, Kind.SPLIT_RETURN, origin.charge, data, asked, about=origin.number, receiver=data["receiver"])
    payment = books.payment(origin.charge)
    return _accept(books, desk, draft, lambda _, order: ordering.accept_return(order, payment, origin))


def get_charge(books: Books, asked: Asked, desk: Desk) -> Answer:
    """Show a payment and where its money is."""
    order = books.order(asked.number, Kind.CHARGE, Kind.AUTHORISE)
    return Answer(json_reply(200, payment_view(order, books.payment(order.number), desk.base_url)))


def get_limits(books: Books, asked: Asked, desk: Desk) -> Answer:
    """Show what this merchant may do."""
    return Answer(json_reply(200, limits_view(desk.mischief.profile.limits)))


def statement(books: Books, asked: Asked, desk: Desk) -> Answer:
    """Show all that happened in a time, as JSON or as CSV."""
    span = reading.read_query(STATEMENT, asked.query)
    if span["since"] >= span["until"]:
        raise Malformed("INVALID_REQUEST", "to is not after from")
    lines = statement_lines(books.orders_between(span["since"], span["until"]))
    if "text/csv" in asked.accept:
        return Answer(text_reply(200, statement_csv(lines), "text/csv; charset=utf-8"))
    return Answer(json_reply(200, {"lines": lines}))


def _getter(kind: Kind) -> Run:
    def get(books: Books, asked: Asked, desk: Desk) -> Answer:
        return Answer(json_reply(200, order_view(books.order(asked.number, kind), desk.base_url)))

    return get


def _route(method: str, path: str, run: Run) -> Route:
    return Route(method, re.compile(path.replace("{number}", f"(?P<number>{reading.NUMBER})")), run)


ROUTES: tuple[Route, ...] = (
    _route("POST", "/v1/charges", charge),
    _route("GET", "/v1/charges/{number}", get_charge),
    _route("POST", "/v1/charges/{number}/capture", capture),
    _route("POST", "/v1/charges/{number}/void", void),
    _route("POST", "/v1/charges/{number}/unfreeze", unfreeze),
    _route("GET", "/v1/captures/{number}", _getter(Kind.CAPTURE)),
    _route("GET", "/v1/voids/{number}", _getter(Kind.VOID)),
    _route("GET", "/v1/unfreezes/{number}", _getter(Kind.UNFREEZE)),
    _route("POST", "/v1/refunds", refund),
    _route("GET", "/v1/refunds/{number}", _getter(Kind.REFUND)),
    _route("POST", "/v1/splits", split),
    _route("GET", "/v1/splits/{number}", _getter(Kind.SPLIT)),
    _route("POST", "/v1/split-returns", split_return),
    _route("GET", "/v1/split-returns/{number}", _getter(Kind.SPLIT_RETURN)),
    _route("GET", "/v1/statement", statement),
    _route("GET", "/v1/limits", get_limits),
)
