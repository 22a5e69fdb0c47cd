from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.clock import SystemClock, VirtualClock, format_time, parse_time
from services.kernel.errors import InvalidError

NOON = datetime(2026, 5, 11, 12, 0, tzinfo=UTC)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_that_is_written_is_read_back(time):
    assert parse_time(format_time(time), "at") == time


def test_times_are_written_in_utc_with_z():
    assert format_time(NOON.astimezone(timezone(timedelta(hours=8)))) == "2026-05-11T12:00:00Z"


def test_a_time_with_a_zone_becomes_utc():
    assert parse_time("2026-05-11T20:00:00+08:00", "at") == NOON


@pytest.mark.parametrize("text", ["2026-05-11T12:00:00", "soon", "", None, 5, "0001-01-01T00:00:00+14:00"])
def test_what_is_no_instant_is_refused_with_the_name_of_the_field(text):
    with pytest.raises(InvalidError) as refused:
        parse_time(text, "deadline")
    assert refused.value.detail["errors"][0]["field"] == "deadline"


def test_a_virtual_clock_stands_still_until_it_is_moved():
    clock = VirtualClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.move_to(NOON + timedelta(days=1))
    assert clock.now() == NOON + timedelta(days=1)


def test_a_virtual_clock_never_goes_back():
    clock = VirtualClock(NOON)
    with pytest.raises(InvalidError):
        clock.move_to(NOON - timedelta(seconds=1))
    assert clock.now() == NOON


def test_watchers_see_the_new_time():
    clock, seen = VirtualClock(NOON), []
    clock.watch(lambda: seen.append(clock.now()))
    clock.move_to(NOON + timedelta(hours=1))
    assert seen == [NOON + timedelta(hours=1)]


def test_the_machines_clock_tells_utc():
    assert SystemClock().now().tzinfo is UTC
