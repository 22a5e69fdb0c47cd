"""Events of other services as commands; only what is needed is read, and anything else may change."""

from typing import Any

from services.campaign.domain import commands
from services.campaign.domain.model import ReleaseStage, Share, Terms, Tier
from services.campaign.inbound import reading
from services.campaign.inbound.reading import Read, Tolerant, an_id, load, optional
from services.chassis.envelope import Envelope
from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.quantity import require_count, require_number
from services.kernel.timespan import Timespan


def count(value: Any, field: str) -> int:
    """Read a whole number from 0."""
    return require_count(value, field, least=0)


def hours(value: Any, field: str) -> float:
    """Read a number of hours from 0 to a year, whole or not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 8784:
        raise InvalidError(field, f"{value!r:.80} is not possible", "a number of hours from 0 to 8784")
    return value


def place(value: Any, field: str) -> Place:
    """Read ``{"lat", "lon"}``."""
    try:
        return Place.from_wire(value)
    except (KeyError, TypeError, ValueError):
        raise InvalidError(field, f"{value!r:.80} is not a place", "an object with lat and lon") from None


class TierSchema(Tolerant):
    """From how many seats on which price holds."""

    seats = Read(require_count, required=True)
    price = Read(reading.money, required=True)


class StageSchema(Tolerant):
    """Which part of the money the supplier gets when."""

    stage = Read(reading.text(50), required=True)
    share_bp = Read(count, required=True)


class OfferSchema(Tolerant):
    """Of an offer: what is sold, where, and at which prices."""

    offer_id = an_id(required=True)
    title = Read(reading.text(1000), required=True)
    category = Read(reading.text(200), required=True)
    where = Read(reading.one_of("supplier", "community"), required=True)
    place = Read(place, required=True)
    tiers = Read(reading.many(TierSchema()), required=True)
    min_group = Read(require_count, required=True)
    release = Read(reading.many(StageSchema()), required=True)
    acceptance_hours = Read(require_number, required=True)


class SlotSchema(Tolerant):
    """When it takes place."""

    slot_id = an_id(required=True)
    start = Read(parse_time, required=True)
    end = Read(parse_time, required=True)


class PartSchema(Tolerant):
    """How many people of a community are expected."""

    community_id = an_id(required=True)
    people = Read(count, required=True)


class MatchSchema(Tolerant):
    """Of a proposed match: who buys what from whom, and until when the seats are held."""

    match_id = an_id(required=True)
    pool_id = an_id(**optional)
    communities = Read(reading.many(PartSchema()), required=True)
    supplier_id = an_id(required=True)
    supplier_name = Read(reading.text(1000), required=True)
    offer = Read(reading.one(OfferSchema()), required=True)
    slot = Read(reading.one(SlotSchema()), required=True)
    seats = Read(require_count, required=True)
    held_until = Read(parse_time, required=True)


class ExpirySchema(Tolerant):
    """Of a match that is gone: which, and why."""

    match_id = an_id(required=True)
    reason = Read(reading.text(100), required=True)


class SlotConfirmedSchema(Tolerant):
    """Of a booked slot: for which campaign."""

    campaign_id = an_id(required=True)


class MemberSchema(Tolerant):
    """Of a member: to which community it belongs."""

    member_id = an_id(required=True)
    community_id = an_id(required=True)


_match, _expiry, _slot, _member = MatchSchema(), ExpirySchema(), SlotConfirmedSchema(), MemberSchema()


def match_proposed(event: Envelope) -> commands.DraftCampaign:
    """Read supplier.match_proposed.v1."""
    data = load(_match, event.data)
    shares = tuple(Share(part["community_id"], part["people"]) for part in data["communities"])
    return commands.DraftCampaign(_terms(data), shares)


def _terms(data: dict[str, Any]) -> Terms:
    offer, slot = data["offer"], data["slot"]
    tiers = tuple(Tier(tier["seats"], tier["price"]) for tier in sorted(offer["tiers"], key=lambda t: t["seats"]))
    if len({tier.price.currency for tier in tiers}) > 1:
        raise InvalidError("offer.tiers", "have several currencies", "one currency")
    if slot["end"] <= slot["start"]:
        raise InvalidError("slot.end", "is not after the start", "an end after the start")
    return Terms(
        match_id=data["match_id"],
        pool_id=data["pool_id"],
        communities=tuple(part["community_id"] for part in data["communities"]),
        supplier_id=data["supplier_id"],
        supplier_name=data["supplier_name"],
        offer_id=offer["offer_id"],
        title=offer["title"],
        category=offer["category"],
        where=offer["where"],
        place=offer["place"],
        slot_id=slot["slot_id"],
        slot=Timespan(slot["start"], slot["end"]),
        tiers=tiers,
        min_group=offer["min_group"],
        held_seats=data["seats"],
        held_until=data["held_until"],
        release=tuple(ReleaseStage(stage["stage"], stage["share_bp"]) for stage in offer["release"]),
        acceptance_hours=offer["acceptance_hours"],
    )


def match_expired(event: Envelope) -> commands.LapseMatch:
    """Read supplier.match_expired.v1."""
    return commands.LapseMatch(**load(_expiry, event.data))


def slot_confirmed(event: Envelope) -> commands.MarkSlotConfirmed:
    """Read supplier.slot_confirmed.v1."""
    return commands.MarkSlotConfirmed(**load(_slot, event.data))


def member_known(event: Envelope) -> commands.KnowMember:
    """Read demand.member_joined.v1 and demand.member_changed.v1."""
    return commands.KnowMember(**load(_member, event.data), version=event.version)
