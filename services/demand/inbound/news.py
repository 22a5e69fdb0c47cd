"""Events of other services as commands; only what is needed is read, and anything else may change."""

from typing import Any

from marshmallow import fields

from services.chassis.envelope import Envelope
from services.demand.domain import commands
from services.demand.inbound.reading import Read, Tolerant, load
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id
from services.kernel.quantity import require_count


def reasons(value: Any, field: str) -> dict[str, int]:
    """Read counts by code."""
    if not isinstance(value, dict):
        raise InvalidError(field, f"is a {type(value).__name__}", "an object of counts")
    return {str(code): require_count(count, f"{field}.{code}", least=0) for code, count in value.items()}


class MatchSchema(Tolerant):
    """Of a proposed match: for which pool it is, if for any."""

    pool_id = Read(parse_id, required=True, allow_none=True)


class UnmatchedSchema(Tolerant):
    """Of a pool without a match: why."""

    pool_id = Read(parse_id, required=True)
    reasons = Read(reasons, required=True)


class CampaignSchema(Tolerant):
    """Of a campaign: for which pool it is, if for any."""

    campaign_id = Read(parse_id, required=True)
    pool_id = Read(parse_id, required=True, allow_none=True)


class TakingPartSchema(Tolerant):
    """Of a community that takes part: which it is."""

    community_id = Read(parse_id, required=True)


class OpenedSchema(CampaignSchema):
    """Of an opened campaign: for whom it is."""

    communities = fields.List(fields.Nested(TakingPartSchema), required=True)


match, unmatched, campaign, opened = MatchSchema(), UnmatchedSchema(), CampaignSchema(), OpenedSchema()


def match_proposed(event: Envelope) -> commands.MatchPool:
    """Read supplier.match_proposed.v1."""
    return commands.MatchPool(**load(match, event.data))


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
    """Read campaign.campaign_cancelled.v1."""
    return commands.ReleasePool(**load(campaign, event.data), reason="campaign_cancelled", news=event.version)


def campaign_settled(event: Envelope) -> commands.FulfilPool:
    """Read campaign.campaign_settled.v1."""
    return commands.FulfilPool(**load(campaign, event.data), news=event.version)
