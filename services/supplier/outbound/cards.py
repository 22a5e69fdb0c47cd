"""Cards to the answers that the contract promises."""

from typing import Any

from services.kernel.clock import format_time
from services.supplier.domain.cards import MatchCard, OfferCard, QualificationCard, SupplierCard
from services.supplier.domain.explanation import explain
from services.supplier.domain.matches import Match
from services.supplier.domain.model import Score
from services.supplier.domain.offers import OfferVersion, Slot
from services.supplier.domain.terms import Terms
from services.supplier.outbound.terms import snapshot, terms, times

Wire = dict[str, Any]


def supplier(card: SupplierCard) -> Wire:
    """Show a supplier."""
    it = card.supplier
    return {
        "supplier_id": str(it.supplier_id),
        "community_id": str(it.community_id),
        "name": it.name,
        "contact": card.contact,
        "place": it.place.to_wire(),
        "sharing": {"mode": str(it.sharing.mode), "community_ids": [str(one) for one in card.shared_with]},
        "state": str(it.state),
        "permissions": sorted(str(one) for one in card.access.permissions),
        "contact_told": str(card.access.contact),
        "own_prices": card.access.prices is not None,
        "standing": str(it.standing),
        "score": _score(card.score),
        "version": it.version,
        "created_at": format_time(it.created_at),
    }


def _score(score: Score | None) -> Wire | None:
    return {name: getattr(score, name) for name in ("score", "reviews", "low", "high")} if score else None


def qualification(card: QualificationCard) -> Wire:
    """Show a paper, its number masked."""
    it = card.qualification
    return {
        "qualification_id": str(it.qualification_id),
        "supplier_id": str(it.supplier_id),
        "kind": it.kind,
        "issuer": it.issuer,
        "number": it.masked_number,
        "document_sha256": it.document_sha256,
        "expires_at": format_time(it.expires_at),
        "state": str(it.state),
        "reviewed_by": card.reviewed_by,
        "reason": it.reason,
        "created_at": format_time(it.created_at),
    }


def offer(card: OfferCard) -> Wire:
    """Show an offer and its slots."""
    it = card.offer
    return {
        "offer_id": str(it.offer_id),
        "supplier_id": str(it.supplier_id),
        "supplier_name": card.supplier_name,
        **_all_terms(it.terms),
        "own_prices": card.own_prices,
        "slots": [_slot(one) for one in card.slots],
        "state": str(it.state),
        "paused_for": list(it.paused_for),
        "version": it.version,
        "created_at": format_time(it.created_at),
    }


def offer_version(it: OfferVersion) -> Wire:
    """Show the terms that an offer has from a version on."""
    return {
        "offer_id": str(it.offer_id),
        "version": it.version,
        **_all_terms(it.terms),
        "created_at": format_time(it.created_at),
    }


def _all_terms(it: Terms) -> Wire:
    own = {"travel_km": it.travel_km, "required_qualifications": list(it.required_qualifications)}
    return {**terms(it), **own}


def slot(it: Slot) -> Wire:
    """Show one slot of an offer."""
    return {"offer_id": str(it.offer_id), **_slot(it)}


def _slot(it: Slot) -> Wire:
    counters = {"capacity": it.capacity, "held": it.held, "confirmed": it.confirmed, "free": it.free}
    return {"slot_id": str(it.slot_id), **times(it.span, it.sessions), **counters, "closed": it.closed}


def match(card: MatchCard) -> Wire:
    """Show a match, without the counts that the reader may not know."""
    it, parts = card.match, card.parts
    return {
        **match_head(it),
        "state": str(it.state),
        "people": card.people,
        "people_exact": card.people_exact,
        "communities": [{"community_id": str(one), "people": people} for one, people in card.shares],
        "explanation": [{"zh": sentence.zh, "en": sentence.en} for sentence in explain(parts)],
        "parts": {
            "price": parts.price.to_wire(),
            "distance_km": parts.distance_km,
            "score": parts.score,
            "standing": parts.standing,
            "people": parts.people,
        },
        "withdrawn_because": it.withdrawn_because,
        "created_at": format_time(it.created_at),
    }


def match_head(it: Match) -> Wire:
    """Show what an answer and an event say of a match alike."""
    return {
        "match_id": str(it.match_id),
        "pool_id": str(it.pool_id) if it.pool_id else None,
        "rank": it.rank,
        "category": it.offer.terms.category,
        "supplier_id": str(it.supplier_id),
        "supplier_name": it.supplier_name,
        "offer": snapshot(it.offer),
        "slot": {"slot_id": str(it.slot_id), **times(it.span, it.sessions)},
        "seats": it.seats,
        "held_until": format_time(it.held_until),
        "replaces_match_id": str(it.replaces_match_id) if it.replaces_match_id else None,
        "agreement_id": str(it.agreement_id) if it.agreement_id else None,
        "agreement_hash": it.agreement_hash,
    }
