"""The answers of RPCs: campaigns and commitments as a caller may see them."""

from services.campaign.domain.model import Campaign, Commitment, Standing
from services.campaign.domain.pricing import price_at
from services.campaign.domain.privacy import SeenShare, Sight, sight_of
from services.campaign.domain.progress import progress_of
from services.campaign.domain.reporting import Report
from services.campaign.outbound import wire
from services.campaign.outbound.wire import Payload
from services.kernel.clock import format_time


def campaign(report: Report) -> Payload:
    """Return a campaign as its caller may see it."""
    found, terms, caller = report.campaign, report.campaign.terms, report.caller
    sight = sight_of(found, report.shares, caller, report.k)
    return {
        "campaign_id": str(found.campaign_id),
        "match_id": str(terms.match_id),
        "pool_id": wire.text(terms.pool_id),
        "state": str(found.state),
        "reason": found.reason,
        "title": terms.title,
        "category": terms.category,
        "communities": [_share(share) for share in sight.shares],
        "organiser": _organiser(report),
        "supplier_id": str(terms.supplier_id),
        "supplier_name": terms.supplier_name,
        "offer_id": str(terms.offer_id),
        "place": terms.place.to_wire(),
        "where": terms.where,
        "slot": {"slot_id": str(terms.slot_id), **terms.slot.to_wire()},
        "tiers": [{"seats": tier.seats, "price": tier.price.to_wire()} for tier in terms.tiers],
        "min_seats": found.min_seats,
        "max_seats": found.max_seats,
        "deadline": wire.time(found.deadline),
        "hold_minutes": found.hold_minutes,
        "release": [{"stage": stage.stage, "share_bp": stage.share_bp} for stage in terms.release],
        "acceptance_hours": terms.acceptance_hours,
        **_standing(found, sight),
        "delivered_at": wire.time(found.delivered_at),
        "settles_at": wire.time(found.settles_at),
        "version": found.version,
        "created_at": format_time(found.created_at),
    }


def _standing(found: Campaign, sight: Sight) -> Payload:
    progress = progress_of(found, sight.paid_seats, sight.exact)
    tier = progress.next_tier
    money = {"paid": found.paid, "refunded": found.refunded, "released": found.released, "escrow": found.escrow}
    # The explanation counts seats, which a reader who sees only a part of them must not learn from it.
    explained = found.decision is not None and (sight.exact or found.decision.action == "cancel")
    return {
        "paid_seats": sight.paid_seats,
        "reserved_seats": sight.reserved_seats,
        "seats_exact": sight.exact,
        "current_price": price_at(found.terms.tiers, found.paid_seats).to_wire(),
        "price": wire.money(found.price),
        "next_tier": None if tier is None else {"seats": tier.seats, "price": tier.price.to_wire()},
        "missing_for_minimum": progress.missing_for_minimum,
        "missing_for_next_tier": progress.missing_for_next_tier,
        "progress": progress.texts,
        "decision": found.decision.to_wire() if explained and found.decision is not None else None,
        "money": {name: amount.to_wire() if sight.money_exact else None for name, amount in money.items()},
    }


def _share(share: SeenShare) -> Payload:
    return {
        "community_id": str(share.community_id),
        "people": share.people,
        "paid_seats": share.paid_seats,
        "own": share.own,
    }


def _organiser(report: Report) -> Payload | None:
    organiser = report.campaign.organiser
    if organiser is None:
        return None
    own = report.caller.sees(organiser.community_id)
    return {
        "community_id": str(organiser.community_id),
        "member_id": wire.text(organiser.member_id) if own else None,
    }


def commitment(found: Commitment) -> Payload:
    """Return a commitment; whoever may see it at all sees all of it."""
    return {
        "commitment_id": str(found.commitment_id),
        "campaign_id": str(found.campaign_id),
        "community_id": str(found.community_id),
        "member_id": str(found.member_id),
        "seats": found.seats,
        "state": str(found.state),
        "price": found.price.to_wire(),
        "paid": wire.money(found.paid),
        "refunded": found.refunded.to_wire(),
        "final_price": wire.money(found.final_price),
        "hold_until": wire.time(found.hold_until) if found.state is Standing.RESERVED else None,
        "created_at": format_time(found.created_at),
    }
