"""Events of other services as commands; only what is needed is read, and anything else may change."""

from typing import Any

from marshmallow import fields

from services.campaign.domain import commands
from services.campaign.domain.asking_commands import ProposeReplacement
from services.campaign.domain.model import Share
from services.campaign.domain.terms import (
    Adapted,
    AgreementRef,
    Cancellation,
    RefundStep,
    ReleaseStage,
    Shares,
    Terms,
    Tier,
)
from services.campaign.inbound import reading
from services.campaign.inbound.reading import Read, Tolerant, an_id, count, hours, load, optional
from services.chassis.envelope import Envelope
from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.quantity import require_count, require_number
from services.kernel.timespan import Timespan


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


class SharesSchema(Tolerant):
    """Who gets which part of what is released."""

    supplier_bp = Read(count, required=True)
    organiser_bp = Read(count, required=True)
    community_bp = Read(count, required=True)
    platform_bp = Read(count, required=True)


class RefundStepSchema(Tolerant):
    """What comes back to one who leaves so many hours before the start."""

    hours_before = Read(hours, required=True)
    refund_bp = Read(count, required=True)


class CancellationSchema(Tolerant):
    """What comes back by time and by cause."""

    steps = Read(reading.many(RefundStepSchema(), least=0), required=True)
    weather_bp = Read(count, required=True)
    illness_bp = Read(count, required=True)
    no_show_bp = Read(count, required=True)


class TitleSchema(Tolerant):
    """A name for people."""

    zh = Read(reading.text(1000), required=True)
    en = Read(reading.text(1000), required=True)


class OptionChoiceSchema(Tolerant):
    """One of the things to choose from."""

    key = Read(reading.text(200), required=True)
    title = Read(reading.one(TitleSchema()), required=True)


class OptionSchema(Tolerant):
    """What could be adapted of an offer, and what holds."""

    key = Read(reading.text(200), required=True)
    title = Read(reading.one(TitleSchema()), required=True)
    value = fields.Raw(required=True)
    choices = Read(reading.many(OptionChoiceSchema(), least=0), load_default=list)


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
    # What suppliers of before could not say has the defaults.
    fallback_tiers = Read(reading.many(TierSchema(), least=0), load_default=list)
    shares = Read(reading.one(SharesSchema()), **optional)
    cancellation = Read(reading.one(CancellationSchema()), **optional)
    options = Read(reading.many(OptionSchema(), least=0), load_default=list)


class SpanSchema(Tolerant):
    """From when to when."""

    start = Read(parse_time, required=True)
    end = Read(parse_time, required=True)


class SlotSchema(SpanSchema):
    """When it takes place; a course has several sessions."""

    slot_id = an_id(required=True)
    sessions = Read(reading.many(SpanSchema(), least=0), load_default=list)


class PartSchema(Tolerant):
    """How many people of a community are expected."""

    community_id = an_id(required=True)
    people = Read(count, required=True)


class MatchSchema(Tolerant):
    """Of a proposed match: who buys what from whom, and until when the seats are held."""

    match_id = an_id(required=True)
    pool_id = an_id(**optional)
    replaces_match_id = an_id(**optional)
    campaign_id = an_id(**optional)
    communities = Read(reading.many(PartSchema()), required=True)
    supplier_id = an_id(required=True)
    supplier_name = Read(reading.text(1000), required=True)
    offer = Read(reading.one(OfferSchema()), required=True)
    slot = Read(reading.one(SlotSchema()), required=True)
    seats = Read(require_count, required=True)
    held_until = Read(parse_time, required=True)
    # Only of matches that came out of a tender.
    agreement_id = an_id(**optional)
    agreement_hash = Read(reading.text(64), **optional)


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
    household_id = an_id(**optional)


_match, _expiry, _slot, _member = MatchSchema(), ExpirySchema(), SlotConfirmedSchema(), MemberSchema()


def match_proposed(event: Envelope) -> commands.DraftCampaign | ProposeReplacement:
    """Read supplier.match_proposed.v1: a match by itself, or one in place of another that was withdrawn."""
    data = load(_match, event.data)
    if data["replaces_match_id"] is not None and data["campaign_id"] is not None:
        return ProposeReplacement(data["campaign_id"], data["replaces_match_id"], _terms(data))
    shares = tuple(Share(part["community_id"], part["people"]) for part in data["communities"])
    return commands.DraftCampaign(_terms(data), shares)


def _terms(data: dict[str, Any]) -> Terms:
    offer, slot = data["offer"], data["slot"]
    tiers, fallback = _tiers(offer["tiers"]), _tiers(offer["fallback_tiers"])
    if len({tier.price.currency for tier in (*tiers, *fallback)}) > 1:
        raise InvalidError("offer.tiers", "have several currencies", "one currency")
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
        slot=span(slot, "slot"),
        tiers=tiers,
        min_group=offer["min_group"],
        held_seats=data["seats"],
        held_until=data["held_until"],
        release=tuple(ReleaseStage(stage["stage"], stage["share_bp"]) for stage in offer["release"]),
        acceptance_hours=offer["acceptance_hours"],
        sessions=tuple(span(one, f"slot.sessions.{index}") for index, one in enumerate(slot["sessions"])),
        fallback_tiers=fallback,
        shares=Shares(**offer["shares"]) if offer["shares"] else Shares(),
        cancellation=_cancellation(offer["cancellation"]),
        agreement=_agreement(data),
        options=tuple(_adapted(option) for option in offer["options"]),
    )


def _agreement(data: dict[str, Any]) -> AgreementRef | None:
    agreement_id, hash_ = data["agreement_id"], data["agreement_hash"]
    return AgreementRef(agreement_id, hash_) if agreement_id and hash_ else None


def _adapted(found: dict[str, Any]) -> Adapted:
    """Return what holds in words: the name of a choice, both ends of a range, anything else as it is."""
    value = found["value"]
    said = " - ".join(map(str, value)) if isinstance(value, list) else str(value)
    names = {choice["key"]: (choice["title"]["zh"], choice["title"]["en"]) for choice in found["choices"]}
    return Adapted(found["key"], (found["title"]["zh"], found["title"]["en"]), names.get(said, (said, said)))


def _tiers(found: list[dict[str, Any]]) -> tuple[Tier, ...]:
    return tuple(Tier(tier["seats"], tier["price"]) for tier in sorted(found, key=lambda tier: tier["seats"]))


def span(found: dict[str, Any], field: str, end: str | None = None) -> Timespan:
    """Read from when to when; ``end`` is how the end is called where that is not ``field.end``."""
    if found["end"] <= found["start"]:
        raise InvalidError(end or f"{field}.end", "is not after the start", "an end after the start")
    return Timespan(found["start"], found["end"])


def _cancellation(found: dict[str, Any] | None) -> Cancellation:
    if found is None:
        return Cancellation()
    return Cancellation(**{**found, "steps": tuple(RefundStep(**step) for step in found["steps"])})


def match_expired(event: Envelope) -> commands.LapseMatch:
    """Read supplier.match_expired.v1."""
    return commands.LapseMatch(**load(_expiry, event.data))


def slot_confirmed(event: Envelope) -> commands.MarkSlotConfirmed:
    """Read supplier.slot_confirmed.v1."""
    return commands.MarkSlotConfirmed(**load(_slot, event.data))


def member_known(event: Envelope) -> commands.KnowMember:
    """Read demand.member_joined.v1 and demand.member_changed.v1."""
    return commands.KnowMember(**load(_member, event.data), version=event.version)
