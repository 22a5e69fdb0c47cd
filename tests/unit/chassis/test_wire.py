"""What is read from and written to the wire, without one."""

import json
import time
from types import SimpleNamespace

import eventlet
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.chassis import wire
from services.chassis.consuming import letter_of, printable
from services.chassis.errors import ServiceError
from services.chassis.reading import MOST_BYTES, UnreadableError, read_body
from services.chassis.wire import Outcome, Work
from services.kernel.errors import ConflictError


def message(body=b"{}", content_type="application/json", headers=None, **properties):
    info = {"routing_key": "demand.get_pool"}
    return SimpleNamespace(
        body=body, content_type=content_type, headers=headers, properties=properties, delivery_info=info
    )


@pytest.mark.parametrize("content_type", ["application/json", "application/cloudevents+json"])
def test_json_is_read(content_type):
    assert read_body(message('{"名": ["拼联", 1, null]}'.encode(), content_type)) == {"名": ["拼联", 1, None]}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "JSONDecodeError"),
        (b"", "JSONDecodeError"),
        (b"\xff", "UnicodeDecodeError"),
        (b"NaN", "NaN is no JSON"),
        (b"[-Infinity]", "is no JSON"),
        (b"9" * 5000, "ValueError"),
        (b"[" * 200_000, "nested too deeply"),
        (b" " * (MOST_BYTES + 1), "too many"),
        (b'{"a": "x\\u0000"}', "NUL"),
        (b'{"a\\u0000": 1}', "NUL"),
        (b'["\\ud800"]', "UnicodeEncodeError"),
    ],
)
def test_what_cannot_be_read_or_stored_is_refused_with_a_reason(body, why):
    with pytest.raises(UnreadableError, match=why):
        read_body(message(body))


def test_escapes_that_only_look_dangerous_are_read():
    assert read_body(message(rb'["\\u0000", "\ud83d\ude00"]')) == ["\\u0000", "\U0001f600"]


@pytest.mark.parametrize("content_type", [None, "", "text/plain", "application/x-python-serialize", "application/data"])
def test_other_content_types_are_not_opened(content_type):
    with pytest.raises(UnreadableError, match="is not accepted"):
        read_body(message(b"{}", content_type))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip # noqa: E501
def test_any_json_is_read_or_refused_and_nothing_else_happens(value):
    body = json.dumps(value).encode()
    try:
        assert read_body(message(body)) == value
    except UnreadableError:
        assert "\\u0000" in body.decode() or "\\ud" in body.decode()


@pytest.mark.parametrize("call", [{"args": [{"a": 1}], "kwargs": {}}, {"args": [], "kwargs": {"request": {"a": 1}}}])
def test_a_call_is_one_object(call):
    assert wire.read_call(call) == {"a": 1}


@pytest.mark.parametrize(
    "call",
    [
        None,
        [],
        {},
        {"args": [{}]},
        {"args": {}, "kwargs": {}},
        {"args": [], "kwargs": {}},
        {"args": [{}, {}], "kwargs": {}},
        {"args": [{}], "kwargs": {"request": {}}},
        {"args": ["x"], "kwargs": {}},
        {"args": [], "kwargs": {"other": {}}},
    ],
)
def test_anything_else_is_no_call(call):
    with pytest.raises(UnreadableError):
        wire.read_call(call)


def test_a_refusal_keeps_the_types_of_its_data():
    refusal = ConflictError("closed", state="closed", free=3, deep={"n": [1]})
    with pytest.raises(ServiceError) as caught:
        wire.read_answer(json.loads(wire.write_answer(Outcome(error=refusal))))
    assert caught.value.detail == {"state": "closed", "free": 3, "deep": {"n": [1]}}


@pytest.mark.parametrize(
    "outcome", [Outcome(error=ValueError("secret")), Outcome({"x": object()}), Outcome({"x": 1e999})]
)
def test_an_accident_tells_nothing(outcome):
    body = wire.write_answer(outcome)
    assert b"secret" not in body
    with pytest.raises(ServiceError) as caught:
        wire.read_answer(json.loads(body))
    assert caught.value.code == "chassis.internal"


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT secret", {}, Exception("server closed the connection")),
        InterfaceError("SELECT secret", {}, Exception("the connection is closed")),
        PoolTimeoutError("no connection of secret was free"),
    ],
)
def test_a_database_that_is_away_makes_the_service_unavailable_and_is_no_accident(error):
    body = wire.write_answer(Outcome(error=error))
    assert b"secret" not in body
    with pytest.raises(ServiceError) as caught:
        wire.read_answer(json.loads(body))
    assert (caught.value.kind, caught.value.code) == ("unavailable", "gateway.unavailable")


def test_a_statement_that_the_database_refuses_is_an_accident():
    assert wire.as_service_error(ProgrammingError("SELEC", {}, Exception("syntax"))).code == "chassis.internal"


@pytest.mark.parametrize(
    "body", [None, [], {}, {"result": 1, "error": "x"}, {"result": 1, "error": {"exc_path": "os"}}]
)
def test_an_answer_that_is_none_is_an_internal_error(body):
    with pytest.raises(ServiceError) as caught:
        wire.read_answer(body)
    assert caught.value.code == "chassis.internal"


@pytest.mark.parametrize(("header", "attempts"), [(None, 1), (0, 1), (2, 3), (-7, 1), (True, 1), ("9", 1), (10**9, 1)])
def test_a_forged_number_of_attempts_counts_as_none(header, attempts):
    headers = {} if header is None else {wire.ATTEMPTS_HEADER: header}
    assert wire.attempts_of(message(headers=headers)) == attempts


def test_only_our_own_headers_travel_with_a_retry():
    headers = {"nameko.user_id": "root", wire.CORRELATION_HEADER: "talk", "x-death": [1], wire.CAUSATION_HEADER: 7}
    assert wire.retry_headers(message(headers=headers), 2) == {
        wire.ROUTING_KEY_HEADER: "demand.get_pool",
        wire.CORRELATION_HEADER: "talk",
        wire.ATTEMPTS_HEADER: 2,
    }


def test_a_method_called_without_a_message_is_the_plain_method():
    @wire.guarded
    def refuse(service, request):
        raise ConflictError(request["why"])

    with pytest.raises(ConflictError):
        refuse(None, {"why": "x"})


@pytest.mark.parametrize("accident", [ValueError("x"), eventlet.Timeout(None)])
def test_a_method_called_for_a_message_never_raises(accident):
    @wire.guarded
    def fail(service, request):
        raise accident

    assert fail(None, Work({})).error is accident


def test_a_method_is_not_called_after_the_deadline():
    @wire.guarded
    def work(service, request):
        raise AssertionError

    assert work(None, Work({}, deadline_ms=int(time.time() * 1000) - 1)).expired


def test_a_letter_holds_nothing_that_a_database_refuses():
    hostile = message(
        b"\x00\xff", "a\x00", {"k\x00": "\ud800", **{str(n): "x" * 9999 for n in range(99)}}, message_id="\x00"
    )
    letter = letter_of("q", hostile, "why\x00", 1)
    texts = json.dumps({name: value for name, value in letter.items() if name != "body"}, ensure_ascii=False)
    assert "\x00" not in texts
    texts.encode()
    assert letter["body"] == b"\x00\xff"
    assert len(letter["headers"]) == 50
    assert max(len(value) for value in printable(hostile.headers).values()) == 1000
