"""Calendars: recurring rules in local time, the days that are left out, and the slots that they give."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.kernel.timespan import Timespan
from services.supplier.domain.calendars import Blackout, Calendar, ExtraDay, Rule, check_calendar
from services.supplier.domain.planning import Because, DaysOff, goes_on, plan
from services.supplier.domain.recurrence import check_rrule, instant, occurrences
from tests.builders_supplier import terms, weekly_calendar
from tests.effort import stories
from tests.fakes.chassis import MONDAY

SOON = MONDAY + timedelta(days=60)
BERLIN = ZoneInfo("Europe/Berlin")


def starts(planned, zone="Asia/Shanghai"):
    return [one.span.start.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M") for one in planned.slots]


def left_out(planned):
    return [(one.start.strftime("%m-%d"), str(one.because)) for one in planned.left_out]


def test_a_weekly_rule_gives_a_slot_for_each_week_but_for_the_festival():
    planned = plan(weekly_calendar(), DaysOff(), MONDAY, SOON)
    assert starts(planned) == [
        f"{day} 10:00" for day in ("05-16", "05-23", "05-30", "06-06", "06-13", "06-27", "07-04")
    ]
    assert [(one.start.date(), one.because, one.why) for one in planned.left_out] == [
        (date(2026, 6, 20), Because.BLACKOUT, "端午")
    ]


def test_a_lesson_at_nine_stays_at_nine_when_the_clocks_change():
    rule = Rule("FREQ=WEEKLY;BYDAY=SU;COUNT=3", datetime(2026, 3, 22, 9), 60, 10)
    now = datetime(2026, 3, 1, tzinfo=UTC)
    planned = plan(Calendar("Europe/Berlin", (rule,)), DaysOff(), now, now + timedelta(days=60))
    assert starts(planned, "Europe/Berlin") == ["03-22 09:00", "03-29 09:00", "04-05 09:00"]
    assert [one.span.start.hour for one in planned.slots] == [8, 7, 7]
    assert {one.span.length for one in planned.slots} == {timedelta(hours=1)}


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 30)),  # does not exist: 03:30 in summer time
        (datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30)),  # comes twice: the first
    ],
)
def test_local_times_that_come_never_or_twice_are_read_as_the_standard_has_it(local, utc):
    assert instant(local, BERLIN) == utc.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("until", "count"), [("20260530", 3), ("20260530T100000", 3), ("20260530T095959", 2), ("20260530T020000Z", 3)]
)
def test_until_includes_its_day_or_its_moment(until, count):
    rule = f"FREQ=WEEKLY;UNTIL={until}"
    found = occurrences(rule, datetime(2026, 5, 16, 10), ZoneInfo("Asia/Shanghai"), datetime(2027, 1, 1))
    assert len(list(found)) == count


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=HOURLY",
        "BYDAY=SA",
        "FREQ=WEEKLY;BYDAY=1SA",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;COUNT=501",
        "FREQ=WEEKLY;COUNT=3;UNTIL=20260101",
        "FREQ=WEEKLY;UNTIL=20261340",
        "FREQ=WEEKLY;INTERVAL=53",
        "FREQ=DAILY;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=1SA;BYMONTHDAY=3",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=1",
        "FREQ=YEARLY;BYMONTH=2",
        "FREQ=WEEKLY;" * 30,
    ],
)
def test_a_rule_that_is_not_understood_or_never_comes_is_refused_by_name(rrule):
    with pytest.raises(InvalidError) as refused:
        check_rrule(rrule, "calendar.rules.0.rrule")
    assert refused.value.detail["errors"][0]["field"] == "calendar.rules.0.rrule"


@pytest.mark.parametrize(
    ("rrule", "first"),
    [
        ("FREQ=MONTHLY;BYDAY=-1SU", datetime(2026, 5, 31, 10)),
        ("FREQ=MONTHLY;BYMONTHDAY=31", datetime(2026, 5, 31, 10)),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1", datetime(2026, 6, 1, 10)),
        ("FREQ=DAILY;INTERVAL=3", datetime(2026, 5, 16, 10)),
    ],
)
def test_other_rhythms_are_understood(rrule, first):
    check_rrule(rrule, "x")
    assert next(occurrences(rrule, datetime(2026, 5, 16, 10), BERLIN, datetime(2027, 1, 1))) == first


def test_a_course_takes_so_many_dates_that_are_not_off_and_what_is_left_makes_none():
    rule = Rule("FREQ=WEEKLY;BYDAY=SA;COUNT=10", datetime(2026, 5, 16, 10), 150, 12, sessions=6)
    planned = plan(weekly_calendar(rule), DaysOff(), MONDAY, SOON)
    (course,) = planned.slots
    assert len(course.sessions) == 6
    assert course.span.end.date() == date(2026, 6, 27), "a week later, because of the festival"
    assert left_out(planned) == [("06-20", "blackout"), ("07-04", "incomplete")]


def test_an_exception_is_one_date_and_an_extra_day_comes_in_spite_of_a_blackout():
    extra = ExtraDay(datetime(2026, 6, 20, 14), 150, 30)
    calendar = weekly_calendar(exceptions=(datetime(2026, 5, 23, 10),), extra_days=(extra,))
    planned = plan(calendar, DaysOff(), MONDAY, SOON)
    assert "05-23 10:00" not in starts(planned)
    assert "06-20 14:00" in starts(planned)


def test_the_days_off_of_the_supplier_leave_out_extra_days_too():
    off = DaysOff("Asia/Shanghai", (Blackout(date(2026, 5, 23), date(2026, 5, 30), "搬家"),))
    extra = ExtraDay(datetime(2026, 5, 25, 14), 150, 30)
    planned = plan(weekly_calendar(extra_days=(extra,)), off, MONDAY, SOON)
    assert left_out(planned)[:3] == [
        ("05-23", "supplier_blackout"),
        ("05-25", "supplier_blackout"),
        ("05-30", "supplier_blackout"),
    ]


def test_a_session_over_midnight_touches_the_day_off_that_follows():
    rule = Rule("FREQ=DAILY;COUNT=3", datetime(2026, 5, 16, 23), 120, 30)
    planned = plan(
        weekly_calendar(rule, blackouts=(Blackout(date(2026, 5, 18), date(2026, 5, 18)),)), DaysOff(), MONDAY, SOON
    )
    assert starts(planned) == ["05-16 23:00"]


def test_what_starts_within_the_lead_time_is_left_out():
    planned = plan(weekly_calendar(lead_hours=24 * 6), DaysOff(), MONDAY, SOON)
    assert left_out(planned)[0] == ("05-16", "too_soon")


def test_dates_too_close_for_preparation_and_travel_are_not_both_given():
    rule = Rule("FREQ=WEEKLY;BYDAY=SA;COUNT=1", datetime(2026, 5, 16, 10), 150, 30)
    close = Rule("FREQ=WEEKLY;BYDAY=SA;COUNT=1", datetime(2026, 5, 16, 13), 150, 30)
    both = plan(weekly_calendar(rule, close, before_minutes=30), DaysOff(), MONDAY, SOON)
    one = plan(weekly_calendar(rule, close, before_minutes=20, after_minutes=20), DaysOff(), MONDAY, SOON)
    parallel = plan(weekly_calendar(rule, close, before_minutes=60, parallel=True), DaysOff(), MONDAY, SOON)
    assert [len(found.slots) for found in (both, one, parallel)] == [2, 1, 2]
    assert left_out(one) == [("05-16", "taken")]


def test_a_calendar_whose_dates_are_too_short_or_small_for_the_terms_is_refused_by_name():
    for change, field in ((dict(minutes=60), "minutes"), (dict(capacity=9), "capacity")):
        values = {"minutes": 150, "capacity": 30, **change}
        calendar = weekly_calendar(Rule("FREQ=WEEKLY", datetime(2026, 5, 16, 10), **values))
        with pytest.raises(InvalidError) as refused:
            check_calendar(calendar, terms(), MONDAY)
        assert refused.value.detail["errors"][0]["field"] == f"calendar.rules.0.{field}"


def test_a_rule_that_starts_in_another_age_is_refused():
    calendar = weekly_calendar(Rule("FREQ=DAILY", datetime(1, 1, 1), 150, 30))
    with pytest.raises(InvalidError, match="too far away"):
        check_calendar(calendar, terms(), MONDAY)


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(InvalidError, match="time zone"):
        Calendar("Asia/Atlantis")


def test_a_calendar_goes_on_until_its_rules_end():
    assert goes_on(weekly_calendar(), SOON)
    assert not goes_on(weekly_calendar(Rule("FREQ=WEEKLY;COUNT=3", datetime(2026, 5, 16, 10), 150, 30)), SOON)


# Any calendar keeps these promises.

DAYS = st.dates(date(2026, 5, 1), date(2026, 7, 31))
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Pacific/Auckland"])
RULES = st.builds(
    Rule,
    st.sampled_from(
        ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=MONTHLY;BYDAY=1MO", "FREQ=DAILY;INTERVAL=2;COUNT=9"]
    ),
    st.datetimes(datetime(2026, 5, 1), datetime(2026, 6, 1)).map(lambda time: time.replace(microsecond=0)),
    st.integers(15, 26 * 60),
    st.just(30),
    st.integers(1, 4),
)
BLACKOUTS = st.lists(
    st.builds(lambda day, days: Blackout(day, day + timedelta(days=days)), DAYS, st.integers(0, 9)), max_size=3
)
CALENDARS = st.builds(
    Calendar,
    zone=ZONES,
    rules=st.lists(RULES, max_size=3).map(tuple),
    blackouts=BLACKOUTS.map(tuple),
    before_minutes=st.integers(0, 180),
    after_minutes=st.integers(0, 180),
    lead_hours=st.integers(0, 200),
)


def touches(blackout, session, zone):
    """Tell by looking at every minute's day, which is another way than the code's."""
    local = session.start.astimezone(ZoneInfo(zone))
    days = {
        (local + timedelta(minutes=minute)).date() for minute in range(0, int(session.length.total_seconds() // 60), 7)
    }
    days.add((session.end - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date())
    return any(blackout.first <= day <= blackout.last for day in days)


@stories(60, 1)
@given(CALENDARS, BLACKOUTS.map(tuple))
def test_no_slot_is_on_a_day_off_nor_too_close_to_another_whatever_the_calendar(calendar, off):
    planned = plan(calendar, DaysOff("Asia/Shanghai", off), MONDAY, SOON)
    spans = [span for one in planned.slots for span in calendar.occupied(one.sessions)]
    assert all(later.start >= before.end for before, later in pairwise(sorted(spans)))
    for one in planned.slots:
        assert MONDAY + calendar.lead < one.span.start < SOON
        for session in one.sessions:
            assert not any(touches(blackout, session, calendar.zone) for blackout in calendar.blackouts)
            assert not any(touches(blackout, session, "Asia/Shanghai") for blackout in off)


@stories(30, 1)
@given(CALENDARS, st.integers(1, 30))
def test_a_further_horizon_only_adds_slots(calendar, days):
    near = plan(calendar, DaysOff(), MONDAY, SOON)
    far = plan(calendar, DaysOff(), MONDAY, SOON + timedelta(days=days))
    assert [one for one in far.slots if one.span.start < SOON] == list(near.slots)


@stories(30, 1)
@given(CALENDARS, st.lists(st.integers(0, 60 * 24), min_size=1, max_size=4))
def test_what_is_kept_is_never_given_again(calendar, hours):
    kept = [Timespan(MONDAY + timedelta(hours=hour), MONDAY + timedelta(hours=hour + 3)) for hour in hours]
    planned = plan(calendar, DaysOff(), MONDAY, SOON, kept)
    spans = [span for one in planned.slots for span in calendar.occupied(one.sessions)]
    assert not any(span.intersect(other) for span in spans for other in kept)
