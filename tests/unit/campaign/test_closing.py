from dataclasses import replace
from datetime import timedelta

import pytest

from services.campaign.domain.closing import decide
from services.campaign.domain.model import State
from tests.builders_campaign import DEADLINE, Desk, Town
from tests.fakes.chassis import MONDAY

LATE = DEADLINE + timedelta(hours=3)


def a_campaign(paid, **changes):
    desk = Desk()
    campaign = desk.campaign_of_match(Town(desk).match_id)
    state = State.TIPPED if paid >= 10 else State.OPEN
    return replace(campaign, state=state, deadline=DEADLINE, paid_seats=paid, **changes)


@pytest.mark.parametrize(
    ("paid", "now", "asked", "action"),
    [
        (9, MONDAY, False, "wait"),
        (10, MONDAY, False, "wait"),
        (10, DEADLINE - timedelta(microseconds=1), False, "wait"),
        (10, DEADLINE, False, "confirm"),
        (10, LATE, False, "confirm"),
        (9, DEADLINE, False, "fail"),
        (0, LATE, False, "fail"),
        (9, MONDAY, True, "wait"),
        (10, MONDAY, True, "confirm"),
        (30, MONDAY, False, "confirm"),
    ],
)
def test_one_function_decides(paid, now, asked, action):
    assert decide(a_campaign(paid), now, asked=asked).action == action


def test_reserved_seats_do_not_count_for_the_minimum():
    assert decide(a_campaign(9, reserved_seats=5), DEADLINE).action == "fail"


def test_a_decision_explains_itself_in_both_languages():
    full, met, early, missed, waits = (
        decide(a_campaign(30), MONDAY),
        decide(a_campaign(20), DEADLINE),
        decide(a_campaign(12), MONDAY, asked=True),
        decide(a_campaign(7), DEADLINE),
        decide(a_campaign(7), MONDAY),
    )
    assert full.zh == "已付 30 席，名额已满：成团，每席 108.00 元"
    assert met.zh == "截止时已付 20 席，达到最低 10 席：成团，每席 118.00 元"
    assert early.zh == "已付 12 席，达到最低 10 席，由组织者提前截团：成团，每席 128.00 元"
    assert missed.zh == "截止时已付 7 席，比最低 10 席少 3 席：未成团，全额退款"
    assert waits.en == "7 seats are paid, of at least 10; 3 are missing before the deadline"
    assert missed.en == "At the deadline 7 seats are paid, 3 fewer than 10: no group, all is refunded"


def test_deciding_changes_nothing():
    campaign = a_campaign(30)
    before = replace(campaign)
    decide(campaign, LATE)
    assert campaign == before
