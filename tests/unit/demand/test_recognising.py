"""A person who signs in two communities counts once, and nobody learns that it is so."""

import json
from dataclasses import replace

import pytest

from services.demand import handlers, inbound, outbound, views
from services.demand.domain.errors import CommunityNotFoundError
from services.demand.domain.recognising import counted_twice, normalised, person_of
from services.demand.handlers.recognising import recognised
from services.kernel.errors import InvalidError
from tests.builders_demand import Town, a_signal
from tests.fakes.chassis import request
from tests.fakes.demand import FakeDemandUnitOfWork

KEY = b"a key"


@pytest.fixture
def town():
    return Town(FakeDemandUnitOfWork())


def with_contact(town, community, contact):
    """Give the member of a community a contact, as the handlers do."""
    member = replace(town.member_of[community.community_id], contact=contact)
    member = recognised(member, community, town.uow)
    town.member_of[community.community_id] = member
    town.uow.members.save(member)
    return community


def neighbours(town, *contacts, recognise=True):
    return [with_contact(town, town.community(recognise=recognise), contact) for contact in contacts]


def change(town, community, **data):
    asked = request(
        {"community_id": str(community.community_id), **data},
        role="community_operator",
        community_id=community.community_id,
    )
    return handlers.change_community(inbound.change_community(asked), town.uow)


def seen(town, community, pool_id):
    return views.get_pool(inbound.by_id("pool_id")(town.ask(community, {"pool_id": str(pool_id)})), town.uow)


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "008613800138000",
        "86-138-0013-8000",
        "１３８００１３８０００",
        "＋８６ 138 0013 8000",
        "手机：13800138000（微信同号）",
        " 13800138000 / li@example.org",
    ],
)
def test_a_mobile_number_is_the_same_however_it_is_written(written):
    assert normalised(written) == "13800138000"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Li.Ming@Example.ORG", "li.ming@example.org"),
        ("ｌｉ＠ｅｘａｍｐｌｅ．ｏｒｇ", "li@example.org"),
        ("邮箱 li@example.org.", "li@example.org"),
        ("0571-5555 0202", "057155550202"),
        ("+86 571 5555 0202", "057155550202"),
        ("+44 20 7946 0958", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958"),
    ],
)
def test_other_numbers_and_addresses_have_one_form_too(written, read):
    assert normalised(written) == read


@pytest.mark.parametrize("written", [None, "", "李小明妈妈", "微信 limingma", "3-2-501", "12345", "同上", "a@b", "无"])
def test_what_may_be_of_many_recognises_nobody(written):
    assert normalised(written) is None
    assert person_of(KEY, written) is None


def test_the_hash_depends_on_the_key_and_holds_nothing_of_the_contact():
    one, other = person_of(KEY, "13800138000"), person_of(b"another key", "13800138000")
    assert one != other
    assert one == person_of(KEY, "+86 138 0013 8000")
    assert "138" + "00138000" not in one
    assert len(one) == 64


def test_of_a_person_in_several_communities_the_largest_number_counts():
    signals = [a_signal(people=people) for people in (3, 2, 4)]
    persons = {signal.member_id: "p" for signal in signals}
    communities = {signal.community_id for signal in signals}
    assert counted_twice(signals, persons, communities) == 5
    assert counted_twice(signals, persons, {signals[0].community_id, signals[1].community_id}) == 2
    assert counted_twice(signals, {}, communities) == 0


def test_who_signs_twice_in_one_community_counts_as_the_community_says():
    first = a_signal(people=3)
    second = a_signal(first.community_id, member_id=first.member_id, people=2)
    assert counted_twice([first, second], {first.member_id: "p"}, {first.community_id}) == 0


def test_who_is_recognised_counts_once_in_the_pool_and_in_each_community(town):
    one, other = neighbours(town, "13800138000", "+86 138 0013 8000")
    signal = town.place(one, people=6)
    town.place(other, people=7)
    pool = town.pool_of(signal)
    assert (pool.people, pool.twice) == (7, 6)
    assert [part.people for part in pool.communities] == [6, 7]
    node = views.get_pool(inbound.by_id("pool_id")(request({"pool_id": str(pool.pool_id)})), town.uow)
    assert node["people"] == 7


@pytest.mark.parametrize("contacts", [("13800138000", "13800138001"), ("妈妈", "妈妈"), (None, None)])
def test_others_count_in_full(town, contacts):
    one, other = neighbours(town, *contacts)
    signal = town.place(one, people=6)
    town.place(other, people=7)
    assert town.pool_of(signal).people == 13


def test_nobody_is_recognised_unless_both_communities_want_it(town):
    mine = with_contact(town, town.community(recognise=True), "13800138000")
    other = with_contact(town, town.community(), "13800138000")
    signal = town.place(mine, people=6)
    town.place(other, people=7)
    assert town.pool_of(signal).people == 13
    assert town.member_of[other.community_id].person is None


def test_a_community_may_change_its_mind_while_the_pool_gathers(town):
    one, other = neighbours(town, "13800138000", "13800138000", recognise=False)
    signal = town.place(one, people=6)
    town.place(other, people=7)
    change(town, one, recognise=True)
    assert town.pool_of(signal).people == 13
    change(town, other, recognise=True)
    assert town.pool_of(signal).people == 7
    change(town, one, recognise=False)
    assert town.pool_of(signal).people == 13
    assert town.uow.members.rows[town.member_of[one.community_id].member_id].person is None


def test_who_has_not_consented_does_not_make_others_fewer(town):
    (one,) = neighbours(town, "13800138000")
    asks = with_contact(town, town.community("ask", recognise=True), "13800138000")
    signal = town.place(one, people=6)
    town.place(asks, people=7)
    assert town.pool_of(signal).people == 6


def test_nobody_learns_that_somebody_was_recognised(town):
    """The two are told the same as two others of whom nobody is in both communities."""
    told = []
    for contact in ("13800138000", "13800138001"):
        place = Town(FakeDemandUnitOfWork())
        one, other = neighbours(place, "13800138000", contact)
        pool_id = place.place(one, people=6).pool_id
        place.place(other, people=7)
        place.pass_(hours=1)
        pictures = [seen(place, community, pool_id) for community in (one, other)]
        place.ready(one, pool_id)
        pictures += [seen(place, community, pool_id) for community in (one, other)]
        public = [place.uow.outbox.data_of(name) for name in ("pool_formed.v1", "pool_changed.v1")]
        told.append((pictures, public))
        assert [view["people"] for view in pictures] == [11, 12, 13, 13]
        for picture in pictures:
            assert "person" not in json.dumps({**picture, "why": None})
    numbers = [[(view["people"], view["people_exact"]) for view in pictures] for pictures, _ in told]
    assert numbers[0] == numbers[1]
    assert [[one["people"] for one in events] for events in told[0][1]] == [
        [one["people"] for one in events] for events in told[1][1]
    ]


def test_the_hash_is_in_no_answer_and_no_event(town):
    one, other = neighbours(town, "13800138000", "13800138000")
    signal = town.place(one, people=6)
    town.place(other, people=7)
    town.ready(one, signal.pool_id)
    member = town.member_of[one.community_id]
    assert member.person
    shown = json.dumps(
        [outbound.member(member), outbound.signal(signal), outbound.community(one), town.uow.outbox.events],
        default=str,
    )
    assert member.person not in shown
    assert member.person not in repr(member)
    assert {key for key in outbound.member(member) if "person" in key} == set()


def test_the_service_that_looks_for_suppliers_hears_the_true_number(town):
    one, other = neighbours(town, "13800138000", "13800138000")
    pool_id = town.place(one, people=6).pool_id
    town.place(other, people=7)
    town.ready(one, pool_id)
    (data,) = town.uow.outbox.data_of("pool_ready.v1")
    assert (data["people"], sorted(part["people"] for part in data["communities"])) == (7, [6, 7])


def test_a_new_contact_is_recognised_and_an_old_one_forgotten(town):
    (one,) = neighbours(town, "13800138000")
    member = town.member_of[one.community_id]
    body = {"community_id": str(one.community_id), "member_id": str(member.member_id)}
    caller = {"role": "organiser", "community_id": one.community_id}
    after = handlers.change_member(inbound.change_member(request({**body, "contact": "li@a.org"}, **caller)), town.uow)
    kept = town.uow.members.rows[member.member_id]
    assert kept.person == person_of(town.uow.person_key.secret(), "LI@A.ORG") != member.person
    assert after.contact == "li@a.org"
    handlers.change_member(inbound.change_member(request({**body, "contact": None}, **caller)), town.uow)
    assert town.uow.members.rows[member.member_id].person is None


def test_nobody_lets_the_members_of_another_community_be_recognised(town):
    mine, other = town.community(), town.community()
    asked = request(
        {"community_id": str(other.community_id), "recognise": True},
        role="community_operator",
        community_id=mine.community_id,
    )
    with pytest.raises(CommunityNotFoundError):
        handlers.change_community(inbound.change_community(asked), town.uow)
    assert town.uow.members.rows[town.member_of[other.community_id].member_id].person is None


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_recognise_is_true_or_false(town, value):
    with pytest.raises(InvalidError):
        change(town, town.community(), recognise=value)
