"""Documents that both sides keep: one way to write them, so that everybody comes to the same hash.

The form is that of RFC 8785 (JSON Canonicalization Scheme) for documents of objects, lists, texts, whole numbers,
booleans and null: names sorted, no blanks, UTF-8. Numbers that are not whole are written as decimal texts, because two
languages may write the same float differently. The hash is SHA-256 (FIPS 180-4) in lower-case hexadecimal.
"""

import hashlib
import json
from typing import Any

from services.supplier.domain.conditions import Cancellation
from services.supplier.domain.terms import Terms, Tier

Document = dict[str, Any]


def canonical(document: Document) -> bytes:
    """Return the one way to write a document; raise ``TypeError`` for a number that is not whole."""
    _require_exact(document)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest(document: Document) -> str:
    """Return the SHA-256 of a document in its canonical form."""
    return hashlib.sha256(canonical(document)).hexdigest()


def _require_exact(value: Any) -> None:
    if isinstance(value, dict):
        for part in value.values():
            _require_exact(part)
    elif isinstance(value, list):
        for part in value:
            _require_exact(part)
    elif not (value is None or isinstance(value, str | int)):
        raise TypeError(f"{value!r} is written differently by different languages; write it as a text")


def exact(number: float) -> int | str:
    """Return a whole number as it is and any other as the shortest decimal text that means it."""
    return int(number) if number == int(number) else f"{number!r}"


def terms_document(terms: Terms) -> Document:
    """Write what is promised."""
    return {
        "title": terms.title,
        "category": terms.category,
        "where": str(terms.where),
        "place": {"lat": exact(terms.place.lat), "lon": exact(terms.place.lon)},
        "tiers": tiers_document(terms.tiers),
        "fallback_tiers": tiers_document(terms.fallback_tiers),
        "min_group": terms.min_group,
        "max_group": terms.max_group,
        "minutes": terms.minutes,
        "release": [{"stage": str(part.stage), "share_bp": part.share_bp} for part in terms.release],
        "shares": {
            "supplier_bp": terms.shares.supplier_bp,
            "organiser_bp": terms.shares.organiser_bp,
            "community_bp": terms.shares.community_bp,
            "platform_bp": terms.shares.platform_bp,
        },
        "cancellation": _cancellation_document(terms.cancellation),
        "acceptance_hours": exact(terms.acceptance_hours),
        "required_qualifications": list(terms.required_qualifications),
    }


def tiers_document(tiers: tuple[Tier, ...]) -> list[Document]:
    """Write what a seat costs from how many seats on."""
    return [{"seats": tier.seats, "price": tier.price.to_wire()} for tier in tiers]


def _cancellation_document(it: Cancellation) -> Document:
    return {
        "steps": [{"hours_before": exact(step.hours_before), "refund_bp": step.refund_bp} for step in it.steps],
        "weather_bp": it.weather_bp,
        "illness_bp": it.illness_bp,
        "no_show_bp": it.no_show_bp,
    }
