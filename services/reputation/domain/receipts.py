"""Receipts: what happened to one commitment, as a signed statement bound to its order that holds nothing personal.

RECEIPTS.md beside the service tells the whole of it to people.
"""

import binascii
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.kernel.ids import new_id
from services.kernel.signing import KEY_BYTES, SigningKey, is_signed
from services.reputation.domain.model import DIMENSIONS, Review
from services.reputation.domain.orders import Order
from services.reputation.domain.score.evidence import Evidence

TYPE = "pinlian.receipt/1"
MEDIA_TYPE = "application/vnd.pinlian.receipt+json"
FIELDS = (
    *("type", "receipt_id", "issuer", "order", "seq", "supersedes", "supplier_id", "campaign", "community", "rater"),
    *("category", "issued_on", "facts"),
)
FACTS = (
    *("paid", "delivered_on", "attended", "sessions", "sessions_held", "settled_on", "released_bp", "refunded_bp"),
    *("rating", "disputes"),
)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Issuer:
    """The node that issues receipts. Its secret makes pseudonyms that only it can trace back."""

    node_id: UUID
    secret: bytes = field(repr=False)

    def pseudonym(self, kind: str, id_: UUID) -> str:
        """Return the name of a thing in receipts: HMAC-SHA-256 of its kind and id, the first 32 hexadecimal digits."""
        return hmac.new(self.secret, kind.encode() + b":" + id_.bytes, sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A document and its signature. A receipt never changes; a newer one of the same order supersedes it."""

    document: Document
    key_id: str
    signature: bytes
    issued_at: datetime
    commitment_id: UUID | None = None
    superseded_by: UUID | None = None

    @property
    def receipt_id(self) -> UUID:
        """Its id."""
        return UUID(self.document["receipt_id"])

    @property
    def supplier_id(self) -> UUID:
        """Whom it is about."""
        return UUID(self.document["supplier_id"])

    @property
    def is_settled(self) -> bool:
        """Tell whether the money of the order has moved for good; only then it is evidence."""
        return self.document["facts"]["settled_on"] is not None

    @property
    def digest(self) -> str:
        """The SHA-256 of what was signed, in hexadecimal."""
        return sha256(signed_bytes(self.document)).hexdigest()


def issue(
    order: Order, review: Review | None, last: SignedReceipt | None, issuer: Issuer, key: SigningKey, now: datetime
) -> SignedReceipt | None:
    """Return the receipt of what is known of an order, or None where ``last`` says the same already.

    An order of which no supplier is known has none.
    """
    if order.supplier_id is None:
        return None
    facts = facts_of(order, review)
    if last is not None and (last.document["facts"], last.document["category"]) == (facts, order.category):
        return None
    document = {
        "type": TYPE,
        "receipt_id": str(new_id()),
        "issuer": str(issuer.node_id),
        "order": issuer.pseudonym("order", order.commitment_id),
        "seq": 1 if last is None else last.document["seq"] + 1,
        "supersedes": None if last is None else last.document["receipt_id"],
        "supplier_id": str(order.supplier_id),
        "campaign": issuer.pseudonym("campaign", order.campaign_id),
        "community": issuer.pseudonym("community", order.community_id),
        "rater": issuer.pseudonym("rater", order.member_id),
        "category": order.category,
        "issued_on": now.date().isoformat(),
        "facts": facts,
    }
    return SignedReceipt(document, key.key_id, key.sign(signed_bytes(document)), now, order.commitment_id)


def facts_of(order: Order, review: Review | None) -> Document:
    """Return the facts of an order: whole numbers, days and months, codes; no amount of money, no text, no person."""
    rating = None
    if review is not None:
        rating = {dimension: getattr(review.scores, dimension) for dimension in DIMENSIONS}
    return {
        "paid": True,
        "delivered_on": None if order.delivered_at is None else order.delivered_at.date().isoformat(),
        "attended": order.attended,
        "sessions": order.sessions,
        "sessions_held": order.sessions_held,
        "settled_on": None if order.settled_at is None else order.settled_at.strftime("%Y-%m"),
        "released_bp": order.released_bp,
        "refunded_bp": order.refunded_bp,
        "rating": rating,
        "disputes": [
            {"reason": one.reason, "outcome": one.outcome, "returned_bp": one.returned_bp} for one in order.disputes
        ],
    }


def canonical(document: Document) -> bytes:
    """Return the one way to write a document: RFC 8785, for documents without floating point numbers."""
    written = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return written.encode()


def signed_bytes(document: Document) -> bytes:
    """Return what is signed: the pre-authentication encoding of DSSE 1.0 over the canonical document."""
    body, kind = canonical(document), MEDIA_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a receipt is what it claims to be, and if not, why: a code of ``VERDICTS``."""

    code: str

    @property
    def is_valid(self) -> bool:
        """Tell whether the signature holds."""
        return self.code == "valid"


VERDICTS = {
    "valid": ("签名有效：本节点签发，签发后未被改动", "signed by this node, and not changed since"),
    "malformed": ("不是收据：字段、类型或编码不对", "no receipt: fields, types or encoding are wrong"),
    "unknown_issuer": ("由其他节点签发，本节点没有其公钥", "issued by another node, whose keys are not known here"),
    "unknown_key": ("本节点没有这把公钥", "this node has no such key"),
    "bad_signature": (
        "签名不符：内容被改动，或不是这把钥匙签的",
        "it was changed, or another key signed it",
    ),
}


def verify(document: object, key_id: object, signature: object, issuer: Issuer, keys: Mapping[str, bytes]) -> Verdict:
    """Tell whether this is a receipt of the node, exactly as it was issued; whatever it is given, it raises nothing."""
    if not _is_formed(document) or not isinstance(key_id, str) or not isinstance(signature, str):
        return Verdict("malformed")
    try:
        raw, message = b64decode(signature, validate=True), signed_bytes(document)  # type: ignore[arg-type]
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return Verdict("malformed")
    # Of several ways to write the same bits in base64 one counts, so that nobody has two texts of one signature.
    if len(raw) != 2 * KEY_BYTES or b64encode(raw).decode() != signature:
        return Verdict("malformed")
    if document["issuer"] != str(issuer.node_id):  # type: ignore[index]
        return Verdict("unknown_issuer")
    if key_id not in keys:
        return Verdict("unknown_key")
    return Verdict("valid" if is_signed(keys[key_id], message, raw) else "bad_signature")


def _is_formed(document: object) -> bool:
    if not isinstance(document, dict) or set(document) != set(FIELDS) or document["type"] != TYPE:
        return False
    return isinstance(document["facts"], dict) and set(document["facts"]) == set(FACTS)


def evidence_of(receipt: SignedReceipt) -> Evidence | None:
    """Return what a receipt is worth as evidence: nothing before the money of its order is settled."""
    if not receipt.is_settled:
        return None
    document, facts = receipt.document, receipt.document["facts"]
    rating = facts["rating"] or {}
    day = facts["delivered_on"] or f"{facts['settled_on']}-01"
    return Evidence(
        order=document["order"],
        rater=document["rater"],
        community=document["community"],
        day=date.fromisoformat(day),
        marks=tuple(rating.get(dimension) for dimension in DIMENSIONS),
        returned_bp=min(sum(one["returned_bp"] for one in facts["disputes"]), 10_000),
        disputed=bool(facts["disputes"]),
    )
