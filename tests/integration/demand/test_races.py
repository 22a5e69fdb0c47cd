"""What happens at once: parallel transactions on a real PostgreSQL, started together behind a barrier."""

from collections import Counter
from threading import Barrier, Thread

from services.demand import handlers, inbound
from services.demand.domain.partition import partition_of
from services.kernel.errors import Refusal
from services.kernel.ids import new_id
from tests.builders_demand import SQUARE, north, signal_data


def at_once(*works):
    """Run the works in threads that start together; return their results, a refusal as itself."""
    barrier, results = Barrier(len(works)), [None] * len(works)

    def run(index, work):
        barrier.wait()
        try:
            results[index] = work()
        except Refusal as refusal:
            results[index] = refusal
        except Exception as error:
            results[index] = AssertionError(repr(error))

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not [one for one in results if one is None or isinstance(one, AssertionError)], results
    return results


def test_like_signals_placed_at_once_make_one_pool_and_lose_nobody(demand, category):
    parties = [demand.community() for _ in range(4)]
    works = [lambda party=party: party.place(category, people=2) for party in parties for _ in range(3)]
    placed = at_once(*works)
    assert demand.work_off() == sum(one["state"] == "open" for one in placed)
    pools = {
        party.ask("get_signal", signal_id=one["signal_id"])["pool_id"]
        for party in parties
        for one in placed
        if one["community_id"] == party.community_id
    }
    assert len(pools) == 1
    placed = [{"pool_id": pools.pop()}]
    pool = parties[0].ask("get_pool", pool_id=placed[0]["pool_id"])
    assert [part["people"] for part in pool["communities"] if part["own"]] == [6]
    assert demand.pool(placed[0]["pool_id"])["people"] == 24


def test_signals_of_different_partitions_do_not_wait_for_each_other(demand, category):
    party = demand.community()
    with demand.new_uow() as uow:
        uow.pools.lock_partition(partition_of(category, SQUARE))
        uow.pools.lock_partition(partition_of(f"other {category}", north(600)))
        assert party.place(f"other {category}")["state"] == "pooled"


def test_one_key_sent_many_times_at_once_has_one_effect(demand, category):
    party, key = demand.community(), str(new_id())
    data = signal_data(category=category)
    answers = at_once(*[lambda: demand.call("place_signal", party.request("member", data, key=key)) for _ in range(6)])
    assert len({one["signal_id"] for one in answers}) == 1
    assert len(party.ask("list_signals", category=category)["items"]) == 1


def test_placing_and_withdrawing_at_once_leaves_the_sum_of_who_is_there(demand, category):
    one, other = demand.community(), demand.community()
    kept = one.place(category, people=5)
    leaving = [other.place(category, people=3) for _ in range(4)]
    works = [lambda s=s: other.ask("withdraw_signal", signal_id=s["signal_id"]) for s in leaving]
    works += [lambda: one.place(category, people=7) for _ in range(3)]
    at_once(*works)
    demand.work_off()
    pool = one.ask("get_pool", pool_id=kept["pool_id"])
    (part,) = pool["communities"]
    assert (part["community_id"], part["people"], part["own"]) == (one.community_id, 26, True)


def test_of_two_who_make_a_pool_ready_at_once_one_does(demand, category):
    one, other = demand.community(), demand.community()
    pool_id = one.place(category)["pool_id"]
    other.place(category)
    results = at_once(*[lambda p=p: p.ask("ready_pool", pool_id=pool_id) for p in (one, other, one)])
    assert sum(isinstance(result, Refusal) for result in results) == 2
    names = Counter(event.name for event in demand.events_of(pool_id))
    assert names["pool_ready.v1"] == 1


def test_a_signal_that_comes_while_a_pool_gets_ready_is_in_one_pool_or_the_other(demand, category):
    party = demand.community()
    pool_id = party.place(category, people=5)["pool_id"]
    placed, _ = at_once(lambda: party.place(category, people=6), lambda: party.ask("ready_pool", pool_id=pool_id))
    (ready,) = [event for event in demand.events_of(pool_id) if event.name == "pool_ready.v1"]
    assert ready.data["people"] == (11 if placed["pool_id"] == pool_id else 5)


def test_a_change_of_policy_and_a_placement_at_once_do_not_contradict(demand, category):
    for _ in range(3):
        mine, other = demand.community(), demand.community()
        there = other.place(category, people=6)
        at_once(
            lambda mine=mine: mine.place(category, people=7),
            lambda mine=mine: mine.ask("change_community", "community_operator", merge_policy="never"),
        )
        demand.work_off()
        pool = other.ask("get_pool", pool_id=there["pool_id"])
        assert mine.community_id not in {part["community_id"] for part in pool["communities"]}


def test_of_two_edits_of_one_version_one_wins(demand):
    party = demand.community()
    results = at_once(
        *[
            lambda name=name: party.ask("change_community", "community_operator", if_match="1", name=name)
            for name in ("a", "b", "c")
        ]
    )
    assert sum(isinstance(result, Refusal) for result in results) == 2


def test_an_event_delivered_twice_at_once_has_one_effect(demand, category):
    party = demand.community()
    pool_id = party.place(category)["pool_id"]
    party.ask("ready_pool", pool_id=pool_id)
    event_id, news = str(new_id()), {"pool_id": pool_id, "match_id": str(new_id())}
    heard = at_once(*[lambda: demand.hear("supplier", "match_proposed", news, event_id=event_id) for _ in range(4)])
    assert Counter(heard) == {True: 1, False: 3}


def test_a_change_of_policy_waits_for_a_placement_that_is_under_way(demand, category):
    """Otherwise it would neither see the new signal nor keep it out of the others' pool."""
    mine, other = demand.community(), demand.community()
    there = other.place(category, people=6)
    asked = mine.request("member", signal_data(category=category, people=7))
    change = Thread(target=lambda: mine.ask("change_community", "community_operator", merge_policy="never"))
    with demand.new_uow() as uow:
        handlers.place_signal(inbound.place_signal(asked), uow)
        change.start()
        change.join(0.5)
        assert change.is_alive()
        uow.commit()
    change.join(10)
    pool = other.ask("get_pool", pool_id=there["pool_id"])
    assert mine.community_id not in {part["community_id"] for part in pool["communities"]}


def test_the_last_matches_of_a_pool_that_expire_at_once_ask_suppliers_once(demand, category):
    for _ in range(3):
        party = demand.community()
        pool_id = party.place(category)["pool_id"]
        party.ask("ready_pool", pool_id=pool_id)
        matches = [{"pool_id": pool_id, "match_id": str(new_id())} for _ in range(3)]
        for match in matches:
            demand.hear("supplier", "match_proposed", match)
        at_once(*[lambda match=match: demand.hear("supplier", "match_expired", match) for match in matches])
        assert party.ask("get_pool", pool_id=pool_id)["state"] == "ready"
        assert [event.name for event in demand.events_of(pool_id)].count("pool_ready.v1") == 2
