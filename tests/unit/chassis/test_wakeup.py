import time

import eventlet

from services.chassis.wakeup import Wakeup


def test_a_ring_before_the_wait_is_not_missed():
    bell = Wakeup()
    bell.set()
    assert bell.wait(0)


def test_many_rings_are_one():
    bell = Wakeup()
    for _ in range(3):
        bell.set()
    assert bell.wait(0)
    assert not bell.wait(0)


def test_a_ring_ends_the_wait_at_once():
    bell, start = Wakeup(), time.monotonic()
    eventlet.spawn_after(0.02, bell.set)
    assert bell.wait(5)
    assert time.monotonic() - start < 1


def test_a_wait_without_a_ring_ends_with_its_time():
    assert not Wakeup().wait(0.01)


def test_all_who_wait_hear_the_same_ring_and_none_hears_it_twice():
    bell = Wakeup()
    waiting = [eventlet.spawn(bell.wait, 1) for _ in range(3)]
    eventlet.sleep(0)
    bell.set()
    assert [each.wait() for each in waiting] == [True] * 3
    assert not bell.wait(0.01)


def test_a_ring_while_the_first_of_several_goes_on_is_kept():
    bell = Wakeup()
    waiting = [eventlet.spawn(lambda: (bell.wait(1), bell.set())) for _ in range(2)]
    eventlet.sleep(0)
    bell.set()
    for each in waiting:
        each.wait()
    assert bell.wait(0)
