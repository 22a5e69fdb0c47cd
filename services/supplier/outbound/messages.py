"""Domain events to the payloads that the contract promises."""

from functools import singledispatch
from typing import Any

from services.supplier.domain.events import (
    Event,
    MatchExpired,
    MatchProposed,
    OfferPublished,
    OfferRevised,
    OfferWithdrawn,
    PoolUnmatched,
    QualificationExpired,
    QualificationReviewed,
    ReplacementMissing,
    SlotConfirmed,
    SlotReleased,
    SupplierChanged,
    SupplierRegistered,
    SupplierWithdrew,
    VisitPlanned,
)
from services.supplier.domain.matches import Match
from services.supplier.domain.model import Qualification, Sharing, Supplier
from services.supplier.domain.offers import Offer
from services.supplier.outbound.cards import match_head
from services.supplier.outbound.terms import tiers
from services.supplier.outbound.visits import visit_plan_event

Wire = dict[str, Any]
Message = tuple[str, object, Wire]  # wire name, subject, data


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
    # Whatever way leads to it: who keeps a copy need not know of chains. Each grant is told by permissions_changed.
    return {
        "supplier_id": str(it.supplier_id),
        "community_id": str(it.community_id),
        "name": it.name,
        "sharing": _sharing(it.seen_by),
        "used_by": _sharing(it.used_by),
    }


def _sharing(it: Sharing) -> Wire:
    return {"mode": str(it.mode), "community_ids": [str(one) for one in sorted(it.community_ids)]}


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
    return "offer_published.v1", event.offer.offer_id, _offer_event(event.offer)


@message.register
def _(event: OfferRevised) -> Message:
    return "offer_revised.v1", event.offer.offer_id, _offer_event(event.offer)


def _offer_event(it: Offer) -> Wire:
    ids = {"offer_id": str(it.offer_id), "supplier_id": str(it.supplier_id)}
    return {**ids, "category": it.terms.category, "version": it.version, "tiers": tiers(it.terms.tiers)}


@message.register
def _(event: OfferWithdrawn) -> Message:
    it = event.offer
    return "offer_withdrawn.v1", it.offer_id, {"offer_id": str(it.offer_id), "supplier_id": str(it.supplier_id)}


@message.register
def _(event: MatchProposed) -> Message:
    it = event.match
    shares = [{"community_id": str(share.community_id), "people": share.people} for share in it.communities]
    campaign_id = str(it.for_campaign_id) if it.for_campaign_id else None
    data = {**match_head(it), "campaign_id": campaign_id, "people": it.people, "communities": shares}
    return "match_proposed.v1", it.match_id, data


@message.register
def _(event: MatchExpired) -> Message:
    it = event.match
    ids = {"match_id": str(it.match_id), "pool_id": str(it.pool_id) if it.pool_id else None}
    return "match_expired.v1", it.match_id, {**ids, "reason": str(event.reason)}


@message.register
def _(event: SupplierWithdrew) -> Message:
    it = event.match
    data = {
        "match_id": str(it.match_id),
        "campaign_id": str(it.campaign_id),
        "pool_id": str(it.pool_id) if it.pool_id else None,
        "supplier_id": str(it.supplier_id),
        "reason": it.withdrawn_because,
    }
    return "supplier_withdrew.v1", it.match_id, data


@message.register
def _(event: ReplacementMissing) -> Message:
    ids = {"match_id": str(event.match_id), "campaign_id": str(event.campaign_id)}
    return "replacement_missing.v1", event.match_id, {**ids, "reasons": dict(event.reasons)}


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


@message.register
def _(event: VisitPlanned) -> Message:
    return "visit_planned.v1", event.plan.plan_id, visit_plan_event(event.plan)
