"""Requests and news about members, organisers and communities."""

from typing import Any

from marshmallow import fields

from services.chassis.envelope import Envelope
from services.chassis.paging import Page
from services.kernel.caller import Caller
from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id
from services.kernel.money import Money
from services.kernel.quantity import require_count
from services.reputation.domain.model import require_text
from services.reputation.domain.people import commands
from services.reputation.domain.people.fatigue_policy import FatiguePolicy
from services.reputation.inbound.reading import Reader, Request, read

POLICY = tuple(FatiguePolicy.__dataclass_fields__)


class _CommunityReader(Reader):
    community_id = fields.String(required=True)
    time_zone = fields.String(required=True)


class _MemberReader(Reader):
    member_id = fields.String(required=True)
    community_id = fields.String(required=True)


class _OrganiserReader(Reader):
    community_id = fields.String(required=True)
    member_id = fields.String(required=True, allow_none=True)


class _OpenedReader(Reader):
    campaign_id = fields.String(required=True)
    organiser = fields.Nested(_OrganiserReader, required=True)


class _CampaignReader(Reader):
    campaign_id = fields.String(required=True)


class _SettledReader(_CampaignReader):
    seats = fields.Raw(required=True)


class _EarnedReader(_CampaignReader):
    income = fields.Dict(required=True)


class _AnsweredReader(Reader):
    campaign_id = fields.String(required=True)
    member_id = fields.String(required=True)


class _AskedReader(_CampaignReader):
    round_id = fields.String(required=True)
    community_id = fields.String(required=True)
    member_ids = fields.List(fields.String(), required=True)
    answered = fields.List(fields.Nested(_AnsweredReader), load_default=list)


class _RotaReader(Reader):
    community_id = fields.String(required=True)
    member_ids = fields.List(fields.String(), required=True)
    days = fields.Raw(required=True)
    starts_at = fields.String(load_default=None, allow_none=True)


class _HandOverReader(Reader):
    community_id = fields.String(required=True)
    note = fields.Raw(required=True)


class _SwapReader(Reader):
    community_id = fields.String(required=True)
    turn_id = fields.String(required=True)
    with_turn_id = fields.String(required=True)


class _QuietReader(Reader):
    member_id = fields.String(required=True)
    until = fields.String(required=True, allow_none=True)


def community_known(event: Envelope) -> commands.KnowCommunity:
    """Read demand.community_registered.v1 and demand.community_changed.v1, which hold the same."""
    data = read(_CommunityReader, event.data)
    community_id = parse_id(data["community_id"], "community_id")
    return commands.KnowCommunity(community_id, data["time_zone"], event.version)


def member_known(event: Envelope) -> commands.KnowMember:
    """Read demand.member_joined.v1 and demand.member_changed.v1, which hold the same."""
    data = read(_MemberReader, event.data)
    return commands.KnowMember(*(parse_id(data[name], name) for name in ("member_id", "community_id")), event.version)


def campaign_opened(event: Envelope) -> commands.NoteCampaign:
    """Read who opened a campaign, of campaign.campaign_opened.v1."""
    data = read(_OpenedReader, event.data)
    who = data["organiser"]
    member_id = None if who["member_id"] is None else parse_id(who["member_id"], "organiser.member_id")
    community_id = parse_id(who["community_id"], "organiser.community_id")
    return _news(data, community_id=community_id, member_id=member_id, opened_at=event.time)


def campaign_ended(event: Envelope) -> commands.NoteCampaign:
    """Read campaign.campaign_failed.v1 and campaign.campaign_cancelled.v1."""
    return _news(read(_CampaignReader, event.data), ended_at=event.time)


def campaign_settled(event: Envelope) -> commands.NoteCampaign:
    """Read how many seats campaign.campaign_settled.v1 says were served; where all were given up it just ended."""
    data = read(_SettledReader, event.data)
    seats = require_count(data["seats"], "seats", least=0)
    return _news(data, seats=seats, settled_at=event.time) if seats else _news(data, ended_at=event.time)


def organiser_earned(event: Envelope) -> commands.NoteCampaign:
    """Read what the organiser's part of a settled campaign was, of campaign.organiser_earned.v1."""
    data = read(_EarnedReader, event.data)
    income = Money.from_wire(data["income"])
    return _news(data, income_minor=income.minor, currency=income.currency)


def invitations_asked(event: Envelope) -> commands.DecideInvitations:
    """Read campaign.invitations_asked.v1."""
    data = read(_AskedReader, event.data)
    ids = {name: parse_id(data[name], name) for name in ("round_id", "campaign_id", "community_id")}
    answered = tuple(
        (parse_id(one["campaign_id"], "answered.campaign_id"), parse_id(one["member_id"], "answered.member_id"))
        for one in data["answered"]
    )
    members = tuple(dict.fromkeys(parse_id(one, "member_ids") for one in data["member_ids"]))
    return commands.DecideInvitations(**ids, member_ids=members, answered=answered)


def of_community(request: Request) -> commands.OfCommunity:
    """Read of which community something is asked."""
    return commands.OfCommunity(Caller.from_wire(request["caller"]), _id(request, "community_id"))


def of_member(request: Request) -> commands.OfMember:
    """Read of which member something is asked."""
    return commands.OfMember(Caller.from_wire(request["caller"]), _id(request, "member_id"))


def list_fatigue(request: Request) -> commands.SomeWeary:
    """Read which page of whose askings."""
    page = Page.from_request(request["data"])
    after = None if page.after is None else parse_id(page.after, "cursor")
    return commands.SomeWeary(Caller.from_wire(request["caller"]), _id(request, "community_id"), page.limit, after)


def set_fatigue_policy(request: Request) -> commands.SetFatiguePolicy:
    """Read which numbers of a policy change."""
    changes = {name: request["data"][name] for name in POLICY if request["data"].get(name) is not None}
    if not changes:
        raise InvalidError("data", "changes nothing", f"at least one of {', '.join(POLICY)}")
    return commands.SetFatiguePolicy(Caller.from_wire(request["caller"]), _id(request, "community_id"), changes)


def set_quiet(request: Request) -> commands.SetQuiet:
    """Read until when a member wants to be left in peace."""
    data = read(_QuietReader, request["data"])
    until = None if data["until"] is None else parse_time(data["until"], "until")
    return commands.SetQuiet(Caller.from_wire(request["caller"]), parse_id(data["member_id"], "member_id"), until)


def set_rota(request: Request) -> commands.SetRota:
    """Read who takes turns."""
    data = read(_RotaReader, request["data"])
    starts_at = None if data["starts_at"] is None else parse_time(data["starts_at"], "starts_at")
    return commands.SetRota(
        caller=Caller.from_wire(request["caller"]),
        community_id=parse_id(data["community_id"], "community_id"),
        member_ids=tuple(parse_id(one, f"member_ids.{index}") for index, one in enumerate(data["member_ids"])),
        days=require_count(data["days"], "days"),
        starts_at=starts_at,
    )


def hand_over(request: Request) -> commands.HandOver:
    """Read what the one who leaves tells the next."""
    data = read(_HandOverReader, request["data"])
    community_id = parse_id(data["community_id"], "community_id")
    return commands.HandOver(Caller.from_wire(request["caller"]), community_id, require_text(data["note"], "note"))


def take_over(request: Request) -> commands.TakeOver:
    """Read which community's duty is taken over."""
    return commands.TakeOver(Caller.from_wire(request["caller"]), _id(request, "community_id"))


def swap_turns(request: Request) -> commands.SwapTurns:
    """Read which turns are exchanged."""
    data = read(_SwapReader, request["data"])
    ids = {name: parse_id(data[name], name) for name in ("community_id", "turn_id", "with_turn_id")}
    return commands.SwapTurns(Caller.from_wire(request["caller"]), **ids)


def _id(request: Request, field: str) -> Any:
    return parse_id(request["data"].get(field), field)


def _news(data: dict[str, Any], **news: Any) -> commands.NoteCampaign:
    return commands.NoteCampaign(parse_id(data["campaign_id"], "campaign_id"), news)
