from dataclasses import replace
from datetime import timedelta

import pytest

from services.campaign.domain.model import State
from services.campaign.domain.outlook import Facts, decide
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
    assert decide(a_campaign(paid), Facts(), now, asked=asked).action == action


def test_reserved_seats_do_not_count_for_the_minimum():
    assert decide(a_campaign(9, reserved_seats=5), Facts(), DEADLINE).action == "fail"


def why(*arguments, **options):
    return decide(*arguments, **options).explanation


def test_a_decision_explains_itself_in_both_languages():
    none = Facts()
    full, met, early, missed, waits = (
        why(a_campaign(30), none, MONDAY),
        why(a_campaign(20), none, DEADLINE),
        why(a_campaign(12), none, MONDAY, asked=True),
        why(a_campaign(7), none, DEADLINE),
        why(a_campaign(7), none, MONDAY),
    )
    assert full.zh == "名额已满，已付 30 席（最低 10 席）：成团，每席 108.00 元"
    assert met.zh == "截止时间已到，已付 20 席（最低 10 席）：成团，每席 118.00 元"
    assert early.zh == "组织者提前截团，已付 12 席（最低 10 席）：成团，每席 128.00 元"
    assert missed.zh == "截止时间已到，已付 7 席（最低 10 席），还差 3 席：未成团，全额退款"
    assert waits.en == (
        "if it closed now: 7 seats paid, of at least 10 seats, 3 seats missing: no group, everything is refunded"
    )
    assert missed.en == (
        "The deadline has come: 7 seats paid, of at least 10 seats, 3 seats missing: no group, everything is refunded"
    )


def test_deciding_changes_nothing():
    campaign = a_campaign(30)
    before = replace(campaign)
    decide(campaign, Facts(), LATE)
    assert campaign == before
