"""Who lives together is told by an id, and where they live is not told at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.demand import handlers, inbound
from services.demand.domain.household import household_id
from services.kernel.ids import new_id
from tests.builders_demand import Town
from tests.fakes.chassis import request
from tests.fakes.demand import FakeDemandUnitOfWork

HERE, THERE = new_id(), new_id()
DOOR = "阳光花园 3栋 B座1201"


@pytest.fixture
def town():
    return Town(FakeDemandUnitOfWork())


def add(town, community, household):
    data = {"community_id": str(community.community_id), "name": "王强", "contact": "1", "household": household}
    asked = request(data, role="organiser", community_id=community.community_id)
    return handlers.add_member(inbound.add_member(asked), town.uow)


def told(town, name="member_joined.v1"):
    return [data["household_id"] for data in town.uow.outbox.data_of(name)]


@pytest.mark.parametrize("same", ["阳光花园3栋b座1201", " 阳光花园\u30003栋\tＢ座１２０１ ", "阳光花园 3栋 B座 1201\n"])
def test_one_door_written_in_several_ways_is_one_household(same):
    assert household_id(HERE, same) == household_id(HERE, DOOR)


@pytest.mark.parametrize("other", ["阳光花园3栋B座1202", "阳光花园 3-B座1201", "阳光花园3栋A座1201"])
def test_another_door_is_another_household(other):
    assert household_id(HERE, other) != household_id(HERE, DOOR)


@given(st.text(min_size=1))
def test_the_same_text_in_two_communities_gives_two_ids(text):
    here, there = household_id(HERE, text), household_id(THERE, text)
    assert (here is None) == (there is None) == (not text.split())
    assert here is None or here != there


@pytest.mark.parametrize("nothing", [None, "", " \u3000\n"])
def test_who_has_no_household_has_no_id(nothing):
    assert household_id(HERE, nothing) is None


def test_members_of_one_household_are_told_with_one_id(town):
    home, other = town.community(), town.community()
    for household in (DOOR, DOOR.lower(), "7-1-102", None):
        add(town, home, household)
    add(town, other, DOOR)
    first, second, neighbour, single, elsewhere = told(town)
    assert first == second == str(household_id(home.community_id, DOOR))
    assert len({first, neighbour, elsewhere}) == 3
    assert single is None


def test_who_moves_is_told_with_the_new_id_and_who_moves_out_with_none(town):
    home = town.community()
    member = add(town, home, DOOR)
    for household in ("7-1-102", None):
        data = {"community_id": str(home.community_id), "member_id": str(member.member_id), "household": household}
        asked = request(data, role="organiser", community_id=home.community_id)
        handlers.change_member(inbound.change_member(asked), town.uow)
    assert told(town, "member_changed.v1") == [str(household_id(home.community_id, "7-1-102")), None]


def test_no_event_holds_the_text_of_a_household(town):
    home = town.community()
    member = add(town, home, DOOR)
    data = {"community_id": str(home.community_id), "member_id": str(member.member_id), "household": "７-1-102 王家"}
    handlers.change_member(
        inbound.change_member(request(data, role="organiser", community_id=home.community_id)), town.uow
    )
    town.place(home)
    events = repr(town.uow.outbox.events)
    assert town.uow.outbox.names()[:2] == ["member_joined.v1", "member_changed.v1"]
    for text in (
        DOOR,
        "阳光花园",
        "座1201",
        "７-1-102 王家",
        "7-1-102",
        "王家",
        town.member_of[home.community_id].household,
    ):
        assert text not in events
