"""What reaches the services, and what leaves the gateway."""

import json
import logging

import pytest

from gateway.rate_limit import Allowance
from tests.fakes.gateway import COMMUNITY, MEMBER, Api, problem_of
from tests.unit.gateway.test_bad_input import SIGNAL

POOL = "0198c1f0-0000-7000-8000-000000000071"


class FakeLimiter:
    limit = 2

    def __init__(self):
        self.taken = []

    def take(self, who):
        self.taken.append(who)
        left = self.limit - len(self.taken)
        return Allowance(left >= 0, max(left, 0), 30, 0 if left >= 0 else 30)

    def reachable(self):
        return True


def test_a_request_reaches_its_service_with_caller_key_and_flat_data(api):
    api.services.answers["answer_consent"] = {"pool_id": POOL, "version": 5}
    response = api.send("POST", f"/v1/pools/{POOL.upper()}/consents", {"decision": "given"}, key="k-7")
    service, method, request = api.services.calls[0]
    assert (service, method) == ("demand", "answer_consent")
    assert request["data"] == {"pool_id": POOL, "decision": "given"}
    assert (request["idempotency_key"], request["if_match"]) == ("k-7", None)
    assert request["caller"]["role"] == "organiser"
    assert (request["caller"]["community_id"], request["caller"]["member_id"]) == (COMMUNITY, MEMBER)
    assert response.headers["ETag"] == '"5"'


def test_what_is_made_is_answered_with_201_and_its_location(api):
    api.services.answers["place_signal"] = {"signal_id": POOL, "text": "陶艺"}
    response = api.send("POST", "/v1/signals", SIGNAL)
    assert response.status_code == 201
    assert response.headers["Location"] == f"/v1/signals/{POOL}"
    assert "陶艺".encode() in response.data
    assert "ETag" not in response.headers


def test_values_are_passed_on_as_they_were_written(api):
    api.services.answers["place_signal"] = {"signal_id": POOL}
    body = {**SIGNAL, "ceiling": {"amount": "98.00", "currency": "CNY"}, "radius_km": 3}
    api.send("POST", "/v1/signals", body)
    assert api.services.data == body


def test_an_edit_passes_on_the_version_that_was_read(api):
    response = api.send(
        "PATCH", f"/v1/communities/{COMMUNITY}", {"name": "新名"}, role="node_operator", headers={"If-Match": '"3"'}
    )
    assert response.status_code == 200
    assert api.services.calls[0][2]["if_match"] == "3"


def test_a_query_is_passed_on_as_data(api):
    api.send("GET", "/v1/signals?limit=5&category=%E9%99%B6%E8%89%BA&state=open")
    assert api.services.data == {"limit": 5, "category": "陶艺", "state": "open"}


def test_an_action_needs_no_body(api):
    assert api.send("POST", f"/v1/pools/{POOL}/ready").status_code == 200
    assert api.services.data == {"pool_id": POOL}


def test_head_is_answered_as_get_without_a_body(api):
    api.services.answers["get_pool"] = {"pool_id": POOL, "version": 1}
    response = api.send("HEAD", f"/v1/pools/{POOL}")
    assert (response.status_code, response.data, response.headers["ETag"]) == (200, b"", '"1"')
    assert int(response.headers["Content-Length"]) > 10


def test_a_request_id_is_kept_if_it_is_one_and_made_if_not(api):
    assert api.send("GET", "/v1/pools", headers={"X-Request-Id": "abc-1"}).headers["X-Request-Id"] == "abc-1"
    for wrong in ("a b", "x" * 200, "a\tb"):
        assert api.send("GET", "/v1/pools", headers={"X-Request-Id": wrong}).headers["X-Request-Id"] not in (wrong, "")


def test_answers_of_the_same_content_are_the_same_to_the_byte(api):
    api.services.answers["get_pool"] = {"b": 1, "a": {"d": 2, "c": 3}}
    first = api.send("GET", f"/v1/pools/{POOL}").data
    api.services.answers["get_pool"] = {"a": {"c": 3, "d": 2}, "b": 1}
    assert api.send("GET", f"/v1/pools/{POOL}").data == first


def test_a_request_is_logged_with_its_operation_and_without_what_people_wrote(api, caplog):
    api.services.answers["place_signal"] = {"signal_id": POOL}
    with caplog.at_level(logging.INFO, "gateway.access"):
        api.send("POST", "/v1/signals", SIGNAL)
        api.send("GET", "/v1/signals?category=secret")
        api.send("GET", "/someone@example.com")
    assert [record.operation for record in caplog.records] == ["place_signal", "list_signals", "none"]
    assert "陶艺" not in caplog.text
    assert "secret" not in caplog.text
    assert "example.com" not in caplog.text


def test_a_token_that_calls_too_often_is_told_when_to_go_on():
    api = Api(FakeLimiter())
    first = api.send("GET", "/v1/pools")
    assert first.headers["RateLimit"] == '"default";r=1;t=30'
    assert first.headers["RateLimit-Policy"] == '"default";q=2;w=60'
    api.send("GET", "/v1/pools")
    last = api.send("GET", "/v1/pools")
    assert problem_of(last, 429)["code"] == "gateway.rate_limited"
    assert last.headers["Retry-After"] == "30"
    assert last.headers.getlist("RateLimit") == ['"default";r=0;t=30']
    assert len(api.services.calls) == 2


def test_health_names_what_is_missing(api):
    assert api.client.get("/health/live").status_code == 200
    assert json.loads(api.client.get("/health/ready").data)["status"] == "ready"
    api.health.missing = ["campaign"]
    assert problem_of(api.client.get("/health/ready"), 503)["missing"] == ["campaign"]


def test_figures_are_counted_by_operation_and_status(api):
    api.send("GET", "/v1/pools")
    api.send("GET", "/nowhere")
    text = api.client.get("/metrics").text
    assert 'pinlian_http_seconds_count{operation="list_pools",service="gateway",status="200"} 1.0' in text
    assert 'operation="none",service="gateway",status="404"' in text


def test_a_token_is_looked_up_once_a_second_at_most(api, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("gateway.auth.time.monotonic", lambda: now[0])
    for _ in range(5):
        api.send("GET", "/v1/pools")
    assert api.tokens.looked_up == 1
    now[0] += 1.0
    api.send("GET", "/v1/pools")
    assert api.tokens.looked_up == 2


@pytest.mark.parametrize(
    "path", ["/docs", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/start.js", "/openapi.json"]
)
def test_the_documentation_is_served_from_here_alone(api, path):
    response = api.client.get(path)
    assert response.status_code == 200
    if path == "/docs":
        assert "http://" not in response.text
        assert "https://" not in response.text
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
