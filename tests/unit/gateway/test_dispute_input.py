"""Bad input about terms and disputes is answered by name and never reaches the service."""

import pytest

from services.kernel.caller import Role
from tests.fakes.gateway import COMMUNITY, MEMBER, problem_of

ID = "0198c1f0-0000-7000-8000-000000000071"
CNY = {"amount": "37.50", "currency": "CNY"}
OPEN = {"reason": "quality", "claim": CNY, "text": "窑坏了"}
FILE = {"name": "窑.jpg", "sha256": "a" * 64, "size": 1}
TEXT = {"zh": "甲", "en": "A"}
TERMS = {"name": "course", "title": TEXT, "organiser": TEXT, "supplier": TEXT, "participant": TEXT}
DEADLINE = {"deadline": "2026-05-20T12:00:00Z"}


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        (f"/v1/commitments/{ID}/disputes", {**OPEN, "reason": "mood"}, {"reason"}),
        (f"/v1/commitments/{ID}/disputes", {**OPEN, "claim": {"amount": "0.00", "currency": "CNY"}}, {"claim.amount"}),
        (f"/v1/commitments/{ID}/disputes", {"reason": "quality"}, {"claim", "text"}),
        (f"/v1/disputes/{ID}/evidence", {"text": "x", "files": [{**FILE, "sha256": "z"}]}, {"files.0.sha256"}),
        (f"/v1/disputes/{ID}/evidence", {"text": "x", "files": [{**FILE, "content": "…"}]}, {"files.0.content"}),
        (f"/v1/disputes/{ID}/decision", {"text": "x"}, {"amount"}),
        (f"/v1/disputes/{ID}/decision", {"text": "x", "amount": CNY, "share_bp": 3750}, {"amount"}),
        (f"/v1/disputes/{ID}/decision", {"text": "x", "share_bp": 10001}, {"share_bp"}),
        (f"/v1/disputes/{ID}/offers", {"amount": {"amount": "1.001", "currency": "CNY"}}, {"amount.amount"}),
        (f"/v1/campaigns/{ID}/open", {**DEADLINE, "terms": "standard", "terms_id": ID}, {"terms"}),
        (f"/v1/campaigns/{ID}/open", {**DEADLINE, "disputes": {"answer_hours": 0}}, {"disputes.answer_hours"}),
    ],
)
def test_wrong_fields_are_named(api, path, body, fields):
    problem = problem_of(api.send("POST", path, body), 422)
    assert {error["field"] for error in problem["errors"]} == fields
    assert all(error["problem"] and error["expected"] for error in problem["errors"])
    assert api.services.calls == []


def test_only_operators_add_terms_and_name_mediators(api):
    for role in ("member", "organiser", "partner", "supplier"):
        for path, body in (("/v1/terms", TERMS), (f"/v1/communities/{COMMUNITY}/mediators", {"member_id": MEMBER})):
            problem_of(api.send("POST", path, body, role=role), 403)
    assert api.services.calls == []


def test_names_of_terms_are_plain(api):
    for name in ("A", "a b", "x" * 51):
        problem = problem_of(api.send("POST", "/v1/terms", {**TERMS, "name": name}, role="community_operator"), 422)
        assert [error["field"] for error in problem["errors"]] == ["name"]


def test_a_decision_reaches_the_service_with_the_case_of_its_path(api):
    api.send("POST", f"/v1/disputes/{ID}/decision", {"share_bp": 3750, "text": "x"}, role="member")
    service, method, request = api.services.calls[-1]
    assert (service, method, request["data"]) == (
        "campaign",
        "decide_dispute",
        {"dispute_id": ID, "share_bp": 3750, "text": "x"},
    )
    assert Role(request["caller"]["role"]) is Role.MEMBER
