"""Requests and events about invitations."""

from typing import Any

from services.campaign.domain import inviting_commands as commands
from services.campaign.domain.inviting import MOST_MEMBERS, Decision
from services.campaign.inbound import reading
from services.campaign.inbound.reading import Read, Tolerant, an_id, load, optional
from services.campaign.views import questions
from services.chassis.envelope import Envelope
from services.chassis.paging import Page
from services.kernel.caller import Caller
from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id

Request = dict[str, Any]


def _ids(value: Any, field: str) -> tuple[Any, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_MEMBERS:
        raise InvalidError(field, "is not a possible list", f"a list of 1 to {MOST_MEMBERS} ids")
    return tuple(parse_id(one, f"{field}.{index}") for index, one in enumerate(value))


class InviteSchema(Tolerant):
    """Whom to ask to join which campaign."""

    campaign_id = an_id(required=True)
    member_ids = Read(_ids, **optional)
    community_id = an_id(**optional)


class InvitationSchema(Tolerant):
    """Which invitation."""

    invitation_id = an_id(required=True)


class InvitationsSchema(Tolerant):
    """Of which campaign."""

    campaign_id = an_id(**optional)


class WhySchema(Tolerant):
    """Why not, as a code and in words."""

    code = Read(reading.text(50), required=True)
    zh = Read(reading.text(200), required=True)
    en = Read(reading.text(200), required=True)


class DecidedSchema(Tolerant):
    """What the guard says of one member."""

    member_id = an_id(required=True)
    allowed = Read(reading.flag, required=True)
    why = Read(reading.one(WhySchema()), **optional)
    not_before = Read(parse_time, **optional)


class DecisionsSchema(Tolerant):
    """What the guard says to one question."""

    round_id = an_id(required=True)
    campaign_id = an_id(required=True)
    members = Read(reading.many(DecidedSchema(), MOST_MEMBERS), required=True)


_invite, _invitation, _invitations = InviteSchema(), InvitationSchema(), InvitationsSchema()
_decisions = DecisionsSchema()


def invite_members(request: Request) -> commands.InviteMembers:
    """Read whom a community asks to join."""
    return commands.InviteMembers(Caller.from_wire(request["caller"]), **load(_invite, request["data"]))


def decline_invitation(request: Request) -> commands.DeclineInvitation:
    """Read which invitation is declined."""
    return commands.DeclineInvitation(Caller.from_wire(request["caller"]), **load(_invitation, request["data"]))


def list_invitations(request: Request) -> questions.SomeInvitations:
    """Read which page of whose invitations."""
    page = Page.from_request(request["data"])
    if page.after is not None:
        parse_id(page.after, "cursor")
    return questions.SomeInvitations(Caller.from_wire(request["caller"]), page, **load(_invitations, request["data"]))


def invitations_decided(event: Envelope) -> commands.TakeDecisions:
    """Read reputation.invitations_decided.v1."""
    data = load(_decisions, event.data)
    decisions = tuple(Decision(**one) for one in data["members"])
    return commands.TakeDecisions(data["round_id"], data["campaign_id"], decisions)
