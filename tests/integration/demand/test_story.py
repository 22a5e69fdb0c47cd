"""The main story of demand, from a community's registration to a fulfilled pool, on a real PostgreSQL."""

from datetime import timedelta

import pytest

from services.chassis.answers import KeyReusedError
from services.demand.domain.errors import PoolNotGatheringError, SignalClosedError, StaleVersionError
from services.kernel.ids import new_id
from tests.builders_demand import signal_data, window
from tests.fakes.chassis import request


def names_of(demand, subject):
    return [event.name for event in demand.events_of(subject)]


def opened(pool_id, *parties, campaign_id):
    communities = [{"community_id": party.community_id, "people": 6} for party in parties]
    return {"campaign_id": campaign_id, "pool_id": pool_id, "communities": communities, "match_id": str(new_id())}


def test_from_signals_to_a_fulfilled_pool(demand, category):
    school, estate = demand.community(), demand.community("ask", kind="owners", name="江景花园业主群")
    wish = school.place(category, people=6, ceiling={"amount": "120.00", "currency": "CNY"})
    assert wish["state"] == "pooled"
    pool_id = wish["pool_id"]
    assert estate.place(category, people=7, windows=[window(3, 8).to_wire()])["pool_id"] == pool_id

    pool = school.ask("get_pool", pool_id=pool_id)
    assert (pool["state"], pool["people"], pool["people_exact"]) == ("gathering", 6, False)
    assert pool["windows"] == [window().to_wire()]
    assert demand.pool(pool_id)["windows"] == [window(3, 6).to_wire()]
    demand.tick()
    assert estate.ask("answer_consent", pool_id=pool_id, decision="given")["people"] == 12
    demand.tick()
    assert school.ask("get_pool", pool_id=pool_id)["people"] == 11

    demand.clock.pass_(hours=48)
    assert demand.fire_due_timers() >= 1
    pool = school.ask("get_pool", pool_id=pool_id)
    assert (pool["state"], pool["people"], pool["people_exact"]) == ("ready", 13, True)
    assert pool["windows"] == [window(3, 6).to_wire()]

    demand.hear("supplier", "pool_unmatched", {"pool_id": pool_id, "reasons": {"no_slot": 2}})
    assert school.ask("get_pool", pool_id=pool_id)["unmatched"] == {"no_slot": 2}
    demand.hear("supplier", "match_proposed", {"pool_id": pool_id, "match_id": str(new_id())})
    campaign = str(new_id())
    demand.hear("campaign", "campaign_opened", opened(pool_id, school, estate, campaign_id=campaign), version=2)
    served = school.ask("get_signal", signal_id=wish["signal_id"])
    assert (served["state"], served["pool_id"]) == ("served", pool_id)
    demand.hear("campaign", "campaign_settled", {"campaign_id": campaign, "pool_id": pool_id}, version=7)
    assert school.ask("get_pool", pool_id=pool_id)["state"] == "fulfilled"

    told = demand.events_of(pool_id)
    assert told[0].name == "pool_formed.v1"
    assert [event.version for event in told] == list(range(1, len(told) + 1))
    states = [event.data["state"] for event in told if "state" in event.data]
    assert list(dict.fromkeys(states)) == ["gathering", "ready", "matched", "served", "fulfilled"]
    (ready,) = [event for event in told if event.name == "pool_ready.v1"]
    assert ready.data["people"] == 13
    assert ready.data["ceiling"] == {"amount": "120.00", "currency": "CNY"}


def test_a_failed_campaign_gives_the_signals_another_chance(demand, category):
    one, other = demand.community(), demand.community()
    signal = one.place(category, people=6)
    pool_id = other.place(category, people=7)["pool_id"]
    one.ask("ready_pool", pool_id=pool_id)
    campaign = str(new_id())
    demand.hear("campaign", "campaign_opened", opened(pool_id, one, campaign_id=campaign), version=2)
    demand.hear("campaign", "campaign_failed", {"campaign_id": campaign, "pool_id": pool_id, "reason": "x"}, version=5)
    again = one.ask("get_signal", signal_id=signal["signal_id"])
    assert again["state"] == "pooled"
    assert again["pool_id"] != pool_id
    assert demand.pool(again["pool_id"])["people"] == 13
    assert names_of(demand, pool_id)[-1] == "pool_dissolved.v1"


def test_a_signal_expires_and_its_pool_with_it(demand, category):
    party = demand.community()
    signal = party.place(category, people=5, expires_at="2026-05-12T09:00:00Z")
    demand.tick()
    demand.clock.pass_(hours=24)
    demand.fire_due_timers()
    demand.tick()
    assert party.ask("get_signal", signal_id=signal["signal_id"])["state"] == "expired"
    assert names_of(demand, signal["pool_id"])[-1] == "pool_dissolved.v1"
    with pytest.raises(SignalClosedError):
        party.ask("withdraw_signal", signal_id=signal["signal_id"])


def test_a_withdrawn_signal_leaves_the_pool_as_if_it_had_never_been(demand, category):
    one, other = demand.community(), demand.community()
    first = one.place(category, people=6)
    before = demand.pool(first["pool_id"])
    gone = other.place(category, people=7, place={"lat": 31.25, "lon": 121.48}, windows=[window(3, 8).to_wire()])
    assert demand.pool(first["pool_id"])["area"] != before["area"]
    other.ask("withdraw_signal", "member", signal_id=gone["signal_id"])
    after = demand.pool(first["pool_id"])
    assert {**after, "version": 0} == {**before, "version": 0}


def test_a_repeated_key_gets_the_first_answer_and_has_one_effect(demand, category):
    party, key = demand.community(), str(new_id())
    data = signal_data(category=category)
    first = demand.call("place_signal", party.request("member", data, key=key))
    again = demand.call("place_signal", party.request("member", data, key=key))
    assert again == first
    assert len(party.ask("list_signals", category=category)["items"]) == 1
    with pytest.raises(KeyReusedError):
        demand.call("place_signal", party.request("member", {**data, "people": 4}, key=key))


def test_a_repeated_event_has_one_effect(demand, category):
    party = demand.community()
    pool_id = party.place(category)["pool_id"]
    party.ask("ready_pool", pool_id=pool_id)
    event_id, news = str(new_id()), {"pool_id": pool_id, "match_id": str(new_id())}
    heard = [demand.hear("supplier", "match_proposed", news, event_id=event_id) for _ in range(2)]
    assert heard == [True, False]
    with pytest.raises(PoolNotGatheringError):
        party.ask("ready_pool", pool_id=pool_id)


def test_lists_come_in_pages_without_gaps(demand, category):
    party = demand.community()
    placed = [party.place(category)["signal_id"] for _ in range(5)]
    found, cursor = [], None
    while True:
        page = party.ask("list_signals", limit=2, category=category, **({"cursor": cursor} if cursor else {}))
        found += [one["signal_id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == placed


def test_pools_are_listed_by_state_and_category(demand, category):
    party = demand.community()
    pool_id = party.place(category)["pool_id"]
    (listed,) = party.ask("list_pools", category=category)["items"]
    assert listed == party.ask("get_pool", pool_id=pool_id)
    assert party.ask("list_pools", state="ready", category=category)["items"] == []


def test_a_change_needs_the_version_that_was_read(demand):
    party = demand.community()
    changed = party.ask("change_community", "community_operator", if_match="1", name="新名字", locale="en")
    assert (changed["name"], changed["locale"], changed["version"]) == ("新名字", "en", 2)
    with pytest.raises(StaleVersionError):
        party.ask("change_community", "community_operator", if_match="1", name="x")
    edited = party.ask("change_member", member_id=party.member_id, if_match="1", household=None, roles=["organiser"])
    assert (edited["household"], edited["roles"], edited["version"]) == (None, ["organiser"], 2)


def test_another_merge_policy_holds_for_pools_that_gather(demand, category):
    mine, other = demand.community(), demand.community()
    pool_id = other.place(category, people=6)["pool_id"]
    signal = mine.place(category, people=7)
    mine.ask("change_community", "community_operator", merge_policy="never")
    assert mine.ask("get_signal", signal_id=signal["signal_id"])["pool_id"] != pool_id
    assert other.ask("get_pool", pool_id=pool_id)["people"] == 6


def test_what_was_written_is_read_back_whole(demand, category):
    party = demand.community("ask")
    placed = party.place(
        category, ceiling={"amount": "99.90", "currency": "CNY"}, place={"lat": 31.123456789, "lon": 121.5}
    )
    assert party.ask("get_signal", signal_id=placed["signal_id"]) == placed
    community = demand.call("get_community", request({"community_id": party.community_id}))
    assert community["merge_policy"] == "ask"
    assert community in demand_communities(demand)


def demand_communities(demand):
    found, cursor = [], {}
    while True:
        page = demand.call("list_communities", request({"limit": 100, **cursor}))
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_a_pool_that_is_ready_takes_nobody_in(demand, category):
    party = demand.community()
    pool_id = party.place(category)["pool_id"]
    party.ask("ready_pool", pool_id=pool_id)
    demand.clock.pass_(seconds=timedelta(hours=1).total_seconds())
    assert party.place(category)["pool_id"] != pool_id


def ready_events(demand, pool_id):
    return [event for event in demand.events_of(pool_id) if event.name == "pool_ready.v1"]


def test_suppliers_are_asked_anew_when_every_match_has_expired_and_in_the_end_the_signals_are_pooled_anew(
    demand, category
):
    one, other = demand.community(), demand.community()
    signal = one.place(category, people=6)
    pool_id = other.place(category, people=7)["pool_id"]
    one.ask("ready_pool", pool_id=pool_id)
    for rounds in (1, 2, 3):
        assert len(ready_events(demand, pool_id)) == rounds
        assert one.ask("get_pool", pool_id=pool_id)["state"] == "ready"
        matches = [{"match_id": str(new_id()), "pool_id": pool_id} for _ in range(2)]
        for match in matches:
            demand.hear("supplier", "match_proposed", match)
        for match in matches:
            assert one.ask("get_pool", pool_id=pool_id)["state"] == "matched"
            demand.hear("supplier", "match_expired", {**match, "reason": "hold_expired"})
            draft = {**match, "campaign_id": str(new_id()), "reason": "hold_expired"}
            demand.hear("campaign", "campaign_cancelled", draft, version=2)
    assert one.ask("get_pool", pool_id=pool_id)["state"] == "dissolved"
    assert demand.events_of(pool_id)[-1].data["reason"] == "no_campaign_opened"
    again = one.ask("get_signal", signal_id=signal["signal_id"])
    assert again["state"] == "pooled"
    assert demand.pool(again["pool_id"])["people"] == 13
    for match in matches:
        demand.hear("supplier", "match_expired", {**match, "reason": "hold_expired"})
    assert len(ready_events(demand, pool_id)) == 3
