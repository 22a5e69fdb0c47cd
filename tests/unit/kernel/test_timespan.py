from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.kernel.timespan import Timespan, common_windows

MIDNIGHT = datetime(2026, 5, 11, tzinfo=UTC)


def span(start, end):
    return Timespan(MIDNIGHT + timedelta(hours=start), MIDNIGHT + timedelta(hours=end))


spans = st.tuples(st.integers(0, 48), st.integers(1, 24)).map(lambda pair: span(pair[0], pair[0] + pair[1]))


def test_what_two_spans_have_in_common():
    assert span(9, 12).intersect(span(11, 14)) == span(11, 12)


def test_spans_that_only_touch_have_nothing_in_common():
    assert span(9, 12).intersect(span(12, 14)) is None


@given(spans, spans)
def test_an_intersection_lies_in_both_and_does_not_depend_on_the_order(one, other):
    common = one.intersect(other)
    assert common == other.intersect(one)
    if common is not None:
        assert one.contains(common)
        assert other.contains(common)


@given(st.lists(spans, max_size=6), st.lists(spans, max_size=6), st.integers(1, 6))
def test_common_windows_are_long_enough_and_in_both(these, those, hours):
    at_least = timedelta(hours=hours)
    found = common_windows(these, those, at_least)
    assert list(found) == sorted(set(found))
    for window in found:
        assert window.length >= at_least
        assert any(one.contains(window) for one in these)
        assert any(other.contains(window) for other in those)


def test_common_windows_of_two_calendars():
    assert common_windows([span(9, 12), span(14, 18)], [span(10, 15)], timedelta(hours=1)) == (
        span(10, 12),
        span(14, 15),
    )
    assert common_windows([span(9, 12)], [span(11, 15)], timedelta(hours=2)) == ()


@pytest.mark.parametrize(("start", "end"), [(12, 12), (12, 9)])
def test_a_span_ends_after_it_starts(start, end):
    with pytest.raises(InvalidError):
        span(start, end)


def test_what_is_written_is_read_back():
    assert Timespan.from_wire(span(9, 12).to_wire()) == span(9, 12)


def test_a_span_that_ends_too_early_is_refused_by_the_name_of_its_field():
    with pytest.raises(InvalidError) as refused:
        Timespan.from_wire({"start": "2026-05-11T12:00:00Z", "end": "2026-05-11T09:00:00Z"}, "windows[2]")
    assert refused.value.detail["errors"][0]["field"] == "windows[2].end"
