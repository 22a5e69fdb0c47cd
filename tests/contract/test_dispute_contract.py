"""What campaign answers about terms and disputes is what its golden examples show; bad values are refused by name."""

import hashlib
import json
from pathlib import Path

import pytest

from services.campaign import inbound, outbound
from services.campaign.contract import EVENTS, RPCS
from services.campaign.domain.terms_document import canonical
from services.campaign.domain.terms_texts import STANDARD_TERMS
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from tests.builders_campaign import Desk, Town, cny
from tests.builders_disputes import Court, ids, operator
from tests.contract.disputes import OF_DISPUTES
from tests.fakes.chassis import request

EXAMPLES = Path(__file__).resolve().parents[2] / "services" / "campaign" / "contract" / "examples" / "rpc"
TEXT = {"zh": "甲", "en": "A"}


def golden(name):
    return json.loads((EXAMPLES / f"{name}.json").read_text())


def shape(value):
    """The names of the fields, in their order, all the way down; what may be null is not told apart."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None


def live():
    """Play terms and a dispute, and return the answers by the name of the RPC."""
    desk = Desk()
    court, town = Court(desk, mediators=3), Town(Desk())
    found = {"add_terms": desk.do("add_terms", _template(), **operator(town.a))}
    found["get_terms"] = desk.ask("get_terms", {"terms_id": found["add_terms"]["terms_id"]}, **operator(town.a))
    town.open(terms="standard")
    asked = {"campaign_id": town.campaign_id}
    found["get_campaign_terms"] = terms = town.desk.ask("get_campaign_terms", asked, **town.member())
    found["accept_terms"] = town.desk.do("accept_terms", {**asked, "terms_digest": terms["digest"]}, **town.supplier())
    last = court.judges[-1]
    who, data = operator(last["community_id"]), ids(community_id=last["community_id"], member_id=last["member_id"])
    found["name_mediator"], found["end_mediator"] = (
        desk.do("name_mediator", data, **who),
        desk.do("end_mediator", data, **who),
    )
    found["open_dispute"], found["answer_dispute"] = court.open(), court.answer()
    file = {"name": "a.jpg", "sha256": "a" * 64, "size": 1}
    found["add_evidence"] = court.do("add_evidence", court.member, text="x", files=[file])
    found["get_dispute"] = court.see(court.town.supplier())
    found["ask_mediation"] = court.ask()
    found["decline_case"] = court.do("decline_case", court.judge())
    found["decide_dispute"] = court.decide(share_bp=3750)
    found["appeal_dispute"] = court.appeal(court.town.supplier())
    found["offer_settlement"] = offered = court.offer(court.town.supplier())
    found["accept_settlement"] = court.accept(court.member, offered["offers"][0]["offer_id"])
    court.open("1.00", reason="late")
    found["withdraw_dispute"] = court.withdraw()
    caller = Caller.from_wire(request({}, **court.member)["caller"])
    pages = {
        "list_terms": [outbound.terms(STANDARD_TERMS)],
        "list_mediators": [found["name_mediator"]],
        "list_disputes": [outbound.brief(court.stored(), caller)],
    }
    return found | {name: {"items": items, "next_cursor": None} for name, items in pages.items()}


def _template():
    return {"name": "course", "title": TEXT, "organiser": TEXT, "supplier": TEXT, "participant": TEXT}


ANSWERS = live()


def test_all_of_them_are_looked_at():
    assert set(ANSWERS) == OF_DISPUTES <= set(RPCS)


def differences(one, other, path=""):
    """Yield where two shapes differ; a list that is empty in one of them leaves its items open."""
    if isinstance(one, dict) and isinstance(other, dict):
        if list(one) != list(other):
            yield path, list(one), list(other)
        for key in one.keys() & other.keys():
            yield from differences(one[key], other[key], f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and one and other:
        yield from differences(one[0], other[0], f"{path}.0")


@pytest.mark.parametrize("name", sorted(OF_DISPUTES))
def test_every_answer_has_the_shape_of_its_golden_example(name):
    assert list(differences(shape(golden(name)["response"]), shape(ANSWERS[name]))) == []


def test_the_digest_of_the_golden_terms_is_that_of_their_document():
    for name in ("get_campaign_terms", "accept_terms"):
        shown = golden(name)["response"]
        assert hashlib.sha256(canonical(shown["document"]).encode()).hexdigest() == shown["digest"]


def test_no_event_of_a_dispute_names_a_person():
    for name, schema in EVENTS.items():
        if name.startswith("dispute_"):
            assert not {"member_id", "community_id", "commitment_id", "text"} & set(schema.fields)


D = "0196c1a0-0000-7000-8000-000000000321"
OPEN = {"commitment_id": D, "reason": "quality", "claim": cny("1.00"), "text": "x"}
SAY = {"dispute_id": D, "text": "x"}
FILE = {"name": "a", "sha256": "a" * 64, "size": 1}


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("open_dispute", {**OPEN, "commitment_id": "61"}, "commitment_id"),
        ("open_dispute", {**OPEN, "reason": "bad mood"}, "reason"),
        ("open_dispute", {**OPEN, "claim": {"amount": "1.001", "currency": "CNY"}}, "claim"),
        ("open_dispute", {**OPEN, "claim": {"amount": "-1.00", "currency": "CNY"}}, "claim"),
        ("open_dispute", {**OPEN, "text": " "}, "text"),
        ("open_dispute", {**OPEN, "text": "x" * 4001}, "text"),
        ("add_evidence", {**SAY, "files": [{**FILE, "sha256": "A" * 64}]}, "files.0.sha256"),
        ("add_evidence", {**SAY, "files": [{**FILE, "sha256": "a" * 63}]}, "files.0.sha256"),
        ("add_evidence", {**SAY, "files": [{**FILE, "size": -1}]}, "files.0.size"),
        ("add_evidence", {**SAY, "files": [FILE] * 21}, "files"),
        ("add_evidence", {"dispute_id": D}, "text"),
        ("offer_settlement", {**SAY, "amount": "5"}, "amount"),
        ("accept_settlement", {"dispute_id": D, "offer_id": "1"}, "offer_id"),
        ("decide_dispute", {**SAY, "share_bp": 10001}, "share_bp"),
        ("decide_dispute", {**SAY, "share_bp": 37.5}, "share_bp"),
        ("decide_dispute", SAY, "amount"),
        ("decide_dispute", {"dispute_id": D, "share_bp": 1}, "text"),
        ("name_mediator", {"community_id": D, "member_id": None}, "member_id"),
        ("list_disputes", {"state": "lost"}, "state"),
        ("list_disputes", {"cursor": "!"}, "cursor"),
        ("list_terms", {"name": "A B"}, "name"),
        ("add_terms", {**_template(), "participant": {"zh": "甲"}}, "participant.en"),
        ("accept_terms", {"campaign_id": D, "terms_digest": ""}, "terms_digest"),
    ],
)
def test_a_bad_value_is_refused_by_name(name, data, field):
    with pytest.raises(InvalidError) as refused:
        getattr(inbound, name)(request(data))
    assert refused.value.detail["errors"][0]["field"] == field


def test_what_is_left_out_has_its_default():
    assert inbound.add_evidence(request(SAY)).files == ()
    assert inbound.ask_mediation(request({"dispute_id": D})).text == ""
    assert inbound.offer_settlement(request({"dispute_id": D, "amount": cny("0.00")})).text == ""
