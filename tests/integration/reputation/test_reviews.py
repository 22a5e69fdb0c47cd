import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import insert

from services.kernel.errors import Refusal
from services.kernel.ids import new_id
from services.reputation import handlers, inbound, outbound, views
from services.reputation.contract import ERRORS
from services.reputation.domain.errors import (
    AlreadyReviewedError,
    CommitmentUnknownError,
    ReviewNotFoundError,
    SupplierNotFoundError,
)
from services.reputation.storage.tables import receipts
from tests.fakes.chassis import request
from tests.unit.reputation.builders import Commitment, envelope, supplier_event


def test_a_review_is_kept_and_told_once_however_often_the_key_is_repeated(reputation):
    one, key = Commitment(), str(new_id())
    reputation.tell(one.delivered(), one.settled())
    first = reputation.write(one, key=key, quality=4, text="很好")
    assert reputation.write(one, key=key, quality=4, text="很好") == first
    assert reputation.outbox(first["review_id"]) == [("review_written.v1", 1)]
    assert reputation.outbox(one.supplier_id) == [("score_changed.v1", 1)]
    assert reputation.review(first["review_id"], **one.member) == first


def test_an_event_that_comes_twice_has_its_effect_once(reputation):
    event = Commitment().delivered()
    assert reputation.tell(event, event) == [True, False]


def test_a_receipt_of_an_earlier_release_becomes_one_of_a_delivery(reputation):
    """It knew of what was paid for; nobody may review that, until the delivery comes."""
    one = Commitment()
    paid = {"commitment_id": one.id, "campaign_id": one.campaign_id, "community_id": one.community_id}
    with reputation.engine.begin() as connection:
        connection.execute(insert(receipts).values(**paid, member_id=one.member_id, seats=1))
    with pytest.raises(CommitmentUnknownError):
        reputation.write(one)
    reputation.tell(one.delivered())
    assert reputation.write(one)["commitment_id"] == str(one.id)


def test_a_delivery_is_noted_for_all_its_commitments(reputation):
    first = Commitment()
    others = [Commitment(supplier_id=first.supplier_id, campaign_id=first.campaign_id) for _ in range(3)]
    reputation.tell(first.delivered(*others), first.settled(*others))
    for one in (first, *others):
        reputation.write(one)
    assert len(reputation.outbox(first.supplier_id)) == 4


def test_a_refused_review_leaves_nothing_behind(reputation):
    one, key = Commitment(), str(new_id())
    with pytest.raises(CommitmentUnknownError):
        reputation.write(one, key=key)
    reputation.tell(one.delivered())
    assert reputation.write(one, key=key)["commitment_id"] == str(one.id)


def test_ten_reviews_of_one_commitment_at_once_are_one_review(reputation):
    one = Commitment()
    reputation.tell(one.delivered(), one.settled())

    def attempt(_):
        try:
            return reputation.write(one)["review_id"]
        except AlreadyReviewedError as refused:
            return refused.code

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(attempt, range(10)))
    assert answers.count("reputation.already_reviewed") == 9
    assert len(reputation.outbox(one.supplier_id)) == 1


def test_twelve_reviews_of_one_supplier_at_once_are_all_in_the_last_score(reputation):
    first = Commitment()
    others = [Commitment(supplier_id=first.supplier_id, campaign_id=first.campaign_id) for _ in range(11)]
    reputation.tell(first.delivered(*others), first.settled(*others))
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda one: reputation.write(one, quality=4), (first, *others)))
    versions = [version for _, version in reputation.outbox(first.supplier_id)]
    assert versions == list(range(1, 13))
    reputation.tell(supplier_event("supplier_registered.v1", first.supplier_id, first.community_id))
    assert reputation.reputation(first.supplier_id)["reviews"] == 12


def test_what_a_score_was_made_of_adds_up(reputation):
    ours = new_id()
    one = Commitment(community_id=ours)
    two = Commitment(supplier_id=one.supplier_id)
    three = Commitment(community_id=ours, supplier_id=one.supplier_id, campaign_id=two.campaign_id)
    reputation.tell(
        one.delivered(), two.delivered(three), supplier_event("supplier_registered.v1", one.supplier_id, ours)
    )
    reputation.tell(one.settled(), two.settled(three))
    reputation.write(one, quality=5, punctuality=4)
    reputation.write(two, quality=3)
    seen = reputation.reputation(one.supplier_id, **one.member)
    parts = seen["parts"]
    assert (seen["reviews"], seen["communities"], parts["deliveries"]) == (2, 2, 2)
    assert (parts["sum"], parts["mean_of_reviews"]) == (7.5, 3.75)
    around = parts["steps"][-1]["value"] * (1 - sum(voice["share"] for voice in parts["voices"]))
    around += sum(voice["share"] * voice["mean"] for voice in parts["voices"])
    assert seen["score"] == pytest.approx(around, abs=0.01)
    assert [voice["own"] for voice in parts["voices"]].count(True) == 1
    assert seen["low"] < seen["score"] < seen["high"]
    assert seen["dimensions"][0] == {"dimension": "quality", "mean": 4.0, "reviews": 2}
    assert seen["dimensions"][2] == {"dimension": "communication", "mean": None, "reviews": 0}


def test_a_supplier_without_reviews_has_the_score_of_the_prior(reputation):
    supplier, ours = new_id(), new_id()
    reputation.tell(supplier_event("supplier_registered.v1", supplier, ours))
    seen = reputation.reputation(supplier, role="organiser", community_id=ours, member_id=new_id())
    assert (seen["score"], seen["reviews"], seen["parts"]["mean_of_reviews"]) == (3.5, 0, None)


class TestWhoSeesWhat:
    @pytest.fixture
    def one(self, reputation):
        one = Commitment()
        reputation.tell(one.delivered())
        return one

    def share(self, reputation, one, mode, *named, version=1):
        event = supplier_event("supplier_changed.v1", one.supplier_id, one.community_id, mode, named, version)
        reputation.tell(event)

    def test_a_supplier_that_is_not_shared_does_not_exist_for_others(self, reputation, one):
        self.share(reputation, one, "none")
        review = reputation.write(one)
        stranger = {"role": "organiser", "community_id": new_id(), "member_id": new_id()}
        with pytest.raises(SupplierNotFoundError):
            reputation.reputation(one.supplier_id, **stranger)
        with pytest.raises(SupplierNotFoundError):
            reputation.reviews(stranger, supplier_id=str(one.supplier_id))
        with pytest.raises(ReviewNotFoundError):
            reputation.review(review["review_id"], **stranger)

    def test_a_supplier_is_seen_by_the_community_it_was_shared_with_and_no_other(self, reputation, one):
        friend, stranger = ({"role": "member", "community_id": new_id(), "member_id": new_id()} for _ in range(2))
        self.share(reputation, one, "named", friend["community_id"])
        assert reputation.reputation(one.supplier_id, **friend)["reviews"] == 0
        with pytest.raises(SupplierNotFoundError):
            reputation.reputation(one.supplier_id, **stranger)

    def test_a_withdrawn_sharing_hides_the_supplier_again_even_if_the_news_come_in_disorder(self, reputation, one):
        self.share(reputation, one, "none", version=5)
        self.share(reputation, one, "all", version=4)
        with pytest.raises(SupplierNotFoundError):
            reputation.reputation(one.supplier_id, role="partner", community_id=new_id())

    def test_the_supplier_sees_itself_and_no_other(self, reputation, one):
        self.share(reputation, one, "all")
        assert reputation.reputation(one.supplier_id, role="supplier", supplier_id=one.supplier_id)["reviews"] == 0
        with pytest.raises(SupplierNotFoundError):
            reputation.reputation(one.supplier_id, role="supplier", supplier_id=new_id())

    def test_others_read_what_was_said_and_not_by_whom(self, reputation, one):
        self.share(reputation, one, "all")
        review = reputation.write(one, quality=2, text="太挤")
        for caller in (
            {"role": "organiser", "community_id": new_id(), "member_id": new_id()},
            {"role": "supplier", "supplier_id": one.supplier_id},
            {"role": "member", "community_id": one.community_id, "member_id": new_id()},
        ):
            seen = reputation.review(review["review_id"], **caller)
            assert (seen["text"], seen["scores"]["quality"]) == ("太挤", 2)
            assert (seen["member_id"], seen["commitment_id"]) == (None, None)

    def test_those_who_manage_the_community_see_who_wrote(self, reputation, one):
        review = reputation.write(one)
        caller = {"role": "community_operator", "community_id": one.community_id}
        assert reputation.review(review["review_id"], **caller)["member_id"] == str(one.member_id)

    def test_a_community_keeps_seeing_its_review_of_a_supplier_that_is_no_longer_shared(self, reputation):
        one, owner = Commitment(), new_id()
        reputation.tell(one.delivered(), supplier_event("supplier_registered.v1", one.supplier_id, owner))
        review = reputation.write(one)
        assert reputation.review(review["review_id"], **one.member)["member_id"] == str(one.member_id)
        assert [seen["review_id"] for seen in reputation.reviews(one.member)["items"]] == [review["review_id"]]

    def test_the_commitment_of_another_community_is_not_found(self, reputation, one):
        with pytest.raises(CommitmentUnknownError) as refused:
            reputation.write(one, {"role": "organiser", "community_id": new_id(), "member_id": new_id()})
        assert refused.value.kind == "not_found"


def test_pages_of_reviews_hold_each_review_once_newest_first(reputation):
    first = Commitment()
    others = [Commitment(supplier_id=first.supplier_id, campaign_id=first.campaign_id) for _ in range(6)]
    reputation.tell(
        first.delivered(*others), supplier_event("supplier_registered.v1", first.supplier_id, first.community_id)
    )
    written = [reputation.write(one)["review_id"] for one in (first, *others)]
    seen, data = [], {"supplier_id": str(first.supplier_id), "limit": 3}
    while data is not None:
        page = reputation.reviews(first.member, **data)
        seen += [one["review_id"] for one in page["items"]]
        data = {**data, "cursor": page["next_cursor"]} if page["next_cursor"] else None
    assert seen == written[::-1]


def test_every_refusal_carries_a_code_of_the_contract(reputation):
    with pytest.raises(Refusal) as refused:
        reputation.write(Commitment())
    assert refused.value.code in ERRORS


def phase_of(reputation, community_id, supplier_id):
    """Let a group of one commitment be formed; return its ids."""
    campaign_id, commitment_id, member_id = new_id(), new_id(), new_id()
    who = {"commitment_id": str(commitment_id), "community_id": str(community_id), "member_id": str(member_id)}
    data = {
        "campaign_id": str(campaign_id),
        "supplier_id": str(supplier_id),
        "communities": [{"community_id": str(community_id), "seats": 1}],
        "commitments": [who],
    }
    event = envelope("campaign_confirmed.v1", data, subject=campaign_id)
    reputation.bus.consume(event, inbound.campaign_confirmed, handlers.note_engagement)
    member = {"role": "member", "community_id": community_id, "member_id": member_id}
    return campaign_id, commitment_id, member


def say(reputation, who, **data):
    asked = request({name: str(value) if isinstance(value, UUID) else value for name, value in data.items()}, **who)
    return reputation.bus.execute(asked, inbound.write_review, handlers.write_review, outbound.review)


def test_of_two_reviews_of_a_phase_at_once_one_is_kept(reputation):
    community_id, supplier_id = new_id(), new_id()
    campaign_id, commitment_id, member = phase_of(reputation, community_id, supplier_id)
    organiser = {"role": "organiser", "community_id": community_id, "member_id": new_id()}
    for who, subject in ((member, {"commitment_id": commitment_id}), (organiser, {"campaign_id": campaign_id})):
        ends, barrier = [], threading.Barrier(2)

        def write(who=who, subject=subject, ends=ends, barrier=barrier):
            barrier.wait()
            try:
                ends.append(say(reputation, who, phase="before", scores={"qualification": 4}, **subject)["phase"])
            except AlreadyReviewedError:
                ends.append("refused")

        threads = [threading.Thread(target=write) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(ends) == ["before", "refused"]


def test_reviews_are_listed_and_summed_up_by_phase_and_author_for_those_who_see_the_supplier(reputation):
    community_id, supplier_id = new_id(), new_id()
    reputation.tell(supplier_event("supplier_registered.v1", supplier_id, community_id))
    campaign_id, commitment_id, member = phase_of(reputation, community_id, supplier_id)
    organiser = {"role": "organiser", "community_id": community_id, "member_id": new_id()}
    text = "王老师 13812345678"
    say(reputation, member, commitment_id=commitment_id, phase="before", scores={"qualification": 5}, text=text)
    say(reputation, organiser, campaign_id=campaign_id, phase="before", scores={"qualification": 3})
    before = {"supplier_id": str(supplier_id), "phase": "before"}
    mine = reputation.reviews(member, **before, author="participant")["items"]
    assert [(one["original"], one["masks"][0]["kind"]) for one in mine] == [(text, "phone")]
    supervisor = {"role": "quality_supervisor", "community_id": community_id}
    watched = reputation.reviews(supervisor, **before, author="participant")["items"]
    assert [(one["original"], one["member_id"]) for one in watched] == [(text, None)]
    seller = {"role": "supplier", "supplier_id": supplier_id}
    assert [one["original"] for one in reputation.reviews(seller, **before)["items"]] == [None, None]
    asked = request({"supplier_id": str(supplier_id)}, **seller)
    parts = reputation.bus.query(asked, inbound.by_id("supplier_id"), views.get_review_summary)["parts"]
    assert [(one["author"], one["marks"][0]["mean"]) for one in parts] == [("organiser", 3.0), ("participant", 5.0)]
    asked = request({"supplier_id": str(supplier_id)}, role="organiser", community_id=new_id())
    with pytest.raises(SupplierNotFoundError):
        reputation.bus.query(asked, inbound.by_id("supplier_id"), views.get_review_summary)


def test_what_is_hidden_and_answered_is_kept(reputation):
    community_id, supplier_id = new_id(), new_id()
    _, commitment_id, member = phase_of(reputation, community_id, supplier_id)
    said = {"phase": "before", "scores": {"qualification": 5}, "text": "a@b.cn"}
    written = say(reputation, member, commitment_id=commitment_id, **said)
    seller = {"role": "supplier", "supplier_id": supplier_id}
    for text in ("谢谢", "谢谢您"):
        asked = request({"review_id": written["review_id"], "text": text}, **seller)
        reputation.bus.execute(asked, inbound.answer_review, handlers.answer_review, outbound.foreign_review)
    kept = reputation.review(written["review_id"], **member)
    assert (kept["text"], kept["original"], kept["answer"]["text"]) == ("＊＊＊＊＊＊", "a@b.cn", "谢谢您")
    assert [one["text"] for one in kept["answer"]["earlier"]] == ["谢谢"]
