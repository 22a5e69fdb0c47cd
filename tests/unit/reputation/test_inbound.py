import pytest

from services.chassis.paging import encode_cursor
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.reputation import inbound
from tests.fakes.chassis import request
from tests.unit.reputation.builders import Commitment, supplier_event

GOOD = {"commitment_id": str(new_id()), "scores": {"quality": 5}, "text": "好"}


def field_of(refused):
    return refused.value.detail["errors"][0]["field"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"commitment_id": None}, "commitment_id"),
        ({"commitment_id": "17"}, "commitment_id"),
        ({"commitment_id": 17}, "commitment_id"),
        ({"scores": None}, "scores"),
        ({"scores": {}}, "scores.quality"),
        ({"scores": [5]}, "scores"),
        ({"scores": {"quality": 0}}, "scores.quality"),
        ({"scores": {"quality": 6}}, "scores.quality"),
        ({"scores": {"quality": "5"}}, "scores.quality"),
        ({"scores": {"quality": 4.5}}, "scores.quality"),
        ({"scores": {"quality": True}}, "scores.quality"),
        ({"scores": {"quality": 5, "value": -1}}, "scores.value"),
        ({"text": "x" * 2001}, "text"),
        ({"text": "\x00"}, "text"),
        ({"text": {}}, "text"),
    ],
)
def test_a_review_with_a_wrong_value_is_refused_by_the_name_of_the_field(change, field):
    with pytest.raises(InvalidError) as refused:
        inbound.write_review(request({**GOOD, **change}))
    assert field_of(refused) == field


@pytest.mark.parametrize("missing", ["commitment_id", "scores"])
def test_a_review_without_a_required_field_is_refused_by_its_name(missing):
    with pytest.raises(InvalidError) as refused:
        inbound.write_review(request({key: value for key, value in GOOD.items() if key != missing}))
    assert field_of(refused) == missing


def test_text_may_be_left_out_and_unknown_fields_are_passed_over():
    command = inbound.write_review(request({"commitment_id": GOOD["commitment_id"], "scores": {"quality": 5, "x": 1}}))
    assert (command.text, command.scores.quality) == ("", 5)


@pytest.mark.parametrize("wrong", [None, "x", 5])
def test_a_question_without_a_proper_id_is_refused(wrong):
    with pytest.raises(InvalidError) as refused:
        inbound.by_id("review_id")(request({"review_id": wrong}))
    assert field_of(refused) == "review_id"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"supplier_id": "x"}, "supplier_id"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"cursor": "!"}, "cursor"),
        ({"cursor": encode_cursor("no id")}, "cursor"),
    ],
)
def test_a_question_after_a_page_with_a_wrong_value_is_refused(data, field):
    with pytest.raises(InvalidError) as refused:
        inbound.list_reviews(request(data))
    assert field_of(refused) == field


def test_an_event_with_more_than_is_needed_is_read():
    event = Commitment(seats=3).delivered()
    event.data["new_field"] = event.data["commitments"][0]["new_field"] = {"of": "a later version"}
    assert inbound.campaign_delivered(event).commitments[0].seats == 3


def test_a_delivery_that_lacks_a_member_is_refused():
    event = Commitment().delivered()
    del event.data["commitments"][0]["member_id"]
    with pytest.raises(InvalidError, match=r"commitments\.0\.member_id"):
        inbound.campaign_delivered(event)


def test_a_way_of_sharing_that_is_not_known_is_refused():
    with pytest.raises(InvalidError, match=r"sharing\.mode"):
        inbound.supplier_seen(supplier_event("supplier_changed.v1", new_id(), new_id(), "some"))
