"""Offers and their slots, as suppliers write them, to commands. What is left out is the default of the domain."""

from collections.abc import Callable
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
from services.supplier.domain.offer_commands import ReviseOffer
from services.supplier.domain.options import MAX_CHOICES, MAX_OPTIONS, Option, OptionChoice, OptionKind
from services.supplier.domain.terms import DEFAULT_ACCEPTANCE_HOURS, MAX_FALLBACK_TIERS, MAX_SESSIONS, Tier, Where
from services.supplier.inbound.calendars import CalendarSchema, calendar
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


class TierReader(Tolerant):
    """From how many seats on which price holds."""

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


class _Title(Tolerant):
    zh = needed(text(TITLE))
    en = needed(text(TITLE))


class _Choice(Tolerant):
    key = needed(text(KIND))
    title = fields.Nested(_Title, required=True)


class _Option(Tolerant):
    key = needed(text(KIND))
    kind = needed(one_of(OptionKind))
    title = fields.Nested(_Title, required=True)
    value = fields.Raw(required=True, allow_none=False)
    choices = many(_Choice, MAX_CHOICES, load_default=list)
    least = optional(count(least=0))
    most = optional(count(least=0))


class _Offer(Tolerant):
    supplier_id = needed(id_)
    title = needed(text(TITLE))
    category = needed(text(KIND))
    where = needed(one_of(Where))
    place = optional(place)
    travel_km = optional(number)
    tiers = many(TierReader, 100, required=True)
    fallback_tiers = many(TierReader, MAX_FALLBACK_TIERS, load_default=None, allow_none=True)
    min_group = needed(count())
    max_group = needed(count())
    minutes = needed(count())
    release = many(_Release, 10, load_default=None, allow_none=True)
    shares = fields.Nested(_Shares, load_default=None, allow_none=True)
    cancellation = fields.Nested(_Cancellation, load_default=None, allow_none=True)
    acceptance_hours = optional(hours, DEFAULT_ACCEPTANCE_HOURS)
    required_qualifications = optional(list_of(text(KIND), MOST_KINDS), ())
    options = many(_Option, MAX_OPTIONS, load_default=list)
    slots = many(_Slot, MOST_SLOTS, load_default=list)
    calendar = fields.Nested(CalendarSchema, load_default=None, allow_none=True)


# What a revision may say; another category would be another offer, and slots are added by themselves.
_REVISABLE = tuple(name for name in _Offer().fields if name not in ("supplier_id", "category", "slots"))


class _Revise(_Offer):
    offer_id = needed(id_)

    class Meta(Tolerant.Meta):
        """What cannot be revised is not read."""

        exclude = ("supplier_id", "category", "slots")


class _AddSlot(_Slot):
    offer_id = needed(id_)


def publish_offer(request: Request) -> commands.PublishOffer:
    """Read an offer with its slots."""
    data = load(_Offer(), request["data"])
    supplier_id, place, slots = data.pop("supplier_id"), data.pop("place"), data.pop("slots")
    new = tuple(_new_slot(slot, f"slots.{index}.") for index, slot in enumerate(slots))
    dates, caller = calendar(data.pop("calendar")), Caller.from_wire(request["caller"])
    return commands.PublishOffer(caller, supplier_id, place, _terms(data), new, dates)


def revise_offer(request: Request) -> ReviseOffer:
    """Read which terms are to be others; what is not named stays, and null is the default of the domain."""
    data = load(_Revise(partial=_REVISABLE), request["data"])
    offer_id = data.pop("offer_id")
    if data.get("place", ...) is None:
        del data["place"]
    recalendar = "calendar" in data
    dates = calendar(data.pop("calendar", None))
    caller = Caller.from_wire(request["caller"])
    return ReviseOffer(caller, offer_id, request.get("if_match"), _terms(data), recalendar, dates)


def _terms(data: Values) -> Values:
    """Make what was read of terms what the domain takes, field by field."""
    return {name: _MADE[name](value) if name in _MADE else value for name, value in data.items()}


def _tiers(data: list[Values] | None) -> tuple[Tier, ...]:
    return tuple(Tier(**tier) for tier in data or ())


def _shares(data: Values | None) -> Shares:
    return Shares(**{name: share or 0 for name, share in (data or {"supplier_bp": WHOLE_BP}).items()})


def _cancellation(data: Values | None) -> Cancellation:
    given: dict[str, Any] = {name: value for name, value in (data or {}).items() if value is not None}
    # No steps at all is a rule too: who leaves gets nothing back.
    steps = tuple(CancellationStep(**step) for step in given["steps"]) if "steps" in given else DEFAULT_STEPS
    return Cancellation(**{**given, "steps": steps})


def _option(data: Values) -> Option:
    choices = tuple(OptionChoice(choice["key"], **choice["title"]) for choice in data["choices"])
    value = tuple(data["value"]) if isinstance(data["value"], list) else data["value"]
    given = {name: data[name] for name in ("key", "kind", "least", "most")}
    return Option(**given, **data["title"], value=value, choices=choices)


_MADE: dict[str, Callable[[Any], Any]] = {
    "tiers": _tiers,
    "fallback_tiers": _tiers,
    "release": lambda parts: tuple(ReleaseStage(**part) for part in parts or ()) or DEFAULT_RELEASE,
    "shares": _shares,
    "cancellation": _cancellation,
    "options": lambda options: tuple(_option(option) for option in options),
    "required_qualifications": lambda kinds: tuple(dict.fromkeys(kinds or ())),
    "acceptance_hours": lambda hours: DEFAULT_ACCEPTANCE_HOURS if hours is None else hours,
}


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
