"""Requests that travel together over a broker, the in-process one and a real RabbitMQ."""

import eventlet
import pytest

from gateway.together import Together
from services.chassis.entrypoints import rpc
from services.chassis.errors import ServiceError, UnavailableError
from services.chassis.wire import error_to_wire
from tests.brokers import unique

ODD = ServiceError("conflict", "shop.odd", "the number is odd", {"number": 7})


def shop():
    """A service that doubles even numbers, many at a time, and is slow enough that requests gather."""
    calls = []

    class Shop:
        name = unique("shop")

        @rpc
        def double_many(self, request):
            numbers = [one["data"]["number"] for one in request["requests"]]
            calls.append(numbers)
            eventlet.sleep(0.05)
            odd = {"result": None, "error": error_to_wire(ODD)}
            return {"answers": [odd if number % 2 else {"result": {"double": number * 2}} for number in numbers]}

    return Shop, calls


@pytest.fixture
def together(stage):
    """Return (the line to a running service, its name, what it was called with)."""
    service, calls = shop()
    container = stage.start(service)
    client = stage.client(service.name)
    line = Together(lambda service, method, request: client.call(method, request, timeout=2.0), timeout=2.0)
    return line, service.name, calls, container


def ask(line, service, number):
    try:
        return line.call(service, "double_many", {"caller": {}, "data": {"number": number}})
    except (ServiceError, UnavailableError) as error:
        return error


def test_each_of_many_gets_its_own_answer_and_the_calls_are_few(together):
    line, service, calls, _ = together
    threads = [eventlet.spawn(ask, line, service, number) for number in range(100)]
    for number, thread in enumerate(threads):
        answer = thread.wait()
        if number % 2:
            assert (answer.kind, answer.code, answer.detail) == (ODD.kind, ODD.code, ODD.detail)
        else:
            assert answer == {"double": number * 2}
    assert sorted(number for call in calls for number in call) == list(range(100))
    assert len(calls) < 10


def test_a_service_that_went_away_is_told_to_all_and_found_again(together, stage):
    line, service, _, container = together
    assert ask(line, service, 2) == {"double": 4}
    container.stop()
    failures = [thread.wait() for thread in [eventlet.spawn(ask, line, service, number) for number in range(6)]]
    assert [type(failure) for failure in failures] == [UnavailableError] * 6
    again = type("Shop", (container.service_cls,), {"name": service})
    stage.start(again)
    answers = [thread.wait() for thread in [eventlet.spawn(ask, line, service, number) for number in range(0, 12, 2)]]
    assert answers == [{"double": number * 2} for number in range(0, 12, 2)]
