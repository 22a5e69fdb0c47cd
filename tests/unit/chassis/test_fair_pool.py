import eventlet
import pytest
from sqlalchemy.util.queue import Empty, Full

from services.chassis.fair_pool import FairQueue


@pytest.fixture
def queue():
    """A queue with two places, both taken."""
    return FairQueue(2)


def test_an_item_is_returned_at_once_where_there_is_one(queue):
    queue.put("a")
    assert queue.get() == "a"


def test_who_does_not_wait_is_told_that_there_is_none(queue):
    with pytest.raises(Empty):
        queue.get(block=False)


def test_a_wait_ends_with_its_time(queue):
    with pytest.raises(Empty):
        queue.get(timeout=0.01)
    queue.put("a")
    assert queue.qsize() == 1


def test_those_who_wait_are_served_in_their_order(queue):
    served = []
    for number in range(5):
        eventlet.spawn(lambda number=number: served.append((number, queue.get(timeout=1))))
    eventlet.sleep(0)
    for item in "abcde":
        queue.put(item)
    eventlet.sleep(0.01)
    assert served == list(enumerate("abcde"))


def test_who_gives_an_item_back_and_asks_again_does_not_pass_those_who_wait(queue):
    served = []

    def work(name):
        for _ in range(3):
            item = queue.get(timeout=1)
            served.append(name)
            queue.put(item)

    threads = [eventlet.spawn(work, name) for name in "abc"]
    eventlet.sleep(0)
    queue.put("the only connection")
    for thread in threads:
        thread.wait()
    assert "".join(served) == "abcabcabc"


def test_an_item_on_its_way_to_one_who_is_killed_goes_to_the_next(queue):
    first = eventlet.spawn(queue.get)
    second = eventlet.spawn(queue.get)
    eventlet.sleep(0)
    queue.put("a")
    first.kill()
    assert second.wait() == "a"


def test_one_who_is_killed_while_waiting_leaves_the_line(queue):
    first = eventlet.spawn(queue.get)
    eventlet.sleep(0)
    first.kill()
    queue.put("a")
    assert queue.qsize() == 1


def test_no_more_is_kept_than_there_is_room_for(queue):
    queue.put("a")
    queue.put("b")
    with pytest.raises(Full):
        queue.put("c")
