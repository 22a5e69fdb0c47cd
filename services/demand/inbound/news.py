"""Events of other services as commands; only what is needed is read, and anything else may change."""

from typing import Any

from marshmallow import fields

from services.chassis.envelope import Envelope
from services.demand.domain import commands
from services.demand.inbound.reading import Read, Tolerant, load
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id
from services.kernel.quantity import require_count

# Why campaign cancels the other drafts of a pool when one is opened.
SUPERSEDED = "superseded"


def reasons(value: Any, field: str) -> dict[str, int]:
    """Read counts by code."""
    if not isinstance(value, dict):
        raise InvalidError(field, f"is a {type(value).__name__}", "an object of counts")
    return {str(code): require_count(count, f"{field}.{code}", least=0) for code, count in value.items()}


class WaitingSchema(Tolerant):
    """Of signals that wait: in which partition."""

    partition = fields.String(required=True)


class MatchSchema(Tolerant):
    """Of a match, proposed or gone: which it is, and for which pool, if for any."""

    match_id = Read(parse_id, required=True)
    pool_id = Read(parse_id, required=True, allow_none=True)


class UnmatchedSchema(Tolerant):
    """Of a pool without a match: why."""

    pool_id = Read(parse_id, required=True)
    reasons = Read(reasons, required=True)


class CampaignSchema(Tolerant):
    """Of a campaign: for which pool it is, if for any."""

    campaign_id = Read(parse_id, required=True)
    pool_id = Read(parse_id, required=True, allow_none=True)


class CancelledSchema(CampaignSchema):
    """Of a cancelled campaign: also its match, and why it was cancelled."""

    match_id = Read(parse_id, required=True)
    reason = fields.String(required=True)


class TakingPartSchema(Tolerant):
    """Of a community that takes part: which it is."""

    community_id = Read(parse_id, required=True)


class OpenedSchema(CampaignSchema):
    """Of an opened campaign: for whom it is."""

    communities = fields.List(fields.Nested(TakingPartSchema), required=True)


waiting = WaitingSchema()
match, unmatched, campaign = MatchSchema(), UnmatchedSchema(), CampaignSchema()
opened, cancelled = OpenedSchema(), CancelledSchema()


def signals_waiting(event: Envelope) -> commands.GatherWaiting:
    """Read demand.signals_waiting.v1."""
    return commands.GatherWaiting(**load(waiting, event.data))


def match_proposed(event: Envelope) -> commands.MatchPool:
    """Read supplier.match_proposed.v1."""
    return commands.MatchPool(**load(match, event.data))


def match_expired(event: Envelope) -> commands.ExpireMatch:
    """Read supplier.match_expired.v1; why it is gone makes no difference."""
    return commands.ExpireMatch(**load(match, event.data))


def pool_unmatched(event: Envelope) -> commands.NoteUnmatched:
    """Read supplier.pool_unmatched.v1."""
    return commands.NoteUnmatched(**load(unmatched, event.data), news=event.version)


def campaign_opened(event: Envelope) -> commands.ServePool:
    """Read campaign.campaign_opened.v1."""
    data = load(opened, event.data)
    taking_part = frozenset(one["community_id"] for one in data.pop("communities"))
    return commands.ServePool(**data, community_ids=taking_part, news=event.version)


def campaign_failed(event: Envelope) -> commands.ReleasePool:
    """Read campaign.campaign_failed.v1."""
    return commands.ReleasePool(**load(campaign, event.data), reason="campaign_failed", news=event.version)


def campaign_cancelled(event: Envelope) -> commands.ReleasePool:
    """Read campaign.campaign_cancelled.v1.

    A draft that was superseded gave way to another draft of its pool: word of an opened campaign is on its way, so
    its match is not one that was lost.
    """
    data = load(cancelled, event.data)
    match_id, why = data.pop("match_id"), data.pop("reason")
    lost = None if why == SUPERSEDED else match_id
    return commands.ReleasePool(**data, reason="campaign_cancelled", news=event.version, lost_match_id=lost)


def campaign_settled(event: Envelope) -> commands.FulfilPool:
    """Read campaign.campaign_settled.v1."""
    return commands.FulfilPool(**load(campaign, event.data), news=event.version)
