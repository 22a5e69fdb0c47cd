"""Sessions are addressed by their numbers, and whatever a camera reads passes the gateway."""

import pytest

from tests.fakes.gateway import COMMUNITY, problem_of

CAMPAIGN = "0198c1f0-0000-7000-8000-0000000000c1"
SESSIONS = f"/v1/campaigns/{CAMPAIGN}/sessions"
SCAN = {"code": "AVZH", "session": 1, "at": "2026-05-23T09:00:00Z"}


def test_a_number_in_the_path_reaches_the_service_as_a_number(api):
    api.send("POST", f"{SESSIONS}/12/cancel", {"reason": "illness"}, role="supplier")
    assert api.services.calls[0][:2] == ("campaign", "cancel_session")
    assert api.services.data == {"campaign_id": CAMPAIGN, "number": 12, "reason": "illness"}
    api.send("GET", f"{SESSIONS}/1/attendance", role="supplier")
    assert api.services.data == {"campaign_id": CAMPAIGN, "number": 1}


@pytest.mark.parametrize("number", ["0", "01", "-1", "1.0", "x", "", "１", "1234567890", CAMPAIGN])
def test_what_is_no_number_is_at_no_address(api, number):
    problem = problem_of(api.send("POST", f"{SESSIONS}/{number}/hold", {}), 404)
    assert problem["code"] == "gateway.no_route"


def test_an_id_has_to_be_one_where_an_id_stands(api):
    assert problem_of(api.send("GET", "/v1/campaigns/1/sessions"), 404)["code"] == "gateway.no_route"


@pytest.mark.parametrize("code", ["", " ", "x" * 8000, "亲子🎨", "line\nbreak\x07", "https://example.com/?a=b"])
def test_whatever_was_scanned_goes_through_so_that_a_batch_is_not_lost(api, code):
    response = api.send("POST", f"/v1/campaigns/{CAMPAIGN}/check-ins", {"items": [{**SCAN, "code": code}, SCAN]})
    assert response.status_code == 200
    assert [item["code"] for item in api.services.data["items"]] == [code, "AVZH"]


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([], "items"),
        ([SCAN] * 501, "items"),
        ([SCAN, {**SCAN, "code": 5}], "items.1.code"),
        ([{**SCAN, "code": "x" * 8001}], "items.0.code"),
        ([{**SCAN, "at": "noon"}], "items.0.at"),
        ([{**SCAN, "session": "1"}], "items.0.session"),
        ([{**SCAN, "seats": 0}], "items.0.seats"),
        ([{**SCAN, "name": "小明"}], "items.0.name"),
    ],
)
def test_what_no_device_of_ours_sends_is_named(api, items, field):
    problem = problem_of(api.send("POST", f"/v1/campaigns/{CAMPAIGN}/check-ins", {"items": items}), 422)
    assert field in [error["field"] for error in problem["errors"]]


@pytest.mark.parametrize(
    ("method", "path", "body", "allowed"),
    [
        ("GET", SESSIONS, None, {"member", "organiser", "partner", "community_operator", "supplier", "node_operator"}),
        ("POST", f"{SESSIONS}/1/hold", {}, {"organiser", "partner", "community_operator", "supplier", "node_operator"}),
        ("GET", f"/v1/commitments/{COMMUNITY}/check-in-code", None, None),
    ],
)
def test_roles_that_may_not_are_refused_before_anybody_is_asked(api, method, path, body, allowed):
    allowed = allowed or {"member", "organiser", "partner", "community_operator", "node_operator"}
    for role in api.secrets:
        response = api.send(method, path, body, role=role)
        assert response.status_code == (200 if role in allowed else 403), role
