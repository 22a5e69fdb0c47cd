"""The server over real sockets: nobody can hold it up, and what comes out is always a problem document."""

import contextlib
import json
import logging
import socket
import time

import eventlet
import pytest

from gateway import connections
from gateway.connections import Connections
from services.kernel.caller import Role
from tests.integration.gateway.conftest import COMMUNITY, MEMBER

PATH = f"/v1/communities/{COMMUNITY}"


def answer_of(connection):
    """Read one response to the end of the connection; return (status, headers, body)."""
    data = b""
    while chunk := connection.recv(65536):
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    return int(lines[0].split()[1]), dict(line.split(": ", 1) for line in lines[1:]), body


def get(node, path=PATH, extra=""):
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {node.secret}\r\n{extra}\r\n".encode()


def post(node, length, extra=""):
    head = f"POST /v1/signals HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {node.secret}\r\nIdempotency-Key: k\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {length}\r\n{extra}\r\n".encode()


def test_a_request_reaches_the_service_and_keeps_its_conversation(node):
    status, answer, headers = node.call("GET", PATH, headers={"X-Request-Id": "conversation-7"})
    assert (status, answer["name"], answer["asked_for"]) == (200, "阳光小学家长群", "conversation-7")
    assert headers["X-Request-Id"] == "conversation-7"
    assert headers["ETag"] == '"1"'


def test_several_requests_travel_over_one_connection(node):
    connection = node.connect(get(node) * 2 + get(node, extra="Connection: close\r\n"))
    data = b""
    while chunk := connection.recv(65536):
        data += chunk
    assert data.count(b"HTTP/1.1 200 OK") == 3


def test_three_hundred_half_open_connections_do_not_stop_it(node):
    half_open = [node.connect(b"POST /v1/signals HTTP/1.1\r\nHost: x\r\n") for _ in range(300)]
    slow_bodies = [node.connect(post(node, 50_000) + b"{") for _ in range(300)]
    begun = time.monotonic()
    for _ in range(20):
        assert node.call("GET", PATH)[0] == 200
    assert time.monotonic() - begun < 5
    for connection in (*half_open, *slow_bodies):
        connection.close()


def test_headers_that_do_not_end_are_cut_off(node, monkeypatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    drip = node.connect(b"GET / HTTP/1.1\r\nX: ")
    begun = time.monotonic()
    status, headers, body = answer_of(drip)
    assert status == 408
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["code"] == "gateway.request_timeout"
    assert time.monotonic() - begun < 3


def test_a_connection_that_says_nothing_is_closed(node, monkeypatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    assert node.connect().recv(100) == b""


def test_one_byte_at_a_time_does_not_keep_a_connection(node, monkeypatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 1.0)
    drip, begun = node.connect(b"GET / HTTP/1.1\r\n"), time.monotonic()
    with pytest.raises(OSError, match=r"Broken pipe|reset"):  # noqa: PT012 - which byte is the last one is not known
        while time.monotonic() - begun < 10:
            drip.sendall(b"X")
            eventlet.sleep(0.05)
    assert time.monotonic() - begun < 5


def test_a_body_that_does_not_end_is_a_timeout(node, monkeypatch):
    monkeypatch.setattr(connections, "BODY_SECONDS", 0.3)
    status, _, body = answer_of(node.connect(post(node, 1000) + b"{"))
    assert status == 408
    assert json.loads(body)["code"] == "gateway.request_timeout"


def test_an_oversized_body_is_answered_although_the_client_still_sends(node):
    big = b"x" * 10_000_000
    connection = node.connect(post(node, len(big)))
    eventlet.spawn_n(_send, connection, big)
    status, headers, body = answer_of(connection)
    assert (status, json.loads(body)["code"]) == (413, "gateway.body_too_large")
    assert headers["Connection"] == "close"


def _send(connection, data):
    with contextlib.suppress(OSError):
        connection.sendall(data)


def test_a_chunked_body_has_the_same_limit(node):
    head = post(node, 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    status = answer_of(node.connect(head + chunk * 3 + b"0\r\n\r\n"))[0]
    assert status == 413
    connection = node.connect(head + b"zz\r\n")
    assert answer_of(connection)[0] == 400


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ],
)
def test_what_is_not_http_is_answered_with_a_problem(node, request_, status):
    found, headers, body = answer_of(node.connect(request_))
    assert found == status
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["status"] == status


def test_clients_that_vanish_do_no_harm(node):
    for data in (b"", b"GET", get(node), post(node, 1000) + b"{"):
        for _ in range(20):
            connection = node.connect(data)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            connection.close()
    assert node.call("GET", PATH)[0] == 200


def test_a_service_that_does_not_answer_is_a_503_within_the_deadline(node):
    begun = time.monotonic()
    status, problem, headers = node.call("GET", "/v1/pools")
    assert (status, problem["code"], headers["Retry-After"]) == (503, "gateway.unavailable", "2")
    assert time.monotonic() - begun < 3


def test_a_service_that_is_not_there_is_a_503(node):
    assert node.call("GET", "/v1/campaigns")[0] == 503


def test_health_names_the_services_that_do_not_answer(node):
    status, problem, _ = node.call("GET", "/health/ready")
    assert (status, problem["missing"]) == (503, ["supplier", "campaign", "reputation"])


def test_more_calls_than_workers_are_refused_and_not_queued(node):
    # A worker waits for a service that sleeps; with all of them taken the rest hears so at once.
    (entrypoint,) = node.gateway.entrypoints
    pool = node.gateway._worker_pool
    pool.resize(2)
    waiting = [eventlet.spawn(node.call, "GET", "/v1/pools") for _ in range(2)]
    eventlet.sleep(0.3)
    status, problem, headers = node.call("GET", PATH)
    assert (status, problem["code"], headers["Retry-After"]) == (503, "gateway.overloaded", "1")
    assert [one.wait()[0] for one in waiting] == [503, 503]
    assert entrypoint.server.connections is not None


def test_a_full_server_ends_the_connection_that_waited_longest(node):
    (entrypoint,) = node.gateway.entrypoints
    entrypoint.server.connections.most = 10
    waiting = [node.connect(b"GET / HTTP/1.1\r\n") for _ in range(30)]
    assert node.call("GET", PATH)[0] == 200
    assert len(entrypoint.server.connections) <= 10
    assert waiting[0].recv(1000).startswith((b"", b"HTTP/1.1 408"))


def test_stopping_answers_what_is_under_way(start_node):
    node = start_node()
    waiting = eventlet.spawn(node.call, "GET", "/v1/pools")
    eventlet.sleep(0.3)
    eventlet.spawn_n(node.gateway.stop)
    assert waiting.wait()[0] == 503
    with pytest.raises(OSError, match=r"(?i)refused"):
        node.connect()


def test_the_number_of_connections_leaves_files_for_the_rest():
    assert 64 <= Connections().most <= connections.MOST_CONNECTIONS


def test_redis_that_is_lost_lets_requests_through_with_one_line(start_node, caplog):
    with caplog.at_level(logging.WARNING, "gateway"):
        node = start_node(redis_url="redis://127.0.0.1:1/0")
        begun = time.monotonic()
        for _ in range(20):
            status, _, headers = node.call("GET", PATH)
            assert (status, headers["RateLimit"]) == (200, None)
        assert time.monotonic() - begun < 3
    assert caplog.text.count("rate limits are off") == 1
    assert b"pinlian_rate_limit_skipped_total 20.0" in node.environment.metrics.render()


@pytest.mark.parametrize("bound", [{"community_id": COMMUNITY}, {}])
def test_a_quality_supervisor_is_bound_to_a_community_or_to_nothing(node, bound):
    made, secret = node.token(role="quality_supervisor", **bound)
    assert made["community_id"] == bound.get("community_id")
    assert node.call("GET", PATH, secret=secret)[0] == 403
    body = {"role": "quality_supervisor", "member_id": MEMBER}
    status, problem, _ = node.call("POST", "/v1/tokens", body, key=f"q{len(bound)}")
    assert (status, problem["errors"][0]["field"]) == (422, "member_id")


def test_a_token_for_somebody_who_does_not_exist_is_not_made(node):
    foreign = "0198c1f0-0000-7000-8000-0000000000ff"
    for body in (
        {"role": "member", "community_id": COMMUNITY, "member_id": foreign},
        {"role": "partner", "community_id": foreign},
    ):
        assert node.call("POST", "/v1/tokens", body)[0] == 404
    body = {"role": "member", "community_id": COMMUNITY, "member_id": MEMBER}
    assert node.call("POST", "/v1/tokens", body)[0] == 201


def test_a_community_operator_makes_tokens_of_its_own_community_only(node):
    _, secret = node.token(role="community_operator", community_id=COMMUNITY)
    member = {"role": "member", "community_id": COMMUNITY, "member_id": MEMBER}
    status, made, headers = node.call("POST", "/v1/tokens", member, secret=secret)
    assert (status, headers["Location"]) == (201, f"/v1/tokens/{made['token_id']}")
    for body in (
        {"role": "partner", "community_id": MEMBER},
        {"role": "node_operator"},
        {"role": "supplier", "supplier_id": MEMBER},
        {"role": "quality_supervisor"},
    ):
        status, problem, _ = node.call("POST", "/v1/tokens", body, secret=secret, key=body["role"])
        assert (status, problem["code"]) == (403, "gateway.role_not_grantable")
    other, _ = node.token(role="partner", community_id=MEMBER)
    assert node.call("GET", f"/v1/tokens/{other['token_id']}", secret=secret)[0] == 404
    assert node.call("DELETE", f"/v1/tokens/{other['token_id']}", secret=secret)[0] == 404
    seen = node.call("GET", "/v1/tokens?limit=100", secret=secret)[1]["items"]
    assert {token["community_id"] for token in seen} == {COMMUNITY}


def test_a_repeat_gets_the_same_token_and_no_secret(node):
    body = {"role": "member", "community_id": COMMUNITY, "member_id": MEMBER, "label": "手机"}
    at_once = [eventlet.spawn(node.call, "POST", "/v1/tokens", body, key="once") for _ in range(20)]
    answers = [one.wait() for one in at_once]
    assert {status for status, _, _ in answers} == {201}
    assert len({answer["token_id"] for _, answer, _ in answers}) == 1
    (secret,) = [answer["secret"] for _, answer, _ in answers if answer["secret"]]
    assert node.call("GET", PATH, secret=secret)[0] == 200
    status, problem, _ = node.call("POST", "/v1/tokens", {**body, "label": "x"}, key="once")
    assert (status, problem["code"]) == (422, "gateway.idempotency_key_reused")


def test_a_revoked_token_opens_nothing_from_then_on(node):
    made, secret = node.token(role="partner", community_id=COMMUNITY)
    assert node.call("GET", PATH, secret=secret)[0] == 200
    status, revoked, _ = node.call("DELETE", f"/v1/tokens/{made['token_id']}")
    assert (status, bool(revoked["revoked_at"])) == (200, True)
    assert node.call("GET", PATH, secret=secret)[0] == 401
    assert node.call("DELETE", f"/v1/tokens/{made['token_id']}")[1] == revoked


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.NODE_OPERATOR, Role.QUALITY_SUPERVISOR}))
def test_a_role_without_what_it_is_bound_to_is_refused(node, role):
    status, problem, _ = node.call("POST", "/v1/tokens", {"role": role})
    assert status == 422
    assert {error["field"] for error in problem["errors"]} <= {"community_id", "member_id", "supplier_id"}


def test_a_lost_database_is_a_503_and_not_a_hang(start_node, monkeypatch):
    node = start_node()
    assert node.call("GET", PATH)[0] == 200
    from services.chassis.database import make_engine

    (entrypoint,) = node.gateway.entrypoints
    tokens = entrypoint.server.application._tokens
    monkeypatch.setattr(tokens, "engine", make_engine("postgresql://nobody@127.0.0.1:1/nothing"))
    monkeypatch.setattr("gateway.auth.FRESH", 0)
    begun = time.monotonic()
    status, problem, headers = node.call("GET", PATH)
    assert (status, problem["code"], headers["Retry-After"]) == (503, "gateway.unavailable", "2")
    assert "127.0.0.1" not in json.dumps(problem)
    assert time.monotonic() - begun < 8
