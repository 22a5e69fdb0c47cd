"""What needs no signature: whether the provider lives, the page of the payer, and the controls of tests."""

import re
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote

from services.kernel.money import Money
from services.sandbox.desk import Desk
from services.sandbox.model import Kind, Order, Status
from services.sandbox.reading import NUMBER
from services.sandbox.refusals import NotThere
from services.sandbox.reply import Reply, json_reply, text_reply
from services.sandbox.showing import order_view

HTML = """<!DOCTYPE html>
<html lang="zh">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>拼联沙箱支付 Pinlian sandbox</title>
<style>body{{font:16px/1.6 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem}}
b{{font-size:2rem}}button{{font:inherit;padding:.5rem 1.5rem;margin-right:1rem}}</style></head>
<body><p>沙箱支付，不是真钱 · Sandbox, no real money</p>
<p>{description}</p><p><b>{amount}</b></p><p>{status}</p>{buttons}</body></html>
"""
BUTTONS = """<form method="post" action="/v1/test/charges/{number}/{action}" style="display:inline">
<button>{label}</button></form>"""
LABELS = (("pay", "支付 Pay"), ("decline", "拒绝 Decline"))
STATUS = {
    Status.PENDING: "待支付 Waiting for payment",
    Status.SUCCEEDED: "已支付 Paid",
    Status.DECLINED: "未支付 Not paid",
}
POLICY = ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
PAGE = re.compile(f"/pay/(?P<number>{NUMBER})")
CONTROL = re.compile(f"/v1/test/charges/(?P<number>{NUMBER})/(?P<action>pay|decline)")
DECLINED_BY_HAND = "PAYER_DECLINED"


class Pages:
    """Finds pages; ``controls`` tells whether anybody may decide what payers do."""

    def __init__(self, desk: Desk, *, controls: bool) -> None:
        self._desk = desk
        self._controls = controls

    def find(self, environ: dict[str, Any], body: bytes) -> Reply | None:
        """Return the page that is asked for, or None; raise ``Refused`` where it cannot be had."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if method == "GET" and path == "/health/live":
            return json_reply(200, {"status": "live"})
        if method == "GET" and (found := PAGE.fullmatch(path)):
            return self._page(found["number"])
        if path.startswith("/v1/test/") and not self._controls:
            raise NotThere("NO_CONTROLS", "start the sandbox with --test-controls to decide what payers do")
        if method == "POST" and (found := CONTROL.fullmatch(path)):
            decided = self._decide(found["number"], found["action"])
            return decided if "text/html" not in environ.get("HTTP_ACCEPT", "") else _back_to(found["number"])
        return None

    def _decide(self, number: str, action: str) -> Reply:
        reason = None if action == "pay" else DECLINED_BY_HAND
        order = self._with_books(lambda books: books.decide(number, reason))
        return json_reply(200, order_view(order, self._desk.base_url))

    def _page(self, number: str) -> Reply:
        order = self._with_books(lambda books: books.order(number, Kind.CHARGE, Kind.AUTHORISE))
        buttons = ""
        if self._controls and order.status is Status.PENDING:
            buttons = "".join(BUTTONS.format(number=escape(number), action=a, label=label) for a, label in LABELS)
        shown = {"amount": Money(order.amount, order.currency), "status": STATUS[order.status], "buttons": buttons}
        html = HTML.format(description=escape(order.description), **shown)
        return text_reply(200, html, "text/html; charset=utf-8", POLICY)

    def _with_books(self, look: Callable[[Any], Order]) -> Order:
        with self._desk.store as transaction:
            return look(self._desk.books(transaction))


def _back_to(number: str) -> Reply:
    """Show the person who pressed a button the page again."""
    return text_reply(303, "", "text/plain", ("Location", f"/pay/{quote(number, safe='')}"))
