"""What changes how needs are merged: edits of signals, pools split and joined by hand."""

from gateway.schemas.base import MAX_PEOPLE, Body, Change, PlaceSchema, PriceSchema, WindowSchema
from gateway.schemas.demand import MAX_MINUTES, MAX_RADIUS_KM
from gateway.schemas.fields import ident, many, moment, nested, real, string, whole


class SplitPool(Body):
    """Which of the own signals leave the pool (all of them if none is named), and why."""

    community_id = ident()
    signal_ids = many(ident(), 1, 500)
    reason = string(200)


class JoinPools(SplitPool):
    """Also into which pool they go."""

    into_pool_id = ident(required=True)


class ChangeSignal(Change):
    """What may be changed of a need while it waits; a place that is null is that of its community."""

    text = string(2000)
    category = string(60)
    people = whole(1, MAX_PEOPLE)
    ceiling = nested(PriceSchema, allow_none=True)
    place = nested(PlaceSchema, allow_none=True)
    radius_km = real(0, MAX_RADIUS_KM)
    windows = many(nested(WindowSchema), 1, 50)
    minutes = whole(1, MAX_MINUTES)
    expires_at = moment()
