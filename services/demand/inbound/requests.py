"""Requests of the gateway as commands and questions."""

from collections.abc import Callable
from functools import partial
from typing import Any

from marshmallow import Schema

from services.chassis.paging import Page
from services.demand.domain import commands
from services.demand.domain.consenting import Decision, MergePolicy
from services.demand.domain.model import CommunityKind, Locale, MemberRole
from services.demand.domain.pool import PoolState
from services.demand.domain.signals import (
    DEFAULT_MINUTES,
    DEFAULT_RADIUS_KM,
    MAX_MINUTES,
    MAX_PEOPLE,
    MAX_RADIUS_KM,
    SignalState,
)
from services.demand.inbound import reading, rules
from services.demand.inbound.reading import Read, Tolerant, load
from services.demand.views import AskMany, AskOne
from services.kernel.caller import Caller
from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id
from services.kernel.quantity import require_count

Request = dict[str, Any]

name = reading.text(1, 100)
note = reading.text(0, 200)
an_id = partial(Read, parse_id)


class CommunitySchema(Tolerant):
    """What is said of a new or changed community."""

    name = Read(name, required=True)
    kind = Read(reading.one_of(CommunityKind), load_default=CommunityKind.OTHER)
    place = Read(reading.place, required=True)
    time_zone = Read(reading.text(1, 60), load_default="Asia/Shanghai")
    locale = Read(reading.one_of(Locale), load_default=Locale.ZH)
    merge_policy = Read(reading.one_of(MergePolicy), load_default=MergePolicy.AUTO)
    merge_rules = Read(rules.merge_rules, load_default=())
    consent_hours = Read(rules.consent_hours, load_default=None, allow_none=True)
    silence = Read(reading.one_of(Decision), load_default=Decision.REFUSED)
    recognise = Read(reading.flag, load_default=False)
    keep_raw = Read(reading.flag, load_default=False)


class MemberSchema(Tolerant):
    """What is said of a new or changed member."""

    name = Read(name, required=True)
    roles = Read(reading.list_of_words(MemberRole), load_default=(MemberRole.MEMBER,))
    contact = Read(note, load_default=None, allow_none=True)
    household = Read(note, load_default=None, allow_none=True)


def radius(value: Any, field: str) -> float:
    """Read how far somebody goes, in kilometres."""
    radius_km = reading.number(value, field)
    if not 0 < radius_km <= MAX_RADIUS_KM:
        raise InvalidError(field, f"{value!r} is not possible", f"more than 0 and at most {MAX_RADIUS_KM:g} kilometres")
    return radius_km


class SignalSchema(Tolerant):
    """What somebody wants."""

    member_id = an_id(load_default=None, allow_none=True)
    text = Read(reading.text(0, 2000), load_default="")
    category = Read(name, load_default=None, allow_none=True)
    people = Read(partial(require_count, most=MAX_PEOPLE), load_default=1)
    ceiling = Read(reading.money, load_default=None, allow_none=True)
    place = Read(reading.place, load_default=None, allow_none=True)
    radius_km = Read(radius, load_default=DEFAULT_RADIUS_KM)
    windows = Read(reading.windows, load_default=())
    when = Read(reading.text(1, 200), load_default=None, allow_none=True)
    answers = Read(reading.answers, load_default=dict)
    minutes = Read(partial(require_count, most=MAX_MINUTES), load_default=DEFAULT_MINUTES)
    expires_at = Read(parse_time, load_default=None, allow_none=True)


class SignalChangesSchema(SignalSchema):
    """What is said of a changed signal; who wants it stays who it is."""

    class Meta(Tolerant.Meta):
        """What marshmallow is told."""

        exclude = ("member_id", "when", "answers")

    category = Read(name)
    windows = Read(reading.windows)
    expires_at = Read(parse_time)


class ConsentSchema(Tolerant):
    """A community's answer."""

    pool_id = an_id(required=True)
    community_id = an_id(load_default=None, allow_none=True)
    decision = Read(reading.one_of(Decision), required=True)


class OneId(Tolerant):
    """Reads the ids of a path."""

    community_id = an_id()
    member_id = an_id()
    signal_id = an_id()
    pool_id = an_id()
    intake_id = an_id()


class SignalFilters(Tolerant):
    """By what signals can be chosen."""

    state = Read(reading.one_of(SignalState))
    category = Read(name)


class PoolFilters(Tolerant):
    """By what pools can be chosen."""

    state = Read(reading.one_of(PoolState))
    category = Read(name)


community, member, signal, consent, ids = CommunitySchema(), MemberSchema(), SignalSchema(), ConsentSchema(), OneId()
signal_changes = SignalChangesSchema()


def caller_of(request: Request) -> Caller:
    """Read who calls."""
    return Caller.from_wire(request["caller"])


def id_of(request: Request, field: str) -> Any:
    """Read an id of the path."""
    found = load(ids, request["data"]).get(field)
    if found is None:
        raise InvalidError(field, "is missing", "a UUID")
    return found


def _changes(schema: Schema, request: Request) -> dict[str, Any]:
    return load(schema, request["data"], partial=True)


def register_community(request: Request) -> commands.RegisterCommunity:
    """Read a registration."""
    return commands.RegisterCommunity(caller_of(request), **load(community, request["data"]))


def change_community(request: Request) -> commands.ChangeCommunity:
    """Read changes of a community: only the fields that are there."""
    return commands.ChangeCommunity(
        caller=caller_of(request),
        community_id=id_of(request, "community_id"),
        changes=_changes(community, request),
        expected_version=reading.version(request.get("if_match")),
    )


def add_member(request: Request) -> commands.AddMember:
    """Read a new member."""
    return commands.AddMember(caller_of(request), id_of(request, "community_id"), **load(member, request["data"]))


def change_member(request: Request) -> commands.ChangeMember:
    """Read changes of a member: only the fields that are there."""
    return commands.ChangeMember(
        caller=caller_of(request),
        community_id=id_of(request, "community_id"),
        member_id=id_of(request, "member_id"),
        changes=_changes(member, request),
        expected_version=reading.version(request.get("if_match")),
    )


def place_signal(request: Request) -> commands.PlaceSignal:
    """Read a signal: its windows are given, or the words for them."""
    data = load(signal, request["data"])
    if bool(data["windows"]) == (data["when"] is not None):
        problem = "is given beside windows" if data["windows"] else "is missing"
        raise InvalidError("when" if data["windows"] else "windows", problem, "windows, or when in words")
    return commands.PlaceSignal(caller_of(request), **data)


def change_signal(request: Request) -> commands.ChangeSignal:
    """Read changes of a signal: only the fields that are there; without a place it is where its community is."""
    return commands.ChangeSignal(
        caller=caller_of(request),
        signal_id=id_of(request, "signal_id"),
        changes=_changes(signal_changes, request),
        expected_version=reading.version(request.get("if_match")),
    )


def withdraw_signal(request: Request) -> commands.WithdrawSignal:
    """Read which signal is taken back."""
    return commands.WithdrawSignal(caller_of(request), id_of(request, "signal_id"))


def answer_consent(request: Request) -> commands.AnswerConsent:
    """Read a community's answer."""
    return commands.AnswerConsent(caller_of(request), **load(consent, request["data"]))


def ready_pool(request: Request) -> commands.ReadyPool:
    """Read which pool is to be ready."""
    return commands.ReadyPool(caller_of(request), id_of(request, "pool_id"))


def by_id(field: str) -> Callable[[Request], AskOne]:
    """Return a reader of questions for the one thing whose id is in ``field``."""

    def read(request: Request) -> AskOne:
        community_id = load(ids, request["data"]).get("community_id")
        return AskOne(caller_of(request), id_of(request, field), community_id)

    return read


def page(filters: Schema | None = None) -> Callable[[Request], AskMany]:
    """Return a reader of questions for a list, of a community if one is named."""

    def read(request: Request) -> AskMany:
        chosen = load(filters, request["data"]) if filters is not None else {}
        community_id = load(ids, request["data"]).get("community_id")
        return AskMany(caller_of(request), Page.from_request(request["data"]), community_id, chosen)

    return read


list_communities = page()
list_members = page()
list_signals = page(SignalFilters())
list_pools = page(PoolFilters())
list_consents = page()
