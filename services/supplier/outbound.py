"""Domain events and cards to the payloads that the contract promises."""

from functools import singledispatch
from typing import Any

from services.kernel.clock import format_time
from services.supplier.domain.cards import MatchCard, OfferCard, QualificationCard, SupplierCard
from services.supplier.domain.events import (
    Event,
    MatchExpired,
    MatchProposed,
    OfferPublished,
    OfferWithdrawn,
    PoolUnmatched,
    QualificationExpired,
    QualificationReviewed,
    SlotConfirmed,
    SlotReleased,
    SupplierChanged,
    SupplierRegistered,
)
from services.supplier.domain.explanation import explain
from services.supplier.domain.matches import Match
from services.supplier.domain.model import Qualification, Score, Supplier
from services.supplier.domain.offers import Slot, Snapshot, Terms

Wire = dict[str, Any]
Message = tuple[str, object, Wire]  # wire name, subject, data


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
        "expires_at": format_time(it.expires_at),
        "state": str(it.state),
        "reviewed_by": card.reviewed_by,
        "reason": it.reason,
        "created_at": format_time(it.created_at),
    }


def offer(card: OfferCard) -> Wire:
    """Show an offer and its slots."""
    it, terms = card.offer, card.offer.terms
    return {
        "offer_id": str(it.offer_id),
        "supplier_id": str(it.supplier_id),
        "supplier_name": card.supplier_name,
        **_terms(terms),
        "travel_km": terms.travel_km,
        "required_qualifications": list(terms.required_qualifications),
        "slots": [_slot(one) for one in card.slots],
        "state": str(it.state),
        "version": it.version,
        "created_at": format_time(it.created_at),
    }


def _terms(terms: Terms) -> Wire:
    return {
        "title": terms.title,
        "category": terms.category,
        "where": str(terms.where),
        "place": terms.place.to_wire(),
        "tiers": [{"seats": tier.seats, "price": tier.price.to_wire()} for tier in terms.tiers],
        "min_group": terms.min_group,
        "max_group": terms.max_group,
        "minutes": terms.minutes,
        "release": [{"stage": str(part.stage), "share_bp": part.share_bp} for part in terms.release],
        "acceptance_hours": terms.acceptance_hours,
    }


def slot(it: Slot) -> Wire:
    """Show one slot of an offer."""
    return {"offer_id": str(it.offer_id), **_slot(it)}


def _slot(it: Slot) -> Wire:
    counters = {"capacity": it.capacity, "held": it.held, "confirmed": it.confirmed, "free": it.free}
    return {"slot_id": str(it.slot_id), **it.span.to_wire(), **counters}


def _snapshot(it: Snapshot) -> Wire:
    return {"offer_id": str(it.offer_id), "version": it.version, **_terms(it.terms)}


def match(card: MatchCard) -> Wire:
    """Show a match, without the counts that the reader may not know."""
    it, parts = card.match, card.parts
    return {
        **_match_head(it),
        "state": str(it.state),
        "people": card.people,
        "people_exact": card.people_exact,
        "communities": [{"community_id": str(one), "people": people} for one, people in card.shares],
        "explanation": [{"zh": sentence.zh, "en": sentence.en} for sentence in explain(parts)],
        "parts": {
            "price": parts.price.to_wire(),
            "distance_km": parts.distance_km,
            "score": parts.score,
            "people": parts.people,
        },
        "created_at": format_time(it.created_at),
    }


def _match_head(it: Match) -> Wire:
    return {
        "match_id": str(it.match_id),
        "pool_id": str(it.pool_id) if it.pool_id else None,
        "rank": it.rank,
        "category": it.offer.terms.category,
        "supplier_id": str(it.supplier_id),
        "supplier_name": it.supplier_name,
        "offer": _snapshot(it.offer),
        "slot": {"slot_id": str(it.slot_id), **it.span.to_wire()},
        "seats": it.seats,
        "held_until": format_time(it.held_until),
    }


@singledispatch
def message(event: Event) -> Message:
    """Return the wire name, the subject and the payload of a domain event."""
    raise TypeError(f"{type(event).__name__} has no wire form")


@message.register
def _(event: SupplierRegistered) -> Message:
    return "supplier_registered.v1", event.supplier.supplier_id, _supplier_event(event.supplier)


@message.register
def _(event: SupplierChanged) -> Message:
    return "supplier_changed.v1", event.supplier.supplier_id, _supplier_event(event.supplier)


def _supplier_event(it: Supplier) -> Wire:
    named = [str(community_id) for community_id in sorted(it.sharing.community_ids)]
    return {
        "supplier_id": str(it.supplier_id),
        "community_id": str(it.community_id),
        "name": it.name,
        "sharing": {"mode": str(it.sharing.mode), "community_ids": named},
    }


@message.register
def _(event: QualificationReviewed) -> Message:
    return "qualification_reviewed.v1", event.qualification.qualification_id, _qualification_event(event.qualification)


@message.register
def _(event: QualificationExpired) -> Message:
    return "qualification_expired.v1", event.qualification.qualification_id, _qualification_event(event.qualification)


def _qualification_event(it: Qualification) -> Wire:
    ids = {"qualification_id": str(it.qualification_id), "supplier_id": str(it.supplier_id)}
    return {**ids, "kind": it.kind, "state": str(it.state)}


@message.register
def _(event: OfferPublished) -> Message:
    it = event.offer
    ids = {"offer_id": str(it.offer_id), "supplier_id": str(it.supplier_id)}
    return "offer_published.v1", it.offer_id, {**ids, "category": it.terms.category, "version": it.version}


@message.register
def _(event: OfferWithdrawn) -> Message:
    it = event.offer
    return "offer_withdrawn.v1", it.offer_id, {"offer_id": str(it.offer_id), "supplier_id": str(it.supplier_id)}


@message.register
def _(event: MatchProposed) -> Message:
    it = event.match
    shares = [{"community_id": str(share.community_id), "people": share.people} for share in it.communities]
    return "match_proposed.v1", it.match_id, {**_match_head(it), "people": it.people, "communities": shares}


@message.register
def _(event: MatchExpired) -> Message:
    it = event.match
    ids = {"match_id": str(it.match_id), "pool_id": str(it.pool_id) if it.pool_id else None}
    return "match_expired.v1", it.match_id, {**ids, "reason": str(event.reason)}


@message.register
def _(event: PoolUnmatched) -> Message:
    return "pool_unmatched.v1", event.pool_id, {"pool_id": str(event.pool_id), "reasons": dict(event.reasons)}


@message.register
def _(event: SlotConfirmed) -> Message:
    data = {**_seats(event.match, event.seats), "campaign_id": str(event.campaign_id)}
    return "slot_confirmed.v1", event.match.match_id, data


@message.register
def _(event: SlotReleased) -> Message:
    return "slot_released.v1", event.match.match_id, _seats(event.match, event.seats)


def _seats(it: Match, seats: int) -> Wire:
    return {"match_id": str(it.match_id), "slot_id": str(it.slot_id), "seats": seats}
