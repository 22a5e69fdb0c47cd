"""Members' points, organisers and their turns, invitations and the fatigue guard."""

from marshmallow import fields

from gateway.schemas.base import Answer, Body, MoneySchema, PageQuery, SentenceSchema, Strict, page_of
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, pattern, string, whole

MAX_COUNT = 2**53
MAX_DAYS, MAX_HOURS = 366, 366 * 24
DEEDS = ("attended", "reviewed", "organised", "duty_done")
CLOCK, DAY = r"^([01]\d|2[0-3]):[0-5]\d$", r"^\d{4}-\d{2}-\d{2}$"


def _count() -> fields.Integer:
    return whole(0, MAX_COUNT, required=True)


class LevelView(Answer):
    """A level, and from how many points on it is reached."""

    level = fields.String(required=True)
    points = _count()
    name = nested(SentenceSchema, required=True)


class DeedView(Answer):
    """What points were given for; those that wait are of campaigns that are not settled yet."""

    deed = choice(*DEEDS, required=True)
    times = _count()
    waiting = _count()
    points = _count()


class PointsView(Answer):
    """The points of a member, its level, and what is missing to the next."""

    member_id = ident(required=True)
    points = _count()
    waiting = _count()
    level = nested(LevelView, required=True)
    next = nested(LevelView, required=True, allow_none=True)
    missing = _count()
    deeds = fields.List(nested(DeedView), required=True)


class SetQuiet(Body):
    """Until when the member wants to be left in peace; null ends it."""

    until = moment(required=True, allow_none=True)


class QuietView(Answer):
    """A member's wish."""

    member_id = ident(required=True)
    quiet_until = moment(required=True, allow_none=True)


class HonourView(Answer):
    """An honour that was earned."""

    honour = fields.String(required=True)
    name = nested(SentenceSchema, required=True)
    awarded_at = moment(required=True)


class OrganiserView(Answer):
    """What an organiser carries now and has done; the income is told to those who manage and to itself."""

    member_id = ident(required=True)
    load = choice("free", "normal", "heavy", required=True)
    running = _count()
    recent = _count()
    settled = _count()
    failed = _count()
    seats = _count()
    duties = _count()
    income = fields.List(nested(MoneySchema), required=True, allow_none=True)
    honours = fields.List(nested(HonourView), required=True)


class SetRota(Body):
    """Who takes turns, in this order, for how many days each; turns begin now if no time is given."""

    member_ids = many(ident(), 1, 50, required=True)
    days = whole(1, MAX_DAYS, required=True)
    starts_at = moment(allow_none=True)


class HandOverDuty(Body):
    """What the next one has to know; it stays in the community."""

    note = string(2000, required=True)


class SwapTurns(Body):
    """Which two turns ahead exchange their members."""

    turn_id = ident(required=True)
    with_turn_id = ident(required=True)


class TurnView(Answer):
    """A turn of duty; it is overdue when its time is over and nobody has taken over."""

    turn_id = ident(required=True)
    number = whole(1, MAX_COUNT, required=True)
    member_id = ident(required=True)
    starts_at = moment(required=True)
    ends_at = moment(required=True)
    state = choice("planned", "on_duty", "handing_over", "done", "skipped", required=True)
    overdue = flag(required=True)
    note = fields.String(required=True, allow_none=True)
    handed_over_at = moment(required=True, allow_none=True)
    taken_over_at = moment(required=True, allow_none=True)


class RotaView(Answer):
    """Who is on duty, who comes next, and who was."""

    community_id = ident(required=True)
    member_ids = fields.List(ident(), required=True)
    days = whole(1, MAX_DAYS, required=True)
    version = whole(1, MAX_COUNT, required=True)
    on_duty = nested(TurnView, required=True, allow_none=True)
    turns = fields.List(nested(TurnView), required=True)


class QuietDays(Strict):
    """A span of days, both ends included, by the community's own clock."""

    first = pattern(DAY, "a day such as 2026-10-01", required=True)
    last = pattern(DAY, "a day such as 2026-10-07", required=True)


def _policy(*, required: bool) -> dict[str, fields.Field]:
    return {
        "per_member": whole(1, 100, required=required),
        "per_days": whole(1, MAX_DAYS, required=required),
        "gap_hours": whole(0, MAX_HOURS, required=required),
        "per_campaign": whole(1, 20, required=required),
        "patience": whole(1, 100, required=required),
        "member_rest_days": whole(0, MAX_DAYS, required=required),
        "rounds": whole(1, 100, required=required),
        "weak_rounds": whole(1, 100, required=required),
        "least_response_bp": whole(0, 10_000, required=required),
        "answer_hours": whole(0, MAX_HOURS, required=required),
        "community_rest_days": whole(0, MAX_DAYS, required=required),
        "quiet_from": pattern(CLOCK, "hours and minutes, such as 21:30", required=required),
        "quiet_to": pattern(CLOCK, "hours and minutes, such as 09:00", required=required),
        "quiet_days": many(nested(QuietDays), 0, 50, required=required),
    }


SetFatiguePolicy = type(
    "SetFatiguePolicy",
    (Body,),
    {**_policy(required=False), "__doc__": "How often members may be asked; what is not given stays."},
)
FatiguePolicyView = type(
    "FatiguePolicyView",
    (Answer,),
    {
        **_policy(required=True),
        "version": whole(0, MAX_COUNT, required=True),
        "__doc__": "How often members may be asked; version 0 are the defaults.",
    },
)


class WhyView(Answer):
    """Why a member is not asked now."""

    code = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class WearinessView(Answer):
    """How often a member was asked within a year and has answered, and whether it may be asked now."""

    member_id = ident(required=True)
    asked = _count()
    answered = _count()
    response = fields.Float(required=True, allow_none=True)
    recently_asked = _count()
    unanswered_in_a_row = _count()
    last_asked_at = moment(required=True, allow_none=True)
    quiet_until = moment(required=True, allow_none=True)
    allowed = flag(required=True)
    why = nested(WhyView, required=True, allow_none=True)
    not_before = moment(required=True, allow_none=True)


class InviteMembers(Body):
    """Whom to ask to join: all members of the community if none is named. A node operator names the community."""

    member_ids = many(ident(), 1, 2000)
    community_id = ident()


class InvitationsAsked(Answer):
    """About how many members the fatigue guard is being asked; the others have joined or answered already."""

    campaign_id = ident(required=True)
    round_id = ident(required=True, allow_none=True)
    asking = _count()
    left_out = _count()


class InvitationQuery(PageQuery):
    """Which invitations."""

    campaign_id = ident()


class InvitationView(Answer):
    """An invitation, or why it was held back and from when on it may be sent."""

    invitation_id = ident(required=True)
    campaign_id = ident(required=True)
    community_id = ident(required=True)
    member_id = ident(required=True)
    state = choice("asking", "invited", "held_back", "declined", required=True)
    answer = choice("joined", "declined", required=True, allow_none=True)
    why = nested(WhyView, required=True, allow_none=True)
    not_before = moment(required=True, allow_none=True)
    asked_at = moment(required=True)
    invited_at = moment(required=True, allow_none=True)


OrganiserPage, WearinessPage, InvitationPage = (page_of(one) for one in (OrganiserView, WearinessView, InvitationView))
