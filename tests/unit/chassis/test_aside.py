"""Long calculations leave the process to others meanwhile."""

import eventlet
import pytest

from services.chassis.aside import aside


def test_others_go_on_while_something_is_calculated():
    ticks = []

    def tick():
        while True:
            ticks.append(1)
            eventlet.sleep(0.005)

    ticker = eventlet.spawn(tick)
    original = eventlet.patcher.original("time")
    assert aside(lambda seconds: original.sleep(seconds) or "done", 0.1) == "done"
    ticker.kill()
    assert len(ticks) > 3


def test_what_goes_wrong_comes_back():
    with pytest.raises(ZeroDivisionError):
        aside(lambda: 1 / 0)
