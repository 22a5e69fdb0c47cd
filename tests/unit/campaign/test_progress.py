from dataclasses import replace

import pytest

from services.campaign.domain.model import State
from services.campaign.domain.progress import progress_of
from tests.builders_campaign import DEADLINE, Desk, Town

TIERS = ((10, "128.00"), (30, "108.00"))


def a_campaign(state=State.OPEN, **changes):
    desk = Desk()
    campaign = desk.campaign_of_match(Town(desk, tiers=TIERS).match_id)
    return replace(campaign, state=state, deadline=DEADLINE, **{"min_seats": 25, **changes})


def test_the_line_says_who_joined_what_is_missing_and_what_comes_next():
    progress = progress_of(a_campaign(paid_seats=18), 18, True)
    assert progress.texts["zh"] == "已参团 18 人，还差 7 人成团；再来 12 人降到 108.00 元"
    assert progress.texts["en"] == "18 joined, 7 more to form the group; 12 more bring the price down to 108.00 CNY"
    assert (progress.missing_for_minimum, progress.missing_for_next_tier) == (7, 12)


def test_a_tipped_campaign_is_not_called_formed():
    texts = progress_of(a_campaign(State.TIPPED, paid_seats=26), 26, True).texts
    assert texts["zh"] == "已参团 26 人，已达最低人数，等待截止确认；再来 4 人降到 108.00 元"
    assert "成团，" not in texts["zh"].replace("参团", "")
    assert "is formed" not in texts["en"]


def test_hidden_seats_make_the_figures_bounds():
    progress = progress_of(a_campaign(paid_seats=18), 15, False)
    assert progress.texts["zh"] == "已参团 至少 15 人，最多还差 10 人成团；最多再来 15 人降到 108.00 元"
    assert progress.texts["en"].startswith("15 or more joined, at most 10 more")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.DRAFT, "尚未开团"),
        (State.CONFIRMED, "已成团，共 20 人"),
        (State.DELIVERED, "已交付"),
        (State.SETTLED, "已结算"),
        (State.FAILED, "未成团，已付款项全部退回"),
        (State.CANCELLED, "已取消"),
    ],
)
def test_every_other_state_has_its_line(state, words):
    progress = progress_of(a_campaign(state, paid_seats=20), 20, True)
    assert progress.texts["zh"].startswith(words)
    assert progress.missing_for_minimum is None


@pytest.mark.parametrize("state", [state for state in State if state not in ("confirmed", "delivered", "settled")])
def test_no_state_before_the_confirmation_claims_a_group(state):
    texts = progress_of(a_campaign(state, paid_seats=3), 3, True).texts
    assert "已成团" not in texts["zh"]
    assert "is formed" not in texts["en"]
