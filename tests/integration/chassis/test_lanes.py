"""Lanes: of each, one message at a time is handled, in one of all processes, over both brokers."""

import eventlet
from nameko.extensions import DependencyProvider

from services.chassis import lanes, topology
from services.chassis.lanes import subscribe_in_lanes
from tests.brokers import DELAYS_MS, eventually, unique

LANES = 2


def laned(react):
    source = unique("src")
    react.__name__ = f"on_{source}_made_v1"
    body = {
        "name": unique("svc"),
        "source": source,
        react.__name__: subscribe_in_lanes(source, "made.v1", LANES)(react),
    }
    return type("Laned", (), body)


def test_a_lane_keeps_its_order_and_lanes_do_not_wait_for_each_other(stage):
    seen, at_work = [], set()

    def react(self, event):
        lane = event.data["lane"]
        assert lane not in at_work
        at_work.add(lane)
        eventlet.sleep(0.01)
        seen.append((lane, event.data["number"], len(at_work)))
        at_work.discard(lane)

    served = laned(react)
    stage.start(served)
    stage.start(served)
    for number in range(20):
        for lane in range(LANES):
            stage.emit(served.source, "made.v1", {"lane": lane, "number": number}, lane=lane)
    assert eventually(lambda: len(seen) == 20 * LANES)
    for lane in range(LANES):
        assert [number for one, number, _ in seen if one == lane] == list(range(20))
    assert max(side_by_side for *_, side_by_side in seen) == LANES
    assert stage.environment.letters == []


class Who(DependencyProvider):
    """Tells a worker which container it is in."""

    def get_dependency(self, worker_ctx):
        return id(self.container)


def test_lanes_go_round_among_those_who_read_them(stage, monkeypatch):
    monkeypatch.setattr(lanes, "TURN", 0.0)
    seen = []

    def react(self, event):
        seen.append((event.data["number"], self.who))

    served = laned(react)
    served.who = Who()
    for _ in range(3):
        stage.start(served)
    for number in range(6):
        stage.emit(served.source, "made.v1", {"number": number}, lane=0)
    assert eventually(lambda: len(seen) == 6)
    assert [number for number, _ in seen] == list(range(6))
    assert len({who for _, who in seen}) == 3


def test_when_the_reader_of_a_lane_goes_another_takes_over(stage):
    seen = []

    def react(self, event):
        seen.append(event.data["number"])

    served = laned(react)
    first = stage.start(served)
    stage.start(served)
    for number in range(5):
        stage.emit(served.source, "made.v1", {"number": number}, lane=0)
    assert eventually(lambda: len(seen) == 5)
    first.stop()
    stage.containers.remove(first)
    for number in range(5, 10):
        stage.emit(served.source, "made.v1", {"number": number}, lane=0)
    assert eventually(lambda: len(seen) == 10)
    assert seen == list(range(10))


def test_a_message_that_fails_comes_again_and_is_buried_in_the_end(stage):
    seen = []

    def react(self, event):
        seen.append(event.data["number"])
        if event.data["number"] == 0:
            raise RuntimeError("no")

    served = laned(react)
    stage.start(served)
    for number in range(2):
        stage.emit(served.source, "made.v1", {"number": number}, lane=1)
    assert eventually(lambda: stage.environment.letters)
    assert sorted(seen) == [0] * (len(DELAYS_MS) + 1) + [1]
    assert stage.environment.letters[0]["queue"] == topology.lane_queue(served.source, "made.v1", served.name, 1).name


def test_who_listens_to_the_bare_name_hears_nothing_of_a_lane(stage):
    served = laned(lambda self, event: None)
    assert topology.subscriptions_of(served) == []
    assert topology.lanes_of(served) == [(served.source, "made.v1", lane) for lane in range(LANES)]
