"""Callbacks: what the merchant is told without asking, again and again until it answers with 2xx."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from services.kernel.clock import format_time
from services.sandbox.mischief import Mischief
from services.sandbox.model import Order
from services.sandbox.profile import Retries
from services.sandbox.showing import order_view


@dataclass(frozen=True, slots=True)
class Callback:
    """One sending. Its body says what was so at ``sequence`` of its order, however late it is sent."""

    number: str
    sequence: int
    url: str
    body: str
    due_at: datetime
    attempts: int = 0

    def after_failure(self, now: datetime, retries: Retries) -> "Callback | None":
        """Return when it is tried again, each time after twice as long; None if it was tried often enough."""
        attempts = self.attempts + 1
        if attempts >= retries.attempts:
            return None
        wait = min(retries.first_seconds * 2 ** (attempts - 1), retries.most_seconds)
        return replace(self, attempts=attempts, due_at=now + timedelta(seconds=wait))


def callbacks_about(before: Order, order: Order, mischief: Mischief, now: datetime, base_url: str) -> list[Callback]:
    """Return what is sent about an order that has just changed; nothing if the merchant named no address."""
    if order.notify_url is None:
        return []
    sent = []
    for notice in mischief.notices(order.number, order.sequence):
        news = before if notice.stale else order
        sent.append(Callback(order.number, news.sequence, order.notify_url, _body(news, base_url), now + notice.after))
    return sent


def _body(order: Order, base_url: str) -> str:
    document: dict[str, Any] = {
        "id": f"{order.reference}-{order.sequence}",
        "type": f"{order.kind}.{order.status}",
        "created_at": format_time(order.at or order.created_at),
        "order": order_view(order, base_url),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
