"""Partitions: where the lines are, what they cut, and the boxes by which candidates are found."""

import json
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.demand.domain.partition import category_of, partition_of
from services.demand.domain.reach import Box
from services.kernel.geo import Place
from tests.builders_demand import SQUARE, Town, north
from tests.fakes.demand import FakeDemandUnitOfWork

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "city_geo" / "data.json"
places = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))


def test_a_city_is_one_partition_and_far_cities_are_others():
    shanghai, suzhou, beijing = Place(31.23, 121.47), Place(31.30, 120.62), Place(39.90, 116.40)
    assert partition_of("pottery", shanghai) == partition_of("pottery", suzhou)
    assert len({partition_of(one, place) for one, place in product(("pottery", "tea"), (shanghai, beijing))}) == 4


@given(places, st.text(min_size=1, max_size=20))
def test_every_place_has_a_partition_that_tells_its_category(place, category):
    assert category_of(partition_of(category, place)) == category


def test_the_lines_cut_hardly_any_neighbours():
    """Of districts whose centres are at most 20 km apart, fewer than one pair in a thousand is on two sides."""
    if not DATA.exists():
        pytest.skip("the public data are not there")
    rows = [
        (float(one["lat"]), float(one["lng"])) for one in json.loads(DATA.read_text()) if one["area"] and one["lat"]
    ]
    found = [Place(*row) for row in sorted(rows)]
    near = cut = 0
    for index, one in enumerate(found):
        for other in found[index + 1 :]:
            if other.lat - one.lat > 0.2:
                break
            if abs(other.lon - one.lon) < 0.3 and one.distance_km(other) <= 20:
                near += 1
                cut += partition_of("x", one) != partition_of("x", other)
    assert near > 1500
    assert cut / near < 0.001


@given(places, st.floats(0.1, 1000), st.floats(0, 360), st.floats(0, 0.999))
def test_a_box_holds_everything_within_reach(place, radius_km, bearing, share):
    from math import asin, atan2, cos, degrees, radians, sin

    angle, lat, lon = radius_km * share / 6371.0088, radians(place.lat), radians(place.lon)
    there = asin(max(-1, min(1, sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(radians(bearing)))))
    east = atan2(sin(radians(bearing)) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sin(there))
    point = Place(degrees(there), (degrees(lon + east) + 540) % 360 - 180)
    box, here = Box.around(place, radius_km), Box.around(point, 1e-6)
    assert box.overlaps(here)


def test_who_is_out_of_reach_is_no_candidate_and_who_is_in_reach_is():
    town = Town(FakeDemandUnitOfWork())
    community = town.community()
    here = town.place(community, radius_km=5)
    far = town.place(community, place=north(11).to_wire(), radius_km=5)
    near = town.place(community, place=north(9).to_wire(), radius_km=5)
    assert far.pool_id != here.pool_id
    assert near.pool_id in (here.pool_id, far.pool_id)
    pool = town.pool_of(near)
    assert pool.reach == Box.shared(one.reach for one in town.uow.signals.of_pool(pool.pool_id))


def test_a_box_is_empty_where_two_do_not_meet():
    one, other = Box.around(SQUARE, 5), Box.around(north(20), 5)
    assert not one.overlaps(other)
    assert not Box.shared([one, other]).overlaps(Box.around(north(30), 1))
