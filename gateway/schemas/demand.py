"""Communities, members, signals and pools."""

from marshmallow import fields

from gateway.schemas.base import (
    MAX_PEOPLE,
    Answer,
    Body,
    Change,
    MoneySchema,
    PageQuery,
    PlaceSchema,
    PriceSchema,
    SentenceSchema,
    WindowSchema,
    page_of,
)
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, real, string, whole

KINDS = ("parents", "owners", "professional", "interest", "other")
POLICIES = ("auto", "ask", "never")
MEMBER_ROLES = ("member", "organiser", "supplier_connector", "quality_supervisor", "operator")
SIGNAL_STATES = ("open", "pooled", "served", "withdrawn", "expired")
POOL_STATES = ("gathering", "ready", "matched", "served", "fulfilled", "dissolved")
CONSENTS = ("not_needed", "asked", "given", "refused")
DECISIONS = ("given", "refused")
MAX_RULES = 200
MAX_CONSENT_HOURS = 24 * 90
MAX_MINUTES = 60 * 24 * 14
MAX_RADIUS_KM = 1000


class MergeRule(Body):
    """Another merge policy for a category, a partner community, or a partner in a category (null: any)."""

    category = string(100, allow_none=True)
    community_id = ident(allow_none=True)
    policy = choice(*POLICIES, required=True)


class RegisterCommunity(Body):
    """A community that joins the node."""

    name = string(100, required=True)
    kind = choice(*KINDS, required=True)
    place = nested(PlaceSchema, required=True)
    time_zone = string(64, required=True)
    locale = choice("zh", "en", required=True)
    merge_policy = choice(*POLICIES)
    merge_rules = many(nested(MergeRule), 0, MAX_RULES)
    consent_hours = real(0, MAX_CONSENT_HOURS, allow_none=True)
    silence = choice(*DECISIONS)
    recognise = flag()
    keep_raw = flag()


class ChangeCommunity(Change):
    """What an operator may change of a community."""

    name = string(100)
    kind = choice(*KINDS)
    place = nested(PlaceSchema)
    time_zone = string(64)
    locale = choice("zh", "en")
    merge_policy = choice(*POLICIES)
    merge_rules = many(nested(MergeRule), 0, MAX_RULES)
    consent_hours = real(0, MAX_CONSENT_HOURS, allow_none=True)
    silence = choice(*DECISIONS)
    recognise = flag()
    keep_raw = flag()


class AddMember(Body):
    """A member. Name, contact and household never leave the community."""

    name = string(100, required=True)
    roles = many(choice(*MEMBER_ROLES), 1, len(MEMBER_ROLES))
    contact = string(100, allow_none=True)
    household = string(100, allow_none=True)


class ChangeMember(Change):
    """What may be changed of a member."""

    name = string(100)
    roles = many(choice(*MEMBER_ROLES), 1, len(MEMBER_ROLES))
    contact = string(100, allow_none=True)
    household = string(100, allow_none=True)


class PlaceSignal(Body):
    """A need: what, for how many, where, when, and for how much per person at most.

    Without a category the text decides; ``when`` says windows in words. ``answers`` are those of the category's form.
    """

    member_id = ident()
    text = string(2000, required=True)
    category = string(60, allow_none=True)
    people = whole(1, MAX_PEOPLE, required=True)
    ceiling = nested(PriceSchema, allow_none=True)
    place = nested(PlaceSchema)
    radius_km = real(0, MAX_RADIUS_KM)
    windows = many(nested(WindowSchema), 1, 50)
    when = string(200)
    answers = fields.Dict(keys=string(40), values=fields.Raw())
    minutes = whole(1, MAX_MINUTES)
    expires_at = moment(allow_none=True)


class AnswerConsent(Body):
    """The answer of a community to being merged; a node operator says for which."""

    decision = choice(*DECISIONS, required=True)
    community_id = ident()


class SignalQuery(PageQuery):
    """Which signals."""

    community_id = ident()
    state = choice(*SIGNAL_STATES)
    category = string(60)


class PoolQuery(PageQuery):
    """Which pools."""

    state = choice(*POOL_STATES)
    category = string(60)


class ConsentQuery(PageQuery):
    """Whose open questions; a node operator has to say so."""

    community_id = ident()


class MergeRuleView(Answer):
    """Another merge policy for a category, a partner community, or a partner in a category (null: any)."""

    category = string(100, required=True, allow_none=True)
    community_id = ident(required=True, allow_none=True)
    policy = choice(*POLICIES, required=True)


class CommunityView(Answer):
    """A community. Of its rules the most specific decides: partner and category, partner, category, merge_policy.

    ``consent_hours``: how long it wants to be asked (null: as long as the node says); then ``silence`` decides.
    ``recognise``: who also signs in another community that wants it counts once in a pool of both.
    """

    community_id = ident(required=True)
    name = string(100, required=True)
    kind = choice(*KINDS, required=True)
    place = nested(PlaceSchema, required=True)
    time_zone = string(64, required=True)
    locale = choice("zh", "en", required=True)
    merge_policy = choice(*POLICIES, required=True)
    merge_rules = many(nested(MergeRuleView), 0, MAX_RULES, required=True)
    consent_hours = real(0, MAX_CONSENT_HOURS, required=True, allow_none=True)
    silence = choice(*DECISIONS, required=True)
    recognise = flag(required=True)
    keep_raw = flag(required=True)
    version = whole(1, 2**53, required=True)
    created_at = moment(required=True)


class MemberView(Answer):
    """A member, as the own community sees it."""

    member_id = ident(required=True)
    community_id = ident(required=True)
    name = string(100, required=True)
    roles = many(choice(*MEMBER_ROLES), 0, len(MEMBER_ROLES), required=True)
    contact = string(100, required=True, allow_none=True)
    household = string(100, required=True, allow_none=True)
    version = whole(1, 2**53, required=True)
    created_at = moment(required=True)


class SignalView(Answer):
    """A need and what became of it; ``reading`` tells, when it is placed, how its words were read."""

    signal_id = ident(required=True)
    community_id = ident(required=True)
    member_id = ident(required=True)
    text = string(2000, required=True)
    category = string(60, required=True)
    people = whole(1, MAX_PEOPLE, required=True)
    ceiling = nested(MoneySchema, required=True, allow_none=True)
    place = nested(PlaceSchema, required=True)
    radius_km = real(0, MAX_RADIUS_KM, required=True)
    windows = many(nested(WindowSchema), 1, 50, required=True)
    minutes = whole(1, MAX_MINUTES, required=True)
    expires_at = moment(required=True)
    state = choice(*SIGNAL_STATES, required=True)
    pool_id = ident(required=True, allow_none=True)
    answers = fields.Dict(required=True)
    reading = fields.Dict(required=True, allow_none=True)
    version = whole(1, 2**53, required=True)
    created_at = moment(required=True)


class PoolCommunity(Answer):
    """What one community brings; null where it is another community's and too small to be told.

    ``consent_by`` (until when it is asked) and ``silent`` (its rule for silence decided) are told to itself only.
    """

    community_id = ident(required=True)
    people = whole(0, 2**53, required=True, allow_none=True)
    consent = choice(*CONSENTS, required=True)
    consent_by = moment(required=True, allow_none=True)
    silent = flag(required=True)
    own = flag(required=True)


class AreaSchema(PlaceSchema):
    """All points within a distance of a point."""

    radius_km = real(0, 20_100, required=True)


class LeftOut(Answer):
    """A signal of the own community that does not fit, where it went and why."""

    signal_id = ident(required=True)
    pool_id = ident(required=True, allow_none=True)
    why = nested(SentenceSchema, required=True)


class PoolView(Answer):
    """Like needs that one delivery can serve, as one community may see them.

    Its own part is as it is now; numbers of others are those told at ``told_at``, at least so many while the pool
    gathers. ``people`` is a lower bound where ``people_exact`` is false. Area, windows, minutes and ceiling are common
    to the own signals while the pool gathers, and to everybody's when it is ready.
    """

    pool_id = ident(required=True)
    category = string(60, required=True)
    state = choice(*POOL_STATES, required=True)
    people = whole(0, 2**53, required=True)
    people_exact = flag(required=True)
    communities = fields.List(nested(PoolCommunity), required=True)
    area = nested(AreaSchema, required=True, allow_none=True)
    windows = fields.List(nested(WindowSchema), required=True)
    minutes = whole(0, MAX_MINUTES, required=True, allow_none=True)
    ceiling = nested(MoneySchema, required=True, allow_none=True)
    gather_until = moment(required=True)
    why = fields.List(nested(SentenceSchema), required=True)
    left_out = fields.List(nested(LeftOut), required=True)
    unmatched = fields.Dict(required=True, allow_none=True)
    told_at = moment(required=True, allow_none=True)
    version = whole(1, 2**53, required=True)
    created_at = moment(required=True)


class ConsentView(Answer):
    """An open question: may the community's ``people`` share a pool, then of at least ``with_others`` people?

    Without an answer before ``consent_by``, ``silence`` is the answer.
    """

    pool_id = ident(required=True)
    community_id = ident(required=True)
    category = string(100, required=True)
    people = whole(0, 2**53, required=True)
    with_others = whole(0, 2**53, required=True)
    consent_by = moment(required=True)
    silence = choice(*DECISIONS, required=True)
    why = fields.List(nested(SentenceSchema), required=True)


ConsentPage = page_of(ConsentView)
CommunityPage = page_of(CommunityView)
MemberPage = page_of(MemberView)
SignalPage = page_of(SignalView)
PoolPage = page_of(PoolView)
