"""Offers and their slots, as suppliers write them, to commands. What is left out is the default of the domain."""

from datetime import datetime
from functools import partial
from typing import Any

from marshmallow import fields

from services.kernel.caller import Caller
from services.kernel.clock import format_time
from services.kernel.errors import InvalidError
from services.kernel.timespan import Timespan
from services.supplier.domain import commands
from services.supplier.domain.conditions import (
    DEFAULT_RELEASE,
    DEFAULT_STEPS,
    MAX_STEPS,
    WHOLE_BP,
    Cancellation,
    CancellationStep,
    ReleaseStage,
    Shares,
    Stage,
)
from services.supplier.domain.offers import MAX_SESSIONS
from services.supplier.domain.terms import DEFAULT_ACCEPTANCE_HOURS, MAX_FALLBACK_TIERS, Tier, Where
from services.supplier.inbound.reading import (
    Request,
    Tolerant,
    Values,
    count,
    hours,
    id_,
    list_of,
    load,
    many,
    money,
    needed,
    number,
    one_of,
    optional,
    place,
    text,
    time,
)

TITLE, KIND = 200, 80  # the longest texts, in characters
MOST_SLOTS, MOST_KINDS = 200, 20
basis_points = count(least=0, most=WHOLE_BP)
# A field that may be left out or null and is then the default of the domain.
defaulted = partial(optional, default=None)


class _Tier(Tolerant):
    seats = needed(count())
    price = needed(money)


class _Release(Tolerant):
    stage = needed(one_of(Stage))
    share_bp = needed(basis_points)


class _Shares(Tolerant):
    supplier_bp = needed(basis_points)
    organiser_bp = optional(basis_points, 0)
    community_bp = optional(basis_points, 0)
    platform_bp = optional(basis_points, 0)


class _Step(Tolerant):
    hours_before = needed(hours)
    refund_bp = needed(basis_points)


class _Cancellation(Tolerant):
    steps = many(_Step, MAX_STEPS, load_default=None, allow_none=True)
    weather_bp = defaulted(basis_points)
    illness_bp = defaulted(basis_points)
    no_show_bp = defaulted(basis_points)


class _Session(Tolerant):
    start = needed(time)
    end = needed(time)


class _Slot(_Session):
    sessions = many(_Session, MAX_SESSIONS, load_default=None, allow_none=True)
    capacity = needed(count())


class _Offer(Tolerant):
    supplier_id = needed(id_)
    title = needed(text(TITLE))
    category = needed(text(KIND))
    where = needed(one_of(Where))
    place = optional(place)
    travel_km = optional(number)
    tiers = many(_Tier, 100, required=True)
    fallback_tiers = many(_Tier, MAX_FALLBACK_TIERS, load_default=None, allow_none=True)
    min_group = needed(count())
    max_group = needed(count())
    minutes = needed(count())
    release = many(_Release, 10, load_default=None, allow_none=True)
    shares = fields.Nested(_Shares, load_default=None, allow_none=True)
    cancellation = fields.Nested(_Cancellation, load_default=None, allow_none=True)
    acceptance_hours = optional(hours, DEFAULT_ACCEPTANCE_HOURS)
    required_qualifications = optional(list_of(text(KIND), MOST_KINDS), ())
    slots = many(_Slot, MOST_SLOTS, load_default=list)


class _AddSlot(_Slot):
    offer_id = needed(id_)


def publish_offer(request: Request) -> commands.PublishOffer:
    """Read an offer with its slots."""
    data = load(_Offer(), request["data"])
    supplier_id, place, slots = data.pop("supplier_id"), data.pop("place"), data.pop("slots")
    data["tiers"] = tuple(Tier(**tier) for tier in data["tiers"])
    data["fallback_tiers"] = tuple(Tier(**tier) for tier in data["fallback_tiers"] or ())
    data["release"] = tuple(ReleaseStage(**part) for part in data["release"] or ()) or DEFAULT_RELEASE
    data["shares"] = Shares(**{name: share or 0 for name, share in (data["shares"] or _ALL_OF_IT).items()})
    data["cancellation"] = _cancellation(data["cancellation"] or {})
    data["required_qualifications"] = tuple(dict.fromkeys(data["required_qualifications"] or ()))
    if data["acceptance_hours"] is None:
        data["acceptance_hours"] = DEFAULT_ACCEPTANCE_HOURS
    new = tuple(_new_slot(slot, f"slots.{index}.") for index, slot in enumerate(slots))
    return commands.PublishOffer(Caller.from_wire(request["caller"]), supplier_id, place, data, new)


_ALL_OF_IT = {"supplier_bp": WHOLE_BP}


def _cancellation(data: Values) -> Cancellation:
    given: dict[str, Any] = {name: value for name, value in data.items() if value is not None}
    # No steps at all is a rule too: who leaves gets nothing back.
    steps = tuple(CancellationStep(**step) for step in given["steps"]) if "steps" in given else DEFAULT_STEPS
    return Cancellation(**{**given, "steps": steps})


def add_slot(request: Request) -> commands.AddSlot:
    """Read a new slot."""
    data = load(_AddSlot(), request["data"])
    return commands.AddSlot(Caller.from_wire(request["caller"]), data["offer_id"], _new_slot(data, ""))


def _new_slot(data: Values, field: str) -> commands.NewSlot:
    span = _span(data, field)
    sessions = enumerate(data["sessions"] or ())
    parts = tuple(_span(session, f"{field}sessions.{index}.") for index, session in sessions)
    return commands.NewSlot(span, parts or (span,), data["capacity"])


def _span(data: Values, field: str) -> Timespan:
    start: datetime = data["start"]
    end: datetime = data["end"]
    if end <= start:
        raise InvalidError(f"{field}end", f"{format_time(end)} is not after the start", "an end after the start")
    return Timespan(start, end)
