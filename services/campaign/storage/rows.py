"""Rows to values and back: the only place that knows how the model is spread over columns."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from services.campaign.domain.ledger import Transfer
from services.campaign.domain.model import (
    Campaign,
    Commitment,
    Explanation,
    Organiser,
    ReleaseStage,
    Share,
    Standing,
    State,
    Terms,
    Tier,
)
from services.kernel.clock import format_time, parse_time
from services.kernel.geo import Place
from services.kernel.money import Money
from services.kernel.timespan import Timespan

Row = dict[str, Any]


def terms_to_json(terms: Terms) -> Row:
    """Return the part of the terms that has no column of its own."""
    return {
        "supplier_name": terms.supplier_name,
        "offer_id": str(terms.offer_id),
        "title": terms.title,
        "category": terms.category,
        "where": terms.where,
        "place": terms.place.to_wire(),
        "slot_id": str(terms.slot_id),
        "slot": terms.slot.to_wire(),
        "tiers": [[tier.seats, tier.price.minor] for tier in terms.tiers],
        "min_group": terms.min_group,
        "held_seats": terms.held_seats,
        "held_until": format_time(terms.held_until),
        "release": [[stage.stage, stage.share_bp] for stage in terms.release],
        "acceptance_hours": terms.acceptance_hours,
    }


def _terms(row: RowMapping) -> Terms:
    json = row["terms"]
    return Terms(
        match_id=row["match_id"],
        pool_id=row["pool_id"],
        communities=tuple(row["community_ids"]),
        supplier_id=row["supplier_id"],
        supplier_name=json["supplier_name"],
        offer_id=UUID(json["offer_id"]),
        title=json["title"],
        category=json["category"],
        where=json["where"],
        place=Place.from_wire(json["place"]),
        slot_id=UUID(json["slot_id"]),
        slot=Timespan.from_wire(json["slot"]),
        tiers=tuple(Tier(seats, Money(minor, row["currency"])) for seats, minor in json["tiers"]),
        min_group=json["min_group"],
        held_seats=json["held_seats"],
        held_until=parse_time(json["held_until"], "held_until"),
        release=tuple(ReleaseStage(*stage) for stage in json["release"]),
        acceptance_hours=json["acceptance_hours"],
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _minor(money: Money | None) -> int | None:
    return None if money is None else money.minor


def campaign_of(row: RowMapping) -> Campaign:
    """Return the campaign of a row of ``campaigns``."""
    currency, community = row["currency"], row["organiser_community_id"]
    return Campaign(
        campaign_id=row["campaign_id"],
        terms=_terms(row),
        state=State(row["state"]),
        reason=row["reason"],
        organiser=None if community is None else Organiser(community, row["organiser_member_id"]),
        min_seats=row["min_seats"],
        max_seats=row["max_seats"],
        deadline=row["deadline"],
        hold_minutes=row["hold_minutes"],
        reserved_seats=row["reserved_seats"],
        paid_seats=row["paid_seats"],
        paid=Money(row["paid_minor"], currency),
        refunded=Money(row["refunded_minor"], currency),
        released=Money(row["released_minor"], currency),
        price=_money(row["price_minor"], currency),
        decision=None if row["decision"] is None else Explanation(**row["decision"]),
        slot_confirmed_at=row["slot_confirmed_at"],
        delivered_at=row["delivered_at"],
        settles_at=row["settles_at"],
        version=row["version"],
        created_at=row["created_at"],
    )


def counters_of(campaign: Campaign) -> Row:
    """Return what a join or a drop-out may change of a campaign."""
    return {
        "state": campaign.state,
        "reserved_seats": campaign.reserved_seats,
        "paid_seats": campaign.paid_seats,
        "paid_minor": campaign.paid.minor,
        "refunded_minor": campaign.refunded.minor,
        "version": campaign.version,
    }


def changes_of(campaign: Campaign) -> Row:
    """Return everything that may change of a campaign."""
    organiser, decision = campaign.organiser, campaign.decision
    return {
        **counters_of(campaign),
        "reason": campaign.reason,
        "decision": None if decision is None else decision.to_wire(),
        "organiser_community_id": None if organiser is None else organiser.community_id,
        "organiser_member_id": None if organiser is None else organiser.member_id,
        "min_seats": campaign.min_seats,
        "max_seats": campaign.max_seats,
        "hold_minutes": campaign.hold_minutes,
        "released_minor": campaign.released.minor,
        "price_minor": _minor(campaign.price),
        "deadline": campaign.deadline,
        "slot_confirmed_at": campaign.slot_confirmed_at,
        "delivered_at": campaign.delivered_at,
        "settles_at": campaign.settles_at,
    }


def row_of_campaign(campaign: Campaign) -> Row:
    """Return the whole row of a new campaign."""
    terms = campaign.terms
    return {
        "campaign_id": campaign.campaign_id,
        "match_id": terms.match_id,
        "pool_id": terms.pool_id,
        "supplier_id": terms.supplier_id,
        "community_ids": list(terms.communities),
        "terms": terms_to_json(terms),
        "currency": terms.currency,
        "created_at": campaign.created_at,
        **changes_of(campaign),
    }


def share_of(row: RowMapping) -> Share:
    """Return the share of a row of ``campaign_communities``."""
    return Share(row["community_id"], row["people"], row["reserved_seats"], row["paid_seats"], row["joined_seats"])


def commitment_of(row: RowMapping) -> Commitment:
    """Return the commitment of a row of ``commitments``."""
    currency = row["currency"]
    return Commitment(
        commitment_id=row["commitment_id"],
        campaign_id=row["campaign_id"],
        community_id=row["community_id"],
        member_id=row["member_id"],
        seats=row["seats"],
        state=Standing(row["state"]),
        price=Money(row["price_minor"], currency),
        paid=_money(row["paid_minor"], currency),
        refunded=Money(row["refunded_minor"], currency),
        final_price=_money(row["final_price_minor"], currency),
        hold_until=row["hold_until"],
        receipt=row["receipt"],
        created_at=row["created_at"],
    )


def changes_of_commitment(commitment: Commitment) -> Row:
    """Return everything that may change of a commitment."""
    return {
        "state": commitment.state,
        "paid_minor": _minor(commitment.paid),
        "refunded_minor": commitment.refunded.minor,
        "final_price_minor": _minor(commitment.final_price),
        "hold_until": commitment.hold_until,
        "receipt": commitment.receipt,
    }


def row_of_commitment(commitment: Commitment) -> Row:
    """Return the whole row of a new commitment."""
    return {
        "commitment_id": commitment.commitment_id,
        "campaign_id": commitment.campaign_id,
        "community_id": commitment.community_id,
        "member_id": commitment.member_id,
        "seats": commitment.seats,
        "currency": commitment.price.currency,
        "price_minor": commitment.price.minor,
        "created_at": commitment.created_at,
        **changes_of_commitment(commitment),
    }


def row_of_transfer(transfer: Transfer, now: datetime) -> Row:
    """Return the row of a transfer."""
    return {
        "transfer_id": transfer.transfer_id,
        "key": transfer.key,
        "kind": transfer.kind,
        "debit_account": transfer.debit,
        "credit_account": transfer.credit,
        "amount_minor": transfer.amount.minor,
        "currency": transfer.amount.currency,
        "campaign_id": transfer.campaign_id,
        "commitment_id": transfer.commitment_id,
        "receipt": transfer.receipt,
        "created_at": now,
    }


def transfer_of(row: RowMapping) -> Transfer:
    """Return the transfer of a row of ``transfers``."""
    return Transfer(
        transfer_id=row["transfer_id"],
        key=row["key"],
        kind=row["kind"],
        debit=row["debit_account"],
        credit=row["credit_account"],
        amount=Money(row["amount_minor"], row["currency"]),
        campaign_id=row["campaign_id"],
        commitment_id=row["commitment_id"],
        receipt=row["receipt"],
    )
