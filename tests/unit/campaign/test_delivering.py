"""Sessions are held, cancelled and delivered: who may do it, and where each fen goes."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.campaign.domain.ledger import Phase, Transfer
from services.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from services.kernel.ids import new_id
from services.kernel.money import Money
from tests.bank import QUICK
from tests.builders_campaign import Desk, cny
from tests.builders_delivery import Course


@pytest.fixture
def desk():
    return Desk()


def fen(money):
    return round(float(money["amount"]) * 100)


def money(course):
    return {name: fen(amount) for name, amount in course.see()["money"].items() if name in ("refunded", "released")}


def refused_with(act):
    with pytest.raises(ConflictError) as refused:
        act()
    return refused.value.code, refused.value.detail


def finish(course, number):
    course.go(number)
    course.hold(number)


def settle(course):
    course.desk.clock.pass_(hours=48)
    course.desk.fire_due_timers()
    assert course.see()["state"] == "settled"
    assert fen(course.see()["money"]["escrow"]) == 0


# Holding


def test_the_first_session_that_is_held_begins_and_releases_its_part(desk):
    course = Course(desk, 8)
    course.form(3, 2)
    assert money(course) == {"refunded": 0, "released": 10000}
    course.go(1)
    seen = course.hold(1)
    assert (seen["campaign_state"], seen["held"], seen["count"]) == ("delivering", 1, 8)
    assert seen["sessions"][0]["state"] == "held"
    assert money(course)["released"] == 10000 + 3125  # 6.25 %
    told = [name for name in desk.uow.outbox.names() if name != "member_notified.v1"]
    assert told[-2:] == ["campaign_begun.v1", "session_held.v1"]
    held = desk.uow.outbox.data_of("session_held.v1")[0]
    assert (held["number"], held["held"], held["sessions"]) == (1, 1, 8)


def test_parts_are_spread_evenly_rounded_down_and_never_more_than_the_stage(desk):
    plan = (("confirmed", 0), ("session", 10000), ("delivered", 0), ("accepted", 0))
    course = Course(desk, 7, tiers=((1, "33.35"),), release=plan)
    course.form(3, 1)
    for number in range(1, 8):
        finish(course, number)
        due = [price * (10000 * number // 7) // 10000 for price in (10005, 3335)]
        assert money(course)["released"] == sum(due)
    course.deliver()
    assert money(course) == {"refunded": 0, "released": 13340}


@pytest.mark.parametrize("who", ["organiser", "partner", "supplier"])
def test_a_session_is_held_by_managers_and_the_supplier(desk, who):
    course = Course(desk, 2)
    course.form(1)
    course.go(1)
    assert course.hold(1, getattr(course, who)())["held"] == 1


def test_nobody_else_holds_or_cancels(desk):
    course = Course(desk, 2)
    course.form(1)
    course.go(1)
    for act in (course.hold, course.cancel):
        with pytest.raises(ForbiddenError):
            act(1, who=course.member())
        for stranger in (course.organiser(new_id()), {"role": "supplier", "supplier_id": new_id()}):
            with pytest.raises(NotFoundError) as refused:
                act(1, who=stranger)
            assert refused.value.code == "campaign.unknown"
        with pytest.raises(NotFoundError) as refused:
            act(3)
        assert refused.value.code == "campaign.session_unknown"


def test_a_session_is_held_once_and_not_before_it_begins(desk):
    course = Course(desk, 2)
    course.form(1)
    course.go(1, microseconds=-1)
    code, detail = refused_with(lambda: course.hold(1))
    assert (code, detail["session"], detail["start"]) == ("campaign.too_early", 1, "2026-05-23T09:00:00Z")
    assert course.see()["state"] == "confirmed"
    finish(course, 1)
    code, detail = refused_with(lambda: course.hold(1))
    assert (code, detail["state"]) == ("campaign.session_state", "held")
    code, detail = refused_with(lambda: course.cancel(1))
    assert (code, detail["state"], detail["action"]) == ("campaign.session_state", "held", "cancel")
    course.cancel(2)
    code, detail = refused_with(lambda: course.hold(2))
    assert (code, detail["state"]) == ("campaign.session_state", "cancelled")


def test_a_group_that_is_not_formed_has_no_session_to_hold(desk):
    course = Course(desk, 2)
    course.open()
    assert [one["state"] for one in course.sessions(course.member())["sessions"]] == ["planned", "planned"]
    course.go(1)
    for act in (course.hold, course.cancel):
        with pytest.raises((ConflictError, NotFoundError)):
            act(1)


def test_nobody_leaves_and_nobody_is_offered_a_seat_once_it_has_begun(desk):
    course = Course(desk, 2)
    one, _ = course.form(2, 1)
    finish(course, 1)
    code, detail = refused_with(lambda: course.leave(one))
    assert (code, detail["state"]) == ("campaign.wrong_state", "delivering")
    assert "leave" not in detail["allowed"]


# Cancelling


def test_a_cancelled_session_moves_no_money_yet_and_everybody_is_told(desk):
    course = Course(desk, 4)
    course.form(3, 2)
    before = money(course)
    seen = course.cancel(2, "weather")
    assert (seen["cancelled"], seen["campaign_state"]) == (1, "confirmed")
    assert (seen["sessions"][1]["state"], seen["sessions"][1]["reason"]) == ("cancelled", "weather")
    assert money(course) == before
    told = desk.uow.notices.of("session_cancelled")
    assert len(told) == 2
    assert "第 2/4 次" in told[0].zh
    assert "天气" in told[0].zh
    assert "1/4" in told[0].en
    assert desk.uow.outbox.data_of("session_cancelled.v1")[0]["reason"] == "weather"


def test_only_who_opened_it_and_the_supplier_cancel_and_the_supplier_speaks_for_itself(desk):
    course = Course(desk, 4)
    course.form(1)
    with pytest.raises(ForbiddenError) as refused:
        course.cancel(1, who=course.organiser(course.b))
    assert refused.value.code == "campaign.not_organiser"
    with pytest.raises(InvalidError) as wrong:
        course.cancel(1, "organiser", who=course.supplier())
    assert wrong.value.detail["errors"][0]["field"] == "reason"
    assert course.cancel(1, "illness", who=course.supplier())["cancelled"] == 1
    assert course.cancel(2, "organiser")["cancelled"] == 2


def test_when_the_last_session_is_cancelled_and_none_was_held_all_comes_back(desk):
    course = Course(desk, 3)
    one, gone = course.form(3, 1)
    course.desk.clock.time = course.start(1) - timedelta(hours=30)
    left = course.leave(gone)  # half is kept
    assert (left["kept"], left["refunded"]) == (cny("50.00"), cny("50.00"))
    course.cancel(1, "weather")
    course.cancel(2, "illness")
    seen = course.cancel(3, "supplier")
    assert (seen["campaign_state"], seen["cancelled"]) == ("cancelled", 3)
    assert (course.see()["reason"], course.see()["decision"]["zh"]) == ("supplier", "各次均未举行：供应商原因")
    assert money(course) == {"refunded": 40000, "released": 0}
    assert [course.commitment(each)["state"] for each in (one, gone)] == ["refunded", "refunded"]
    assert len(desk.uow.notices.of("session_cancelled")) == 2
    assert len(desk.uow.notices.of("group_called_off")) == 2
    assert desk.uow.outbox.data_of("campaign_cancelled.v1")[0]["reason"] == "supplier"


def test_a_group_that_had_begun_and_held_nothing_is_paid_back_too(desk):
    course = Course(desk, 1)
    (one,) = course.form(2)
    course.go(1, minutes=-10)
    course.check_in(one, 1)
    assert course.see()["state"] == "delivering"
    course.cancel(1, "illness", who=course.supplier())
    assert (course.see()["state"], course.see()["reason"]) == ("cancelled", "illness")
    assert money(course) == {"refunded": 20000, "released": 0}


def test_a_held_session_keeps_the_campaign_when_the_others_are_cancelled(desk):
    course = Course(desk, 3)
    course.form(1)
    finish(course, 1)
    course.cancel(2)
    assert course.cancel(3)["campaign_state"] == "delivering"
    assert fen(course.deliver()["money"]["refunded"]) == 6667


# Delivering


def test_what_has_begun_counts_as_held_and_what_is_to_come_has_to_be_cancelled(desk):
    course = Course(desk, 3)
    course.form(1)
    course.go(2)
    code, detail = refused_with(course.deliver)
    assert (code, detail["session"]) == ("campaign.too_early", 3)
    course.cancel(3)
    assert course.deliver()["state"] == "delivered"
    assert [one["state"] for one in course.sessions()["sessions"]] == ["held", "held", "cancelled"]
    assert desk.uow.campaigns.find(UUID(course.campaign_id)).sessions_held == 2
    delivered = desk.uow.outbox.data_of("campaign_delivered.v1")[0]
    assert (delivered["sessions"], delivered["sessions_held"], delivered["returned"]) == (3, 2, cny("33.34"))


@pytest.mark.parametrize(("count", "held"), [(8, 4), (7, 4), (7, 1), (3, 2), (2, 2)])
def test_members_pay_for_what_was_held_rounded_in_their_favour(desk, count, held):
    course = Course(desk, count, tiers=((1, "33.35"), (4, "30.01")), release=(("accepted", 10000),))
    early, late = course.form(3, 2)
    assert course.commitment(early)["refunded"] == cny("10.02")  # the difference to the tier comes first
    for number in range(1, held + 1):
        finish(course, number)
    for number in range(held + 1, count + 1):
        course.cancel(number)
    course.deliver()
    for commitment, price in ((early, 9003), (late, 6002)):
        stays = price * held // count
        assert fen(course.attended(commitment)["outcome"]["undelivered"]) == price - stays
        seen = course.commitment(commitment)
        assert fen(seen["paid"]) - fen(seen["refunded"]) == stays
    keys = [t.key for t in desk.uow.ledger.of("refund")]
    assert sorted(keys) == sorted(f"refund:{one['commitment_id']}:undelivered" for one in (early, late) if held < count)
    settle(course)


def test_notices_and_answers_say_what_came_back_and_why(desk):
    course = Course(desk, 2)
    (one,) = course.form(1)
    finish(course, 1)
    course.cancel(2)
    course.deliver()
    (told,) = desk.uow.notices.of("undelivered_part_returned")
    assert "共 2 次，实际举行 1 次" in told.zh
    assert "50.00 元" in told.zh
    assert "1 of 2 sessions" in told.en
    assert course.attended(one)["outcome"]["text"]["zh"] == "共 2 次，举行 1 次；未举行部分退回 50.00 元"


def test_what_was_released_beyond_what_is_left_comes_back_from_the_receivers(desk):
    shares = {"supplier_bp": 8000, "organiser_bp": 1000, "community_bp": 500, "platform_bp": 500}
    course = Course(desk, 4, release=(("confirmed", 9000), ("accepted", 1000)), shares=shares)
    course.form(1)
    assert money(course)["released"] == 9000
    finish(course, 1)
    for number in (2, 3, 4):
        course.cancel(number)
    course.deliver()
    assert money(course) == {"refunded": 7500, "released": 2500}
    back = {t.debit: t.amount.minor for t in desk.uow.ledger.of("return")}
    assert sum(back.values()) == 6500
    assert desk.uow.ledger.balance(f"supplier:{course.supplier_id}") == 2000
    assert desk.uow.ledger.balance("platform") == 125
    settle(course)


def spend_the_fund(desk, course):
    """Let the common fund have spent what it got of the releases, on a tier of another campaign."""
    account, balance = f"fund:{course.a}", desk.uow.ledger.balance(f"fund:{course.a}")
    none = {"campaign_id": None, "commitment_id": None}
    spent = Transfer(
        new_id(), f"cover:elsewhere:{new_id()}", "cover", account, "supplier:x", Money(balance, "CNY"), **none
    )
    desk.uow.ledger.post([spent])


@pytest.mark.parametrize("held", [1, 0])
def test_what_a_common_fund_has_spent_the_supplier_returns(desk, held):
    shares = {"supplier_bp": 8000, "organiser_bp": 0, "community_bp": 2000, "platform_bp": 0}
    course = Course(desk, 4, release=(("confirmed", 9000), ("accepted", 1000)), shares=shares)
    course.form(1, 1)
    assert desk.uow.ledger.balance(f"fund:{course.a}") == 2 * 1800
    spend_the_fund(desk, course)
    if held:
        finish(course, 1)
    for number in range(1 + held, 5):
        course.cancel(number)
    if held:
        course.deliver()
    assert money(course) == {"refunded": 5000 * (4 - held), "released": 5000 * held}
    assert {one.debit for one in desk.uow.ledger.of("return")} == {f"supplier:{course.supplier_id}"}


def test_a_part_that_was_not_held_comes_back_also_where_a_dispute_has_frozen_the_rest(desk):
    course = Course(desk, 2)
    quarrels, other = course.form(1, 1)
    finish(course, 1)
    data = {"commitment_id": quarrels["commitment_id"], "reason": "quality", "text": "水太冷", "claim": cny("80.00")}
    own = {"role": "member", "community_id": quarrels["community_id"], "member_id": quarrels["member_id"]}
    desk.do("open_dispute", data, **own)
    course.cancel(2)
    course.deliver()
    assert [course.commitment(one)["refunded"] for one in (quarrels, other)] == [cny("50.00")] * 2
    frozen = desk.uow.commitments.rows[UUID(quarrels["commitment_id"])]
    assert frozen.frozen
    assert frozen.released.minor == 2000 + 2500  # as it was when the dispute began
    assert desk.uow.commitments.rows[UUID(other["commitment_id"])].released.minor == 4500


def test_the_fee_of_one_who_left_shrinks_as_the_price_does(desk):
    course = Course(desk, 4)
    one, gone = course.form(1, 1)
    course.desk.clock.time = course.start(1) - timedelta(hours=30)
    course.leave(gone)
    finish(course, 1)
    for number in (2, 3, 4):
        course.cancel(number)
    course.deliver()
    left = course.commitment(gone)
    assert (left["kept"], left["refunded"], left["state"]) == (cny("12.50"), cny("87.50"), "refunded")
    assert course.commitment(one)["refunded"] == cny("75.00")
    settle(course)
    assert desk.uow.ledger.balance(f"supplier:{course.supplier_id}") == 2500 + 1250


def funded(desk):
    """A course whose lost tiers the common fund bears; it holds 100.00."""
    course = Course(desk, 4, tiers=((1, "100.00"), (3, "80.00")), seats=5)
    course.open(tier_loss={"bearer": "fund"})
    data = {"community_id": str(course.a), "receipt": "R", "amount": cny("100.00")}
    desk.do("contribute_to_fund", data, **course.organiser())
    return course


def deliver_a_quarter(course):
    finish(course, 1)
    for number in (2, 3, 4):
        course.cancel(number)
    course.deliver()


def test_what_funds_set_aside_at_the_confirmation_shrinks_with_the_course(desk):
    course = funded(desk)
    two = course.join(2)
    late = course.join(1)  # quoted 80.00, because it makes three
    course.leave(two)
    course.join(1)
    course.act("close_campaign")
    # Two are left, the price for which is 100.00 again, and one of them pays 80.00.
    assert [fen(course.see()["price"]), fen(course.commitment(late)["final_price"])] == [10000, 8000]
    campaign_id = UUID(course.campaign_id)
    (cover,) = desk.uow.ledger.pending(campaign_id)
    assert cover.amount.minor == 2000
    deliver_a_quarter(course)
    (again,) = desk.uow.ledger.pending(campaign_id)
    assert again.amount.minor == 500
    assert [t.phase for t in desk.uow.ledger.transfers if t.pending_id == cover.transfer_id] == [Phase.VOID]
    settle(course)
    assert desk.uow.ledger.balance(f"fund:{course.a}") == 10000 - 500
    assert desk.uow.ledger.balance(f"supplier:{course.supplier_id}") == (10000 + 8000) // 4 + 500


def test_a_tier_that_is_lost_after_the_confirmation_is_missing_only_of_what_was_held(desk):
    course = funded(desk)
    course.join(2)
    gone = course.join(1)
    course.act("close_campaign")
    assert fen(course.see()["price"]) == 8000
    course.leave(gone)  # early enough to be free
    deliver_a_quarter(course)
    (cover,) = desk.uow.ledger.pending(UUID(course.campaign_id))
    assert cover.amount.minor == 2 * 2000 // 4
    settle(course)
    assert desk.uow.ledger.balance(f"supplier:{course.supplier_id}") == 2 * 8000 // 4 + 1000


# No-shows


@pytest.mark.parametrize(("bp", "back"), [(0, 0), (3000, 3000), (3333, 3333), (10000, 10000)])
def test_a_no_show_gets_what_the_rule_says_and_the_rest_is_released(desk, bp, back):
    rule = {"steps": [], "weather_bp": 10000, "illness_bp": 0, "no_show_bp": bp}
    course = Course(desk, 1, cancellation=rule)
    came, missed = course.form(1, 1)
    course.go(1)
    course.check_in(came, 1)
    course.deliver()
    assert fen(course.commitment(missed)["refunded"]) == back
    assert course.commitment(came)["refunded"] == cny("0.00")
    outcome = course.attended(missed)["outcome"]
    assert (outcome["attended"], fen(outcome["no_show"])) == (False, back)
    assert "缺席" in outcome["text"]["zh"]
    (told,) = desk.uow.notices.of("no_show")
    assert str(told.member_id) == missed["member_id"]
    attended = {
        one["commitment_id"]: one["attended"]
        for one in desk.uow.outbox.data_of("campaign_delivered.v1")[0]["commitments"]
    }
    assert attended == {came["commitment_id"]: True, missed["commitment_id"]: False}
    settle(course)


def test_the_part_of_a_no_show_is_of_what_was_held_and_rounded_in_its_favour(desk):
    rule = {"steps": [], "weather_bp": 0, "illness_bp": 0, "no_show_bp": 3333}
    course = Course(desk, 3, tiers=((1, "33.35"),), cancellation=rule)
    came, missed = course.form(1, 3)
    course.go(1)
    course.check_in(came, 1)
    course.hold(1)
    course.cancel(2)
    course.cancel(3)
    course.deliver()
    held = 10005 * 1 // 3
    fee = held * 6667 // 10000
    seen = course.commitment(missed)
    assert fen(seen["paid"]) - fen(seen["refunded"]) == fee
    outcome = course.attended(missed)["outcome"]
    assert (fen(outcome["undelivered"]), fen(outcome["no_show"])) == (10005 - held, held - fee)
    settle(course)


def test_one_session_without_a_record_makes_no_shows_of_nobody(desk):
    course = Course(desk, 2, cancellation={"steps": [], "weather_bp": 0, "illness_bp": 0, "no_show_bp": 5000})
    came, missed = course.form(1, 1)
    course.go(1)
    course.check_in(came, 1)
    course.go(2)
    course.deliver()
    assert course.attended(missed)["outcome"]["attended"]
    assert [one["presence"] for one in course.attended(missed)["sessions"]] == ["absent", "unrecorded"]
    assert money(course)["refunded"] == 0


def test_who_came_to_any_session_is_no_no_show(desk):
    course = Course(desk, 2)
    one, other, missed = course.form(1, 1, 1)
    for number, commitment in ((1, one), (2, other)):
        course.go(number)
        course.check_in(commitment, number)
    course.deliver()
    assert [course.attended(each)["outcome"]["attended"] for each in (one, other, missed)] == [True, True, False]


# Reminders


def test_a_reminder_comes_a_day_before_each_session_to_who_has_seats(desk):
    course = Course(desk, 2)
    _, gone = course.form(1, 1)
    course.leave(gone)
    course.go(1, days=-1, microseconds=-1)
    desk.fire_due_timers()
    assert desk.uow.notices.of("session_reminder") == []
    course.go(1, days=-1)
    desk.fire_due_timers()
    (told,) = desk.uow.notices.of("session_reminder")
    assert "第 1/2 次" in told.zh
    course.go(2, hours=-1)
    desk.fire_due_timers()
    desk.fire_due_timers()
    assert len(desk.uow.notices.of("session_reminder")) == 2


def test_no_reminder_of_what_was_cancelled_or_has_begun_or_ended(desk):
    course = Course(desk, 3)
    course.form(1)
    course.cancel(1)
    course.go(2, hours=1)
    desk.fire_due_timers()
    assert desk.uow.notices.of("session_reminder") == []
    course.hold(2)
    course.cancel(3)
    course.deliver()
    desk.clock.pass_(days=30)
    desk.fire_due_timers()
    assert desk.uow.notices.of("session_reminder") == []


def test_a_reminder_that_comes_too_early_comes_again(desk):
    course = Course(desk, 1)
    course.form(1)
    key = next(key for key in desk.uow.timers.pending if key.startswith("remind"))
    due, command, payload = desk.uow.timers.pending[key]
    desk.uow.timers.set(key, desk.clock.now(), command, payload)
    assert "remind_session" in desk.fire_due_timers()
    assert desk.uow.timers.pending[key][0] == due


# With a payment provider


def test_a_provider_gives_back_what_was_not_held_and_what_a_no_show_gets_and_then_lets_go_of_the_rest():
    rule = {"steps": [], "weather_bp": 0, "illness_bp": 0, "no_show_bp": 5000}
    shares = {"supplier_bp": 8500, "organiser_bp": 500, "community_bp": 600, "platform_bp": 400}
    course = Course(Desk().with_bank(QUICK), 2, cancellation=rule, shares=shares)
    desk = course.desk
    course.open()
    came, missed = course.reserve(3), course.reserve(1)
    for held in (came, missed):
        course.start_payment(held)
    desk.work()
    course.act("close_campaign")
    desk.pass_(seconds=(course.start(1) - desk.clock.now()).total_seconds())
    course.check_in(came, 1)
    course.hold(1)
    assert money(course) == {"refunded": 0, "released": 0}  # with a provider the stages are promises until the end
    course.cancel(2)
    course.deliver()
    desk.pass_(hours=1)
    assert money(course) == {"refunded": 15000 + 5000 + 2500, "released": 0}
    assert [fen(course.commitment(one)["refunded"]) for one in (came, missed)] == [15000, 7500]
    desk.pass_(hours=72)
    assert course.see()["state"] == "settled"
    assert money(course) == {"refunded": 22500, "released": 17500}
    assert desk.uow.ledger.pending(UUID(course.campaign_id)) == []
