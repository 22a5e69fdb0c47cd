"""Plans of a service day: what they never break, how they are made again, and whom they leave out and why."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kernel.timespan import Timespan
from services.supplier.domain.visits.model import Break, Why
from services.supplier.domain.visits.promising import promise, promised
from services.supplier.domain.visits.replanning import old_of, replan
from services.supplier.domain.visits.solving import solve
from services.supplier.domain.visits.timetable import Timetable
from services.supplier.domain.visits.travel import roads
from tests.builders_visits import at, broken, crew, day, estate, flat, home, span
from tests.effort import EFFORT

FEW = 40  # iterations: a search that always ends the same


def planned(of):
    return solve(of, 5, most=FEW)


@st.composite
def days(draw):
    """Days of up to ten homes and three crews, of which some cannot be served."""
    hours = st.integers(0, 16).map(lambda half: half / 2)
    homes = []
    for number in range(draw(st.integers(1, 10))):
        begins = draw(st.lists(hours, max_size=2, unique=True))
        homes.append(
            home(
                number,
                east=draw(st.integers(-8, 8)),
                north=draw(st.integers(-8, 8)),
                minutes=draw(st.sampled_from((15, 45, 90))),
                building=draw(st.sampled_from(("", "1", "2"))),
                floor=draw(st.sampled_from((-1, 1, 6, 30))),
                lift=draw(st.booleans()),
                windows=tuple(span(begin, begin + draw(st.sampled_from((0.5, 1, 3)))) for begin in begins),
                load=draw(st.integers(0, 3)),
            )
        )
    crews = []
    for number in range(draw(st.integers(1, 3))):
        begin = draw(st.sampled_from((0, 1, 3)))
        rest = Break(span(begin + 2, begin + 4), 45) if draw(st.booleans()) else None
        capacity = draw(st.sampled_from((None, 2, 6)))
        end = draw(st.sampled_from((None, homes[0].place)))
        crews.append(crew(number, shift=(begin, begin + 6), end=end, rest=rest, capacity=capacity))
    return day(homes, crews)


quick = settings(
    max_examples=max(5, round(40 * EFFORT)), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@quick
@given(days())
def test_a_plan_breaks_no_window_shift_rest_or_capacity_and_tells_of_every_home(wanted):
    assert broken(wanted, planned(wanted)) == []


@quick
@given(days(), st.data())
def test_a_plan_that_is_made_again_keeps_what_was_promised(wanted, data):
    before = planned(wanted)
    told = promised(wanted, before)
    gone = data.draw(st.sampled_from(told.homes)).home_id
    after = replace(told, homes=(*(one for one in told.homes if one.home_id != gone), home("new", minutes=15)))
    if len(after.homes) > 1:
        done = replan(after, old_of(before), 5, most=FEW)
        assert broken(after, done.plan) == []
        kept = {one.home_id for one in after.homes if one.promised}
        assert kept <= done.plan.crew_of().keys(), "a promise was given up without need"


def test_who_was_told_an_hour_is_told_no_other_one():
    wanted = day([home(0, minutes=15, promised=span(6, 7)), home(1, minutes=15)])
    plan = planned(wanted)
    again = promised(wanted, plan, timedelta(hours=3))
    assert again.homes[0].promised == span(6, 7)
    assert again.homes[1].promised == promise(plan.starts()["1"], timedelta(hours=3))


def test_forty_homes_of_an_estate_are_all_visited():
    wanted = day(estate(), [crew(name, rest=Break(span(3.5, 5), 45)) for name in "甲乙丙丁"])
    plan = planned(wanted)
    assert broken(wanted, plan) == []
    assert plan.left_out == {}


def test_when_a_home_drops_out_nobody_else_moves_and_no_search_is_needed():
    wanted = day(estate(), [crew(name) for name in "甲乙丙丁"])
    before = planned(wanted)
    told = promised(wanted, before)
    after = replace(told, homes=told.homes[1:])
    done = replan(after, old_of(before), 5)
    assert (done.moved, done.searched) == ((), False)
    assert broken(after, done.plan) == []
    kept = [one for tour in before.tours for one in tour.home_ids if one != "0"]
    assert [one for tour in done.plan.tours for one in tour.home_ids] == kept


def test_who_is_added_comes_between_the_others():
    wanted = day(estate(12), [crew(name) for name in "甲乙"])
    before = planned(wanted)
    after = promised(wanted, before)
    after = replace(after, homes=(*after.homes, flat("new", 2, 3, "302", windows=(span(6, 9),))))
    done = replan(after, old_of(before), 5)
    assert (done.moved, done.searched, done.plan.left_out) == ((), False, {})
    assert broken(after, done.plan) == []


def test_a_crew_that_is_late_gives_homes_away_and_every_promise_is_kept():
    homes = [home(number, east=number % 3, minutes=60) for number in range(6)]
    wanted = day(homes, [crew("甲", shift=(0, 5)), crew("乙", shift=(0, 9))])
    before = planned(wanted)
    told = promised(wanted, before)
    late = replace(told, crews=(crew("甲", shift=(2.5, 5)), crew("乙", shift=(0, 9))))
    done = replan(late, old_of(before), 5, most=400)
    assert broken(late, done.plan) == []
    lost = [one for one, why in done.plan.left_out.items() if why is not Why.PROMISE_LOST]
    assert lost == []
    assert set(done.moved) <= done.plan.crew_of().keys()


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"windows": (span(1, 1.25),)}, Why.NO_WINDOW),
        ({"windows": (span(20, 22),)}, Why.OUT_OF_REACH),
        ({"east": 200}, Why.OUT_OF_REACH),
        ({"load": 11}, Why.TOO_HEAVY),
        ({"promised": span(12, 13)}, Why.PROMISE_LOST),
        ({"minutes": 300}, Why.NO_ROOM),
    ],
)
def test_who_cannot_be_visited_is_told_why(wish, why):
    others = [home(number, minutes=300 if "minutes" in wish else 30) for number in range(1)]
    wanted = day([*others, home("far", **wish)], [crew(capacity=10)])
    plan = planned(wanted)
    assert list(plan.left_out.values()) == [why]
    assert broken(wanted, plan) == []


def test_most_homes_are_served_before_ways_are_short():
    homes = [home(number, east=30 * (number % 2), minutes=60) for number in range(4)]
    plan = planned(day(homes, [crew(), crew("乙")]))
    assert plan.left_out == {}


def test_a_promise_outweighs_other_visits():
    homes = [home(0, east=20, minutes=60, promised=span(4, 5)), *(home(n, minutes=170) for n in range(1, 4))]
    plan = planned(day(homes))
    assert "0" in plan.crew_of()


def test_homes_of_one_building_follow_each_other():
    homes = [flat(number, 1 + number % 2 * 10, 3, f"30{number}") for number in range(8)]
    (tour,) = planned(day(homes)).tours
    buildings = [int(one) % 2 for one in tour.home_ids]
    assert sum(here != there for here, there in pairwise(buildings)) == 1


def test_floors_take_longer_without_a_lift_and_buildings_longer_than_doors():
    way = roads(day([flat(0, 1, 1, "101"), flat(1, 1, 6, "601"), flat(2, 1, 6, "602", lift=False), flat(3, 2, 1, "1")]))
    lift, stairs, beside = way.seconds[0, 1], way.seconds[2, 0], way.seconds[0, 3]
    assert (lift, stairs) == (60, 180)
    assert beside > 180
    assert (way.seconds[:4, :4] == way.seconds[:4, :4].T).all()


def test_the_same_number_in_another_estate_is_another_building():
    way = roads(day([home(0, building="1"), home(1, building="1", east=2)]))
    assert way.seconds[0, 1] > 180


def test_the_crew_leaves_as_late_as_its_first_visit_allows():
    (tour,) = planned(day([home(0, east=1, windows=(span(4, 6),))])).tours
    assert tour.stops[0].span.start == at(4)
    assert tour.span.start == at(4) - timedelta(seconds=int(1.35 / 20 * 3600 + 90))


def test_a_promise_begins_at_a_quarter_of_an_hour_and_holds_the_planned_time():
    begin = at(1.4)
    assert promise(begin) == Timespan(at(1.25), at(2.25))


def test_a_visit_within_a_promise_also_fits_the_window_of_the_home():
    wish = home(0, minutes=45, windows=(span(1, 2),), promised=span(1, 2))
    table = Timetable.of(roads(day([wish])))
    assert table.starts[0] == ((3600, 3600 + 15 * 60),)


def test_two_searches_of_as_many_iterations_end_the_same():
    wanted = day(estate(15), [crew(), crew("乙")])
    assert planned(wanted) == planned(wanted)
