"""Calls keep their deadline, whatever happens at the other end and between. Over both brokers."""

import time
import urllib.parse

import eventlet
import pytest
from kombu import Connection

from services.chassis.broker import Broker
from services.chassis.clients import RpcClient
from services.chassis.entrypoints import rpc
from services.chassis.errors import ServiceError, UnavailableError
from services.chassis.publishing import Publisher, UnroutableError
from services.kernel.errors import NotFoundError
from tests.brokers import eventually, unique


def slow_service(seconds=60):
    class Slow:
        name = unique("slow")
        ran = []  # noqa: RUF012 - shared by the workers on purpose

        @rpc
        def sleep(self, request):
            self.ran.append(request)
            eventlet.sleep(request.get("seconds", seconds))
            return {"slept": True}

        @rpc
        def echo(self, request):
            return {"n": request["n"]}

        @rpc
        def refuse(self, request):
            raise NotFoundError("no such thing", id="7")

    return Slow


def timed(call):
    """Return (what the call raised, how long it took)."""
    started = time.monotonic()
    try:
        call()
    except Exception as error:
        return error, time.monotonic() - started
    return None, time.monotonic() - started


def test_a_call_to_a_service_that_does_not_answer_ends_at_its_deadline(stage):
    """B4: the caller gets an error in time, and nothing is left behind."""
    slow = slow_service()
    stage.start(slow)
    client = stage.client(slow.name)
    calls = [eventlet.spawn(timed, lambda: client.call("sleep", {}, timeout=0.5)) for _ in range(20)]
    for error, took in (call.wait() for call in calls):
        assert isinstance(error, UnavailableError)
        assert error.what == slow.name
        assert 0.45 < took < 1.0
    assert client._replies.pending() == 0
    stage.containers[0].kill()


def test_a_call_to_nobody_fails_at_once_and_leaves_nothing_behind(stage):
    client = stage.client(unique("nobody"))
    error, took = timed(lambda: client.call("anything", {}))
    assert isinstance(error, UnavailableError)
    assert took < 1
    assert client._replies.pending() == 0


def test_an_answer_that_comes_too_late_is_nobodys(stage):
    slow = slow_service()
    stage.start(slow)
    client = stage.client(slow.name)
    with pytest.raises(UnavailableError):
        client.call("sleep", {"seconds": 0.3}, timeout=0.1)
    eventlet.sleep(0.4)
    assert client.call("echo", {"n": 1}) == {"n": 1}
    assert client._replies.pending() == 0
    assert stage.alive()


def test_many_calls_at_once_get_each_its_own_answer(stage):
    slow = slow_service()
    stage.start(slow)
    client = stage.client(slow.name)
    calls = [eventlet.spawn(client.call, "echo", {"n": number}) for number in range(100)]
    assert [call.wait()["n"] for call in calls] == list(range(100))


def test_an_answer_may_be_long(stage):
    class Talker:
        name = unique("talker")

        @rpc
        def talk(self, request):
            return {"text": "拼" * 1_000_000}

    stage.start(Talker)
    assert len(stage.client(Talker.name).call("talk", {})["text"]) == 1_000_000


def test_a_script_can_call_any_service(stage):
    slow = slow_service()
    stage.start(slow)
    with RpcClient(stage.uri) as client:
        assert client.call(slow.name, "echo", {"n": 1}) == {"n": 1}
        with pytest.raises(ServiceError) as caught:
            client.call(slow.name, "refuse", {})
        assert (caught.value.kind, caught.value.detail) == ("not_found", {"id": "7"})
        error, _ = timed(lambda: client.call(unique("nobody"), "x", {}))
        assert isinstance(error, UnavailableError)
        error, took = timed(lambda: client.call(slow.name, "sleep", {"seconds": 0.6}, timeout=0.3))
        assert isinstance(error, UnavailableError)
        assert took < 0.6
        assert client.call(slow.name, "echo", {"n": 2}) == {"n": 2}


def test_a_broker_that_is_not_there_gives_a_clear_error_in_time(stage):
    slow = slow_service()
    client = stage.client(slow.name)
    client._publisher = Publisher("amqp://guest:guest@127.0.0.1:1/")
    error, took = timed(lambda: client.call("echo", {"n": 1}, timeout=4))
    assert isinstance(error, UnavailableError)
    assert took < 1


def test_a_broker_that_accepts_and_says_nothing_gives_a_clear_error_in_time(stage):
    """A half-dead broker: the connection opens and nothing ever comes."""
    listener = eventlet.listen(("127.0.0.1", 0))
    server = eventlet.spawn(lambda: [listener.accept() for _ in range(9)])
    client = stage.client(unique("svc"))
    client._publisher = Publisher(f"amqp://guest:guest@127.0.0.1:{listener.getsockname()[1]}/")
    error, took = timed(lambda: client.call("echo", {"n": 1}, timeout=0.5))
    assert isinstance(error, UnavailableError)
    assert took < 1
    assert client._replies.pending() == 0
    server.kill()
    listener.close()


def test_calls_work_again_after_all_connections_broke(stage):
    slow = slow_service()
    stage.start(slow)
    client = stage.client(slow.name)
    assert client.call("echo", {"n": 1}) == {"n": 1}
    if stage.uri.startswith("inproc:"):
        Broker.get(urllib.parse.urlsplit(stage.uri).hostname).drop_connections()
    else:
        for container in stage.containers:
            break_sockets(container)
        for connection, _ in Publisher.to(stage.uri)._idle:
            connection._connection.transport.sock.shutdown(2)
    started = time.monotonic()

    def answers():
        error, took = timed(lambda: client.call("echo", {"n": 2}, timeout=2))
        assert took < 2.5
        return error is None

    eventually(answers, timeout=10)
    assert time.monotonic() - started < 8
    assert stage.alive()


def break_sockets(container):
    """Cut the connection of a container's consumer, as a network that fails does."""
    from services.chassis.consuming import SafeQueueConsumer

    consumer = container.shared_extensions[SafeQueueConsumer]
    for kombu_consumer in consumer._consumers.values():
        kombu_consumer.channel.connection.transport.sock.shutdown(2)
        return


def test_a_publisher_keeps_few_connections_under_many_publishings(stage):
    publisher = Publisher(stage.uri)
    name = unique("sink")
    with Connection(stage.uri) as connection:
        connection.default_channel.queue_declare(name, durable=True, auto_delete=False)
        sends = [eventlet.spawn(publisher.publish, b"{}", exchange="", routing_key=name) for _ in range(100)]
        for send in sends:
            send.wait()
        assert len(publisher._idle) <= 20
        assert connection.default_channel.queue_delete(name) == 100
    publisher.close()


def test_publishing_to_nobody_is_told_when_it_matters(stage):
    publisher = Publisher(stage.uri)
    publisher.publish(b"{}", exchange="", routing_key=unique("nobody"))
    with pytest.raises(UnroutableError):
        publisher.publish(b"{}", exchange="", routing_key=unique("nobody"), mandatory=True)
    publisher.close()


def test_a_container_stops_soon_while_the_broker_is_away(stage):
    slow = slow_service()
    container = stage.start(slow)
    from services.chassis.consuming import SafeQueueConsumer

    consumer = container.shared_extensions[SafeQueueConsumer]
    container.config = {**container.config, "AMQP_URI": "amqp://guest:guest@127.0.0.1:1/"}
    if stage.uri.startswith("inproc:"):
        Broker.get(urllib.parse.urlsplit(stage.uri).hostname).drop_connections()
    else:
        break_sockets(container)
    eventlet.sleep(0.5)
    started = time.monotonic()
    container.stop()
    assert time.monotonic() - started < 8
    assert consumer.should_stop
