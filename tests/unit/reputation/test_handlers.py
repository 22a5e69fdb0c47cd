import pytest

from services.kernel.errors import ForbiddenError
from services.kernel.ids import new_id
from services.reputation import handlers, inbound
from services.reputation.domain.errors import AlreadyReviewedError, CommitmentUnknownError
from tests.fakes.chassis import request
from tests.fakes.reputation import FakeReputationUnitOfWork
from tests.unit.reputation.builders import Commitment, supplier_event


@pytest.fixture
def uow():
    return FakeReputationUnitOfWork()


def tell(uow, *events):
    readers = {
        "campaign_delivered.v1": (inbound.campaign_delivered, handlers.record_delivery),
        "campaign_settled.v1": (inbound.settlement, handlers.record_settlement),
        "supplier_registered.v1": (inbound.supplier_seen, handlers.copy_supplier),
        "supplier_changed.v1": (inbound.supplier_seen, handlers.copy_supplier),
    }
    for event in events:
        read, handle = readers[event.name]
        handle(read(event), uow)


def write(uow, commitment, caller=None, **review):
    command = inbound.write_review(request(commitment.review(**review), **(caller or commitment.member)))
    return handlers.write_review(command, uow)


def test_a_review_counts_as_soon_as_the_money_of_its_commitment_is_settled(uow):
    one = Commitment()
    tell(uow, one.delivered())
    review = write(uow, one, quality=4, punctuality=5, text="准时")
    assert uow.outbox.data_of("review_written.v1")[0]["overall"] == review.scores.overall == 4.5
    assert uow.outbox.data_of("score_changed.v1") == []
    tell(uow, one.settled())
    told = uow.outbox.data_of("score_changed.v1")[0]
    assert (told["supplier_id"], told["reviews"], told["orders"]) == (str(one.supplier_id), 1, 1)
    assert 3.5 < told["score"] < 4.5


def test_a_review_of_a_settled_commitment_counts_at_once(uow):
    one = Commitment()
    tell(uow, one.delivered(), one.settled())
    assert uow.outbox.data_of("score_changed.v1") == []
    write(uow, one)
    assert [told["reviews"] for told in uow.outbox.data_of("score_changed.v1")] == [1]


def test_neither_text_nor_member_leaves_by_an_event(uow):
    one = Commitment()
    tell(uow, one.delivered())
    write(uow, one, text="我是王小明")
    assert "王小明" not in str(uow.outbox.events)
    assert str(one.member_id) not in str(uow.outbox.events)


def test_a_commitment_has_one_review_whoever_writes(uow):
    one = Commitment()
    tell(uow, one.delivered())
    first = write(uow, one)
    organiser = {"role": "organiser", "community_id": one.community_id, "member_id": new_id()}
    with pytest.raises(AlreadyReviewedError) as refused:
        write(uow, one, organiser)
    assert refused.value.detail["review_id"] == str(first.review_id)
    assert refused.value.detail["state"] == "reviewed"


def test_a_commitment_of_which_no_delivery_was_told_is_not_found(uow):
    tell(uow, Commitment().delivered())
    with pytest.raises(CommitmentUnknownError):
        write(uow, Commitment())
    assert uow.outbox.names() == ["receipt_issued.v1"]


def test_the_commitment_of_a_foreign_community_is_not_found(uow):
    one = Commitment()
    tell(uow, one.delivered())
    with pytest.raises(CommitmentUnknownError):
        write(uow, one, {"role": "organiser", "community_id": new_id(), "member_id": new_id()})


def test_a_supplier_may_not_review_itself(uow):
    one = Commitment()
    tell(uow, one.delivered())
    with pytest.raises(ForbiddenError):
        write(uow, one, {"role": "supplier", "supplier_id": one.supplier_id})


def test_a_score_that_did_not_change_is_not_told_again(uow):
    one = Commitment()
    tell(uow, one.delivered(), one.settled())
    write(uow, one)
    handlers.TIMERS["refresh_score"]({"supplier_id": str(one.supplier_id)}, uow)
    assert uow.outbox.names().count("score_changed.v1") == 1
    uow.clock.pass_(days=365)
    handlers.TIMERS["refresh_score"]({"supplier_id": str(one.supplier_id)}, uow)
    first, faded = uow.outbox.data_of("score_changed.v1")
    assert 3.5 < faded["score"] < first["score"]


def test_the_newest_word_on_who_sees_a_supplier_wins(uow):
    supplier, ours, theirs = new_id(), new_id(), new_id()
    newest = supplier_event("supplier_changed.v1", supplier, ours, "named", [theirs], version=3)
    tell(
        uow,
        newest,
        supplier_event("supplier_changed.v1", supplier, ours, "all", version=2),
        supplier_event("supplier_registered.v1", supplier, ours, version=1),
    )
    assert uow.suppliers.kept[supplier].sharing == "named"
    assert uow.suppliers.kept[supplier].shared_with == {theirs}
