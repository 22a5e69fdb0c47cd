"""Receipts, keys, verdicts and weights, as others are told of them."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Any

from services.kernel.clock import format_time
from services.kernel.signing import SigningKey
from services.reputation.domain.receipts import VERDICTS, Issuer, SignedReceipt, Verdict
from services.reputation.domain.score import CommunityWeights, Weights


def receipt(one: SignedReceipt) -> dict[str, Any]:
    """Return a receipt as anybody can verify it; which commitment it is of is not told."""
    return {
        "receipt_id": str(one.receipt_id),
        "supplier_id": str(one.supplier_id),
        "document": one.document,
        "key_id": one.key_id,
        "signature": b64encode(one.signature).decode(),
        "digest": one.digest,
        "superseded_by": None if one.superseded_by is None else str(one.superseded_by),
    }


def receipt_issued(one: SignedReceipt) -> dict[str, Any]:
    """Return the payload of receipt_issued.v1: the receipt, which holds nothing personal."""
    told = receipt(one)
    return {name: told[name] for name in ("receipt_id", "supplier_id", "document", "key_id", "signature")}


def receipt_keys(issuer: Issuer, keys: Iterable[SigningKey]) -> dict[str, Any]:
    """Return who issues the receipts of this node, and the public keys that verify them."""
    return {
        "issuer": str(issuer.node_id),
        "keys": [
            {
                "key_id": key.key_id,
                "algorithm": "Ed25519",
                "public": b64encode(key.public).decode(),
                "created_at": format_time(key.created_at),
                "retired_at": None if key.retired_at is None else format_time(key.retired_at),
            }
            for key in keys
        ],
    }


def verdict(found: Verdict) -> dict[str, Any]:
    """Return whether a receipt is valid, or why it is not."""
    zh, en = VERDICTS[found.code]
    return {"valid": found.is_valid, "code": found.code, "text": {"zh": zh, "en": en}}


def weights(found: Weights, version: int) -> dict[str, Any]:
    """Return the weights; version 0 are those of the node, until the community sets its own."""
    return {
        "own": found.own,
        "others": found.others,
        "half_life_days": found.half_life_days,
        "rater_cap": found.rater_cap,
        "dimensions": dict(found.dimensions),
        "version": version,
    }


def community_weights(found: CommunityWeights) -> dict[str, Any]:
    """Return the weights of a community."""
    return {"community_id": str(found.community_id), **weights(found.weights, found.version)}
