"""Needs for tests of the merging engine: around one square, on one Saturday."""

from datetime import UTC, datetime, timedelta
from itertools import count
from math import cos, radians

from hypothesis import strategies as st

from services.demand.domain.pooling import Need, Prices, Tier, violations
from services.kernel.geo import Place
from services.kernel.money import Money
from services.kernel.timespan import Timespan

NINE = datetime(2026, 5, 23, 9, tzinfo=UTC)
LAT, LON = 31.2, 121.4
KM = 1 / 111.195  # degrees
_ids = count()


def span(begin=0.0, hours=3.0):
    """From ``begin`` hours after nine."""
    start = NINE + timedelta(hours=begin)
    return Timespan(start, start + timedelta(hours=hours))


def yuan(amount):
    return Money(amount * 100, "CNY")


def tiers(**by_topic):
    """``tiers(t={1: 100, 10: 80})``: seats and yuan."""
    return Prices({t: [Tier(seats, yuan(amount)) for seats, amount in found.items()] for t, found in by_topic.items()})


def need(name=None, east=0.0, north=0.0, radius=2.0, windows=None, **said):
    """A need ``east`` and ``north`` kilometres off the square."""
    place = Place(LAT + north * KM, LON + east * KM / cos(radians(LAT)))
    given = {"community": "a", "topic": "t", "people": 1, "minutes": 60, **said}
    return Need(id=name or f"n{next(_ids)}", place=place, radius_km=radius, windows=tuple(windows or [span()]), **given)


def together(solution):
    """Return who is with whom, of pools of more than one need."""
    return sorted(sorted(pool.needs) for pool in solution.pools if len(pool.needs) > 1)


def assert_sound(pools, needs, rules, pins=None):
    """Every need is in exactly one pool, and no pool breaks any rule."""
    by_id = {one.id: one for one in needs}
    assert sorted(one for pool in pools for one in pool.needs) == sorted(by_id)
    assert [found for pool in pools for found in violations(pool, by_id, rules, pins)] == []


some_needs = st.builds(
    need,
    east=st.sampled_from([0.0, 0.7, 1.5, 3.1, 4.0]),
    north=st.sampled_from([0.0, 1.1, 2.9]),
    radius=st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    windows=st.lists(st.builds(span, st.integers(0, 4), st.integers(2, 4)), min_size=1, max_size=2),
    people=st.integers(2, 4),
    minutes=st.sampled_from([60, 90, 120]),
    community=st.sampled_from(["a", "b"]),
    topic=st.sampled_from(["t", "t", "t", "u"]),
    ceiling=st.sampled_from([None, yuan(70), yuan(90), yuan(120), Money(2000, "USD")]),
    persons=st.frozensets(st.sampled_from(["p", "q", "r"]), max_size=1),
)
