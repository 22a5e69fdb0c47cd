"""Where people can meet, and that it is told as a point that is nobody's home."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.demand.domain.grid import GRIDS, points_around
from services.demand.domain.meeting import Reach, meeting_area
from services.kernel.geo import Area, Place
from tests.builders_demand import SQUARE, north


def reach(place=SQUARE, radius_km=5.0, people=1):
    return Reach(place, radius_km, people)


def test_one_person_meets_around_a_public_point_nearby():
    """The point is 0.36 km from the square; of the 4.64 km that are left only whole tenths are told."""
    area = meeting_area([reach()])
    assert (area.centre, area.radius_km) == (Place(31.23, 121.47), 4.6)


def test_the_smallest_reach_at_one_place_is_the_reach_of_all():
    assert meeting_area([reach(radius_km=5), reach(radius_km=2)]) == meeting_area([reach(radius_km=2)])


def test_two_meet_between_them():
    area = meeting_area([reach(), reach(north(8))])
    assert area.radius_km == 0.5
    assert area.centre.distance_km(SQUARE) == pytest.approx(4.0, abs=0.5)


def test_who_cannot_meet_has_no_area():
    assert meeting_area([reach(), reach(north(10.5))]) is None


def test_many_at_one_end_do_not_pull_the_centre_out_of_reach_of_a_few():
    """The people-weighted mean alone lies 0.1 km from the many and 7.9 km from the one: out of its reach."""
    area = meeting_area([reach(people=99), reach(north(8), people=1)])
    assert area is not None
    assert area.radius_km == 0.5


def test_three_around_a_circle_find_the_middle():
    corners = [north(4), Place(SQUARE.lat - 0.018, SQUARE.lon + 0.0364), Place(SQUARE.lat - 0.018, SQUARE.lon - 0.0364)]
    area = meeting_area([reach(corner, 4.3) for corner in corners])
    assert area is not None
    assert area.centre.distance_km(SQUARE) < 0.4


def test_the_order_of_people_does_not_move_the_place():
    reaches = [reach(people=2), reach(north(3), 4, 5), reach(north(1, Place(31.22, 121.5)), 6, 1)]
    assert meeting_area(reaches) == meeting_area(reversed(reaches))


def test_the_date_line_is_a_place_like_any_other():
    area = meeting_area([reach(Place(-17, 179.98)), reach(Place(-17, -179.98))])
    assert area.radius_km > 2.5


def test_opposite_ends_of_the_earth_do_not_meet_and_do_not_crash():
    assert meeting_area([reach(Place(0, 0)), reach(Place(0, 180))]) is None


# -- what others see ---------------------------------------------------------------------------------------------


def grid_of(place):
    """Return the cells per degree of the coarsest grid that has the place, or None."""

    def on(degrees, cells):
        return abs(degrees * cells - round(degrees * cells)) < 1e-6

    return next((cells for cells in GRIDS if on(place.lat, cells) and on(place.lon, cells)), None)


anywhere = st.builds(Place, st.floats(-80, 80), st.floats(-180, 180))
nearby = st.builds(Place, st.floats(31.225, 31.235), st.floats(121.465, 121.475))
around = st.builds(Place, st.floats(31.15, 31.30), st.floats(121.40, 121.55))
one_reach = st.builds(Reach, anywhere, st.floats(0.01, 50), st.integers(1, 9))
reaches = st.lists(st.builds(Reach, around, st.floats(0.05, 12), st.integers(1, 9)), min_size=1, max_size=6)
alike = st.lists(st.builds(Reach, nearby, st.floats(3, 12), st.integers(1, 9)), min_size=1, max_size=6)


@settings(max_examples=300, deadline=None)
@given(reaches | alike | one_reach.map(lambda one: [one]))
def test_the_area_lies_within_every_reach(found):
    area = meeting_area(found)
    if area is not None:
        assert all(one.room_km(area.centre) >= area.radius_km - 1e-6 for one in found)


@settings(max_examples=200, deadline=None)
@given(alike)
def test_people_with_room_meet_on_the_coarsest_grid(found):
    area = meeting_area(found)
    assert grid_of(area.centre) == GRIDS[0]
    assert area.radius_km > 0


@settings(max_examples=200, deadline=None)
@given(anywhere, st.floats(0.16, 50))
@example(Place(80.0, 180.0), 0.16)
@example(Place(-0.001, -0.001), 0.2)
def test_nobody_who_goes_some_way_is_met_at_home(home, radius_km):
    area = meeting_area([reach(home, radius_km)])
    cells = grid_of(area.centre)
    assert cells is not None
    assert area.centre.distance_km(home) <= radius_km
    if radius_km >= 0.9:
        assert cells == GRIDS[0]


@settings(max_examples=300, deadline=None)
@given(reaches)
def test_a_finer_point_is_told_only_where_no_coarser_one_is_in_reach_nearby(found):
    area = meeting_area(found)
    if area is None or (area.radius_km > 0 and grid_of(area.centre) is not None):
        return
    told = grid_of(area.centre)
    for cells in GRIDS if told is None else GRIDS[: GRIDS.index(told)]:
        nearest = Place(round(area.centre.lat * cells) / cells, round(area.centre.lon * cells) / cells)
        for point in (nearest, *(points_around(area.centre, cells, 3) if told is None else ())):
            assert any(one.room_km(point) < 0 for one in found)


@settings(max_examples=200, deadline=None)
@given(reaches)
def test_the_radius_around_a_grid_point_is_told_in_steps_of_a_tenth_of_a_cell(found):
    """A point may be on several grids: then the steps are those of one of them."""
    area = meeting_area(found)
    if area is None or grid_of(area.centre) is None:
        return
    steps = [area.radius_km * cells / 10 for cells in GRIDS]
    assert any(one == pytest.approx(round(one), abs=1e-6) for one in steps)


def test_who_hardly_goes_anywhere_can_still_be_met():
    """No grid has a point within 50 metres of the square, so the place itself is told."""
    assert meeting_area([reach(radius_km=0.05)]) == Area(SQUARE, 0.05)


def test_a_grid_point_in_reach_is_told_rather_than_a_home_near_it():
    home = Place(31.2301, 121.4701)
    assert meeting_area([reach(home, 0.016)]) == Area(Place(31.23, 121.47), 0.0)


def test_a_finer_grid_with_room_is_better_than_a_coarse_point_without():
    home = Place(31.2246, 121.4698)  # 0.6 km south of a point of the coarsest grid, 0.05 km from one of the next
    assert meeting_area([reach(home, 0.61)]) == Area(Place(31.225, 121.47), 0.55)


def test_far_ends_that_meet_in_a_narrow_lens_find_a_point_along_it():
    """The lens is 0.4 km wide and 4 km long, and none of the corners of the cell around its middle lies in it."""
    one, other = Reach(Place(-0.03981, 0.07713), 10.1, 1), Reach(Place(0.05901, -0.07101), 10.1, 1)
    corners = points_around(Place(0.0096, 0.00306), 100, 1)
    assert all(min(one.room_km(corner), other.room_km(corner)) < 0 for corner in corners)
    assert meeting_area([one, other]) == Area(Place(0.02, 0.01), 0.1)


def test_the_corners_of_a_cell_are_found_at_the_edges_of_the_map():
    assert Place(90, -180) in points_around(Place(90, 180), 100, 1)
    assert Place(31.0, -180) in points_around(Place(31.0, 179.999), 100, 1)
    assert len(points_around(SQUARE, 100, 3)) == 36
