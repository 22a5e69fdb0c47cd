"""B18: a thousand malformed messages of twelve kinds. Nobody dies, each is kept with a reason, good work goes on."""

import json
import pickle
import time
import zlib
from collections import Counter

import eventlet
import pytest

from services.chassis.entrypoints import rpc, subscribe
from services.chassis.envelope import CONTENT_TYPE
from services.chassis.wire import ATTEMPTS_HEADER, DEADLINE_HEADER
from services.kernel.ids import new_id
from tests.brokers import eventually, unique

JSON = "application/json"


class _Bomb:
    """What a pickle of it would do if anybody opened it."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('a pickle was opened')",))


def victim_of(source, handled):
    """Make a service with one method and one reaction."""

    def echo(self, request):
        return {"n": request["n"]}

    def react(self, event):
        handled.append(event.data["n"])

    react.__name__ = f"on_{source}_made_v1"
    methods = {"echo": rpc(echo), react.__name__: subscribe(source, "made.v1")(react)}
    return type("Victim", (), {"name": unique("victim"), **methods})


def event(source, **changes):
    wire = {
        "specversion": "1.0",
        "id": str(new_id()),
        "source": f"/pinlian/{source}",
        "type": f"{source}.made.v1",
        "time": "2026-05-11T09:00:00Z",
        "subject": "s",
        "aggregateversion": 1,
        "data": {},
    }
    return json.dumps({**wire, **changes}).encode()


def call(request, *more):
    return json.dumps({"args": [request, *more], "kwargs": {}}).encode()


def poisons(source):
    """Return kind -> (event, call), each (body, options of the publishing)."""
    deep = b"[" * 100_000 + b"]" * 100_000
    huge = b"9" * 5_000
    forged = {"headers": {"nameko.user_id": "root", ATTEMPTS_HEADER: -7, DEADLINE_HEADER: "soon", "x": "a\x00b"}}
    bomb = {"headers": {"compression": "application/x-gzip"}, "content_type": JSON}
    packed = zlib.compress(b"0" * 5_000_000)
    return {
        "bad JSON": ((b"{bad", {}), (b"{bad", {})),
        "wrong type": ((b"[1, 2]", {}), (b'"text"', {})),
        "no reply_to": ((event(source, id=None), {}), (call({"data": 1}), {"reply_to": None})),
        "10 MB": ((b" " * 10_000_000, {}), (b" " * 10_000_000, {})),
        "deep nesting": ((deep, {}), (deep, {})),
        "pickle": 2 * ((pickle.dumps(_Bomb()), {"content_type": "application/x-python-serialize"}),),
        "NUL": ((event(source, subject="a\x00b"), {}), (call({"data": "a\x00b"}), {})),
        "huge integer": ((event(source, aggregateversion=10**40), {}), (b'{"args": [' + huge + b"]}", {})),
        "unknown event": ((event(source, type="other.made.v1"), {}), (call({}), {"method": "nothing"})),
        "bad UTF-8": ((b'{"id": "\xff\xfe"}', {}), (b'{"args": ["\xff\xfe"]}', {})),
        "forged headers": ((event(source, data="x"), forged), (call({}, {}), forged)),
        "compressed": ((packed, bomb), (packed, bomb)),
        "wrong schema version": ((event(source, specversion="0.3"), {}), (b'{"request": {}}', {})),
    }


@pytest.mark.slow
def test_a_thousand_poisoned_messages_harm_nobody(stage):
    source, handled = unique("src"), []
    victim = victim_of(source, handled)
    stage.start(victim)
    client = stage.client(victim.name)
    calm = median_call(client)
    kinds = list(poisons(source).values())
    sent = Counter()

    def poison():
        for number in range(1_000):
            as_event, as_call = kinds[number % len(kinds)]
            # Ten of the very large ones are enough for anybody.
            if len(as_event[0]) > 1_000_000 and sent["large"] >= 10:
                as_event, as_call = kinds[0]
            sent["large"] += len(as_event[0]) > 1_000_000
            send(stage, victim.name, source, as_event if number % 2 else as_call, is_event=bool(number % 2))
            sent["all"] += 1

    storm = eventlet.spawn(poison)
    good = 0
    while not storm.dead:
        assert client.call("echo", {"n": good}) == {"n": good}
        stage.emit(source, "made.v1", {"n": good})
        good += 1
    storm.wait()
    eventually(lambda: len(stage.environment.letters) >= sent["all"], timeout=30)
    eventually(lambda: len(handled) == good, timeout=10)
    eventlet.sleep(0.2)
    assert len(stage.environment.letters) == sent["all"] == 1_000
    assert all(letter["reason"] for letter in stage.environment.letters)
    assert sorted(handled) == list(range(good))
    assert stage.alive()
    eventually(lambda: median_call(client) < calm * 1.5 + 0.001, timeout=10)


@pytest.mark.parametrize("kind", sorted(poisons("x")))
def test_each_kind_is_kept_with_a_reason_and_as_it_came(stage, kind):
    source, handled = unique("src"), []
    victim = victim_of(source, handled)
    stage.start(victim)
    as_event, as_call = poisons(source)[kind]
    send(stage, victim.name, source, as_event, is_event=True)
    send(stage, victim.name, source, as_call, is_event=False)
    eventually(lambda: len(stage.environment.letters) == 2)
    letters = {letter["queue"].partition("-")[0]: letter for letter in stage.environment.letters}
    assert letters["evt"]["reason"].startswith("malformed event: ")
    assert letters["rpc"]["reason"].startswith("malformed call: ")
    assert (letters["evt"]["body"], letters["rpc"]["body"]) == (as_event[0], as_call[0])
    assert handled == []
    for letter in letters.values():
        # PostgreSQL takes it: no NUL and no half of a surrogate pair, in headers neither.
        assert "\x00" not in json.dumps(letter["headers"], ensure_ascii=False) + letter["reason"]
    assert stage.client(victim.name).call("echo", {"n": 1}) == {"n": 1}
    assert stage.alive()


def send(stage, service, source, poison, *, is_event):
    body, options = poison[0], dict(poison[1])
    method = options.pop("method", "echo")
    if is_event:
        target = {"exchange": f"{source}.events", "routing_key": "made.v1", "content_type": CONTENT_TYPE}
    else:
        target = {"exchange": "nameko-rpc", "routing_key": f"{service}.{method}", "reply_to": "nobody"}
    stage.publish(body, **{**target, "content_type": JSON, **options})


def median_call(client, count=50):
    times = []
    for number in range(count):
        started = time.monotonic()
        client.call("echo", {"n": number})
        times.append(time.monotonic() - started)
    return sorted(times)[count // 2]
