"""Communities and members: who may do what, versions, and what another merge policy means for pools."""

import pytest

from services.demand import handlers, inbound, views
from services.demand.domain.errors import (
    CommunityNotFoundError,
    MemberNotFoundError,
    OnlyYourselfError,
    StaleVersionError,
)
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from tests.builders_demand import Town, a_member
from tests.fakes.chassis import request
from tests.fakes.demand import FakeDemandUnitOfWork


@pytest.fixture
def town():
    return Town(FakeDemandUnitOfWork())


def change(town, community, data, if_match=None, role="community_operator"):
    body = {"community_id": str(community.community_id), **data}
    asked = request(body, role=role, if_match=if_match, community_id=community.community_id)
    return handlers.change_community(inbound.change_community(asked), town.uow)


def change_member(town, member, data, if_match=None, **caller):
    body = {"community_id": str(member.community_id), "member_id": str(member.member_id), **data}
    asked = request(body, if_match=if_match, **{"community_id": member.community_id, **caller})
    return handlers.change_member(inbound.change_member(asked), town.uow)


def test_the_node_operator_registers_a_community(town):
    data = {"name": " 阳光小学家长群 ", "kind": "parents", "place": {"lat": 31.2, "lon": 121}}
    community = handlers.register_community(inbound.register_community(request(data)), town.uow)
    assert (community.name, community.time_zone, community.locale) == ("阳光小学家长群", "Asia/Shanghai", "zh")
    assert (community.merge_policy, community.version) == ("auto", 1)
    assert town.uow.outbox.names() == ["community_registered.v1"]


@pytest.mark.parametrize("role", ["community_operator", "organiser", "partner", "member", "supplier"])
def test_nobody_else_registers_a_community(town, role):
    data = {"name": "x", "place": {"lat": 0, "lon": 0}}
    with pytest.raises(ForbiddenError):
        handlers.register_community(inbound.register_community(request(data, role=role)), town.uow)


@pytest.mark.parametrize("zone", ["Asia/Nowhere", "Europe", "../etc/passwd", "/etc/localtime", "陕西"])
def test_a_time_zone_has_to_be_known(town, zone):
    data = {"name": "x", "place": {"lat": 0, "lon": 0}, "time_zone": zone}
    with pytest.raises(InvalidError) as refusal:
        handlers.register_community(inbound.register_community(request(data)), town.uow)
    assert refusal.value.detail["errors"][0]["field"] == "time_zone"


def test_a_change_makes_the_next_version(town):
    community = town.community()
    after = change(town, community, {"name": "新名字"}, if_match="1")
    assert (after.name, after.version, after.kind) == ("新名字", 2, community.kind)
    assert town.uow.outbox.data_of("community_changed.v1")[0]["name"] == "新名字"


def test_an_edit_of_an_old_version_is_refused_with_the_current_one(town):
    community = town.community()
    change(town, community, {"name": "新名字"}, if_match="1")
    with pytest.raises(StaleVersionError) as refusal:
        change(town, community, {"name": "another"}, if_match='"1"')
    assert refusal.value.detail["version"] == 2


def test_a_change_that_changes_nothing_tells_nothing(town):
    community = town.community()
    assert change(town, community, {"name": community.name}).version == 1
    assert town.uow.outbox.events == []


def test_another_community_cannot_be_changed_and_is_not_known(town):
    mine, other = town.community(), town.community()
    asked = request(
        {"community_id": str(other.community_id)}, role="community_operator", community_id=mine.community_id
    )
    with pytest.raises(CommunityNotFoundError):
        handlers.change_community(inbound.change_community(asked), town.uow)
    with pytest.raises(CommunityNotFoundError):
        views.get_community(inbound.by_id("community_id")(asked), town.uow)


def test_an_organiser_does_not_change_the_community(town):
    with pytest.raises(ForbiddenError):
        change(town, town.community(), {"name": "x"}, role="organiser")


def test_a_community_that_no_longer_merges_leaves_the_pools_of_others(town):
    mine, other = town.community(), town.community()
    stays, goes = town.place(other, people=6), town.place(mine, people=7)
    change(town, mine, {"merge_policy": "never"})
    assert town.pool_of(stays).present() == {other.community_id}
    assert town.pool_of(goes).present() == {mine.community_id}


def test_a_community_that_wants_to_be_asked_from_now_on_is_asked(town):
    mine, other = town.community(), town.community()
    signal = town.place(other, people=6)
    town.place(mine, people=7)
    change(town, mine, {"merge_policy": "ask"})
    assert town.pool_of(signal).people == 6
    change(town, mine, {"merge_policy": "auto"})
    assert town.pool_of(signal).people == 13


def test_adding_a_member_tells_who_belongs_where_and_no_more(town):
    community = town.community()
    data = {"community_id": str(community.community_id), "name": "王强", "contact": "13900000000"}
    asked = request(data, role="partner", community_id=community.community_id)
    member = handlers.add_member(inbound.add_member(asked), town.uow)
    (told,) = town.uow.outbox.data_of("member_joined.v1")
    assert told == {
        "member_id": str(member.member_id),
        "community_id": str(community.community_id),
        "roles": ["member"],
        "household_id": None,
    }


def test_nobody_adds_a_member_to_another_community(town):
    mine, other = town.community(), town.community()
    data = {"community_id": str(other.community_id), "name": "x"}
    asked = request(data, role="organiser", community_id=mine.community_id)
    with pytest.raises(CommunityNotFoundError):
        handlers.add_member(inbound.add_member(asked), town.uow)


def test_a_member_edits_itself_but_not_its_roles(town):
    member = town.member_of[town.community().community_id]
    caller = {"role": "member", "member_id": member.member_id}
    assert change_member(town, member, {"contact": None}, **caller).contact is None
    with pytest.raises(OnlyYourselfError):
        change_member(town, member, {"roles": ["operator"]}, **caller)
    with pytest.raises(OnlyYourselfError):
        change_member(town, member, {"name": "x"}, role="member", member_id=new_id())


def test_a_member_is_edited_in_the_version_that_was_read(town):
    member = town.member_of[town.community().community_id]
    assert change_member(town, member, {"roles": ["organiser", "member"]}, "1", role="organiser").version == 2
    with pytest.raises(StaleVersionError):
        change_member(town, member, {"name": "x"}, "1", role="organiser")


def test_a_member_is_found_only_in_its_own_community(town):
    mine, other = town.community(), town.community()
    stranger = town.member_of[other.community_id]
    with pytest.raises(MemberNotFoundError):
        change_member(town, stranger, {"name": "x"}, role="organiser", community_id=mine.community_id)
    body = {"community_id": str(mine.community_id), "member_id": str(stranger.member_id)}
    with pytest.raises(MemberNotFoundError):
        views.get_member(inbound.by_id("member_id")(town.ask(mine, body)), town.uow)


def test_a_plain_member_sees_only_itself(town):
    community = town.community()
    member, neighbour = town.member_of[community.community_id], a_member(community)
    town.uow.members.save(neighbour)

    def get(one, role):
        body = {"community_id": str(community.community_id), "member_id": str(one.member_id)}
        return views.get_member(inbound.by_id("member_id")(town.ask(community, body, role=role)), town.uow)

    assert get(member, "member")["contact"] == member.contact
    assert get(neighbour, "organiser")["contact"] == neighbour.contact
    with pytest.raises(MemberNotFoundError):
        get(neighbour, "member")
