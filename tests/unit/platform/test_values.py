from datetime import UTC, datetime, timedelta

import pytest

from services.platform.play.errors import ScenarioError
from services.platform.play.timetable import Timetable, parse_span
from services.platform.play.values import differences, fill, look_up

START = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)
TIMES = Timetable({"deadline": "3d", "acceptance": "48h", "blink": "7.2s"}, START)


@pytest.mark.parametrize(
    ("text", "seconds"), [("40s", 40), ("2d 3h", 183_600), ("1.5h", 5400), ("1w", 604_800), ("90m", 5400)]
)
def test_a_span_is_read_in_its_units(text, seconds):
    assert parse_span(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "3", "3 days", "-1d", "1y", "d"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ScenarioError, match="not a span"):
        parse_span(text)


@pytest.mark.parametrize(
    ("expression", "hours"),
    [("deadline", 72), ("start", 0), ("+2d 3h", 51), ("deadline - 1h", 71), ("deadline+30m", 72.5)],
)
def test_a_point_is_a_name_an_offset_or_both(expression, hours):
    assert TIMES.point(expression) == START + timedelta(hours=hours)


def test_a_time_that_is_not_named_is_refused_with_those_that_are():
    with pytest.raises(ScenarioError, match="there are start, deadline"):
        TIMES.span("deadlin")


def test_a_variable_that_is_the_whole_text_keeps_its_type():
    assert fill({"a": "${pool.version}", "b": ["v${pool.version}"]}, {"pool": {"version": 4}}, TIMES) == {
        "a": 4,
        "b": ["v4"],
    }


def test_times_and_spans_are_filled_in():
    assert fill("${time.deadline + 2h}", {}, TIMES) == "2026-05-14T03:00:00Z"
    assert fill("${hours.acceptance}", {}, TIMES) == 48
    assert fill("${hours.blink}", {}, TIMES) == 0.002


def test_an_unknown_variable_is_refused_with_what_is_known():
    with pytest.raises(ScenarioError, match="known are pool"):
        fill("${campaign.state}", {"pool": {}}, TIMES)


def test_a_group_is_counted_from_one_and_a_list_from_zero():
    people = {"people": [{"name": "a"}, {"name": "b"}]}
    assert look_up(people, "people[1].name") == "a"
    assert look_up(people, "people.1.name") == "b"
    assert look_up(people, "people.length") == 2
    assert look_up(people, "people[3].name") is None
    assert look_up(people, "people[0].name") is None


@pytest.mark.parametrize(
    ("where", "right"),
    [
        ({"state": "open"}, True),
        ({"state": "settled"}, False),
        ({"money.paid.amount": "98.00"}, True),
        ({"money.paid.amount": {"at_least": "97.5"}}, True),
        ({"money.paid.amount": {"at_least": 99}}, False),
        ({"missing": None}, True),
        ({"missing": {"not": None}}, False),
        ({"missing": {"at_least": 0}}, False),
        ({"state": {"any_of": ["open", "tipped"]}}, True),
        ({"reason": {"contains": "late"}}, True),
        ({"state": "open", "money.paid.amount": "0.00"}, False),
    ],
)
def test_an_answer_is_compared_path_by_path(where, right):
    answer = {"state": "open", "money": {"paid": {"amount": "98.00"}}, "reason": "too late"}
    assert (differences(answer, where) == []) is right


def test_a_difference_says_what_was_expected_and_what_was_seen():
    assert differences({"state": "open"}, {"state": "settled"}) == [("state", "state = 'settled'", "open")]
