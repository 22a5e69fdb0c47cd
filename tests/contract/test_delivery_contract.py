"""What the delivery answers is what its golden examples show, and a golden code says what its fields say."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from uuid import UUID

import pytest

from services.campaign import inbound
from services.campaign.contract import delivery
from services.campaign.domain import codes, sessions
from services.kernel.errors import InvalidError
from services.kernel.signing import id_of, key_of
from tests.builders_campaign import Desk
from tests.builders_delivery import Course
from tests.contract.test_campaign_contract import shape
from tests.fakes.chassis import MONDAY, request

EXAMPLES = Path(__file__).resolve().parents[2] / "services" / "campaign" / "contract" / "examples"
CAMPAIGN, COMMITMENT = "0196c1a0-0000-7000-8000-000000000051", "0196c1a0-0000-7000-8000-000000000061"


def answered():
    """Play a course and return an answer of each RPC."""
    desk = Desk()
    course = Course(desk, 3)
    one, _ = course.form(3, 2)
    answers = {"list_check_in_keys": desk.do("list_check_in_keys", {}, **course.member())}
    data = {"commitment_id": one["commitment_id"]}
    answers["get_check_in_code"] = desk.do("get_check_in_code", data, **course.organiser())
    course.go(1)
    scan = course.scan(answers["get_check_in_code"]["code"], 1)
    answers["upload_check_ins"] = course.upload(scan, scan, course.scan("x", 1))
    answers["hold_session"], answers["cancel_session"] = course.hold(1), course.cancel(2)
    answers["list_sessions"] = course.sessions()
    course.go(3)
    answers["correct_attendance"] = course.correct(one, 3, True)
    answers["get_attendance"] = course.sheet(3)
    course.deliver()
    answers["get_commitment_attendance"] = course.attended(one)
    return answers


ANSWERS = answered()


def loose(value):
    """The shape without the kinds of people, and with null for what may be null."""
    if isinstance(value, dict):
        return {key: loose(inner) for key, inner in value.items() if key != "party"}
    if isinstance(value, list):
        return [loose(one) for one in value[:1]]
    return shape(value) if value is not None else None


@pytest.mark.parametrize("name", delivery.RPCS)
def test_every_answer_has_the_fields_of_its_golden_example(name):
    golden = json.loads((EXAMPLES / "rpc" / f"{name}.json").read_text())["response"]
    assert list(ANSWERS[name]) == list(golden)
    assert keys_of(loose(ANSWERS[name])) == keys_of(loose(golden))


def keys_of(value):
    if isinstance(value, dict):
        return {key: keys_of(inner) for key, inner in value.items()}
    return [keys_of(one) for one in value] if isinstance(value, list) else None


def test_the_reasons_and_faults_of_the_contract_are_those_of_the_domain():
    from gateway.schemas import delivery as gateway

    assert set(delivery.REASONS) == set(gateway.REASONS) == {str(one) for one in sessions.Reason}
    assert set(gateway.FAULTS) == {str(one) for one in codes.Fault}
    assert set(gateway.SESSION_STATES) == {str(one) for one in sessions.SessionState}


def test_the_golden_code_is_what_its_fields_and_key_make():
    vector = json.loads((EXAMPLES / "check_in_code.json").read_text())
    key = key_of(bytes.fromhex(vector["private_key"]), MONDAY)
    assert (key.key_id, key.public.hex()) == (vector["key_id"], vector["public_key"])
    code = codes.verify(vector["code"], {key.key_id: key.public})
    assert code == codes.Code(
        UUID(vector["campaign_id"]),
        UUID(vector["commitment_id"]),
        vector["seats"],
        bytes.fromhex(vector["mark"]),
        vector["key_id"],
    )
    assert len(vector["code"]) == 156


def test_the_golden_code_of_the_api_is_verified_by_the_golden_keys():
    keys = json.loads((EXAMPLES / "rpc" / "list_check_in_keys.json").read_text())["response"]["keys"]
    public = {one["key_id"]: urlsafe_b64decode(one["public_key"] + "=") for one in keys}
    assert all(id_of(key) == key_id for key_id, key in public.items())
    golden = json.loads((EXAMPLES / "rpc" / "get_check_in_code.json").read_text())["response"]
    code = codes.verify(golden["code"], public)
    assert str(code.commitment_id) == golden["commitment_id"]
    assert (code.seats, code.key_id) == (golden["seats"], golden["key_id"])


SCAN = {"code": "x", "session": 1, "at": "2026-05-23T09:00:00Z"}


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("hold_session", {"campaign_id": CAMPAIGN, "number": 0}, "number"),
        ("hold_session", {"campaign_id": "x", "number": 1}, "campaign_id"),
        ("cancel_session", {"campaign_id": CAMPAIGN, "number": 1}, "reason"),
        ("cancel_session", {"campaign_id": CAMPAIGN, "number": 1, "reason": "mood"}, "reason"),
        ("upload_check_ins", {"campaign_id": CAMPAIGN, "items": []}, "items"),
        ("upload_check_ins", {"campaign_id": CAMPAIGN, "items": [SCAN] * 501}, "items"),
        ("upload_check_ins", {"campaign_id": CAMPAIGN, "items": [SCAN, {**SCAN, "at": "noon"}]}, "items.1.at"),
        ("upload_check_ins", {"campaign_id": CAMPAIGN, "items": [{**SCAN, "code": 5}]}, "items.0.code"),
        ("upload_check_ins", {"campaign_id": CAMPAIGN, "items": [{**SCAN, "code": "x" * 8001}]}, "items.0.code"),
        ("upload_check_ins", {"campaign_id": CAMPAIGN, "items": [{**SCAN, "seats": 0}]}, "items.0.seats"),
        ("correct_attendance", {"commitment_id": COMMITMENT, "session": 1, "present": "yes"}, "present"),
        ("correct_attendance", {"commitment_id": COMMITMENT, "session": 1, "present": True}, "reason"),
    ],
)
def test_a_bad_value_is_refused_by_name(name, data, field):
    with pytest.raises(InvalidError) as refused:
        getattr(inbound, name)(request(data))
    assert refused.value.detail["errors"][0]["field"] == field
