"""Matching rounds: many pools, few slots."""

from marshmallow import fields

from gateway.schemas.base import Answer, Body, PageQuery, SentenceSchema, page_of
from gateway.schemas.fields import choice, flag, ident, moment, nested, pattern, real, string, whole

STATES = ("queued", "solving", "applied", "failed")
OUTCOMES = ("waiting", "matched", "unmatched", "next_round", "gone")
MOST = 2**53


class OpenRound(Body):
    """The category; without a currency that in which most of what waits is offered."""

    category = string(80, required=True)
    currency = pattern(r"^[A-Z]{3}$", "an ISO 4217 currency such as CNY")


class RoundProgress(Answer):
    """What the search is at, and for how many seconds it has been under way."""

    phase = fields.String(required=True)
    seconds = real(0, 1e9, required=True)


class RoundSums(Answer):
    """People who got a slot, people in the plan that was found, and how many there could be in any plan."""

    people = whole(0, MOST, required=True)
    objective = whole(0, MOST, required=True)
    bound = whole(0, MOST, required=True)


class RoundWhy(SentenceSchema):
    """Why a pool got its slot, or why none."""

    code = fields.String(required=True)


class RoundResult(Answer):
    """What became of a pool: of the possible slots, other pools (competitors) got those it did not get."""

    pool_id = ident(required=True)
    outcome = choice(*OUTCOMES, required=True)
    match_id = ident(required=True, allow_none=True)
    why = nested(RoundWhy, required=True, allow_none=True)
    possible = whole(0, MOST, required=True)
    competitors = whole(0, MOST, required=True)
    reasons = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class RoundView(Answer):
    """A round, and what became of those of its pools that the reader may see."""

    round_id = ident(required=True)
    category = string(80, required=True)
    currency = fields.String(required=True)
    state = choice(*STATES, required=True)
    seconds = real(0.1, 600, required=True)
    progress = nested(RoundProgress, required=True, allow_none=True)
    attempts = whole(0, 100, required=True, allow_none=True)
    failure = fields.String(required=True, allow_none=True)
    pools = whole(0, MOST, required=True)
    matched = whole(0, MOST, required=True, allow_none=True)
    gap = real(0, 1, required=True, allow_none=True)
    optimal = flag(required=True, allow_none=True)
    searched = real(0, 1e9, required=True, allow_none=True)
    sums = nested(RoundSums, required=True, allow_none=True)
    results = fields.List(nested(RoundResult), required=True)
    created_at = moment(required=True)


class RoundQuery(PageQuery):
    """Of one category."""

    category = string(80)


RoundPage = page_of(RoundView)
