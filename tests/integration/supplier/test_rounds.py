"""Matching rounds on real PostgreSQL: what is applied breaks nothing, who sees what, and a solver that is killed."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from itertools import product
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from services.kernel.caller import Caller, Role
from services.kernel.errors import NotFoundError
from services.supplier.domain.assignment import solve
from services.supplier.domain.procedures import Procedure
from services.supplier.handlers.round_errands import RoundErrands
from services.supplier.handlers.solving import solve_in_process
from services.supplier.storage.round_tables import round_pools, rounds
from services.supplier.storage.rounds import pool_of
from services.supplier.storage.tables import matches, slots
from services.supplier.views.rounds import round_is_visible_to, round_pool_is_visible_to
from tests.builders_supplier import slot_data, span
from tests.effort import EFFORT
from tests.fakes.chassis import request
from tests.integration.supplier.test_races import at_once

SOLO = [{"seats": 1, "price": {"amount": "100.00", "currency": "CNY"}}]


def here(problem, seconds, say):
    return solve(problem, 5)


class Courier:
    """Does what the courier of the service does, one round at a time."""

    def __init__(self, market, solver=here):
        self.market = market
        self.errands = RoundErrands(market.new_uow, solver)

    def take(self):
        with self.market.new_uow() as uow:
            taken = self.errands.take(uow, 16)
            uow.commit()
        return taken

    def settle(self, came):
        with self.market.new_uow() as uow:
            self.errands.settle(came, uow)
            uow.commit()

    def round(self):
        taken = self.take()
        for errand in taken:
            self.settle(self.errands.go(errand))
        return len(taken)


class Town:
    """Communities whose pools wait for rounds, and a supplier shared with some of them."""

    def __init__(self, market, communities=2):
        with market.new_uow() as uow:  # what other tests have left waits for nobody
            uow.connection.execute(update(rounds).values(state="failed", due_at=None))
            uow.commit()
        self.market = market
        self.parties = [market.community() for _ in range(communities)]
        for party in self.parties:
            party.ask("set_procedure", procedure=Procedure.ROUND)
        self.courier = Courier(market)

    def shop(self, *capacities, sharing=None, **changes):
        everybody = {"mode": "named", "community_ids": [str(party.community_id) for party in self.parties[1:]]}
        studio = self.parties[0].supplier(everybody if sharing is None else sharing)
        times = [slot_data(span(hour=2 + number), capacity) for number, capacity in enumerate(capacities)]
        values = {"slots": times, "tiers": SOLO, "min_group": 1, **changes}
        return studio, self.parties[0].offer(studio, **values)

    def pool(self, people, party=0, **changes):
        return self.market.pool((self.parties[party], people), **changes)

    def open(self, party=0):
        return self.parties[party].ask("open_round", category=self.market.category)["round_id"]

    def play(self, party=0):
        one = self.open(party)
        self.courier.round()
        return self.see(one, party)

    def see(self, one, party=0, role="organiser"):
        return self.parties[party].ask("get_round", role, round_id=one)


@pytest.fixture
def town(market):
    return Town(market)


def sound(market, category_pools):
    """Check against the database alone, without any code of rounds, that nothing is held that may not be."""
    with market.new_uow() as uow:
        pool_ids = [pool.pool_id for pool in category_pools]
        held = uow.connection.execute(select(matches).where(matches.c.pool_id.in_(pool_ids))).all()
        counters = {row.slot_id: row for row in uow.connection.execute(select(slots))}
        kept = [uow.matches.find(row.match_id) for row in held]
        suppliers = uow.suppliers.many({one.supplier_id for one in kept})
    assert len({one.pool_id for one in kept}) == len(kept), "a pool has one match"
    for slot_id in {one.slot_id for one in kept}:
        mine = sum(one.seats for one in kept if one.slot_id == slot_id and one.state in ("proposed", "confirmed"))
        row = counters[slot_id]
        assert mine <= row.held + row.confirmed <= row.capacity
    for one in kept:
        pool = next(pool for pool in category_pools if pool.pool_id == one.pool_id)
        terms, supplier = one.offer.terms, suppliers[one.supplier_id]
        assert all(supplier.is_usable_in(share.community_id) for share in one.communities)
        assert {share.community_id for share in one.communities} <= {share.community_id for share in pool.communities}
        served = min(one.people, one.seats)
        assert terms.min_group <= served <= terms.max_group
        assert pool.ceiling is None or terms.price_at(served) <= pool.ceiling
        assert all(any(window.contains(session) for window in pool.windows) for session in one.sessions)
    return kept


def test_the_most_people_are_served_and_each_of_the_others_is_told_why(town):
    town.shop(20)
    pools = {people: town.pool(people) for people in (12, 11, 8, 7)}
    seen = town.play()
    by_pool = {one["pool_id"]: one for one in seen["results"]}
    assert {people: by_pool[str(pool.pool_id)]["outcome"] for people, pool in pools.items()} == {
        12: "matched",
        8: "matched",
        11: "unmatched",
        7: "unmatched",
    }
    assert (seen["state"], seen["pools"], seen["matched"], seen["gap"], seen["optimal"]) == ("applied", 4, 2, 0.0, True)
    lost = by_pool[str(pools[11].pool_id)]
    assert (lost["why"]["code"], lost["competitors"], lost["reasons"]) == ("full", 2, {"lost_in_round": 1})
    assert town.market.names_of(pools[11].pool_id) == ["pool_unmatched.v1"]
    assert town.market.names_of(seen["round_id"]) == ["round_opened.v1", "round_finished.v1"]
    assert len(sound(town.market, pools.values())) == 2


def test_a_later_slot_serves_those_who_were_left_in_the_next_round(town):
    _, made = town.shop(12)
    town.pool(12)
    left = town.pool(10)
    town.play()
    town.parties[0].ask("add_slot", offer_id=made["offer_id"], **slot_data(span(hour=6), 12))
    town.market.fire_due_timers()
    assert town.courier.round() == 0, "the next round has its time"
    town.market.clock.pass_(hours=1)
    assert "open_rounds" in town.market.fire_due_timers()
    while town.courier.round():  # what other tests have left comes along
        pass
    assert len(town.parties[0].matches(left)) == 1


@settings(deadline=None, max_examples=max(1, round(6 * EFFORT)), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_waits_and_is_offered_nothing_is_held_that_may_not_be(market, data):
    town = Town(market, 3)
    for _ in range(data.draw(st.integers(1, 3))):
        least, most = data.draw(st.integers(1, 4)), data.draw(st.integers(4, 12))
        prices = [{"seats": least, "price": {"amount": "120.00", "currency": "CNY"}}]
        named = [str(one.community_id) for one in town.parties[1:] if data.draw(st.booleans())]
        sharing = {"mode": "named" if named else "none", "community_ids": named}
        capacities = data.draw(st.lists(st.integers(4, 12), min_size=1, max_size=2))
        where = {"where": "community", "travel_km": 20} if data.draw(st.booleans()) else {}
        town.shop(*capacities, sharing=sharing, min_group=least, max_group=most, tiers=prices, **where)
    pools = []
    for _ in range(data.draw(st.integers(1, 5))):
        people = [(party, data.draw(st.integers(1, 9))) for party in town.parties if data.draw(st.booleans())]
        pools.append(market.pool(*(people or [(town.parties[0], 3)])))
    town.market.call("open_round", request({"category": market.category}))
    town.courier.round()
    sound(market, pools)
    with market.new_uow() as uow:  # the next example has a category that is empty again
        for pool in pools:
            uow.pools.save(uow.pools.find(pool.pool_id).dissolved(9))
        made = [one.offer_id for one in uow.offers.published_in(market.category)]
        uow.connection.execute(update(slots).where(slots.c.offer_id.in_(made)).values(closed=True))
        uow.commit()


@pytest.mark.parametrize("attempt", range(2))
def test_a_round_and_direct_proposals_at_once_share_what_there_is(town, attempt):
    _, made = town.shop(10, 10)
    pools = [town.pool(people) for people in (10, 6, 4)]
    town.open()
    (errand,) = town.courier.take()
    came = town.courier.errands.go(errand)
    ids = [{"offer_id": made["offer_id"], "slot_id": one["slot_id"]} for one in made["slots"]]
    wishes = [partial(town.parties[0].ask, "propose_match", seats=3, **one) for one in ids]
    at_once(lambda: town.courier.settle(came), *wishes)
    while town.courier.round():
        pass
    sound(town.market, pools)
    seen = town.market.call("get_offer", request({"offer_id": made["offer_id"]}))["slots"]
    held = sum(one["seats"] for one in town.parties[0].ask("list_matches", limit=100)["items"])
    assert sum(one["held"] for one in seen) == held
    assert all(one["held"] <= 10 for one in seen)


def test_a_permission_that_ends_during_the_search_is_kept(town):
    studio, _ = town.shop(20)
    pool = town.pool(8, party=1)
    one = town.open(1)
    (errand,) = town.courier.take()
    came = town.courier.errands.go(errand)
    nobody = {"mode": "none", "community_ids": []}
    town.parties[0].ask(
        "change_supplier", if_match=str(studio["version"]), supplier_id=studio["supplier_id"], sharing=nobody
    )
    town.courier.settle(came)
    (result,) = town.see(one, 1)["results"]
    assert (result["outcome"], result["why"]["code"]) == ("next_round", "taken_meanwhile")
    town.courier.round()
    assert town.parties[1].matches(pool) == []
    assert sound(town.market, [pool]) == []


def test_a_community_sees_its_own_pools_of_a_round_and_a_stranger_nothing(town):
    town.shop(8)
    mine, theirs = town.pool(8), town.pool(7, party=1)
    one = town.play()["round_id"]
    assert [each["pool_id"] for each in town.see(one)["results"]] == [str(mine.pool_id)]
    (lost,) = town.see(one, 1)["results"]
    assert (lost["pool_id"], lost["competitors"]) == (str(theirs.pool_id), 1)
    assert str(mine.pool_id) not in str(town.see(one, 1))
    assert town.see(one, 1)["sums"] is None
    assert [each["round_id"] for each in town.parties[1].ask("list_rounds")["items"]] == [one]
    node = town.market.call("get_round", request({"round_id": one}))
    assert (len(node["results"]), node["sums"]["people"]) == (2, 8)
    stranger = town.market.community()
    for role in ("organiser", "community_operator", "partner", "member"):
        with pytest.raises(NotFoundError):
            stranger.ask("get_round", role, round_id=one)
        assert stranger.ask("list_rounds", role)["items"] == []
    with pytest.raises(NotFoundError):
        town.see(one, role="member")


def test_the_rules_in_sql_are_those_of_the_domain(town):
    pool = town.pool(8)
    one = town.open()
    with town.market.new_uow() as uow:
        row = uow.connection.execute(select(round_pools).where(round_pools.c.pool_id == pool.pool_id)).one()
        communities = (None, town.parties[0].community_id, town.parties[1].community_id)
        for role, community_id in product(Role, communities):
            caller = Caller("tok", role, community_id=community_id)
            of_it = select(round_pools.c.pool_id).where(
                round_pools.c.pool_id == pool.pool_id, round_pool_is_visible_to(caller)
            )
            its_round = select(rounds.c.round_id).where(rounds.c.round_id == one, round_is_visible_to(caller))
            expected = pool_of(row).is_visible_to(caller)
            assert (uow.connection.execute(of_it).first() is not None) == expected, caller
            assert (uow.connection.execute(its_round).first() is not None) == expected, caller


def test_a_round_whose_solver_is_killed_is_taken_up_again_and_nothing_is_held_twice(town):
    _, made = town.shop(20)
    pool = town.pool(8)

    def stabbed(problem, seconds, say):
        killer = Thread(target=_kill_child)
        killer.start()
        try:
            return solve_in_process(problem, seconds)
        finally:
            killer.join()

    one = town.open()
    assert Courier(town.market, stabbed).round() == 1
    seen = town.see(one)
    assert (seen["state"], seen["attempts"]) == ("queued", 1)
    assert town.courier.round() == 1
    assert (town.see(one)["state"], len(town.parties[0].matches(pool))) == ("applied", 1)
    assert town.market.slot(made)["held"] == 8


# A service that takes the round up and searches for longer than it lives.
SERVICE = """
import sys, time
from sqlalchemy import create_engine
from services.kernel.policy import Policy
from services.supplier.handlers.round_errands import RoundErrands
from services.supplier.storage.unit_of_work import SupplierUnitOfWork
from tests.fakes.chassis import FakeClock
def search(problem, seconds, say):
    say({"phase": "greedy", "seconds": 0.0})
    print("searching", flush=True)
    time.sleep(60)
engine, clock = create_engine(sys.argv[1]), FakeClock()
errands = RoundErrands(lambda: SupplierUnitOfWork(engine, clock, Policy()), search)
with errands._new_uow() as uow:
    (errand,) = errands.take(uow, 1)
    uow.commit()
errands.go(errand)
"""


def test_a_service_that_is_killed_while_it_searches_leaves_its_round_to_others(town, migrated):
    _, made = town.shop(20)
    town.pool(8)
    one = town.open()
    url = migrated("supplier").url.render_as_string(hide_password=False)
    service = subprocess.Popen([sys.executable, "-c", SERVICE, url], stdout=subprocess.PIPE, text=True)
    try:
        assert service.stdout.readline() == "searching\n"
    finally:
        service.kill()
        service.wait()
    assert (town.see(one)["state"], town.see(one)["progress"]["phase"]) == ("solving", "greedy")
    assert town.courier.round() == 0, "its lease is not over"
    town.market.clock.pass_(minutes=3)
    assert town.courier.round() == 1
    assert (town.see(one)["state"], town.market.slot(made)["held"]) == ("applied", 8)


def test_a_service_that_dies_leaves_its_round_to_others_and_comes_too_late(town):
    _, made = town.shop(20)
    town.pool(8)
    town.open()
    (lost,) = town.courier.take()
    other = Courier(town.market)
    assert other.round() == 0
    town.market.clock.pass_(minutes=3)
    assert other.round() == 1
    town.courier.settle(town.courier.errands.go(lost))
    assert town.market.slot(made)["held"] == 8


def test_two_services_take_a_round_once(town):
    town.pool(8)
    town.open()
    one, two = town.courier.errands, Courier(town.market).errands
    with town.market.new_uow() as mine, town.market.new_uow() as theirs:
        assert (len(one.take(mine, 16)), len(two.take(theirs, 16))) == (1, 0)
        mine.rollback()


def test_all_who_ask_at_once_get_the_same_round(town):
    town.shop(20)
    town.pool(8)
    town.pool(7, party=1)
    answers = at_once(*[lambda party=party: town.open(party) for party in (0, 1, 0, 1)])
    assert len(set(answers)) == 1


def _kill_child():
    """Kill the solver, a child of this process, as soon as it is there."""
    for _ in range(1000):
        if (child := _child()) is not None:
            os.kill(child, signal.SIGKILL)
            return
        time.sleep(0.005)


def _child():
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as stat, open(f"/proc/{entry}/cmdline") as command:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
                    if parent == os.getpid() and "supplier.domain.assignment" in command.read():
                        return int(entry)
            except FileNotFoundError:
                continue
    return None
