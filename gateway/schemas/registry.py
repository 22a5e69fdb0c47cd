"""Where suppliers stand, what communities ask of them, and reminders of papers that run out."""

from marshmallow import fields

from gateway.schemas.base import Answer, Body, Strict, page_of
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, string, whole
from gateway.schemas.supplier import STANDINGS

ACTS = ("admit", "submit", "approve", "reject", "suspend", "lift", "remove", "renew")
MOST = 2**53


class AskReview(Body):
    """What the supplier wants to say with its request; it may be left out."""

    reason = string(2000, allow_none=True)


class JudgeSupplier(Body):
    """Why a supplier is suspended, removed, or its suspension lifted."""

    reason = string(2000, required=True)


class DecideSupplier(Body):
    """What the quality supervisor decided on the review, and why."""

    decision = choice("approved", "rejected", required=True)
    reason = string(2000, required=True)


class StandingReason(Answer):
    """A stable code, the same in two languages, and what was written; others are not told that."""

    code = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    text = fields.String(required=True, allow_none=True)


class StandingAllows(Answer):
    """What the supplier may do: whether it takes on anything new, whether what runs is completed, and how much."""

    new_work = flag(required=True)
    running = flag(required=True)
    live_matches = whole(1, MOST, required=True, allow_none=True)
    live_now = whole(0, MOST, required=True, allow_none=True)
    largest_group = whole(1, MOST, required=True, allow_none=True)


class StandingChange(Answer):
    """One line of the history."""

    standing = choice(*STANDINGS, required=True)
    before = choice(*STANDINGS, required=True)
    stage = fields.String(required=True, allow_none=True)
    at = moment(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    reason = nested(StandingReason, required=True)


class StandingView(Answer):
    """Where a supplier stands, since when and why, what it may do, what can happen next, and its history."""

    supplier_id = ident(required=True)
    standing = choice(*STANDINGS, required=True)
    stage = fields.String(required=True, allow_none=True)
    since = moment(required=True)
    reason = nested(StandingReason, required=True, allow_none=True)
    allows = nested(StandingAllows, required=True)
    next = fields.List(choice(*ACTS), required=True)
    history = fields.List(nested(StandingChange), required=True)
    version = whole(1, MOST, required=True)


class StandingLimits(Strict):
    """How many matches at once, and how many people in one group; null is no limit."""

    live_matches = whole(1, 100_000, allow_none=True)
    largest_group = whole(1, 100_000, allow_none=True)


class LimitsOfStandings(Strict):
    """The limits of each standing that takes on work; one that is left out has none."""

    probation = nested(StandingLimits)
    grade_a = nested(StandingLimits)
    grade_b = nested(StandingLimits)
    grade_c = nested(StandingLimits)


class SetAdmission(Body):
    """What a community asks of the suppliers that it registers."""

    mode = choice("open", "reviewed", required=True)
    required_papers = many(string(60), 0, 20)
    remind_days = many(whole(1, 365), 0, 10)
    limits = nested(LimitsOfStandings, allow_none=True)


class AdmissionView(Answer):
    """What a community asks of the suppliers that it registers; version 0 is the default of the node."""

    community_id = ident(required=True)
    mode = choice("open", "reviewed", required=True)
    required_papers = fields.List(fields.String(), required=True)
    remind_days = fields.List(whole(1, 365), required=True)
    limits = nested(LimitsOfStandings, required=True)
    version = whole(0, MOST, required=True)


class ReminderView(Answer):
    """That a paper runs out, as it was told."""

    reminder_id = ident(required=True)
    qualification_id = ident(required=True)
    supplier_id = ident(required=True)
    kind = string(60, required=True)
    expires_at = moment(required=True)
    days = whole(1, 365, required=True)
    days_left = whole(0, 365, required=True)
    told_at = moment(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


ReminderPage = page_of(ReminderView)
