"""Grades of suppliers: policy, appeals."""

from marshmallow import fields

from gateway.schemas.base import Answer, Body, SentenceSchema, Strict
from gateway.schemas.fields import choice, ident, moment, nested, real, string, whole

GRADES = ("a", "b", "probation", "c", "suspended", "removed")
STATES = ("open", "overdue", "upheld", "overturned")


class Bar(Strict):
    """The lower bound of the score, from 1 to 5, and the deliveries since the last change, that a grade takes."""

    low = real(1, 5)
    deliveries = whole(1, 1000)


class BadLimit(Strict):
    """So many bad deliveries, and this share of all, bring a supplier down."""

    count = whole(1, 1000)
    share = real(0, 1)


class Promote(Strict):
    """What each grade takes."""

    a = nested(Bar)
    b = nested(Bar)


class Demote(Strict):
    """The score, from 1 to 5, below which each grade is lost."""

    a = real(1, 5)
    b = real(1, 5)
    probation = real(1, 5)
    c = real(1, 5)


class Bad(Strict):
    """The limits of each grade."""

    a = nested(BadLimit)
    b = nested(BadLimit)
    probation = nested(BadLimit)
    c = nested(BadLimit)


class GradePolicy(Strict):
    """The figures of the rules; what is not given is as it comes with the program."""

    promote = nested(Promote)
    demote = nested(Demote)
    demote_after = whole(1, 100)
    bad = nested(Bad)
    bad_mark = real(1, 5)
    bad_voices = whole(1, 100)
    bad_share_promoted = real(0, 1)
    window_days = whole(7, 3650)
    least_days = whole(1, 365)
    suspensions = whole(1, 100)
    removal_days = whole(1, 3650)
    hold_days = whole(1, 365)
    appeal_days = whole(1, 365)
    decide_days = whole(1, 90)


class SetGradePolicy(Body):
    """A new policy in place of the one of ``version``."""

    version = whole(0, 1_000_000, required=True)
    policy = nested(GradePolicy, required=True)


class GradePolicyView(Answer):
    """The policy by which grades are decided."""

    version = whole(0, 1_000_000, required=True)
    policy = nested(GradePolicy, required=True)


class GradeReason(Answer):
    """Why: a stable code, a sentence in both languages, and the figures in it."""

    code = string(60, required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    data = fields.Dict(keys=fields.String(), required=True)


class GradeNeed(Answer):
    """A condition of a grade: what there is, what it takes, whether that is met."""

    code = string(60, required=True)
    have = fields.Float(required=True, allow_none=True)
    need = fields.Raw(required=True, allow_none=True)
    met = fields.Boolean(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class NextGrade(Answer):
    """A grade that could be reached, and what it takes."""

    grade = choice(*GRADES, required=True)
    needs = fields.List(nested(GradeNeed), required=True)


class GradeRisk(Answer):
    """What would bring the supplier down, and to what."""

    code = string(60, required=True)
    grade = choice(*GRADES, required=True)
    have = fields.Float(required=True)
    limit = fields.Float(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class GradeChange(Answer):
    """A change of a grade, with the score of that time."""

    change_id = ident(required=True)
    at = moment(required=True)
    grade = choice(*GRADES, required=True)
    before = choice(*GRADES, required=True)
    reason = nested(GradeReason, required=True)
    policy_version = whole(0, 1_000_000, required=True)
    score = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    reviews = whole(0, 2**53, required=True)


class GradedDeliveries(Answer):
    """Deliveries of the policy's window, bad ones that had no effect yet, and those since the last change."""

    recent = whole(0, 2**53, required=True)
    bad = whole(0, 2**53, required=True)
    since_change = whole(0, 2**53, required=True)


class GradeView(Answer):
    """The grade of a supplier, why, what the next one takes, what would bring it down, and how it came to it."""

    supplier_id = ident(required=True)
    grade = choice(*GRADES, required=True)
    name = nested(SentenceSchema, required=True)
    since = moment(required=True, allow_none=True)
    held_until = moment(required=True, allow_none=True)
    reason = nested(GradeReason, required=True)
    policy_version = whole(0, 1_000_000, required=True)
    score = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    reviews = whole(0, 2**53, required=True)
    deliveries = nested(GradedDeliveries, required=True)
    next = fields.List(nested(NextGrade), required=True)
    risks = fields.List(nested(GradeRisk), required=True)
    history = fields.List(nested(GradeChange), required=True)


class AppealGrade(Body):
    """What the supplier says against the last change of its grade."""

    text = string(2000, required=True)


class DecideGradeAppeal(Body):
    """Uphold the grade, or overturn it and name the one that is right."""

    outcome = choice("upheld", "overturned", required=True)
    grade = choice("a", "b", "probation", "c", allow_none=True)
    reason = string(2000, required=True)


class GradeAppealView(Answer):
    """An appeal, for the supplier, those who decide, and who manages the supplier's community."""

    appeal_id = ident(required=True)
    supplier_id = ident(required=True)
    change_id = ident(required=True)
    grade = choice(*GRADES, required=True)
    text = string(2000, required=True)
    filed_at = moment(required=True)
    answer_by = moment(required=True)
    state = choice(*STATES, required=True)
    corrected = choice(*GRADES, required=True, allow_none=True)
    reason = string(2000, required=True, allow_none=True)
    decided_at = moment(required=True, allow_none=True)


class GradeAppealsView(Answer):
    """The appeals of a supplier, newest first."""

    items = fields.List(nested(GradeAppealView), required=True)
