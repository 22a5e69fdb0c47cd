"""Calls and events through real entrypoints, over both brokers."""

import itertools
import json
import time

import eventlet
import pytest
from kombu import Connection
from nameko.standalone.events import event_dispatcher
from nameko.standalone.rpc import ServiceRpcProxy

from services.chassis import topology
from services.chassis.context import current_context
from services.chassis.entrypoints import DEADLINE_HEADER, rpc, subscribe
from services.chassis.envelope import Envelope
from services.chassis.errors import ServiceError, StartupError
from services.kernel.errors import ConflictError, NotFoundError
from tests.brokers import DELAYS_MS, eventually, unique


def service(**methods):
    """Make a service class; ``source_made`` becomes its reaction to an event of ``src``."""
    name = unique("svc")
    source = unique("src")
    body = {"name": name, "source": source, "seen": []}
    for method_name, method in methods.items():
        if method_name == "react":
            method.__name__ = f"on_{source}_made_v1"
            body[method.__name__] = subscribe(source, "made.v1")(method)
        else:
            method.__name__ = method_name
            body[method_name] = rpc(method)
    return type("Service", (), body)


def echo(self, request):
    return {"data": request["data"], "talk": current_context().correlation_id}


def test_a_call_gets_the_answer_of_its_method(stage):
    served = service(echo=echo)
    stage.start(served)
    assert stage.client(served.name).call("echo", {"data": {"name": "拼联", "n": 1}})["data"] == {
        "name": "拼联",
        "n": 1,
    }


def test_a_call_carries_its_conversation(stage):
    from services.chassis.context import working_for

    served = service(echo=echo)
    stage.start(served)
    with working_for("talk-7"):
        assert stage.client(served.name).call("echo", {"data": {}})["talk"] == "talk-7"


def test_a_refusal_reaches_the_caller_with_its_data(stage):
    def refuse(self, request):
        raise ConflictError("it is closed", state="closed", free=3, parts=[{"n": 1}])

    served = service(refuse=refuse)
    stage.start(served)
    with pytest.raises(ServiceError) as caught:
        stage.client(served.name).call("refuse", {"data": {}})
    error = caught.value
    assert (error.kind, error.code, error.message) == ("conflict", "kernel.conflict", "it is closed")
    assert error.detail == {"state": "closed", "free": 3, "parts": [{"n": 1}]}


@pytest.mark.parametrize("accident", [ValueError("secret dsn"), eventlet.Timeout(None), RecursionError("secret")])
def test_an_accident_reaches_the_caller_without_its_text(stage, accident):
    def fail(self, request):
        raise accident

    served = service(fail=fail, echo=echo)
    stage.start(served)
    client = stage.client(served.name)
    with pytest.raises(ServiceError) as caught:
        client.call("fail", {"data": {}})
    assert caught.value.args == ("internal", "chassis.internal", "internal error", {})
    assert client.call("echo", {"data": {}})
    assert stage.alive()


def test_an_answer_that_json_cannot_hold_is_an_internal_error(stage):
    served = service(odd=lambda self, request: {"x": object()}, nan=lambda self, request: {"x": float("nan")})
    stage.start(served)
    client = stage.client(served.name)
    for method in ("odd", "nan"):
        with pytest.raises(ServiceError) as caught:
            client.call(method, {"data": {}})
        assert caught.value.code == "chassis.internal"
    assert stage.alive()


def test_an_unknown_method_is_refused_and_buried(stage):
    served = service(echo=echo)
    stage.start(served)
    with pytest.raises(ServiceError) as caught:
        stage.client(served.name).call("nothing", {"data": {}})
    assert (caught.value.kind, caught.value.code) == ("invalid", "chassis.malformed_call")
    assert eventually(stage.environment.reasons) == ["malformed call: no such method: nothing"]


def test_a_plain_nameko_client_can_call(stage):
    served = service(echo=echo)
    stage.start(served)
    with ServiceRpcProxy(served.name, {"AMQP_URI": stage.uri}, timeout=5) as proxy:
        assert proxy.echo({"data": 1})["data"] == 1
        assert proxy.echo(request={"data": 2})["data"] == 2


def test_the_headers_of_a_call_give_nobody_an_identity(stage):
    seen = []

    def look(self, request):
        return {"request": request}

    served = service(look=look)
    container = stage.start(served)
    spawn = container.spawn_worker
    container.spawn_worker = lambda *args, **kwargs: seen.append(kwargs["context_data"]) or spawn(*args, **kwargs)
    context = {"user_id": "root", "auth_token": "x"}
    with ServiceRpcProxy(served.name, {"AMQP_URI": stage.uri}, context_data=context, timeout=5) as proxy:
        assert proxy.look({"data": 1}) == {"request": {"data": 1}}
    assert [{key for key in data if key != "call_id_stack"} for data in seen] == [set()]


def test_a_call_whose_deadline_has_passed_is_not_executed(stage):
    ran = []
    served = service(work=lambda self, request: ran.append(request) or {})
    stage.start(served)
    for late in (True, False):
        call(stage, served, "work", late, deadline=time.time() + (-1 if late else 5))
    eventually(lambda: ran)
    eventlet.sleep(0.1)
    assert ran == [{"late": False}]
    assert stage.environment.letters == []


def test_a_call_whose_deadline_passes_while_it_waits_for_a_worker_is_not_executed(stage):
    ran = []

    def work(self, request):
        ran.append(request["late"])
        eventlet.sleep(0.4)
        return {}

    served = service(work=work)
    stage.start(served, max_workers=1)
    for late in (False, True, True):
        call(stage, served, "work", late, deadline=time.time() + (0.2 if late else 5))
        eventually(lambda: ran)
    eventlet.sleep(0.8)
    assert ran == [False]


def call(stage, served, method, late, deadline):
    stage.publish(
        json.dumps({"args": [{"late": late}], "kwargs": {}}).encode(),
        exchange="nameko-rpc",
        routing_key=f"{served.name}.{method}",
        reply_to="nobody",
        headers={DEADLINE_HEADER: int(deadline * 1000)},
    )


def test_an_event_reaches_its_handler_once(stage):
    seen = []
    served = service(react=lambda self, event: seen.append((event, current_context())))
    stage.start(served)
    sent = stage.emit(served.source, "made.v1", {"n": 1})
    eventually(lambda: seen)
    eventlet.sleep(0.1)
    [(event, context)] = seen
    assert isinstance(event, Envelope)
    assert (event, context.correlation_id, context.causation_id) == (sent, "talk", sent.id)


def test_an_event_is_acknowledged_only_after_its_handler(stage):
    """Whoever dies in the handler gets the event again."""
    gate, entered = eventlet.event.Event(), []

    def react(self, event):
        entered.append(event.id)
        gate.wait()

    served = service(react=react)
    stage.start(served)
    sent = stage.emit(served.source, "made.v1", {})
    eventually(lambda: entered)
    queue = f"evt-{served.source}-made.v1--{served.name}.on_{served.source}_made_v1"
    stage.containers[0].kill()
    other = stage.start(served)
    gate.send()
    eventually(lambda: len(entered) == 2)
    assert entered == [sent.id, sent.id]
    assert other.started
    assert queue == topology.event_queue(served.source, "made.v1", served.name).name


@pytest.mark.parametrize("failure", [NotFoundError("not yet"), ValueError("oops"), eventlet.Timeout(None)])
def test_a_failed_event_is_tried_again_with_growing_delays_and_then_buried(stage, failure):
    tries = []

    def react(self, event):
        tries.append(time.monotonic())
        raise failure

    served = service(react=react)
    stage.start(served)
    sent = stage.emit(served.source, "made.v1", {"n": 1})
    letter = eventually(lambda: stage.environment.letters)[0]
    assert len(tries) == len(DELAYS_MS) + 1
    for delay_ms, (before, after) in zip(DELAYS_MS, itertools.pairwise(tries), strict=True):
        assert after - before >= delay_ms / 1000 - 0.005
    assert letter["queue"] == topology.event_queue(served.source, "made.v1", served.name).name
    assert (letter["attempts"], letter["message_id"]) == (3, sent.id)
    assert letter["reason"].startswith(f"failed 3 times, last with {type(failure).__name__}")
    assert Envelope.from_wire(json.loads(letter["body"])) == sent
    assert letter["headers"]["pinlian-routing-key"] == "made.v1"
    assert len(stage.environment.retries) == 2


def test_an_event_that_fails_once_has_its_effect_in_the_end(stage):
    tries = []

    def react(self, event):
        tries.append(event.id)
        if len(tries) == 1:
            raise NotFoundError("the other event comes later")

    served = service(react=react)
    stage.start(served)
    sent = stage.emit(served.source, "made.v1", {})
    eventually(lambda: len(tries) == 2)
    assert tries == [sent.id, sent.id]
    assert stage.environment.letters == []


def test_a_failed_event_does_not_hold_up_the_next(stage):
    done = []

    def react(self, event):
        if event.data["bad"]:
            raise ValueError
        done.append(event.data["n"])

    served = service(react=react)
    stage.start(served, max_workers=1)
    for number in range(6):
        stage.emit(served.source, "made.v1", {"n": number, "bad": number == 0})
    eventually(lambda: len(done) == 5)
    assert done == [1, 2, 3, 4, 5]


def test_a_dead_letter_that_cannot_be_stored_is_tried_again(stage, monkeypatch):
    monkeypatch.setattr("services.chassis.consuming.REQUEUE_PAUSE", 0.05)
    served = service(react=lambda self, event: None)
    stage.start(served)
    stage.environment.broken = 2
    stage.publish(b"{bad", exchange=f"{served.source}.events", routing_key="made.v1")
    eventually(lambda: stage.environment.letters)
    assert stage.environment.broken == 0
    assert stage.alive()


def test_what_the_broker_gives_up_on_is_buried_by_its_service(stage, monkeypatch):
    """More returns than the delivery limit: nobody could even bury it."""
    monkeypatch.setattr("services.chassis.consuming.REQUEUE_PAUSE", 0.001)
    served = service(react=lambda self, event: None)
    stage.start(served)
    stage.environment.broken = topology.DELIVERY_LIMIT + 1
    stage.publish(b"{bad", exchange=f"{served.source}.events", routing_key="made.v1")
    letter = eventually(lambda: stage.environment.letters, timeout=10)[0]
    assert letter["queue"] == topology.event_queue(served.source, "made.v1", served.name).name
    assert letter["reason"] == "the broker gave up on it: delivery_limit"


def test_an_event_of_a_plain_nameko_dispatcher_is_buried_if_it_is_no_envelope(stage):
    served = service(react=lambda self, event: None)
    stage.start(served)
    event_dispatcher({"AMQP_URI": stage.uri})(served.source, "made.v1", {"plain": 1})
    assert eventually(stage.environment.reasons)[0].startswith("malformed event: id is None")


def test_application_json_and_cloudevents_are_both_read(stage):
    seen = []
    served = service(react=lambda self, event: seen.append(event.id))
    stage.start(served)
    one = stage.emit(served.source, "made.v1", {})
    stage.publish(
        one.to_json().encode(),
        exchange=f"{served.source}.events",
        routing_key="made.v1",
        content_type="application/json",
    )
    eventually(lambda: len(seen) == 2)


def test_a_handler_of_another_name_is_refused():
    with pytest.raises(ValueError, match="is to be called on_demand_pool_ready_v1"):

        @subscribe("demand", "pool_ready.v1")
        def on_pool_ready(self, event):
            """Never made."""


def test_a_stopping_service_finishes_what_it_has_begun(stage):
    """No redelivery and no second execution, where there was no accident."""
    began, ended = [], []

    def react(self, event):
        began.append(event.id)
        eventlet.sleep(0.5)
        ended.append(event.id)

    served = service(react=react)
    container = stage.start(served)
    sent = stage.emit(served.source, "made.v1", {})
    eventually(lambda: began)
    container.stop()
    assert ended == [sent.id]
    stage.start(served)
    eventlet.sleep(0.4)
    assert began == [sent.id]


def test_a_queue_that_exists_otherwise_ends_the_service_with_a_clear_error(stage):
    served = service(echo=echo)
    with Connection(stage.uri) as connection:
        connection.channel().queue_declare(f"rpc-{served.name}", durable=True, auto_delete=False)
    container = stage.start(served)
    with pytest.raises(StartupError, match=f"rpc-{served.name}"):
        container.wait()
