import pytest

from services.platform.play.client import Answer
from services.platform.play.looking import judge

PAGE = Answer(200, {"items": [{"n": 1, "state": "open"}, {"n": 2, "state": "open"}, {"n": 3, "state": "failed"}]})


@pytest.mark.parametrize(
    ("wanted", "where", "right"),
    [
        ({}, {"state": "open"}, True),
        ({}, {"state": "settled"}, False),
        ({"count": 2}, {"state": "open"}, True),
        ({"count": 1}, {"state": "open"}, False),
        ({"none": True}, {"state": "settled"}, True),
        ({"none": True}, {"state": "failed"}, False),
        ({"status": 404}, {}, False),
    ],
)
def test_a_list_is_judged_by_the_items_that_are_as_wanted(wanted, where, right):
    assert (judge(PAGE, wanted, where)[1] is None) is right


def test_of_a_list_the_first_item_as_wanted_is_found():
    assert judge(PAGE, {}, {"state": "failed"})[0]["n"] == 3


def test_a_problem_that_is_expected_is_right_and_another_code_is_not():
    answer = Answer(404, {"code": "supplier.not_found"})
    assert judge(answer, {"status": 404, "code": "supplier.not_found"}, {})[1] is None
    expected, seen = judge(answer, {"status": 404, "code": "campaign.unknown"}, {})[1]
    assert expected == "code campaign.unknown"
    assert "supplier.not_found" in seen


def test_what_is_not_there_says_what_was_expected_and_seen():
    _, (expected, seen) = judge(Answer(200, {"state": "open", "n": 1}), {}, {"state": "settled", "n": 1})
    assert expected == "state = 'settled'"
    assert seen == "state = 'open'"
