import pytest

from services.kernel.caller import Caller, Role
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.reputation.domain.errors import CommitmentUnknownError
from services.reputation.domain.model import Receipt, Scores, require_text
from tests.fakes.chassis import MONDAY

OURS, THEIRS, MEMBER = new_id(), new_id(), new_id()


def receipt(**changes):
    fields = {
        "commitment_id": new_id(),
        "campaign_id": new_id(),
        "community_id": OURS,
        "member_id": MEMBER,
        "seats": 2,
        "supplier_id": new_id(),
        "delivered_at": MONDAY,
    }
    return Receipt(**{**fields, **changes})


@pytest.mark.parametrize("mark", [0, 6, -1, 10**9, True, 4.0, "5", None, [5]])
def test_a_mark_of_quality_that_is_no_whole_number_from_one_to_five_is_refused(mark):
    with pytest.raises(InvalidError) as refused:
        Scores(mark)
    assert refused.value.detail["errors"][0]["field"] == "scores.quality"


@pytest.mark.parametrize("dimension", ["punctuality", "communication", "value"])
def test_other_marks_may_be_missing_but_not_wrong(dimension):
    assert getattr(Scores(5, **{dimension: None}), dimension) is None
    with pytest.raises(InvalidError) as refused:
        Scores(5, **{dimension: 6})
    assert refused.value.detail["errors"][0]["field"] == f"scores.{dimension}"


def test_a_receipt_gives_a_review_of_the_supplier_that_served_it():
    paid = receipt()
    review, event = paid.review(new_id(), Scores(5), "很好", MONDAY)
    assert (review.supplier_id, review.member_id, review.created_at) == (paid.supplier_id, MEMBER, MONDAY)
    assert event.review is review


@pytest.mark.parametrize(
    "caller",
    [
        Caller("t", Role.MEMBER, OURS, MEMBER),
        Caller("t", Role.ORGANISER, OURS, new_id()),
        Caller("t", Role.PARTNER, OURS),
        Caller("t", Role.COMMUNITY_OPERATOR, OURS),
        Caller("t", Role.NODE_OPERATOR),
    ],
)
def test_the_member_and_those_who_act_for_its_community_may_review(caller):
    receipt().require_reviewer(caller)


@pytest.mark.parametrize(
    "caller",
    [
        Caller("t", Role.MEMBER, OURS, new_id()),
        Caller("t", Role.MEMBER, THEIRS, MEMBER),
        Caller("t", Role.ORGANISER, THEIRS, new_id()),
        Caller("t", Role.PARTNER, None),
    ],
)
def test_for_everybody_else_the_commitment_does_not_exist(caller):
    with pytest.raises(CommitmentUnknownError):
        receipt().require_reviewer(caller)


def test_text_loses_the_blanks_around_it():
    assert require_text("  老师很有耐心 \n", "text") == "老师很有耐心"


def test_text_of_two_thousand_characters_is_kept():
    assert len(require_text("好" * 2000, "text")) == 2000


@pytest.mark.parametrize("text", ["x" * 2001, "a\x00b", "\ud800", None, 5, ["text"]])
def test_text_that_cannot_be_kept_is_refused(text):
    with pytest.raises(InvalidError, match="text"):
        require_text(text, "text")
