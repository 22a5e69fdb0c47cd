"""What the provider does, one transaction each; everything that should have happened by now happens first.

Nothing here waits for the network: callbacks are only written down, and sent by delivery.py after the commit.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from services.kernel.clock import Clock
from services.sandbox import ordering
from services.sandbox.callbacks import callbacks_about
from services.sandbox.mischief import EXPIRED, Mischief
from services.sandbox.model import Kind, Order, Payment
from services.sandbox.ordering import Step
from services.sandbox.refusals import NumberReused, not_found
from services.sandbox.store import Store, Transaction

# Makes the step of a new order from the transaction, in which it may look at payments.
Accept = Callable[["Books", Order], Step]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is answered to a request, and which callbacks are to be sent before that answer."""

    order: Order
    first: tuple[int, ...] = ()


class Desk:
    """The provider's desk. ``base_url`` is where payers find their page."""

    def __init__(self, store: Store, clock: Clock, mischief: Mischief, seed: int, base_url: str) -> None:
        self.store = store
        self.clock = clock
        self.mischief = mischief
        self.base_url = base_url
        self._seed = seed

    def books(self, transaction: Transaction) -> "Books":
        """Return the books as they are now: all that was due is done."""
        books = Books(transaction, self, self.clock.now())
        books.run_due()
        return books

    def run_due(self) -> None:
        """Do what is due."""
        with self.store as transaction:
            self.books(transaction)

    def reference(self, number: str) -> str:
        """Return our own id of an order, the same in each run with the same seed."""
        return "S" + sha256(f"{self._seed}\n{number}".encode()).hexdigest()[:24].upper()


class Books:
    """The orders and payments within one transaction, at one moment."""

    def __init__(self, transaction: Transaction, desk: Desk, now: datetime) -> None:
        self.now = now
        self._transaction = transaction
        self._desk = desk
        self._mischief = desk.mischief
        self._limits = desk.mischief.profile.limits

    def order(self, number: str, *kinds: Kind) -> Order:
        """Return an order of one of ``kinds``; raise ``NotThere``."""
        order = self._transaction.find_order(number)
        if order is None or order.kind not in kinds:
            raise not_found(number)
        return order

    def payment(self, number: str) -> Payment:
        """Return the payment that a charge or an authorisation began; raise ``NotThere``."""
        payment = self._transaction.find_payment(number)
        if payment is None:
            raise not_found(number)
        return payment

    def orders_between(self, start: datetime, end: datetime) -> Iterator[Order]:
        """Yield the orders of a time, see ``Transaction.orders_between``."""
        return self._transaction.orders_between(start, end)

    def accept(self, draft: Order, accept: Accept) -> Accepted:
        """Accept a request, or find that it came before: the same number with the same content is the same request."""
        known = self._transaction.find_order(draft.number)
        if known is not None:
            if known.digest != draft.digest:
                raise NumberReused("NUMBER_REUSED", f"the number {draft.number} came before with another request")
            return Accepted(known)
        step = accept(self, replace(draft, reference=self._desk.reference(draft.number)))
        return self._enter(replace(step, order=self._with_fate(step.order)))

    def decide(self, number: str, reason: str | None) -> Order:
        """Let the payer pay, or decline for a reason."""
        order = ordering.decide(self.order(number, Kind.CHARGE, Kind.AUTHORISE), self.now, reason)
        return self._end(order)[0]

    def run_due(self) -> None:
        """Do what is due at this moment or was before, in the order in which it was due."""
        while (due := self._next_due()) is not None:
            due()

    def _enter(self, step: Step) -> Accepted:
        early = self._mischief.is_early(step.order.number) and step.order.planned != EXPIRED
        order = replace(step.order, due_at=self.now) if early else step.order
        self._save(replace(step, order=order))
        if order.due_at is None or order.due_at > self.now:
            return Accepted(order)
        ended, callbacks = self._end(order)
        # Who is early tells the merchant first, and then answers as if nothing had happened yet.
        return Accepted(order, callbacks) if early else Accepted(ended)

    def _with_fate(self, order: Order) -> Order:
        fate = self._mischief.fate(order.kind, order.number, self.now, order.expires_at)
        if order.kind is Kind.SPLIT:
            parts = (replace(p, reason=self._mischief.reason_for(order.number, p.receiver)) for p in order.parts)
            return replace(order, due_at=fate.due_at, parts=tuple(parts))
        return replace(order, due_at=fate.due_at, planned=fate.reason)

    def _next_due(self) -> Callable[[], object] | None:
        order, payment = self._transaction.next_order(self.now), self._transaction.next_unfreeze(self.now)
        if payment is not None and (order is None or payment.unfreezes_at < order.due_at):
            return lambda: self._unfreeze_by_itself(payment)
        return None if order is None else lambda: self._end(order)

    def _end(self, order: Order) -> tuple[Order, tuple[int, ...]]:
        """End an order, and return it with the callbacks that tell of it."""
        transaction, at = self._transaction, order.due_at or self.now
        split = transaction.find_order(str(order.about)) if order.kind is Kind.SPLIT_RETURN else None
        received = transaction.received(order, at) if order.parts else {}
        step = ordering.end(order, self.payment(order.charge), split, self._limits, received)
        self._save(step)
        if step.order.parts:
            transaction.note_received(step.order)
        return step.order, self._tell(order, step.order)

    def _unfreeze_by_itself(self, payment: Payment) -> None:
        charge = self.order(payment.charge, Kind.CHARGE, Kind.AUTHORISE)
        number = f"auto|{charge.reference}"
        order = Order(
            number=number,
            kind=Kind.UNFREEZE,
            charge=charge.number,
            about=charge.number,
            amount=payment.frozen,
            currency=payment.currency,
            created_at=payment.unfreezes_at or self.now,
            reference=self._desk.reference(number),
            notify_url=charge.notify_url,
            due_at=payment.unfreezes_at,
        )
        self._end(order)

    def _save(self, step: Step) -> None:
        self._transaction.save_order(step.order)
        self._transaction.save_payment(step.payment)
        if step.split is not None:
            self._transaction.save_order(step.split)

    def _tell(self, before: Order, order: Order) -> tuple[int, ...]:
        moment = order.at or self.now
        callbacks = callbacks_about(before, order, self._mischief, moment, self._desk.base_url)
        return tuple(self._transaction.add_callback(callback) for callback in callbacks)
