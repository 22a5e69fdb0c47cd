"""Rows to domain objects and back. Nothing here decides anything."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kernel.geo import Area, Place
from services.kernel.money import Money
from services.kernel.timespan import Timespan
from services.supplier.domain.matches import Match, Share
from services.supplier.domain.matching import ReadyPool
from services.supplier.domain.model import (
    Qualification,
    QualificationState,
    Score,
    Sharing,
    SharingMode,
    Supplier,
    SupplierState,
)
from services.supplier.domain.offers import Offer, OfferState, OfferVersion, Slot, Snapshot
from services.supplier.domain.permissions import Grant
from services.supplier.domain.registry import SupplierStanding
from services.supplier.domain.standing import MatchState
from services.supplier.domain.vacancies import Vacancy, VacancyState
from services.supplier.storage.calendars import calendar_of, calendar_values
from services.supplier.storage.occupancy import line_of, spans_of
from services.supplier.storage.terms import terms_of, terms_values

Values = dict[str, Any]


def supplier_of(row: Row, grants: tuple[Grant, ...] = ()) -> Supplier:
    """Read a row of ``suppliers``; ``grants`` are its live ones."""
    return Supplier(
        supplier_id=row.supplier_id,
        community_id=row.community_id,
        name=row.name,
        contact=row.contact,
        place=Place(row.lat, row.lon),
        sharing=Sharing(SharingMode(row.sharing_mode), frozenset(row.shared_with)),
        state=SupplierState(row.state),
        version=row.version,
        created_at=row.created_at,
        left=frozenset(row.left_by),
        grants=grants,
        standing=SupplierStanding(row.standing),
    )


def supplier_values(supplier: Supplier) -> Values:
    """Write a row of ``suppliers``."""
    return {
        "supplier_id": supplier.supplier_id,
        "community_id": supplier.community_id,
        "name": supplier.name,
        "contact": supplier.contact,
        "lat": supplier.place.lat,
        "lon": supplier.place.lon,
        "sharing_mode": str(supplier.sharing.mode),
        "shared_with": sorted(supplier.sharing.community_ids),
        "left_by": sorted(supplier.left),
        "state": str(supplier.state),
        "standing": str(supplier.standing),
        "version": supplier.version,
        "created_at": supplier.created_at,
    }


def qualification_of(row: Row) -> Qualification:
    """Read a row of ``qualifications``."""
    values = {name: getattr(row, name) for name in Qualification.__dataclass_fields__}
    return Qualification(**{**values, "state": QualificationState(row.state)})


def qualification_values(qualification: Qualification) -> Values:
    """Write a row of ``qualifications``."""
    values = {name: getattr(qualification, name) for name in Qualification.__dataclass_fields__}
    return {**values, "state": str(qualification.state)}


def offer_of(row: Row) -> Offer:
    """Read a row of ``offers``."""
    state = OfferState(row.state)
    paused_for = tuple(row.paused_for)
    calendar = calendar_of(row.calendar) if row.calendar else None
    extras = (paused_for, calendar)
    return Offer(row.offer_id, row.supplier_id, terms_of(row.terms), state, row.version, row.created_at, *extras)


def offer_values(offer: Offer) -> Values:
    """Write a row of ``offers``."""
    return {
        "offer_id": offer.offer_id,
        "supplier_id": offer.supplier_id,
        "category": offer.terms.category,
        "terms": terms_values(offer.terms),
        "state": str(offer.state),
        "version": offer.version,
        "created_at": offer.created_at,
        "paused_for": list(offer.paused_for),
        "calendar": calendar_values(offer.calendar) if offer.calendar else None,
    }


def offer_version_of(row: Row) -> OfferVersion:
    """Read a row of ``offer_versions``."""
    return OfferVersion(row.offer_id, row.version, terms_of(row.terms), row.created_at)


def offer_version_values(version: OfferVersion) -> Values:
    """Write a row of ``offer_versions``."""
    return {
        "offer_id": version.offer_id,
        "version": version.version,
        "terms": terms_values(version.terms),
        "created_at": version.created_at,
    }


def slot_of(row: Row) -> Slot:
    """Read a row of ``slots``."""
    span = Timespan(row.starts_at, row.ends_at)
    counters = (row.capacity, row.held, row.confirmed, row.closed)
    occupied = spans_of(row.resource, row.occupies)
    needs = (row.book_by, row.resource, occupied, row.from_calendar)
    return Slot(row.slot_id, row.offer_id, span, _sessions_of(row), *counters, *needs)


def _sessions_of(row: Row) -> tuple[Timespan, ...]:
    # Slots and matches of the first version knew of no sessions: there was one, the slot itself.
    if row.sessions is None:
        return (Timespan(row.starts_at, row.ends_at),)
    return tuple(Timespan.from_wire(session) for session in row.sessions)


def slot_values(slot: Slot) -> Values:
    """Write a row of ``slots``."""
    return {
        "slot_id": slot.slot_id,
        "offer_id": slot.offer_id,
        "starts_at": slot.span.start,
        "ends_at": slot.span.end,
        "sessions": [session.to_wire() for session in slot.sessions],
        "capacity": slot.capacity,
        "held": slot.held,
        "confirmed": slot.confirmed,
        "closed": slot.closed,
        "from_calendar": slot.from_calendar,
        **occupancy_values(slot),
    }


def occupancy_values(slot: Slot) -> Values:
    """Write until when a slot can be booked, and what it needs when."""
    occupies = line_of(slot.resource, slot.occupied)
    return {"book_by": slot.book_by, "resource": slot.resource, "occupies": occupies}


_SAME_IN_MATCH = (
    "match_id",
    "pool_id",
    "rank",
    "people",
    "supplier_id",
    "supplier_name",
    "slot_id",
    "seats",
    "held_until",
    "distance_km",
    "score",
    "score_low",
    "campaign_id",
    "created_at",
    "sold",
    "withdrawn_because",
    "replaces_match_id",
    "for_campaign_id",
    "supplier_standing",
    "agreement_id",
    "agreement_hash",
)


def match_of(row: Row) -> Match:
    """Read a row of ``matches``."""
    return Match(
        state=MatchState(row.state),
        communities=tuple(_share_of(json) for json in row.communities),
        offer=Snapshot(row.offer_id, row.offer_version, terms_of(row.terms)),
        span=Timespan(row.starts_at, row.ends_at),
        sessions=_sessions_of(row),
        **{name: getattr(row, name) for name in _SAME_IN_MATCH},
    )


def match_values(match: Match) -> Values:
    """Write a row of ``matches``."""
    return {
        **{name: getattr(match, name) for name in _SAME_IN_MATCH},
        "state": str(match.state),
        "communities": [_share_values(share) for share in match.communities],
        "community_ids": [share.community_id for share in match.communities],
        "offer_id": match.offer.offer_id,
        "offer_version": match.offer.version,
        "terms": terms_values(match.offer.terms),
        "starts_at": match.span.start,
        "ends_at": match.span.end,
        "sessions": [session.to_wire() for session in match.sessions],
    }


_SAME_IN_VACANCY = ("match_id", "campaign_id", "category", "people", "seats")


def vacancy_of(row: Row) -> Vacancy:
    """Read a row of ``vacancies``."""
    same = {name: getattr(row, name) for name in _SAME_IN_VACANCY}
    return Vacancy(**same, state=VacancyState(row.state), reasons=row.reasons)


def vacancy_values(vacancy: Vacancy) -> Values:
    """Write a row of ``vacancies``."""
    same = {name: getattr(vacancy, name) for name in _SAME_IN_VACANCY}
    reasons = dict(vacancy.reasons) if vacancy.reasons is not None else None
    return {**same, "state": str(vacancy.state), "reasons": reasons}


def pool_of(pool_id: Any, json: Values) -> ReadyPool:
    """Read the copy of a pool."""
    return ReadyPool(
        pool_id=pool_id,
        category=json["category"],
        communities=tuple(_share_of(share) for share in json["communities"]),
        area=Area.from_wire(json["area"]),
        windows=tuple(Timespan.from_wire(window) for window in json["windows"]),
        minutes=json["minutes"],
        ceiling=Money.from_wire(json["ceiling"]) if json["ceiling"] else None,
    )


def pool_values(pool: ReadyPool) -> Values:
    """Write the copy of a pool as JSON."""
    return {
        "category": pool.category,
        "communities": [_share_values(share) for share in pool.communities],
        "area": pool.area.to_wire(),
        "windows": [window.to_wire() for window in pool.windows],
        "minutes": pool.minutes,
        "ceiling": pool.ceiling.to_wire() if pool.ceiling else None,
    }


def score_of(row: Row) -> Score:
    """Read a row of ``scores``."""
    return Score(row.supplier_id, row.version, row.score, row.reviews, row.low, row.high)


def _share_of(json: Values) -> Share:
    return Share(UUID(json["community_id"]), json["people"])


def _share_values(share: Share) -> Values:
    return {"community_id": str(share.community_id), "people": share.people}
