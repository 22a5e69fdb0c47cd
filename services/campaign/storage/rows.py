"""Rows to values and back: the only place that knows how the model is spread over columns."""

from collections.abc import Mapping
from typing import Any

from services.campaign.domain.model import (
    About,
    Campaign,
    Commitment,
    Explanation,
    Organiser,
    Pause,
    Share,
    Standing,
    State,
)
from services.campaign.storage.terms_json import rules_to_json, terms_of, terms_to_json
from services.kernel.money import Money

Row = dict[str, Any]
AnyRow = Mapping[str, Any]


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _minor(money: Money | None) -> int | None:
    return None if money is None else money.minor


def campaign_of(row: AnyRow) -> Campaign:
    """Return the campaign of a row of ``campaigns``."""
    currency, community = row["currency"], row["organiser_community_id"]
    terms, rules = terms_of(row)
    return Campaign(
        campaign_id=row["campaign_id"],
        terms=terms,
        rules=rules,
        state=State(row["state"]),
        reason=row["reason"],
        organiser=None if community is None else Organiser(community, row["organiser_member_id"]),
        min_seats=row["min_seats"],
        max_seats=row["max_seats"],
        deadline=row["deadline"],
        extensions=row["extensions"],
        extended_at=row["extended_at"],
        closing_at=row["closing_at"],
        hold_minutes=row["hold_minutes"],
        reserved_seats=row["reserved_seats"],
        authorised_seats=row["authorised_seats"],
        paid_seats=row["paid_seats"],
        households=row["households"],
        waiting=row["waiting"],
        paid=Money(row["paid_minor"], currency),
        refunded=Money(row["refunded_minor"], currency),
        released=Money(row["released_minor"], currency),
        moved=Money(row["moved_minor"], currency),
        owed=Money(row["owed_minor"], currency),
        price=_money(row["price_minor"], currency),
        decision=None if row["decision"] is None else Explanation(**row["decision"]),
        sessions_held=row["sessions_held"],
        slot_confirmed_at=row["slot_confirmed_at"],
        delivered_at=row["delivered_at"],
        settles_at=row["settles_at"],
        version=row["version"],
        created_at=row["created_at"],
        pause=None if row["pause_about"] is None else Pause(About(row["pause_about"]), row["pause_until"]),
        excused_seats=row["excused_seats"],
    )


def counters_of(campaign: Campaign) -> Row:
    """Return what a join or a drop-out may change of a campaign."""
    return {
        "state": campaign.state,
        "reserved_seats": campaign.reserved_seats,
        "authorised_seats": campaign.authorised_seats,
        "paid_seats": campaign.paid_seats,
        "households": campaign.households,
        "waiting": campaign.waiting,
        "paid_minor": campaign.paid.minor,
        "refunded_minor": campaign.refunded.minor,
        "released_minor": campaign.released.minor,
        "moved_minor": campaign.moved.minor,
        "owed_minor": campaign.owed.minor,
        "version": campaign.version,
    }


def changes_of(campaign: Campaign) -> Row:
    """Return everything that may change of a campaign, but for its terms."""
    organiser, decision, pause = campaign.organiser, campaign.decision, campaign.pause
    return {
        **counters_of(campaign),
        "pause_about": None if pause is None else pause.about,
        "pause_until": None if pause is None else pause.until,
        "excused_seats": campaign.excused_seats,
        "reason": campaign.reason,
        "decision": None if decision is None else decision.to_wire(),
        "organiser_community_id": None if organiser is None else organiser.community_id,
        "organiser_member_id": None if organiser is None else organiser.member_id,
        "min_seats": campaign.min_seats,
        "max_seats": campaign.max_seats,
        "hold_minutes": campaign.hold_minutes,
        "extensions": campaign.extensions,
        "extended_at": campaign.extended_at,
        "closing_at": campaign.closing_at,
        "sessions_held": campaign.sessions_held,
        "price_minor": _minor(campaign.price),
        "deadline": campaign.deadline,
        "slot_confirmed_at": campaign.slot_confirmed_at,
        "delivered_at": campaign.delivered_at,
        "settles_at": campaign.settles_at,
    }


def terms_columns(campaign: Campaign) -> Row:
    """Return the columns of the terms and rules; whoever writes them makes a new version of them."""
    terms = campaign.terms
    return {
        "match_id": terms.match_id,
        "pool_id": terms.pool_id,
        "supplier_id": terms.supplier_id,
        "community_ids": list(terms.communities),
        "terms": terms_to_json(terms),
        "rules": rules_to_json(campaign.rules),
        "currency": terms.currency,
    }


def row_of_campaign(campaign: Campaign) -> Row:
    """Return the whole row of a new campaign."""
    identity = {"campaign_id": campaign.campaign_id, "created_at": campaign.created_at, "terms_version": 1}
    return {**identity, **terms_columns(campaign), **changes_of(campaign)}


def share_of(row: AnyRow) -> Share:
    """Return the share of a row of ``campaign_communities``."""
    counts = (row["reserved_seats"], row["paid_seats"], row["joined_seats"], row["dropped_seats"])
    return Share(row["community_id"], row["people"], *counts)


def commitment_of(row: AnyRow) -> Commitment:
    """Return the commitment of a row of ``commitments``."""
    currency = row["currency"]
    return Commitment(
        commitment_id=row["commitment_id"],
        campaign_id=row["campaign_id"],
        community_id=row["community_id"],
        member_id=row["member_id"],
        household_id=row["household_id"],
        seats=row["seats"],
        upto_seats=row["upto_seats"],
        party=tuple((who, count) for who, count in row["party"]),
        state=Standing(row["state"]),
        price=Money(row["price_minor"], currency),
        paid=_money(row["paid_minor"], currency),
        refunded=Money(row["refunded_minor"], currency),
        released=Money(row["released_minor"], currency),
        moved=Money(row["moved_minor"], currency),
        owed=Money(row["owed_minor"], currency),
        kept=Money(row["kept_minor"], currency),
        withheld=Money(row["withheld_minor"], currency),
        final_price=_money(row["final_price_minor"], currency),
        frozen=row["frozen"],
        provider=row["provider"],
        hold_until=row["hold_until"],
        receipt=row["receipt"],
        terms_digest=row["terms_digest"],
        left_at=row["left_at"],
        created_at=row["created_at"],
        terms_accepted_at=row["terms_accepted_at"],
    )


def changes_of_commitment(commitment: Commitment) -> Row:
    """Return everything that may change of a commitment."""
    return {
        "community_id": commitment.community_id,
        "member_id": commitment.member_id,
        "household_id": commitment.household_id,
        "seats": commitment.seats,
        "upto_seats": commitment.upto_seats,
        "party": [list(part) for part in commitment.party],
        "state": commitment.state,
        "price_minor": commitment.price.minor,
        "paid_minor": _minor(commitment.paid),
        "refunded_minor": commitment.refunded.minor,
        "released_minor": commitment.released.minor,
        "moved_minor": commitment.moved.minor,
        "owed_minor": commitment.owed.minor,
        "kept_minor": commitment.kept.minor,
        "withheld_minor": commitment.withheld.minor,
        "final_price_minor": _minor(commitment.final_price),
        "frozen": commitment.frozen,
        "provider": commitment.provider,
        "hold_until": commitment.hold_until,
        "receipt": commitment.receipt,
        "terms_digest": commitment.terms_digest,
        "terms_accepted_at": commitment.terms_accepted_at,
        "left_at": commitment.left_at,
    }


def row_of_commitment(commitment: Commitment) -> Row:
    """Return the whole row of a new commitment."""
    return {
        "commitment_id": commitment.commitment_id,
        "campaign_id": commitment.campaign_id,
        "currency": commitment.price.currency,
        "created_at": commitment.created_at,
        **changes_of_commitment(commitment),
    }
