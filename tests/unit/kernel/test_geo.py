import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.kernel.geo import Area, Place

places = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))
BEIJING, SHANGHAI = Place(39.9042, 116.4074), Place(31.2304, 121.4737)


def test_a_known_distance():
    assert BEIJING.distance_km(SHANGHAI) == pytest.approx(1067, abs=2)


@given(places, places)
def test_a_distance_is_the_same_both_ways_and_at_most_half_round_the_earth(one, other):
    assert one.distance_km(other) == pytest.approx(other.distance_km(one), abs=1e-6)
    assert 0 <= one.distance_km(other) <= 20_016


@given(places, places, places)
def test_a_detour_is_never_shorter(one, other, third):
    assert one.distance_km(third) <= one.distance_km(other) + other.distance_km(third) + 1e-6


@given(places)
def test_a_place_is_where_it_is(place):
    assert place.distance_km(place) == 0
    assert Area(place, 0).contains(place)


def test_the_date_line_is_no_wall():
    assert Place(0, 179.9).distance_km(Place(0, -179.9)) == pytest.approx(22.24, abs=0.01)


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (-91, 0), (0, 181), (float("nan"), 0), (0, float("inf"))])
def test_what_is_not_on_the_earth_is_refused(lat, lon):
    with pytest.raises(InvalidError):
        Place(lat, lon)


@pytest.mark.parametrize("radius", [-1, float("nan"), 30_000])
def test_an_impossible_radius_is_refused(radius):
    with pytest.raises(InvalidError):
        Area(BEIJING, radius)


def test_an_area_contains_its_border_to_the_metre():
    distance = BEIJING.distance_km(SHANGHAI)
    assert Area(BEIJING, distance).contains(SHANGHAI)
    assert not Area(BEIJING, distance - 0.01).contains(SHANGHAI)


def test_what_is_written_is_read_back():
    area = Area(BEIJING, 5.0)
    assert Area.from_wire(area.to_wire()) == area
