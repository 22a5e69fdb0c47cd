"""Receipts and scores on PostgreSQL: who sees which, what two at once lead to, rings and weights."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.kernel.errors import ForbiddenError
from services.kernel.ids import new_id
from services.reputation import handlers, inbound, outbound, views
from services.reputation.domain.errors import ReceiptNotFoundError, SupplierNotFoundError, WeightsNotFoundError
from services.reputation.storage.unit_of_work import ReputationUnitOfWork
from tests.fakes.chassis import request
from tests.unit.reputation.builders import Commitment, opinions_with_a_ring, supplier_event


def receipts(reputation, caller, **data):
    return reputation.bus.query(request(data, **caller), inbound.list_receipts, views.list_receipts)


def receipt(reputation, receipt_id, **caller):
    asked = request({"receipt_id": str(receipt_id)}, **caller)
    return reputation.bus.query(asked, inbound.by_id("receipt_id"), views.get_receipt)


def weights(reputation, community_id, caller, **data):
    asked = request({"community_id": str(community_id), **data}, **caller)
    if not data:
        return reputation.bus.query(asked, inbound.by_id("community_id"), views.get_reputation_weights)
    read, answer = inbound.set_reputation_weights, outbound.community_weights
    return reputation.bus.execute(asked, read, handlers.set_weights, answer)


def run(reputation, command, payload):
    with ReputationUnitOfWork(reputation.engine, reputation.clock) as uow:
        handlers.TIMERS[command](payload, uow)
        uow.commit()


@pytest.fixture
def one(reputation):
    one = Commitment()
    reputation.tell(one.delivered(), one.settled())
    reputation.tell(supplier_event("supplier_registered.v1", one.supplier_id, one.community_id))
    reputation.write(one, quality=4)
    return one


def test_the_receipts_of_an_order_follow_one_another_and_hold(reputation, one):
    of = {"supplier_id": str(one.supplier_id)}
    (current,) = receipts(reputation, one.member, **of)["items"]
    history = receipts(reputation, one.member, **of, history=True)["items"]
    assert [told["document"]["seq"] for told in history] == [3, 2, 1]
    assert history[0] == current == receipt(reputation, current["receipt_id"], **one.member)
    assert history[1]["superseded_by"] == current["receipt_id"]
    asked = request({name: current[name] for name in ("document", "key_id", "signature")})
    checked = reputation.bus.execute(asked, inbound.verify_receipt, handlers.verify_receipt, outbound.verdict)
    assert (checked["valid"], checked["code"]) == (True, "valid")
    assert reputation.told("receipt_issued.v1", current["receipt_id"])["document"] == current["document"]


def test_a_receipt_is_seen_by_who_sees_its_supplier_and_by_nobody_else(reputation, one):
    (mine,) = receipts(reputation, one.member, supplier_id=str(one.supplier_id))["items"]
    strangers = (
        {"role": "organiser", "community_id": new_id(), "member_id": new_id()},
        {"role": "supplier", "supplier_id": new_id()},
        {"role": "partner", "community_id": new_id()},
    )
    for stranger in strangers:
        with pytest.raises(ReceiptNotFoundError) as hidden:
            receipt(reputation, mine["receipt_id"], **stranger)
        with pytest.raises(ReceiptNotFoundError) as absent:
            receipt(reputation, new_id(), **stranger)
        assert hidden.value.code == absent.value.code
        with pytest.raises(SupplierNotFoundError):
            receipts(reputation, stranger, supplier_id=str(one.supplier_id))
    assert receipt(reputation, mine["receipt_id"], role="supplier", supplier_id=one.supplier_id) == mine


def test_a_review_and_the_settlement_at_once_lead_to_one_chain_of_receipts(reputation):
    some = [Commitment() for _ in range(8)]
    for it in some:
        it.supplier_id, it.campaign_id = some[0].supplier_id, some[0].campaign_id
    reputation.tell(some[0].delivered(*some[1:]))
    reputation.tell(supplier_event("supplier_registered.v1", some[0].supplier_id, some[0].community_id))
    with ThreadPoolExecutor(9) as pool:
        settling = pool.submit(reputation.tell, some[0].settled(*some[1:]))
        list(pool.map(reputation.write, some))
        settling.result()
    assert reputation.reputation(some[0].supplier_id)["reviews"] == 8
    told = receipts(reputation, some[0].member, supplier_id=str(some[0].supplier_id), history=True, limit=100)["items"]
    chains = {}
    for it in told:
        chains.setdefault(it["document"]["order"], []).append(it["document"]["seq"])
    assert len(chains) == 8
    assert all(sorted(seqs) == list(range(1, len(seqs) + 1)) for seqs in chains.values())


def test_a_ring_is_found_by_its_timer_and_the_score_says_so(reputation):
    suppliers, communities = [new_id() for _ in range(4)], [new_id() for _ in range(3)]
    for it, quality in opinions_with_a_ring(suppliers, communities, reputation.tell):
        reputation.write(it, quality=quality)
    reputation.tell(supplier_event("supplier_registered.v1", suppliers[0], communities[0]))
    before = reputation.reputation(suppliers[0])
    run(reputation, "find_rings", {"category": "pottery"})
    after = reputation.reputation(suppliers[0])
    steps = {step["code"]: step["value"] for step in after["parts"]["steps"]}
    assert steps["in_rings"] == 6
    assert after["score"] < before["score"]
    assert reputation.told("score_changed.v1", suppliers[0])["score"] == after["score"]


def test_each_community_reads_the_same_evidence_under_its_own_weights(reputation, one):
    other = Commitment(supplier_id=one.supplier_id)
    reputation.tell(other.delivered(), other.settled())
    reputation.write(other, quality=1)
    operator = {"role": "community_operator", "community_id": one.community_id}
    assert weights(reputation, one.community_id, operator)["version"] == 0
    assert weights(reputation, one.community_id, operator, own=10, others=0)["version"] == 1
    assert weights(reputation, one.community_id, operator)["own"] == 10
    seen = reputation.reputation(one.supplier_id, **one.member)
    assert seen["for_community"]["score"] > seen["score"]
    assert seen["for_community"]["weights"]["version"] == 1
    assert reputation.reputation(one.supplier_id)["for_community"] is None


def test_weights_are_set_and_seen_in_their_own_community_only(reputation):
    ours, theirs = new_id(), {"role": "community_operator", "community_id": new_id()}
    for data in ({}, {"own": 2}):
        with pytest.raises(WeightsNotFoundError):
            weights(reputation, ours, theirs, **data)
    with pytest.raises(ForbiddenError):
        weights(reputation, ours, {"role": "member", "community_id": ours, "member_id": new_id()}, own=2)
