"""A group that was formed is to meet at another time or place: each member accepts or is refunded in full."""

from datetime import timedelta

import pytest

from services.campaign.domain.errors import (
    CampaignUnknownError,
    NotOrganiserError,
    PausedError,
    TooEarlyError,
    TooLateError,
    WrongStateError,
)
from services.campaign.domain.ledger import escrow_account
from services.kernel.clock import format_time
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from tests.builders_asking import MONDAY, NEW_START, SLOT_START, AskedTown
from tests.builders_campaign import Desk, cny


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def town(desk):
    """A group of twelve that was formed."""
    town = AskedTown(desk)
    town.open(ask_hours=48)
    town.all = [town.join(4), town.join(4, town.b), town.join(4)]
    town.act("close_campaign")
    return town


def books_add_up(desk):
    assert set(desk.uow.ledger.sums().values()) <= {0}
    for campaign in desk.uow.campaigns.rows.values():
        assert desk.uow.ledger.balance(escrow_account(campaign.campaign_id)) == campaign.escrow.minor
    return True


def states(town):
    return [town.commitment(one)["state"] for one in town.all]


def span(start, hours=2):
    return {"start": format_time(start), "end": format_time(start + timedelta(hours=hours))}


def test_everybody_who_has_paid_is_asked(desk, town):
    inquiry = town.move()
    assert (inquiry["about"], inquiry["reason"], inquiry["minimum"]) == ("move", "weather", 10)
    assert inquiry["proposal"]["slot"]["start"] == format_time(NEW_START)
    assert inquiry["term"] == format_time(MONDAY + timedelta(hours=48))
    assert "台风预警" in inquiry["question"]["zh"]
    assert "不答复即全额退款" in inquiry["question"]["zh"]
    assert sorted(town.told("move_asked")) == sorted(one["commitment_id"] for one in town.all)
    assert town.see()["pause"]["about"] == "move"
    assert town.see()["slot"]["start"] == format_time(SLOT_START)


def test_those_who_stay_meet_at_the_new_time_and_the_others_are_refunded_in_full(desk, town):
    town.move(town.supplier(), even_if_fewer=True)
    desk.clock.time = MONDAY + timedelta(hours=47)
    town.answer(town.all[0])
    town.answer(town.all[1], "refund")
    desk.clock.pass_(hours=1)
    desk.fire_due_timers()
    seen = town.see()
    assert (seen["state"], seen["pause"], seen["paid_seats"]) == ("confirmed", None, 4)
    assert seen["slot"]["start"] == seen["sessions"][0]["start"] == format_time(NEW_START)
    assert states(town) == ["paid", "refunded", "refunded"]
    assert town.commitment(town.all[1])["refunded"] == cny("512.00")
    (told,) = desk.uow.outbox.data_of("campaign_moved.v1")
    assert (told["slot"]["start"], told["reason"], told["seats"]) == (format_time(NEW_START), "weather", 4)
    assert len(town.told("slot_moved")) == 1
    assert town.inquiry()["conclusion"] == "moved"
    assert books_add_up(desk)


def test_too_few_call_it_off_and_everybody_is_refunded(desk, town):
    town.move()
    town.answer(town.all[0])
    town.answer(town.all[1])
    town.answer(town.all[2], "refund")
    seen = town.see()
    assert (seen["state"], seen["reason"]) == ("cancelled", "too_few_stayed")
    assert states(town) == ["refunded"] * 3
    assert seen["money"]["refunded"] == cny("1536.00")
    assert town.inquiry()["conclusion"] == "too_few"
    assert books_add_up(desk)


def test_enough_stay(desk):
    town = AskedTown(desk)
    town.open()
    town.all = [town.join(10), town.join(2)]
    town.act("close_campaign")
    town.move()
    town.answer(town.all[1], "refund")
    town.answer(town.all[0])
    assert (town.see()["state"], town.see()["paid_seats"]) == ("confirmed", 10)


def test_only_the_supplier_says_that_it_comes_for_fewer(desk, town):
    with pytest.raises(InvalidError) as refused:
        town.move(even_if_fewer=True)
    assert refused.value.detail["errors"][0]["field"] == "even_if_fewer"
    assert town.move(town.supplier(), even_if_fewer=True)["minimum"] == 1


def test_nobody_left_calls_it_off_whatever_the_supplier_said(desk, town):
    town.move(town.supplier(), even_if_fewer=True)
    for one in town.all:
        town.answer(one, "refund")
    assert town.see()["reason"] == "too_few_stayed"


def test_who_may_move_it(desk, town):
    for who, error in (
        (town.member(), ForbiddenError),
        (town.organiser(town.b), NotOrganiserError),
        ({"role": "supplier", "supplier_id": new_id()}, CampaignUnknownError),
    ):
        with pytest.raises(error):
            town.move(who)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": format_time(MONDAY)}, "start"),
        ({"end": format_time(NEW_START)}, "end"),
        ({"reason": "boredom"}, "reason"),
        ({"text": " "}, "text"),
        ({"place": {"lat": 91, "lon": 0}}, "place.lat"),
        ({"sessions": [{"start": format_time(NEW_START), "end": format_time(NEW_START)}]}, "sessions.0.end"),
        ({"sessions": [span(NEW_START)]}, "sessions"),
        (span(SLOT_START), "start"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused_by_name(desk, town, changes, field):
    with pytest.raises(InvalidError) as refused:
        town.move(**changes)
    assert refused.value.detail["errors"][0]["field"] == field
    assert town.see()["pause"] is None


def test_another_place_alone_is_a_move(desk, town):
    inquiry = town.move(**span(SLOT_START), place={"lat": 31.0, "lon": 121.0})
    assert inquiry["proposal"]["place"] == {"lat": 31.0, "lon": 121.0}
    for one in town.all:
        town.answer(one)
    assert town.see()["place"] == {"lat": 31.0, "lon": 121.0}


@pytest.fixture
def course(desk):
    days = [SLOT_START + timedelta(days=number) for number in range(3)]
    sessions = [span(day) for day in days]
    slot = {"slot_id": str(new_id()), "start": sessions[0]["start"], "end": sessions[-1]["end"], "sessions": sessions}
    town = AskedTown(desk, slot=slot)
    town.open()
    town.one = town.join(10)
    town.act("close_campaign")
    return town


def test_the_sessions_of_a_course_move_with_its_beginning(desk, course):
    course.move(start=format_time(NEW_START), end=format_time(NEW_START + timedelta(days=3)))
    course.answer(course.one)
    starts = [one["start"] for one in course.see()["sessions"]]
    assert starts == [format_time(NEW_START + timedelta(days=number)) for number in range(3)]


def test_sessions_may_be_given_anew(desk, course):
    sessions = [span(NEW_START + timedelta(days=2 * number)) for number in range(3)]
    course.move(start=sessions[0]["start"], end=sessions[-1]["end"], sessions=sessions)
    course.answer(course.one)
    assert course.see()["sessions"] == sessions


@pytest.mark.parametrize(
    ("days", "field"),
    [((0, 1), "sessions"), ((0, 2, 1), "sessions.2"), ((0, 1, 9), "sessions.2"), (None, "end")],
)
def test_sessions_that_do_not_fit_are_refused(desk, course, days, field):
    end = NEW_START + timedelta(days=3 if days else 2)
    sessions = [span(NEW_START + timedelta(days=day)) for day in days or ()]
    with pytest.raises(InvalidError) as refused:
        course.move(start=format_time(NEW_START), end=format_time(end), sessions=sessions)
    assert refused.value.detail["errors"][0]["field"] == field


def test_the_term_ends_an_hour_before_the_old_and_the_new_beginning(desk, town):
    desk.clock.time = SLOT_START - timedelta(hours=5)
    assert town.move()["term"] == format_time(SLOT_START - timedelta(hours=1))
    town.act("cancel_campaign", cause="weather", reason="不办了")


def test_it_may_be_moved_forward(desk, town):
    start = MONDAY + timedelta(hours=10)
    assert town.move(**span(start))["term"] == format_time(start - timedelta(hours=1))


def test_without_time_to_ask_it_cannot_be_moved(desk, town):
    desk.clock.time = SLOT_START - timedelta(hours=1)
    with pytest.raises(TooLateError):
        town.move()
    desk.clock.time = SLOT_START
    with pytest.raises(TooLateError):
        town.move()


def test_only_a_group_that_was_formed_is_moved_and_only_once_at_a_time(desk, town):
    other = AskedTown(desk)
    other.open()
    with pytest.raises(WrongStateError):
        other.move()
    town.move()
    with pytest.raises(PausedError):
        town.move()


def test_leaving_while_asked_costs_nothing(desk, town):
    desk.clock.time = SLOT_START - timedelta(hours=10)  # when it would cost everything
    town.move()
    town.leave(town.all[0])
    assert town.commitment(town.all[0])["refunded"] == cny("512.00")
    town.answer(town.all[1])
    town.answer(town.all[2])
    assert town.see()["reason"] == "too_few_stayed"
    assert books_add_up(desk)


def test_afterwards_the_rule_of_cancellation_counts_from_the_new_beginning(desk, town):
    town.move()
    for one in town.all:
        town.answer(one)
    desk.clock.time = SLOT_START - timedelta(hours=1)  # 25 hours before the new one: half of it
    town.leave(town.all[0])
    assert town.commitment(town.all[0])["refunded"] == cny("256.00")
    desk.clock.time = SLOT_START
    with pytest.raises(TooEarlyError):
        town.act("deliver_campaign")
    desk.clock.time = NEW_START
    assert town.act("deliver_campaign")["state"] == "delivered"


def test_a_supplier_that_withdraws_meanwhile_ends_the_question(desk, town):
    town.move()
    town.answer(town.all[0])
    town.withdraw()
    assert town.inquiry()["conclusion"] == "supplier_withdrew"
    assert town.see()["pause"]["about"] == "replacement"
    town.propose(min_group=4)
    for one in town.all:
        town.answer(one)
    assert town.see()["state"] == "confirmed"
    assert books_add_up(desk)


def test_a_group_that_is_called_off_meanwhile_ends_the_question(desk, town):
    town.move()
    town.act("cancel_campaign", cause="weather", reason="台风")
    desk.fire_due_timers()
    assert town.inquiry()["conclusion"] == "called_off"
    assert states(town) == ["refunded"] * 3


def test_seats_that_were_offered_wait_and_are_offered_again(desk):
    town = AskedTown(desk, seats=12)
    town.open()
    stay, goes = town.join(10), town.reserve(2)
    waiting = town.wait(2)
    town.pay(goes)
    assert town.see()["state"] == "confirmed"
    town.leave(goes)
    assert town.commitment(waiting)["state"] == "reserved"
    town.move()
    assert town.commitment(waiting)["state"] == "waiting"
    desk.clock.pass_(hours=2)
    desk.fire_due_timers()
    town.answer(stay)
    assert town.commitment(waiting)["state"] == "reserved"
    town.pay(town.commitment(waiting))
    assert town.see()["paid_seats"] == 12
    assert books_add_up(desk)


def test_a_term_that_is_handled_after_the_old_beginning_still_moves_the_group(desk, town):
    town.move()
    town.answer(town.all[0])
    town.answer(town.all[1])
    desk.clock.time = SLOT_START + timedelta(hours=3)
    desk.fire_due_timers()
    assert town.see()["reason"] == "too_few_stayed"
    assert states(town) == ["refunded"] * 3
