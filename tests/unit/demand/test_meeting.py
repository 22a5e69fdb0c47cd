"""Where people can meet."""

import pytest

from services.demand.domain.meeting import Reach, meeting_area
from services.kernel.geo import Place
from tests.builders_demand import SQUARE, north


def reach(place=SQUARE, radius_km=5.0, people=1):
    return Reach(place, radius_km, people)


def test_one_person_meets_anywhere_in_reach():
    area = meeting_area([reach()])
    assert (area.centre, area.radius_km) == (SQUARE, 5.0)


def test_the_smallest_reach_at_one_place_is_the_reach_of_all():
    assert meeting_area([reach(radius_km=5), reach(radius_km=2)]).radius_km == 2


def test_two_meet_between_them():
    area = meeting_area([reach(), reach(north(8))])
    assert area.radius_km == pytest.approx(1.0, abs=0.02)
    assert area.centre.distance_km(SQUARE) == pytest.approx(4.0, abs=0.02)


def test_who_cannot_meet_has_no_area():
    assert meeting_area([reach(), reach(north(10.5))]) is None


def test_many_at_one_end_do_not_pull_the_centre_out_of_reach_of_a_few():
    """The people-weighted mean alone lies 0.1 km from the many and 7.9 km from the one: out of its reach."""
    area = meeting_area([reach(people=99), reach(north(8), people=1)])
    assert area is not None
    assert area.radius_km > 0.9


def test_three_around_a_circle_find_the_middle():
    corners = [north(4), Place(SQUARE.lat - 0.018, SQUARE.lon + 0.0364), Place(SQUARE.lat - 0.018, SQUARE.lon - 0.0364)]
    area = meeting_area([reach(corner, 4.3) for corner in corners])
    assert area is not None
    assert area.centre.distance_km(SQUARE) < 0.3


def test_the_order_of_people_does_not_move_the_place():
    reaches = [reach(people=2), reach(north(3), 4, 5), reach(north(1, Place(31.22, 121.5)), 6, 1)]
    assert meeting_area(reaches) == meeting_area(reversed(reaches))


def test_the_date_line_is_a_place_like_any_other():
    area = meeting_area([reach(Place(-17, 179.98)), reach(Place(-17, -179.98))])
    assert area.radius_km > 2.5


def test_opposite_ends_of_the_earth_do_not_meet_and_do_not_crash():
    assert meeting_area([reach(Place(0, 0)), reach(Place(0, 180))]) is None
