"""Requests about intakes, categories and forms as commands and questions."""

import base64
import binascii
from functools import partial
from typing import Any

from marshmallow import fields

from services.demand.domain import intake_commands as commands
from services.demand.domain.intake.correcting import Correction
from services.demand.domain.intake.model import IntakeKind, IntakeState, PeopleRule, Want
from services.demand.domain.intake.reading import MAX_TEXT, Source
from services.demand.domain.signals import MAX_MINUTES, MAX_PEOPLE
from services.demand.inbound import reading
from services.demand.inbound.reading import Read, Tolerant, load
from services.demand.inbound.requests import Request, an_id, caller_of, id_of, page, radius
from services.kernel.errors import InvalidError
from services.kernel.money import EXPONENTS
from services.kernel.quantity import require_count

category = reading.text(1, 100)
MAX_FILE = 700_000  # bytes; as base64 it fills the body that the gateway takes


def currency(value: Any, field: str) -> str:
    """Read a currency."""
    if not isinstance(value, str) or value not in EXPONENTS:
        raise InvalidError(field, f"{value!r} is not supported", f"one of {', '.join(EXPONENTS)}")
    return value


def file(value: Any, field: str) -> bytes:
    """Read the bytes of a file in base64."""
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise InvalidError(field, "is not base64", "the bytes of a file in base64 (RFC 4648)") from None
    if not 0 < len(data) <= MAX_FILE:
        raise InvalidError(field, f"has {len(data)} bytes", f"a file of 1 to {MAX_FILE} bytes")
    return data


class WantSchema(Tolerant):
    """What is wanted."""

    category = Read(category, allow_none=True)
    windows = Read(reading.windows, allow_none=True)
    minutes = Read(partial(require_count, most=MAX_MINUTES), allow_none=True)
    ceiling = Read(reading.money, allow_none=True)
    place = Read(reading.place, allow_none=True)
    radius_km = Read(radius, allow_none=True)
    when = Read(reading.text(1, 200), allow_none=True)


class IntakeSchema(Tolerant):
    """What is sent in."""

    community_id = an_id(load_default=None, allow_none=True)
    kind = Read(reading.one_of(IntakeKind), required=True)
    text = Read(reading.text(1, MAX_TEXT), load_default=None, allow_none=True)
    file = Read(file, load_default=None, allow_none=True)
    fork = Read(reading.text(1, MAX_TEXT), load_default=None, allow_none=True)
    people_rule = Read(reading.one_of(PeopleRule), load_default=PeopleRule.ASK)
    currency = Read(currency, load_default="CNY")
    defaults = fields.Raw(load_default=dict)


class CorrectionSchema(WantSchema):
    """What is said of a row or a group."""

    number = Read(partial(require_count, most=100_000), required=True)
    nickname = Read(reading.text(1, 100))
    household = Read(reading.text(1, 200), allow_none=True)
    contact = Read(reading.text(1, 200), allow_none=True)
    people = Read(partial(require_count, most=MAX_PEOPLE))
    text = Read(reading.text(0, 500))
    answers = Read(reading.answers)
    accept = Read(reading.flag)
    drop = Read(reading.flag)


class ChangesSchema(Tolerant):
    """Corrections of an intake."""

    rows = fields.Raw(load_default=list)
    groups = fields.Raw(load_default=list)
    people_rule = Read(reading.one_of(PeopleRule), load_default=None, allow_none=True)
    defaults = fields.Raw(load_default=dict)


class IntakeFilters(Tolerant):
    """By what intakes can be chosen."""

    state = Read(reading.one_of(IntakeState))
    kind = Read(reading.one_of(IntakeKind))


wants, intakes, corrections, changes = WantSchema(), IntakeSchema(), CorrectionSchema(), ChangesSchema()


def create_intake(request: Request) -> commands.CreateIntake:
    """Read what is sent in: a text, or a file."""
    data = load(intakes, request["data"])
    if (data["text"] is None) == (data["file"] is None):
        raise InvalidError(
            "text", "is missing" if data["text"] is None else "is given beside a file", "a text or a file"
        )
    if data["fork"] is not None and data["kind"] is not IntakeKind.JIELONG:
        raise InvalidError("fork", f"makes no sense for a {data['kind']}", "a fork of a jielong only")
    defaults = within(wants, data["defaults"], "defaults")
    when = defaults.pop("when", None)
    return commands.CreateIntake(
        caller=caller_of(request),
        community_id=data["community_id"],
        source=Source(data["kind"], data["text"], data["file"], data["fork"]),
        defaults=Want(**defaults),
        when=when,
        people_rule=data["people_rule"],
        currency=data["currency"],
    )


def change_intake(request: Request) -> commands.ChangeIntake:
    """Read corrections: only the fields that are there."""
    data = load(changes, request["data"])
    defaults = within(wants, data["defaults"], "defaults")
    when = defaults.pop("when", None)
    return commands.ChangeIntake(
        caller=caller_of(request),
        intake_id=id_of(request, "intake_id"),
        rows=_corrections(data["rows"], "rows"),
        groups=_corrections(data["groups"], "groups"),
        defaults=defaults,
        when=when,
        people_rule=data["people_rule"],
        expected_version=reading.version(request.get("if_match")),
    )


def _corrections(value: Any, field: str) -> tuple[Correction, ...]:
    found = []
    for index, one in enumerate(list_within(value, field, 2000)):
        named = within(corrections, one, f"{field}.{index}")
        number, accept, drop = named.pop("number"), named.pop("accept", False), named.pop("drop", None)
        found.append(Correction(number, named, accept, drop))
    return tuple(found)


def within(schema: Tolerant, value: Any, field: str) -> dict[str, Any]:
    """Read an object that is the ``field`` of another; errors name it."""
    try:
        return load(schema, value)
    except InvalidError as error:
        raise error.within(field) from None


def list_within(value: Any, field: str, most: int) -> list[Any]:
    """Read a list of at most ``most`` items."""
    if not isinstance(value, list) or len(value) > most:
        raise InvalidError(field, "is no possible list", f"a list of at most {most} items")
    return value


def decide_intake(request: Request) -> commands.DecideIntake:
    """Read which intake is committed or discarded."""
    return commands.DecideIntake(caller_of(request), id_of(request, "intake_id"))


list_intakes = page(IntakeFilters())
commit_intake = discard_intake = decide_intake
