"""Every kind of bad input is answered with a problem that says what is wrong, and never reaches a service."""

import json

import pytest

from services.chassis.errors import ServiceError, UnavailableError
from tests.fakes.gateway import COMMUNITY, problem_of

POOL = "0198c1f0-0000-7000-8000-000000000071"
SIGNAL = {
    "text": "周六想带孩子做陶艺",
    "category": "pottery",
    "people": 3,
    "windows": [{"start": "2026-05-23T09:00:00+08:00", "end": "2026-05-23T17:00:00+08:00"}],
}
OFFER = {
    "title": "亲子陶艺课",
    "category": "pottery",
    "where": "supplier",
    "place": {"lat": 31.2304, "lon": 121.4737},
    "tiers": [{"seats": 10, "price": {"amount": "128.00", "currency": "CNY"}}],
    "min_group": 10,
    "max_group": 30,
    "minutes": 120,
}
SESSION = {"start": "2026-05-23T09:00:00+08:00", "end": "2026-05-23T17:00:00+08:00"}
SLOT = {**SESSION, "capacity": 30}


def refused(api, response, status, code=None):
    problem = problem_of(response, status)
    if code:
        assert problem["code"] == code
    assert api.services.calls == []
    return problem


def errors(api, body, path="/v1/signals", **options):
    """The wrong fields of a POST, by name."""
    problem = refused(api, api.send("POST", path, body, **options), 422, "gateway.invalid")
    assert all(error["problem"] and error["expected"] for error in problem["errors"])
    return {error["field"]: error for error in problem["errors"]}


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"people": }',
        b"\xff\xfe{}",
        b'{"people": NaN}',
        b'{"people": -Infinity}',
        b'{"people": 3, "people": 4}',
        b'{"text": "a\\u0000b"}',
        b'{"text": "\\ud800"}',
        b'{"text": "a\x00b"}',
        b"[" * 100_000,
        b'{"a":' * 20 + b"1" + b"}" * 20,
        b'{"people": ' + b"9" * 5000 + b"}",
        b"\xef\xbb\xbf{}",
    ],
)
def test_malformed_json_is_refused(api, raw):
    api.app._body_limit = 200_000
    refused(api, api.send("POST", "/v1/signals", raw=raw), 400, "gateway.malformed_request")


@pytest.mark.parametrize("raw", [b"[]", b'"text"', b"3", b"null"])
def test_a_body_that_is_no_object_is_refused(api, raw):
    problem = refused(api, api.send("POST", "/v1/signals", raw=raw), 422, "gateway.invalid")
    assert problem["errors"][0]["field"] == "body"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", ""]
)
def test_a_body_that_is_not_said_to_be_json_is_refused(api, kind):
    response = api.send("POST", "/v1/signals", SIGNAL, headers={"Content-Type": kind})
    refused(api, response, 415, "gateway.unsupported_media_type")


def test_unknown_fields_are_refused_at_every_depth(api):
    body = {**SIGNAL, "colour": "red", "place": {"lat": 1, "lon": 2, "height": 3}}
    assert set(errors(api, body)) == {"colour", "place.height"}


def test_missing_fields_are_named(api):
    assert set(errors(api, {})) == {"text", "people"}


@pytest.mark.parametrize("people", ["3", 3.0, 3.5, True, None, [], {}, -1, 0, 10**6, 10**30])
def test_a_count_that_is_no_possible_whole_number_is_refused(api, people):
    assert errors(api, {**SIGNAL, "people": people})["people"]["expected"] == "a whole number from 1 to 100000"


@pytest.mark.parametrize("radius", ["5", -1, 1e9, True, None])
def test_a_distance_that_is_impossible_is_refused(api, radius):
    assert "radius_km" in errors(api, {**SIGNAL, "radius_km": radius})


def test_an_infinite_number_is_refused(api):
    raw = json.dumps(SIGNAL).encode()[:-1] + b', "radius_km": 1e999}'
    problem = refused(api, api.send("POST", "/v1/signals", raw=raw), 422)
    assert problem["errors"][0]["field"] == "radius_km"


@pytest.mark.parametrize("place", [{"lat": 91, "lon": 0}, {"lat": 0, "lon": 181}, {"lat": 1}, [1, 2], "here"])
def test_a_place_that_is_not_on_earth_is_refused(api, place):
    assert any(field.startswith("place") for field in errors(api, {**SIGNAL, "place": place}))


@pytest.mark.parametrize(
    "time",
    [
        "2026-05-23T09:00:00",
        "2026-05-23",
        "tomorrow",
        "",
        1779500000,
        None,
        "2026-13-01T00:00:00Z",
        "9999-01-01T00:00:00Z",
    ],
)
def test_a_time_without_a_zone_or_that_is_none_is_refused(api, time):
    window = {"start": time, "end": "2026-05-23T17:00:00+08:00"}
    assert (
        "2026-05-18" in errors(api, {**SIGNAL, "windows": [window]})["windows.0.start"]["expected"]
        or time == "9999-01-01T00:00:00Z"
    )


@pytest.mark.parametrize("end", ["2026-05-23T09:00:00+08:00", "2026-05-23T00:59:59Z"])
def test_a_window_that_ends_before_it_starts_is_refused(api, end):
    window = {"start": "2026-05-23T09:00:00+08:00", "end": end}
    assert errors(api, {**SIGNAL, "windows": [SIGNAL["windows"][0], window]})["windows.1.end"]["expected"]


@pytest.mark.parametrize("windows", [[], SIGNAL["windows"] * 51])
def test_too_few_or_too_many_windows_are_refused(api, windows):
    assert "windows" in errors(api, {**SIGNAL, "windows": windows})


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "bell\x07", 3])
def test_a_text_that_is_blank_too_long_or_no_text_is_refused(api, text):
    assert "text" in errors(api, {**SIGNAL, "text": text})


@pytest.mark.parametrize(
    "amount", ["-98.00", "0.00", "98.001", "1e5", "98,00", "", "NaN", 98, 98.0, None, "99999999999.00"]
)
def test_an_amount_of_money_that_is_none_is_refused(api, amount):
    found = errors(api, {**SIGNAL, "ceiling": {"amount": amount, "currency": "CNY"}})
    assert set(found) == {"ceiling.amount"}


@pytest.mark.parametrize("currency", ["XXX", "cny", "", None, 3])
def test_a_currency_that_is_not_known_is_refused(api, currency):
    assert "ceiling.currency" in errors(api, {**SIGNAL, "ceiling": {"amount": "98.00", "currency": currency}})


def test_a_group_whose_largest_is_less_than_its_smallest_is_refused(api):
    path = f"/v1/suppliers/{COMMUNITY}/offers"
    assert set(errors(api, {**OFFER, "max_group": 9}, path)) == {"max_group"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"release": [{"stage": "later", "share_bp": 10_000}]}, "release.0.stage"),
        ({"release": []}, "release"),
        ({"shares": {"platform_bp": 100}}, "shares.supplier_bp"),
        ({"shares": {"supplier_bp": 10_000, "me_bp": 0}}, "shares.me_bp"),
        ({"shares": {"supplier_bp": "10000"}}, "shares.supplier_bp"),
        ({"cancellation": {"steps": [{"hours_before": -1, "refund_bp": 0}]}}, "cancellation.steps.0.hours_before"),
        ({"cancellation": {"steps": [{"hours_before": 1, "refund_bp": 10_001}]}}, "cancellation.steps.0.refund_bp"),
        ({"cancellation": {"steps": [{"hours_before": 1, "refund_bp": 0}] * 11}}, "cancellation.steps"),
        ({"cancellation": {"snow_bp": 1}}, "cancellation.snow_bp"),
        ({"fallback_tiers": [{"seats": 0}]}, "fallback_tiers.0.seats"),
        ({"fallback_tiers": OFFER["tiers"] * 11}, "fallback_tiers"),
        ({"slots": [{**SLOT, "sessions": []}]}, "slots.0.sessions"),
        ({"slots": [{**SLOT, "sessions": [SESSION] * 101}]}, "slots.0.sessions"),
        ({"slots": [{**SLOT, "sessions": [{**SESSION, "end": SESSION["start"]}]}]}, "slots.0.sessions.0.end"),
    ],
)
def test_conditions_of_an_offer_that_make_no_sense_are_refused(api, given, field):
    assert field in errors(api, {**OFFER, **given}, f"/v1/suppliers/{COMMUNITY}/offers")


def test_an_empty_change_is_refused(api):
    response = api.send("PATCH", f"/v1/communities/{COMMUNITY}", {}, role="node_operator", headers={"If-Match": '"1"'})
    refused(api, response, 422)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=1_0", "limit=1&limit=2", "colour=red", "state=", "cursor="]
)
def test_a_query_that_is_wrong_is_refused(api, query):
    problem = refused(api, api.send("GET", f"/v1/pools?{query}"), 422, "gateway.invalid")
    assert problem["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("query", ["category=%ff", "&".join(f"a{n}=1" for n in range(50))])
def test_a_query_that_cannot_be_read_is_refused(api, query):
    refused(api, api.send("GET", "/v1/pools", query_string=query), 400)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v1/pools/",
        "/v1/pools/x",
        "/v1/pools//",
        "/v2/pools",
        "/v1/pools/1/ready",
        "/../etc/passwd",
        "/v1/p\u00f6ls",
    ],
)
def test_an_unknown_address_is_not_found(api, path):
    problem = problem_of(api.send("GET", path), 404)
    assert problem["code"] == "gateway.no_route"


def test_a_method_that_the_address_does_not_know_is_refused_with_those_that_it_does(api):
    response = api.send("DELETE", f"/v1/communities/{COMMUNITY}")
    refused(api, response, 405, "gateway.method_not_allowed")
    assert response.headers["Allow"] == "GET, HEAD, PATCH"
    assert api.send("POST", "/health/live").headers["Allow"] == "GET, HEAD"


def test_an_oversized_body_is_refused_before_it_is_read(api):
    class Unreadable:
        def read(self, *_):
            raise AssertionError("was read")

    environ = {"wsgi.input": Unreadable(), "CONTENT_LENGTH": str(10**9)}
    problem = refused(api, api.send("POST", "/v1/signals", SIGNAL, environ_overrides=environ), 413)
    assert problem["limit"] == 64 * 1024
    refused(api, api.send("POST", "/v1/signals", raw=b" " * (64 * 1024 + 1)), 413, "gateway.body_too_large")


def test_a_body_that_ends_early_is_a_timeout(api):
    response = api.send("POST", "/v1/signals", SIGNAL, environ_overrides={"CONTENT_LENGTH": "5000"})
    refused(api, response, 408, "gateway.request_timeout")


def test_a_body_where_none_belongs_is_refused(api):
    refused(api, api.send("GET", "/v1/pools", {"a": 1}), 400)


@pytest.mark.parametrize(
    ("key", "code"), [(None, "missing"), ("a b", "invalid"), ("x" * 256, "invalid"), ("\u00fc", "invalid")]
)
def test_a_post_without_a_proper_idempotency_key_is_refused(api, key, code):
    refused(api, api.send("POST", "/v1/signals", SIGNAL, key=key), 400, f"gateway.idempotency_key_{code}")


@pytest.mark.parametrize(
    ("tag", "status", "code"),
    [
        (None, 428, "if_match_missing"),
        ("3", 400, "if_match_invalid"),
        ('W/"3"', 400, "if_match_invalid"),
        ("*", 400, "if_match_invalid"),
    ],
)
def test_a_patch_without_a_proper_etag_is_refused(api, tag, status, code):
    response = api.send(
        "PATCH", f"/v1/communities/{COMMUNITY}", {"name": "x"}, role="node_operator", headers={"If-Match": tag}
    )
    refused(api, response, status, f"gateway.{code}")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Basic abc",
        "Bearer",
        "Bearer x",
        "Bearer pl_00000000_short",
        f"Bearer pl_ffffffff_{'y' * 43}",
        "x" * 10000,
    ],
)
def test_a_request_without_a_valid_token_is_refused(api, header):
    response = api.send("GET", "/v1/pools", headers={"Authorization": header})
    refused(api, response, 401, "gateway.unauthenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_is_refused(api):
    api.secrets["late"] = api.tokens.issue("member", expires_at=api.clock.now())
    refused(api, api.send("GET", "/v1/pools", role="late"), 401)


def test_a_revoked_token_is_refused_at_once(api):
    assert api.send("GET", "/v1/pools").status_code == 200
    (token,) = [token for token in api.tokens.known.values() if token.role == "organiser"]
    api.tokens.known = {key: known for key, known in api.tokens.known.items() if known is not token}
    api.tokens.forget(token.token_id)
    problem_of(api.send("GET", "/v1/pools"), 401)


def test_a_role_that_may_not_do_this_is_refused(api):
    problem = refused(api, api.send("GET", "/v1/pools", role="supplier"), 403, "gateway.role_not_allowed")
    assert problem["role"] == "supplier"
    assert "member" in problem["allowed"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("invalid", 422),
        ("not_found", 404),
        ("forbidden", 403),
        ("conflict", 409),
        ("precondition", 412),
        ("unavailable", 503),
    ],
)
def test_a_refusal_of_a_service_keeps_its_code_and_its_data(api, kind, status):
    api.services.answers["ready_pool"] = ServiceError(
        kind, "demand.some_code", "a sentence", {"state": "ready", "status": 9}
    )
    problem = problem_of(api.send("POST", f"/v1/pools/{POOL}/ready", {}), status)
    assert (problem["code"], problem["detail"], problem["state"]) == ("demand.some_code", "a sentence", "ready")


@pytest.mark.parametrize(
    "error",
    [
        ServiceError("internal", "chassis.internal", "postgres://u:secret@h/db", {"dsn": "secret"}),
        ServiceError("surprise", "x.y", "secret", {}),
        ValueError("secret dsn postgres://u:p@h/db"),
        KeyError("secret"),
    ],
)
def test_the_text_of_an_exception_never_reaches_the_client(api, error):
    api.services.answers["get_pool"] = error
    response = api.send("GET", f"/v1/pools/{POOL}")
    problem = problem_of(response, 500)
    assert problem["code"] == "gateway.internal"
    assert "secret" not in response.text
    assert "secret" not in str(response.headers)


@pytest.mark.parametrize(
    "error", [UnavailableError("campaign"), ServiceError("not_found", "chassis.unknown_method", "no such method", {})]
)
def test_a_service_that_is_away_is_a_503_that_says_when_to_try_again(api, error):
    api.services.answers["get_pool"] = error
    response = api.send("GET", f"/v1/pools/{POOL}")
    assert problem_of(response, 503)["code"] == "gateway.unavailable"
    assert int(response.headers["Retry-After"]) > 0
