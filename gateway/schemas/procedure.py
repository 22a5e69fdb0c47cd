"""How pools get their suppliers."""

from gateway.schemas.base import Answer, Body, PageQuery, Strict, page_of
from gateway.schemas.fields import choice, ident, nested, string, whole

PROCEDURES = ("direct", "tender", "round")
AFTERWARDS = ("direct", "again")
MAX_HOURS = 30 * 24


class TenderWeights(Strict):
    """How much each part of the ranking counts, in ten thousandths: 10000 together."""

    people = whole(0, 10_000, required=True)
    price_expected = whole(0, 10_000, required=True)
    price_minimum = whole(0, 10_000, required=True)
    distance = whole(0, 10_000, required=True)
    slot = whole(0, 10_000, required=True)
    grade = whole(0, 10_000, required=True)
    reliability = whole(0, 10_000, required=True)


class TenderRules(Strict):
    """How long bids are taken and the decision may take, how many offers a negotiation has, and what comes after."""

    bid_hours = whole(1, MAX_HOURS)
    decide_hours = whole(1, MAX_HOURS)
    offers = whole(1, 20)
    afterwards = choice(*AFTERWARDS)
    attempts = whole(1, 5)
    weights = nested(TenderWeights)


class SetProcedure(Body):
    """How a community gets suppliers in a category; without one in all others."""

    community_id = ident()
    category = string(80, allow_none=True)
    procedure = choice(*PROCEDURES, required=True)
    tender = nested(TenderRules)


class ProcedureView(Answer):
    """How a community gets suppliers."""

    community_id = ident(required=True)
    category = string(80, required=True, allow_none=True)
    procedure = choice(*PROCEDURES, required=True)
    tender = nested(TenderRules, required=True)


class ProcedureQuery(PageQuery):
    """Of which community; by default one's own."""

    community_id = ident()


ProcedurePage = page_of(ProcedureView)


class ChooseProcedure(Body):
    """How one pool is to get its supplier."""

    community_id = ident()
    procedure = choice(*PROCEDURES, required=True)


class ProcedureChoiceView(Answer):
    """What a community wishes for a pool, and what holds; null where the community knows of no such pool."""

    pool_id = ident(required=True)
    community_id = ident(required=True)
    procedure = choice(*PROCEDURES, required=True)
    effective = choice(*PROCEDURES, required=True, allow_none=True)
