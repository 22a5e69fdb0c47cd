import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.ids import new_id
from services.reputation import handlers, inbound, outbound
from services.reputation.domain.orders import Order, share_bp
from services.reputation.domain.receipts import evidence_of, signed_bytes, verify
from tests.effort import EFFORT
from tests.fakes.chassis import MONDAY, request
from tests.fakes.reputation import FakeReputationUnitOfWork
from tests.unit.reputation.builders import Commitment
from tests.unit.reputation.test_handlers import tell, write


@pytest.fixture
def uow():
    return FakeReputationUnitOfWork()


def receipts_of(uow, commitment):
    return [one for one in uow.receipt_book.kept if one.commitment_id == commitment.id]


def whole_story(uow):
    one = Commitment()
    tell(uow, one.delivered())
    write(uow, one, quality=4, text="王小明很满意")
    tell(uow, one.settled(disputes=[("decided", "64.00")], released="64.00"))
    return one


def checked(uow, receipt, **changes):
    told = {name: outbound.receipt(receipt)[name] for name in ("document", "key_id", "signature")}
    return handlers.verify_receipt(inbound.verify_receipt(request({**told, **changes})), uow).code


def test_each_news_of_an_order_is_a_receipt_that_supersedes_the_one_before(uow):
    one = whole_story(uow)
    first, second, third = receipts_of(uow, one)
    assert [receipt.document["seq"] for receipt in (first, second, third)] == [1, 2, 3]
    assert (second.document["supersedes"], third.document["supersedes"]) == (
        str(first.receipt_id),
        str(second.receipt_id),
    )
    assert first.superseded_by == second.receipt_id
    assert third.superseded_by is None
    facts = third.document["facts"]
    assert (facts["delivered_on"], facts["settled_on"], facts["rating"]["quality"]) == ("2026-05-11", "2026-05", 4)
    assert facts["disputes"] == [{"reason": "quality", "outcome": "decided", "returned_bp": 5000}]
    assert (facts["released_bp"], facts["attended"]) == (5000, True)


def test_a_receipt_tells_nothing_personal_and_no_amount(uow):
    one = whole_story(uow)
    told = json.dumps([receipt.document for receipt in receipts_of(uow, one)], ensure_ascii=False)
    told += json.dumps(uow.outbox.data_of("receipt_issued.v1"), ensure_ascii=False)
    for secret in (one.id, one.member_id, one.community_id, one.campaign_id, "王小明", "64.00", "128.00"):
        assert str(secret) not in told


def test_a_rater_has_one_pseudonym_at_a_node_and_another_one_elsewhere(uow):
    one = Commitment()
    two = Commitment()
    two.member_id = one.member_id
    tell(uow, one.delivered(), two.delivered())
    mine = [receipts_of(uow, it)[0].document["rater"] for it in (one, two)]
    elsewhere = FakeReputationUnitOfWork()
    handlers.receipts.issuer_of(elsewhere)
    elsewhere.receipt_book.named = replace(elsewhere.receipt_book.named, secret=b"t" * 32)
    tell(elsewhere, one.delivered())
    assert mine[0] == mine[1] != receipts_of(elsewhere, one)[0].document["rater"]


def test_news_may_come_in_any_order_and_twice(uow):
    one, two = Commitment(), Commitment()
    other = FakeReputationUnitOfWork(uow.clock)
    tell(uow, one.delivered(two), one.settled(two), one.delivered(two), one.settled(two))
    tell(other, one.settled(two), one.settled(two), one.delivered(two))
    for it in (one, two):
        assert receipts_of(uow, it)[-1].document["facts"] == receipts_of(other, it)[-1].document["facts"]
        assert len(receipts_of(uow, it)) == 2
    assert len(receipts_of(other, one)) == 2


def test_a_review_without_a_settled_order_is_no_evidence(uow):
    some = [Commitment() for _ in range(30)]
    for one in some:
        one.supplier_id = some[0].supplier_id
        tell(uow, one.delivered())
        write(uow, one)
    assert uow.evidence.of(some[0].supplier_id) == []
    assert uow.outbox.data_of("score_changed.v1") == []
    assert [evidence_of(one) for one in uow.receipt_book.kept] == [None] * 60


def test_a_valid_receipt_is_told_from_a_changed_one(uow):
    receipt = receipts_of(uow, whole_story(uow))[-1]
    assert checked(uow, receipt) == "valid"
    document = receipt.document
    for name, value in document.items():
        changed = {"facts": {**document["facts"], "settled_on": None}, "seq": 7}.get(name, f"{value}x")
        code = checked(uow, receipt, document={**document, name: changed})
        assert code == {"issuer": "unknown_issuer", "type": "malformed"}.get(name, "bad_signature"), name


def test_what_an_older_key_signed_stays_valid(uow):
    old = receipts_of(uow, whole_story(uow))[-1]
    key = handlers.rotate_receipt_key(uow)
    new = receipts_of(uow, whole_story(uow))[-1]
    assert (checked(uow, old), checked(uow, new), new.key_id) == ("valid", "valid", key.key_id)
    assert checked(uow, new, key_id=old.key_id) == "bad_signature"
    listed = handlers.list_receipt_keys(inbound.log.ask_log(request({})), uow)
    assert [one["retired_at"] is None for one in listed["keys"]] == [False, True]
    assert "private" not in str(listed)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key_id": "00" * 8}, "unknown_key"),
        ({"key_id": 7}, "malformed"),
        ({"signature": "AAAA"}, "malformed"),
        ({"signature": "%"}, "malformed"),
        ({"signature": None}, "malformed"),
        ({"document": []}, "malformed"),
        ({"document": {"type": "pinlian.receipt/1"}}, "malformed"),
    ],
)
def test_what_is_no_receipt_is_told_as_such(uow, changes, code):
    assert checked(uow, receipts_of(uow, whole_story(uow))[-1], **changes) == code


def test_another_spelling_of_the_same_signature_is_refused(uow):
    receipt = receipts_of(uow, whole_story(uow))[-1]
    told = outbound.receipt(receipt)["signature"]
    last = told[-3]
    other = chr(ord(last) + 1) if last not in "Zz9+/" else last
    assert checked(uow, receipt, signature=f"{told[:-3]}{other}==") != "valid" or other == last


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=max(1, round(30 * EFFORT)), deadline=None)
@given(anything, anything, anything, st.sampled_from(["receipt_id", "facts", "seq", "rater", "category"]))
def test_whatever_is_verified_nothing_is_raised_and_nothing_foreign_is_valid(document, key_id, value, name):
    uow = FakeReputationUnitOfWork()
    receipt = receipts_of(uow, whole_story(uow))[-1]
    keys = {key.key_id: key.public for key in uow.receipt_book.all_keys()}
    issuer, signature = uow.receipt_book.named, outbound.receipt(receipt)["signature"]
    assert verify(document, key_id, signature, issuer, keys).code != "valid"
    changed = {**receipt.document, name: value}
    same = isinstance(value, type(receipt.document[name])) and value == receipt.document[name]
    assert same or verify(changed, receipt.key_id, signature, issuer, keys).code != "valid"


def test_what_is_signed_is_the_pre_authentication_encoding_of_dsse():
    assert signed_bytes({"b": 1, "a": "拼"}) == (
        b"DSSEv1 36 application/vnd.pinlian.receipt+json 17 " + '{"a":"拼","b":1}'.encode()
    )


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0, 100, 0), (1, 100_000, 100), (1, 3, 3300), (2, 3, 6700), (3, 3, 10_000), (5, 3, 10_000), (1, 0, 0)],
)
def test_shares_are_whole_percent_and_more_than_nothing_is_never_nothing(part, whole, told):
    assert share_bp(part, whole) == told


def test_an_order_keeps_what_it_knows_when_news_know_less():
    ids = {name: new_id() for name in ("commitment_id", "campaign_id", "community_id", "member_id")}
    known = Order(**ids, supplier_id=new_id(), category="pottery", delivered_at=MONDAY, attended=False)
    assert known.told(Order(**ids)) == known
    assert known.told(Order(**ids, settled_at=MONDAY)).settled_at == MONDAY
