"""Receipts: issued when an order is delivered, reviewed or settled, each superseding the one before."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.kernel.signing import SigningKey, new_key
from services.reputation import outbound
from services.reputation.domain.commands import CheckReceipt, RecordSettlement
from services.reputation.domain.model import Review
from services.reputation.domain.orders import Order
from services.reputation.domain.receipts import Issuer, SignedReceipt, Verdict, issue, verify
from services.reputation.handlers.grades import note_settlement
from services.reputation.handlers.log import record
from services.reputation.handlers.people import note_campaign
from services.reputation.handlers.scoring import plan, rescore
from services.reputation.storage.unit_of_work import ReputationUnitOfWork


def record_settlement(command: RecordSettlement, uow: ReputationUnitOfWork) -> None:
    """Note how it ended for the commitments of a settled campaign: from now on they are evidence."""
    if command.orders:
        plan(command.supplier_id, command.category, uow)
        note_orders(command.orders, uow)
        rescore(command.supplier_id, uow)
    note_campaign(command.of_people, uow)
    if command.of_grade is not None:
        note_settlement(command.of_grade, uow)


def note_orders(told: Sequence[Order], uow: ReputationUnitOfWork) -> None:
    """Add what is told to what is known of these orders, and issue the receipts that follow from it."""
    known = uow.receipt_book.lock_orders(told)
    merged = [known[order.commitment_id].told(order) for order in told]
    uow.receipt_book.save_orders(merged)
    _issue(merged, uow.reviews.of_commitments([order.commitment_id for order in merged]), uow)


def note_review(review: Review, uow: ReputationUnitOfWork) -> None:
    """Issue the receipt of an order that was reviewed."""
    order = uow.receipt_book.lock_order(review.commitment_id)
    if order is not None:
        _issue([order], {review.commitment_id: review}, uow)


def _issue(orders: Sequence[Order], reviews: dict[UUID, Review], uow: ReputationUnitOfWork) -> None:
    issuer, key = issuer_of(uow), signing_key(uow)
    last, now = uow.receipt_book.newest([order.commitment_id for order in orders]), uow.clock.now()
    issued = []
    for order in orders:
        found = issue(order, reviews.get(order.commitment_id), last.get(order.commitment_id), issuer, key, now)
        if found is not None:
            issued.append(found)
            _log(order, found, uow)
    uow.receipt_book.add(issued)
    uow.evidence.keep(issued)
    uow.outbox.add_many([("receipt_issued.v1", one.receipt_id, outbound.receipt_issued(one)) for one in issued])


def _log(order: Order, receipt: SignedReceipt, uow: ReputationUnitOfWork) -> None:
    facts = receipt.document["facts"]
    event = "settled" if receipt.is_settled else "rated" if facts["rating"] else "delivered"
    ids = {name: str(getattr(order, name)) for name in ("community_id", "supplier_id", "campaign_id")}
    record(uow, "receipt", receipt.receipt_id, {**ids, "event": event, "digest": receipt.digest})


def issuer_of(uow: ReputationUnitOfWork) -> Issuer:
    """Return who this node is; it gets its name when it is first needed, by one of all who need it."""
    issuer = uow.receipt_book.issuer()
    if issuer is None:
        uow.receipt_book.lock()
        issuer = uow.receipt_book.issuer() or uow.receipt_book.name_issuer()
    return issuer


def signing_key(uow: ReputationUnitOfWork) -> SigningKey:
    """Return the key that signs; it is made when it is first needed, by one of all who need it."""
    key = uow.receipt_book.signing_key()
    if key is None:
        uow.receipt_book.lock()
        key = uow.receipt_book.signing_key() or _add_key(uow)
    return key


def rotate_receipt_key(uow: ReputationUnitOfWork) -> SigningKey:
    """Let a new key sign from now on; receipts that older ones signed stay valid."""
    uow.receipt_book.lock()
    return _add_key(uow)


def _add_key(uow: ReputationUnitOfWork) -> SigningKey:
    key = new_key(uow.clock.now())
    uow.receipt_book.add_key(key)
    return key


def list_receipt_keys(question: object, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return who issues the receipts of this node, and all its keys; there is always one that signs."""
    issuer, _ = issuer_of(uow), signing_key(uow)
    return outbound.receipt_keys(issuer, uow.receipt_book.all_keys())


def verify_receipt(command: CheckReceipt, uow: ReputationUnitOfWork) -> Verdict:
    """Tell whether a receipt is one of this node, exactly as it was issued."""
    issuer, _ = issuer_of(uow), signing_key(uow)
    keys = {key.key_id: key.public for key in uow.receipt_book.all_keys()}
    return verify(command.document, command.key_id, command.signature, issuer, keys)
