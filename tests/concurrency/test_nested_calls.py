"""B5: calls that go in a circle exhaust the workers of both services, and nobody is wedged by it.

No service of ours calls another in a circle (tests/architecture says so); this is what happens if one did.
"""

import time

import eventlet
import pytest

from services.chassis.clients import ServiceClient
from services.chassis.entrypoints import rpc
from services.chassis.errors import ServiceError, UnavailableError
from tests.brokers import eventually, unique

CALLS = 200


def circle():
    """Make two services that call each other: outer -> middle (of the other) -> inner (of the first)."""
    first_name, second_name = unique("first"), unique("second")

    class First:
        name = first_name
        second = ServiceClient(second_name)

        @rpc
        def outer(self, request):
            return self.second.call("middle", request, timeout=1.0)

        @rpc
        def inner(self, request):
            return {"n": request["n"]}

    class Second:
        name = second_name
        first = ServiceClient(first_name)

        @rpc
        def middle(self, request):
            return self.first.call("inner", request, timeout=0.7)

    return First, Second


def rate(client, count=100):
    """Return how many calls a second get an answer, one after another."""
    started = time.monotonic()
    for number in range(count):
        assert client.call("inner", {"n": number}) == {"n": number}
    return count / (time.monotonic() - started)


@pytest.mark.slow
def test_nested_calls_beyond_the_number_of_workers_do_not_wedge_the_services(stage):
    first, second = circle()
    for service in (first, second):
        stage.start(service, max_workers=10)
    client = stage.client(first.name)
    rate(client)
    before = rate(client)

    def ask(number):
        try:
            return client.call("outer", {"n": number}, timeout=2.0)["n"] == number
        except (UnavailableError, ServiceError) as error:
            return error

    started = time.monotonic()
    outcomes = [call.wait() for call in [eventlet.spawn(ask, number) for number in range(CALLS)]]
    # Their deadline is after two seconds; the rest is for a machine that has other things to do.
    assert time.monotonic() - started < 10.0, "every call ends at its deadline"
    assert all(outcome is not False for outcome in outcomes), "an answer belongs to its call"
    assert any(outcome is not True for outcome in outcomes), "the storm was too small to exhaust the workers"
    # What is left of the storm has nobody who waits for it, and is not executed.
    eventlet.sleep(1.0)
    assert stage.alive()
    assert client.call("outer", {"n": 7}) == {"n": 7}
    for container in stage.containers:
        for provider in container.subextensions:
            if hasattr(provider, "pending"):
                assert provider.pending() == 0
    eventually(lambda: rate(client) > before * 0.5, timeout=20)
