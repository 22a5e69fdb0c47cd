"""Who looks at everything, knows his own community and the code, finds out nothing about a person of another one."""

import json
from random import Random

import pytest

from services.demand import inbound, views
from services.demand.domain.releases import hidden_people, moved, next_tick, settled
from services.kernel.ids import new_id
from tests.builders_demand import Town, window
from tests.differencing import between_releases, certain, history, play
from tests.fakes.chassis import MONDAY
from tests.fakes.demand import FakeDemandUnitOfWork

HISTORIES = 10_000


def recovered(attack, disclosure, seeds):
    """Return the seeds of the histories in which the attack recovers somebody."""
    return [seed for seed in seeds if attack(history(Random(seed)), disclosure)]


def attack_releases(acts, disclosure):
    return between_releases(play(acts, disclosure), disclosure)


def attack_certain(acts, disclosure):
    return certain(acts, play(acts, disclosure), disclosure)


def test_from_the_releases_of_ten_thousand_histories_nobody_is_recovered():
    assert recovered(attack_releases, "ticks", range(HISTORIES)) == []


def test_in_no_history_is_it_certain_that_one_person_changed():
    assert recovered(attack_certain, "ticks", range(HISTORIES, HISTORIES + 600)) == []


@pytest.mark.parametrize(
    ("attack", "disclosure", "share"),
    [(attack_certain, "at once", 0.6), (attack_releases, "at once", 0.5), (attack_releases, "hourly", 0.15)],
)
def test_the_same_attacks_recover_people_where_exact_counts_are_told(attack, disclosure, share):
    """What was told before there were releases, each change at once; and exact counts told once an hour."""
    assert len(recovered(attack, disclosure, range(200))) > share * 200


# -- the same attacker at the service itself ---------------------------------------------------------------------------


class Onlooker:
    """An organiser who looks at his pools after everything that happens."""

    def __init__(self, town, community):
        self.town, self.community = town, community

    def look(self, pool_id):
        asked = self.town.ask(self.community, {"pool_id": str(pool_id)})
        view = views.get_pool(inbound.by_id("pool_id")(asked), self.town.uow)
        told = [event for event in self.town.uow.outbox.events if event[0] in PUBLIC]
        mine = [event for event in self.town.uow.outbox.data_of("consent_asked.v1") if self.is_mine(event)]
        return json.dumps([view, told, mine], default=str)

    def is_mine(self, event):
        return event["community_id"] == str(self.community.community_id)


PUBLIC = ("pool_formed.v1", "pool_changed.v1", "pool_dissolved.v1")


def stir(town, random, others, placed):
    """Let somebody of another community come, change or leave."""
    if placed and random.random() < 0.5:
        community, signal = placed.pop(random.randrange(len(placed)))
        if town.current(signal).state != "pooled":
            return
        if town.pool_of(signal).state == "gathering" and random.random() < 0.5:
            town.change(community, signal.signal_id, people=random.randint(1, 9), windows=[window(2, 5).to_wire()])
            placed.append((community, signal))
        else:
            town.withdraw(community, signal.signal_id)
        return
    community = random.choice(others)
    spans = [window(random.choice((0.5, 2.0)), 6).to_wire()]
    placed.append((community, town.place(community, people=random.randint(1, 7), windows=spans)))


@pytest.mark.parametrize("policy", ["auto", "ask"])
def test_what_is_seen_and_told_does_not_change_at_the_moment_when_others_come_and_go(policy):
    for seed in range(12):
        random, town = Random(seed), Town(FakeDemandUnitOfWork())
        mine, others = town.community(policy), [town.community(), town.community(random.choice(["auto", "ask"]))]
        placed, onlooker = [], Onlooker(town, mine)
        pool_id = town.place(mine, people=2, radius_km=9).pool_id
        for hour in range(5):
            before = onlooker.look(pool_id)
            for _ in range(random.randint(0, 5)):
                stir(town, random, others, placed)
                assert onlooker.look(pool_id) == before
            town.pass_(hours=1)
            if hour == 3:
                town.answer(mine, pool_id, "given") if policy == "ask" else None
                town.ready(mine, pool_id)


def test_what_is_seen_at_ticks_changes_when_enough_people_have_come():
    """Otherwise the test before would hold of a view that never shows anything."""
    town = Town(FakeDemandUnitOfWork())
    mine, other = town.community(), town.community()
    pool_id = town.place(mine, people=2).pool_id
    onlooker = Onlooker(town, mine)
    before = onlooker.look(pool_id)
    town.place(other, people=7)
    town.pass_(hours=1)
    assert str(other.community_id) not in before
    assert str(other.community_id) in onlooker.look(pool_id)


# -- the parts -----------------------------------------------------------------------------------------------------


def test_people_who_came_and_went_are_counted_one_by_one():
    before = {"a": (3, "x"), "b": (1, "x")}
    assert moved(before, before) == 0
    assert moved(before, {"a": (2, "y"), "c": (4, "x")}) == 1 + 1 + 4


def test_what_was_told_last_stands_if_it_is_near():
    now, near, nearer, far = ({str(n): (1, "") for n in range(many)} for many in (9, 12, 10, 20))
    assert settled(now, [near, nearer], 5) == nearer
    assert settled(now, [nearer, near], 5) == near
    assert settled(now, [near, far], 5) == near
    assert settled(now, [far], 5) == now


@pytest.mark.parametrize(("sizes", "told"), [([4], 0), ([4, 4], 5), ([1, 1], 0), ([4, 4, 4], 10), ([], 0), ([3, 0], 0)])
def test_of_several_small_ones_together_a_multiple_of_k_is_told(sizes, told):
    assert hidden_people(sizes, 5) == told


def test_the_ticks_of_a_pool_are_as_often_as_they_should_be_and_drawn_by_lot():
    pools = [new_id() for _ in range(50)]
    hour = window().length / 8
    ticks = [next_tick(pool, MONDAY, hour) for pool in pools]
    assert all(MONDAY < tick <= MONDAY + hour for tick in ticks)
    assert len(set(ticks)) > 40
    assert [next_tick(pool, tick, hour) - tick for pool, tick in zip(pools, ticks, strict=True)] == [hour] * 50
