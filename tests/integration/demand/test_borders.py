"""What one community may see and do of another: nothing, and counts only from k people on."""

import json

import pytest

from services.demand.domain.errors import (
    CommunityNotFoundError,
    MemberNotFoundError,
    PoolNotFoundError,
    SignalNotFoundError,
)
from services.kernel.errors import ForbiddenError
from services.kernel.ids import new_id
from tests.fakes.chassis import request


def test_what_belongs_to_another_community_is_not_found(demand, category):
    mine, other = demand.community(), demand.community("never")
    signal = other.place(category)
    with pytest.raises(SignalNotFoundError):
        mine.ask("get_signal", signal_id=signal["signal_id"])
    with pytest.raises(SignalNotFoundError):
        mine.ask("withdraw_signal", signal_id=signal["signal_id"])
    with pytest.raises(SignalNotFoundError):
        mine.ask("change_signal", signal_id=signal["signal_id"], people=9)
    with pytest.raises(PoolNotFoundError):
        mine.ask("split_pool", pool_id=signal["pool_id"])
    with pytest.raises(PoolNotFoundError):
        mine.ask("join_pools", pool_id=mine.place(category)["pool_id"], into_pool_id=signal["pool_id"])
    with pytest.raises(PoolNotFoundError):
        mine.ask("get_pool", pool_id=signal["pool_id"])
    with pytest.raises(PoolNotFoundError):
        mine.ask("answer_consent", pool_id=signal["pool_id"], decision="given")
    with pytest.raises(CommunityNotFoundError):
        mine.ask("get_community", community_id=other.community_id)
    with pytest.raises(MemberNotFoundError):
        mine.ask("get_member", community_id=other.community_id, member_id=other.member_id)
    for name in ("list_members", "list_signals", "list_pools"):
        with pytest.raises(CommunityNotFoundError):
            mine.ask(name, community_id=other.community_id)


def test_lists_hold_only_what_is_the_callers(demand, category):
    mine, other = demand.community(), demand.community("never")
    own = mine.place(category)
    other.place(category)
    assert [one["signal_id"] for one in mine.ask("list_signals", category=category)["items"]] == [own["signal_id"]]
    assert [one["pool_id"] for one in mine.ask("list_pools", category=category)["items"]] == [own["pool_id"]]
    assert [one["community_id"] for one in mine.ask("list_communities")["items"]] == [mine.community_id]


def test_a_shared_pool_shows_nothing_personal_of_others(demand, category):
    mine, other = demand.community(), demand.community()
    mine.place(category, people=2)
    signal = other.place(category, people=4, text="找王老师")
    demand.tick()
    assert [part["people"] for part in mine.ask("get_pool", pool_id=signal["pool_id"])["communities"]] == [2]
    pool = mine.ask("ready_pool", pool_id=signal["pool_id"])
    shown = json.dumps(pool, ensure_ascii=False)
    for secret in (other.member_id, signal["signal_id"], "找王老师", "李小明妈妈", "13800000000"):
        assert secret not in shown
    assert [part["people"] for part in pool["communities"]] == [2, None]
    assert (pool["people"], pool["people_exact"]) == (2, False)


def test_no_event_holds_anything_personal(demand, category):
    party = demand.community()
    signal = party.place(category, text="找王老师", people=6)
    demand.tick()
    party.ask("withdraw_signal", signal_id=signal["signal_id"])
    told = [event for event in demand.outbox() if party.community_id in json.dumps(event.data)]
    assert {event.name for event in told} >= {"member_joined.v1", "signal_placed.v1", "pool_formed.v1"}
    for event in told:
        data = json.dumps(event.data, ensure_ascii=False)
        assert not any(secret in data for secret in ("找王老师", "李小明妈妈", "13800000000")), event.name
        assert event.name == "member_joined.v1" or party.member_id not in data


def test_a_plain_member_finds_only_itself_in_the_list(demand):
    party = demand.community()
    party.ask("add_member", name="王强", contact="13900000000")
    assert [one["member_id"] for one in party.ask("list_members", "member")["items"]] == [party.member_id]
    assert len(party.ask("list_members", "organiser")["items"]) == 2
    assert len(party.ask("list_members", "partner")["items"]) == 2


def test_a_supplier_finds_nothing_here(demand, category):
    pool_id = demand.community().place(category)["pool_id"]
    supplier = {"role": "supplier", "supplier_id": new_id()}
    with pytest.raises(PoolNotFoundError):
        demand.call("get_pool", request({"pool_id": pool_id}, **supplier))
    for name in ("list_pools", "list_signals", "list_communities"):
        assert demand.call(name, request({}, **supplier))["items"] == []
    with pytest.raises(ForbiddenError):
        demand.call("ready_pool", request({"pool_id": pool_id}, **supplier))


def test_the_node_operator_sees_everything_of_a_community(demand, category):
    party = demand.community()
    pool_id = party.place(category)["pool_id"]
    for name in ("list_pools", "list_signals", "list_members"):
        found = demand.call(name, request({"community_id": party.community_id}))["items"]
        assert len(found) == 1
    assert demand.call("get_pool", request({"pool_id": pool_id}))["people_exact"] is True
