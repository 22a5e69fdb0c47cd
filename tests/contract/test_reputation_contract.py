"""What reputation promises, and what it understands of what others promise."""

import json
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from services.chassis.envelope import Envelope
from services.kernel.ids import new_id
from services.reputation import contract, handlers, inbound, outbound
from services.reputation.contract import people
from services.reputation.domain import errors
from services.reputation.domain.grading import Told
from services.reputation.domain.grading.commands import NoteSettlement
from services.reputation.domain.log_entries import commitment_of
from services.reputation.domain.merkle import extends, includes, leaf_hash, root_of
from services.reputation.domain.notes import open_note, read_key
from services.reputation.domain.receipts import Issuer, verify
from tests.fakes.chassis import FakeClock, request
from tests.fakes.reputation import FakeReputationUnitOfWork

SERVICES = Path(__file__).resolve().parents[2] / "services"

HEARD = [
    ("campaign", "campaign_delivered.v1", inbound.campaign_delivered, handlers.record_delivery),
    ("campaign", "campaign_settled.v1", inbound.settlement, handlers.record_settlement),
    ("supplier", "supplier_withdrew.v1", inbound.grades.supplier_withdrew, handlers.note_withdrawal),
    ("supplier", "supplier_standing_changed.v1", inbound.grades.standing_changed, handlers.note_standing),
    ("reputation", "review_written.v1", inbound.grades.said_of_supplier, handlers.look_at_grade),
    ("reputation", "score_changed.v1", inbound.grades.said_of_supplier, handlers.look_at_grade),
    ("supplier", "supplier_registered.v1", inbound.supplier_seen, handlers.copy_supplier),
    ("supplier", "supplier_changed.v1", inbound.supplier_seen, handlers.copy_supplier),
]
ASKED = {
    "write_review": inbound.write_review,
    "get_review": inbound.by_id("review_id"),
    "list_reviews": inbound.list_reviews,
    "get_reputation": inbound.by_id("supplier_id"),
    "answer_review": inbound.answer_review,
    "hide_passage": inbound.hide_passage,
    "show_passages": inbound.show_passages,
    "set_abuse_words": inbound.set_abuse_words,
    "get_review_summary": inbound.by_id("supplier_id"),
    "list_receipts": inbound.list_receipts,
    "get_receipt": inbound.by_id("receipt_id"),
    "list_receipt_keys": inbound.log.ask_log,
    "verify_receipt": inbound.verify_receipt,
    "get_reputation_weights": inbound.by_id("community_id"),
    "set_reputation_weights": inbound.set_reputation_weights,
    "get_log_head": inbound.log.ask_log,
    "list_log_heads": inbound.log.list_log_heads,
    "get_log_key": inbound.log.ask_log,
    "list_log_entries": inbound.log.list_log_entries,
    "get_inclusion_proof": inbound.log.get_inclusion_proof,
    "get_consistency_proof": inbound.log.get_consistency_proof,
    "get_supplier_grade": inbound.by_id("supplier_id"),
    "get_grade_policy": inbound.log.ask_log,
    "set_grade_policy": inbound.grades.set_grade_policy,
    "appeal_grade": inbound.grades.appeal_grade,
    "list_grade_appeals": inbound.by_id("supplier_id"),
    "decide_grade_appeal": inbound.grades.decide_grade_appeal,
}

# What is promised of people has tests of its own.
# A review alone changes no grade.
OWN = [name for name in contract.EVENTS if name not in {*people.EVENTS, "supplier_grade_changed.v1"}]


def example(service, path):
    return json.loads((SERVICES / service / "contract" / "examples" / f"{path}.json").read_text())


def shape(value):
    """The structure of a payload: keys and kinds, without the values."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, int | float) else type(value).__name__


def written():
    """Write the review of the golden request after the golden delivery, and settle; return what came of it."""
    uow = FakeReputationUnitOfWork(FakeClock(datetime(2026, 5, 27, 9, 0, tzinfo=UTC)))
    delivery = Envelope.from_wire(example("campaign", "events/campaign_delivered.v1"))
    handlers.record_delivery(inbound.campaign_delivered(delivery), uow)
    review = handlers.write_review(inbound.write_review(example("reputation", "rpc/write_review")["request"]), uow)
    settled = Envelope.from_wire(example("campaign", "events/campaign_settled.v1"))
    handlers.record_settlement(inbound.settlement(settled), uow)
    return uow, review


@pytest.mark.parametrize(("source", "name", "read", "handle"), HEARD)
def test_the_golden_events_of_others_are_understood(source, name, read, handle):
    event = Envelope.from_wire(example(source, f"events/{name}"))
    handle(read(event), FakeReputationUnitOfWork())


@pytest.mark.parametrize("name", OWN)
def test_what_is_published_has_the_shape_of_the_golden_event(name):
    uow, _ = written()
    golden = example("reputation", f"events/{name}")
    assert shape(golden["data"]) in [shape(data) for data in uow.outbox.data_of(name)]


def test_a_change_of_a_grade_has_the_shape_of_the_golden_event():
    uow, golden = FakeReputationUnitOfWork(), example("reputation", "events/supplier_grade_changed.v1")["data"]
    supplier_id = UUID(golden["supplier_id"])
    uow.grades.scores[supplier_id] = Told(2.4, 1.6, 3.2, 9)
    for _ in range(2):
        handlers.note_settlement(NoteSettlement(supplier_id, new_id(), uow.clock.pass_(days=1), 4, 1), uow)
    (told,) = uow.outbox.data_of("supplier_grade_changed.v1")
    assert shape(told) == shape(golden)
    assert (told["grade"], told["before"], told["reason"]["code"]) == ("c", "probation", "bad_deliveries")


@pytest.mark.parametrize("name", OWN)
def test_an_event_that_lacks_or_adds_a_field_breaks_the_contract(name):
    data = example("reputation", f"events/{name}")["data"]
    schema = contract.EVENTS[name]
    assert schema.validate({**data, "member_id": str(new_id())})
    for field in data:
        assert schema.validate({key: value for key, value in data.items() if key != field}), field


@pytest.mark.parametrize("method", [one for one in contract.RPCS if one not in people.RPCS])
def test_the_golden_requests_are_understood(method):
    ASKED[method](example("reputation", f"rpc/{method}")["request"])


def test_the_answer_to_the_golden_review_has_the_golden_shape():
    _, review = written()
    golden = example("reputation", "rpc/write_review")["response"]
    assert shape(outbound.review(review)) == shape(golden)
    assert shape(outbound.foreign_review(review)) == shape(example("reputation", "rpc/get_review")["response"])


def test_the_golden_figures_are_those_of_the_golden_story():
    uow, _ = written()
    told, golden = uow.outbox.data_of("score_changed.v1")[0], example("reputation", "rpc/get_reputation")["response"]
    names = ("score", "reviews", "low", "high", "orders", "communities")
    assert {name: told[name] for name in names} == {name: golden[name] for name in names}


def test_the_golden_receipt_is_valid_and_everybody_can_tell():
    told = example("reputation", "events/receipt_issued.v1")["data"]
    keys = example("reputation", "rpc/list_receipt_keys")["response"]
    public = {key["key_id"]: b64decode(key["public"]) for key in keys["keys"]}
    issuer = Issuer(UUID(keys["issuer"]), b"")
    assert verify(told["document"], told["key_id"], told["signature"], issuer, public).code == "valid"
    changed = {**told["document"], "seq": 9}
    assert verify(changed, told["key_id"], told["signature"], issuer, public).code == "bad_signature"


def test_every_refusal_of_the_domain_is_in_the_contract_and_the_other_way_round():
    codes = {error.code for error in vars(errors).values() if getattr(error, "code", "").startswith("reputation.")}
    assert codes == set(contract.ERRORS) - set(people.ERRORS)
    assert all(sentence.endswith(".") for sentence in contract.ERRORS.values())


def test_a_request_of_tomorrow_with_more_fields_is_understood():
    data = example("reputation", "rpc/write_review")["request"]["data"]
    assert inbound.write_review(request({**data, "photos": ["…"]})).text == data["text"]


def test_the_golden_log_holds_together():
    """Whoever writes a verifier from the examples gets one that works."""
    answers = {
        name: example("reputation", f"rpc/{name}")["response"] for name in ASKED if "log" in name or "proof" in name
    }
    key = read_key(answers["get_log_key"]["key"])
    head = open_note(answers["get_log_head"]["note"], [key])
    items = answers["list_log_entries"]["items"]
    leaves = [leaf_hash(bytes.fromhex(one["commitment"])) for one in items]
    assert (head.size, head.root, root_of(leaves)) == (
        3,
        root_of(leaves),
        bytes.fromhex(answers["get_log_head"]["root"]),
    )
    for one in items:
        if one["record"] is not None:
            assert commitment_of(bytes.fromhex(one["salt"]), one["record"]).hex() == one["commitment"]
    found, grown = answers["get_inclusion_proof"], answers["get_consistency_proof"]
    proof = [bytes.fromhex(one) for one in found["hashes"]]
    assert includes(head.root, head.size, found["index"], leaves[found["index"]], proof)
    proof = [bytes.fromhex(one) for one in grown["hashes"]]
    assert extends(grown["from"], root_of(leaves[:2]), grown["to"], head.root, proof)
