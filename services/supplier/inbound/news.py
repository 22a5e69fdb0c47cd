"""Events of other services to commands: only the fields that are needed here, and any others ignored."""

from typing import Any

from marshmallow import fields

from services.chassis.envelope import Envelope
from services.kernel.errors import InvalidError
from services.kernel.geo import Area
from services.kernel.timespan import Timespan
from services.supplier.domain import commands
from services.supplier.domain.matches import Share
from services.supplier.domain.matching import ReadyPool
from services.supplier.domain.model import Score
from services.supplier.inbound.reading import (
    Tolerant,
    Values,
    count,
    id_,
    load,
    many,
    money,
    needed,
    number,
    optional,
    place,
    text,
    time,
)

MANY = 10_000


class _Share(Tolerant):
    community_id = needed(id_)
    people = needed(count(least=0))


class _Window(Tolerant):
    start = needed(time)
    end = needed(time)


def _area(value: Any) -> Area:
    centre = place(value)
    if "radius_km" not in value:
        raise InvalidError("", "has no radius", "an object with lat, lon and radius_km")
    return Area(centre, number(value["radius_km"]))


class _Pool(Tolerant):
    pool_id = needed(id_)
    category = needed(text(MANY))
    communities = many(_Share, MANY, required=True)
    area = needed(_area)
    windows = many(_Window, MANY, required=True)
    minutes = needed(count())
    ceiling = optional(money)


class _Dissolved(Tolerant):
    pool_id = needed(id_)
    category = needed(text(MANY))


class _Community(Tolerant):
    community_id = needed(id_)


class _Campaign(Tolerant):
    match_id = needed(id_)
    campaign_id = needed(id_)


class _Confirmed(_Campaign):
    seats = needed(count())


class _Rematched(_Confirmed):
    replaces_match_id = needed(id_)
    formed = fields.Boolean(load_default=True)


class _Declined(_Campaign):
    reason = needed(text(MANY))


class _Score(Tolerant):
    supplier_id = needed(id_)
    score = needed(number)
    reviews = needed(count(least=0, most=2**31 - 1))
    low = needed(number)
    high = needed(number)


def pool_ready(event: Envelope) -> commands.MatchReadyPool:
    """Read a pool that is ready."""
    data: Values = load(_Pool(), event.data)
    data["communities"] = tuple(Share(**share) for share in data["communities"])
    data["windows"] = tuple(Timespan(**window) for window in data["windows"])
    return commands.MatchReadyPool(ReadyPool(**data), event.version)


def pool_dissolved(event: Envelope) -> commands.DissolvePool:
    """Read that a pool is no more."""
    return commands.DissolvePool(version=event.version, **load(_Dissolved(), event.data))


def community_registered(event: Envelope) -> commands.KnowCommunity:
    """Read that a community exists."""
    return commands.KnowCommunity(**load(_Community(), event.data))


def campaign_opened(event: Envelope) -> commands.HoldForCampaign:
    """Read that a campaign was opened on a match."""
    return commands.HoldForCampaign(**load(_Campaign(), event.data))


def campaign_confirmed(event: Envelope) -> commands.ConfirmSeats:
    """Read how many seats a campaign has sold."""
    return commands.ConfirmSeats(**load(_Confirmed(), event.data))


def campaign_rematched(event: Envelope) -> commands.TakeReplacement:
    """Read that a campaign goes on with another match, and with how many seats."""
    return commands.TakeReplacement(**load(_Rematched(), event.data))


def match_declined(event: Envelope) -> commands.DeclineMatch:
    """Read that a campaign does not want a match."""
    return commands.DeclineMatch(**load(_Declined(), event.data))


def campaign_ended(event: Envelope) -> commands.ReleaseSeats:
    """Read that a campaign failed or was cancelled."""
    return commands.ReleaseSeats(**load(_Campaign(), event.data))


def score_changed(event: Envelope) -> commands.KnowScore:
    """Read a supplier's score; the version of the envelope tells a newer one from an older one."""
    return commands.KnowScore(Score(version=event.version, **load(_Score(), event.data)))
