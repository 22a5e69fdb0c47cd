"""A group whose time, place or supplier changes: its sessions, the reminders of them, and who bears a lost tier."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.campaign.domain.errors import PausedError
from services.campaign.domain.ledger import Transfer
from services.kernel.clock import format_time
from services.kernel.ids import new_id
from services.kernel.money import Money
from tests.builders_asking import MONDAY, SLOT_START, AskedTown
from tests.builders_campaign import Desk, cny
from tests.builders_delivery import TIER, Course, times_of

DAY = timedelta(days=1)


class AskedCourse(Course, AskedTown):
    """A course whose members can be asked."""

    def move_by(self, span, who=None, **changes):
        end = SLOT_START + timedelta(weeks=self.count - 1, hours=2)
        times = {"start": format_time(SLOT_START + span), "end": format_time(end + span)}
        return self.move(who, **times, **changes)

    def starts(self):
        return [one["start"] for one in self.sessions()["sessions"]]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def course(desk):
    course = AskedCourse(desk, 3)
    course.all = course.form(2, 1, ask_hours=24)
    return course


def answer(course, *accepting):
    for one in course.all:
        if course.inquiry()["state"] == "open":
            course.answer(one, "accept" if one in accepting else "refund")


def planned(span):
    return [format_time(SLOT_START + timedelta(weeks=number) + span) for number in range(3)]


def test_all_sessions_move_with_the_beginning_and_are_reminded_of_at_their_new_times(desk, course):
    course.move_by(DAY)
    assert course.starts() == planned(timedelta())
    answer(course, *course.all)
    assert course.starts() == planned(DAY)
    desk.clock.time = SLOT_START - DAY
    desk.fire_due_timers()
    assert desk.uow.notices.of("session_reminder") == []
    desk.clock.time = SLOT_START
    desk.fire_due_timers()
    assert len(desk.uow.notices.of("session_reminder")) == 2


def test_sessions_can_be_given_anew(course):
    spans = times_of(3)
    spans[2] = {"start": format_time(course.start(3) - 2 * DAY), "end": format_time(course.start(3) - DAY)}
    course.move_by(timedelta(), sessions=spans)
    answer(course, *course.all)
    assert course.starts() == [one["start"] for one in spans]


def test_a_session_that_was_cancelled_before_stays_cancelled(course):
    course.cancel(2)
    course.move_by(DAY)
    answer(course, *course.all)
    assert [one["state"] for one in course.sessions()["sessions"]] == ["planned", "cancelled", "planned"]
    assert course.starts() == planned(DAY)


def test_another_supplier_brings_another_plan(desk, course):
    course.cancel(1)
    course.withdraw()
    first = SLOT_START + timedelta(hours=20)
    times = [{"start": format_time(first + n * DAY), "end": format_time(first + n * DAY + DAY / 12)} for n in (0, 1)]
    slot = {"slot_id": str(new_id()), "start": times[0]["start"], "end": times[1]["end"], "sessions": times}
    course.propose(slot=slot, tiers=TIER, min_group=1)
    answer(course, *course.all)
    shown = course.sessions()["sessions"]
    assert [(one["start"], one["state"]) for one in shown] == [(one["start"], "planned") for one in times]


def test_a_group_that_still_sells_shows_the_times_of_the_other_supplier(desk):
    course = AskedCourse(desk, 3)
    course.open()
    course.all = [course.join(2)]
    course.withdraw()
    slot = {"slot_id": str(new_id()), **times_of(2)[1], "sessions": []}
    course.propose(slot=slot, tiers=TIER, min_group=1)
    answer(course, *course.all)
    assert course.starts() == [slot["start"]]
    assert desk.uow.sessions.rows == {}


@pytest.mark.parametrize("act", ["hold_session", "cancel_session", "deliver_campaign"])
def test_nothing_is_delivered_while_members_are_asked(desk, course, act):
    course.withdraw()
    course.go(3)
    data = {"number": 1, "reason": "illness"} if act != "deliver_campaign" else {}
    with pytest.raises(PausedError):
        course.act(act, **data)


def test_nobody_is_checked_in_while_members_are_asked(desk, course):
    code = course.code(course.all[0])
    desk.clock.time = SLOT_START - timedelta(hours=8)
    course.withdraw()
    data = {"campaign_id": course.campaign_id, "items": [course.scan(code, 1)]}
    with pytest.raises(PausedError):
        desk.do("upload_check_ins", data, **course.organiser())
    course.propose(tiers=TIER, min_group=1)
    answer(course, *course.all)
    assert desk.do("upload_check_ins", data, **course.organiser())["items"][0]["result"] == "counted"


def test_sessions_of_a_group_that_nobody_stays_in_are_cancelled(course):
    course.move_by(DAY)
    answer(course)
    assert course.see()["reason"] == "too_few_stayed"
    assert {one["state"] for one in course.sessions()["sessions"]} == {"cancelled"}


def funded(desk, *tiers):
    """A course whose lost tiers the common fund bears; it holds 100.00."""
    course = AskedCourse(desk, 1, tiers=tiers)
    course.open(tier_loss={"bearer": "fund"})
    gift = {"community_id": str(course.a), "receipt": "R", "amount": cny("100.00")}
    desk.do("contribute_to_fund", gift, **course.organiser())
    course.all = [course.join(2), course.join(1), course.join(1)]
    course.act("close_campaign")
    assert course.see()["price"] == cny("80.00")
    return course


def set_aside(desk, course):
    desk.clock.time = SLOT_START + DAY
    course.act("deliver_campaign")
    return sum(one.amount.minor for one in desk.uow.ledger.pending(UUID(course.campaign_id)))


@pytest.mark.parametrize("accepting", [2, 1])
def test_a_tier_that_is_lost_with_those_who_do_not_stay_is_nobodys_to_bear(desk, accepting):
    """One of four leaves, which loses no tier; who refuses to move loses it, and the common fund pays nothing."""
    course = funded(desk, (1, "100.00"), (3, "80.00"))
    course.leave(course.all.pop())
    course.move_by(DAY)
    answer(course, *course.all[:accepting])
    assert set_aside(desk, course) == 0
    assert course.commitment(course.all[0])["final_price"] == cny("80.00")


def test_a_tier_that_is_lost_with_one_who_leaves_after_the_move_is_borne_as_ever(desk):
    course = funded(desk, (1, "100.00"), (4, "80.00"))
    course.move_by(DAY)
    answer(course, *course.all[:2])
    course.leave(course.all[1])
    assert set_aside(desk, course) == 2 * 2000


def test_what_a_common_fund_has_spent_the_supplier_returns_when_it_withdraws(desk):
    shares = {"supplier_bp": 8000, "organiser_bp": 0, "community_bp": 2000, "platform_bp": 0}
    course = AskedCourse(desk, 1, release=(("confirmed", 5000), ("accepted", 5000)), shares=shares)
    course.all = course.form(2, 2)
    fund, supplier = f"fund:{course.a}", f"supplier:{course.supplier_id}"
    assert (desk.uow.ledger.balance(fund), desk.uow.ledger.balance(supplier)) == (4000, 16000)
    spend(desk, fund, 3000)
    course.withdraw()
    assert (desk.uow.ledger.balance(fund), desk.uow.ledger.balance(supplier)) == (0, -3000)
    desk.clock.time = MONDAY + timedelta(hours=48)
    desk.fire_due_timers()
    assert course.see()["money"]["refunded"] == cny("400.00")
    assert set(desk.uow.ledger.sums().values()) <= {0}


def test_what_a_common_fund_has_spent_the_supplier_returns_to_who_does_not_move(desk):
    shares = {"supplier_bp": 8000, "organiser_bp": 0, "community_bp": 2000, "platform_bp": 0}
    course = AskedCourse(desk, 1, release=(("confirmed", 5000), ("accepted", 5000)), shares=shares)
    course.all = course.form(2, 2)
    fund, supplier = f"fund:{course.a}", f"supplier:{course.supplier_id}"
    spend(desk, fund, 3000)
    course.move_by(DAY)
    answer(course, course.all[0])
    assert (desk.uow.ledger.balance(fund), desk.uow.ledger.balance(supplier)) == (0, 16000 - 8000 - 1000)
    assert course.commitment(course.all[1])["refunded"] == cny("200.00")


def spend(desk, fund, minor):
    """Let the common fund have paid for a tier of another campaign."""
    none = {"campaign_id": None, "commitment_id": None}
    amount = Money(minor, "CNY")
    desk.uow.ledger.post([Transfer(new_id(), f"cover:{new_id()}", "cover", fund, "supplier:x", amount, **none)])
