"""What communities say about sharing, kept in a real PostgreSQL, and who sees what of it."""

import pytest

from services.demand.domain.errors import CommunityNotFoundError
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from tests.fakes.chassis import request


def test_rules_are_read_back_as_they_were_written_and_decide(demand, category):
    other, mine = demand.community(), demand.community()
    rules = [
        {"category": category, "community_id": None, "policy": "ask"},
        {"category": None, "community_id": other.community_id, "policy": "never"},
    ]
    changed = mine.ask("change_community", "community_operator", merge_rules=rules, consent_hours=12.5, silence="given")
    assert (changed["merge_rules"], changed["consent_hours"], changed["silence"]) == (rules, 12.5, "given")
    assert mine.ask("get_community", community_id=mine.community_id) == changed
    assert other.place(category)["pool_id"] != mine.place(category)["pool_id"]


def test_a_community_finds_its_open_questions_and_nobody_elses(demand, category):
    auto, asks = demand.community(), demand.community("ask")
    pool_id = auto.place(category, people=6)["pool_id"]
    asks.place(category, people=8)
    assert asks.ask("list_consents")["items"] == []
    demand.tick()
    (question,) = asks.ask("list_consents")["items"]
    assert (question["pool_id"], question["people"], question["with_others"]) == (pool_id, 8, 13)
    assert "2026-05-12T09:00" < question["consent_by"] <= "2026-05-12T10:00:00Z"
    assert question["silence"] == "refused"
    assert auto.ask("list_consents")["items"] == []
    with pytest.raises(CommunityNotFoundError):
        auto.ask("list_consents", community_id=asks.community_id)
    with pytest.raises(InvalidError, match="community_id"):
        demand.call("list_consents", request({}))
    (shown,) = demand.call("list_consents", request({"community_id": asks.community_id}))["items"]
    assert shown["pool_id"] == pool_id
    asks.ask("answer_consent", pool_id=pool_id, decision="given")
    assert asks.ask("list_consents")["items"] == []


def test_silence_decides_in_time_on_the_real_tables(demand, category):
    auto, asks = demand.community(), demand.community("ask", silence="given")
    pool_id = auto.place(category, people=6)["pool_id"]
    asks.place(category, people=8)
    demand.tick()
    demand.clock.pass_(hours=24)
    demand.fire_due_timers()
    assert demand.pool(pool_id)["people"] == 14
    pool = asks.ask("get_pool", pool_id=pool_id)
    assert pool["people"] == 13
    assert {part["silent"] for part in pool["communities"] if part["own"]} == {True}


def recognising(demand, contact):
    party = demand.community(recognise=True)
    party.ask("change_member", member_id=party.member_id, contact=contact)
    return party


def test_who_signs_in_two_communities_counts_once_on_the_real_tables(demand, category):
    one, other = recognising(demand, "138 0013 8000"), recognising(demand, "+86 13800138000")
    pool_id = one.place(category, people=6)["pool_id"]
    other.place(category, people=7)
    assert demand.pool(pool_id)["people"] == 7
    one.ask("change_community", "community_operator", recognise=False)
    assert demand.pool(pool_id)["people"] == 13
    assert "person" not in one.ask("get_member", member_id=one.member_id)


def test_the_key_by_which_persons_are_recognised_is_made_once(demand):
    with demand.new_uow() as uow:
        secret = uow.person_key.secret()
        uow.commit()
    with demand.new_uow() as uow:
        assert uow.person_key.secret() == secret
        assert len(secret) == 32


def test_what_was_told_of_a_pool_is_read_back_as_it_was_told(demand, category):
    mine, other = demand.community(), demand.community()
    ceiling = {"amount": "120.00", "currency": "CNY"}
    pool_id = mine.place(category, people=6, ceiling=ceiling)["pool_id"]
    other.place(category, people=7)
    told = mine.ask("ready_pool", pool_id=pool_id)
    assert (told["people"], told["people_exact"], told["ceiling"]) == (13, True, ceiling)
    assert mine.ask("get_pool", pool_id=pool_id) == told
    other.ask("withdraw_signal", signal_id=other.ask("list_signals", category=category)["items"][0]["signal_id"])
    demand.tick()
    assert mine.ask("get_pool", pool_id=pool_id)["people"] == 6


def told_of(party, pool_id, other):
    parts = party.ask("get_pool", pool_id=pool_id)["communities"]
    return [part["people"] for part in parts if part["community_id"] == other.community_id]


def test_what_was_told_stands_while_a_few_leave_and_when_their_pool_is_formed_anew(demand, category):
    mine, other = demand.community(), demand.community()
    pool_id = mine.place(category, people=2)["pool_id"]
    placed = [other.place(category, people=1)["signal_id"] for _ in range(8)]
    mine.ask("ready_pool", pool_id=pool_id)
    assert told_of(mine, pool_id, other) == [8]
    other.ask("withdraw_signal", signal_id=placed.pop())
    demand.tick()
    assert told_of(mine, pool_id, other) == [8]

    campaign, news = str(new_id()), {"pool_id": pool_id, "match_id": str(new_id())}
    communities = [{"community_id": party.community_id, "people": 2} for party in (mine, other)]
    demand.hear("campaign", "campaign_opened", {**news, "campaign_id": campaign, "communities": communities}, version=2)
    demand.hear("campaign", "campaign_failed", {**news, "campaign_id": campaign, "reason": "x"}, version=3)
    (again,) = mine.ask("list_pools", state="gathering", category=category)["items"]
    assert again["pool_id"] != pool_id
    demand.tick()
    assert told_of(mine, again["pool_id"], other) == [5]
    other.ask("withdraw_signal", signal_id=placed.pop())
    mine.ask("ready_pool", pool_id=again["pool_id"])
    assert told_of(mine, again["pool_id"], other) == [8]
    (ready,) = [one for one in demand.events_of(again["pool_id"]) if one.name == "pool_ready.v1"]
    assert ready.data["people"] == 10
    for signal_id in placed[:4]:
        other.ask("withdraw_signal", signal_id=signal_id)
    demand.tick()
    assert told_of(mine, again["pool_id"], other) == [None]
