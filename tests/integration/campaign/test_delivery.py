"""A delivery on a real PostgreSQL: what unit tests cannot see is SQL, keys and triggers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.campaign import handlers, views
from services.campaign.domain.checkin import CheckIn
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.sessions import plan
from services.campaign.handlers.recording import record
from services.kernel.errors import ConflictError
from services.kernel.timespan import Timespan
from tests.builders_campaign import cny
from tests.builders_delivery import Course


def verify(desk):
    with desk.new_uow() as uow:
        return views.verify_ledger(uow)


def events_of(desk, course):
    outbox = desk.new_uow().tables.outbox
    with desk.new_uow() as uow:
        rows = uow.connection.execute(outbox.select().order_by(outbox.c.position))
        return [row.routing_key for row in rows if row.subject == course.campaign_id]


def test_half_of_a_course_is_delivered_and_half_is_paid(desk):
    course = Course(desk, 8)
    one, other = course.form(3, 2)
    course.go(1, minutes=-20)
    assert course.check_in(one, 1, seats=2)["result"] == "counted"
    for number in (1, 2, 3, 4):
        course.go(number, hours=2)
        course.hold(number)
    assert course.see()["money"]["released"] == cny("225.00")  # 20 % and half of 50 %
    for number in (5, 6, 7, 8):
        course.cancel(number)
    delivered = course.deliver()
    assert delivered["money"] == {
        "paid": cny("500.00"),
        "refunded": cny("250.00"),
        "released": cny("225.00"),  # 80 % of what is left are 200.00, less than was released before
        "moved": cny("0.00"),
        "owed": cny("0.00"),
        "escrow": cny("25.00"),
    }
    assert course.attended(one)["outcome"]["undelivered"] == cny("150.00")
    assert course.attended(one)["sessions"][0]["present_seats"] == 2
    assert course.attended(other)["outcome"]["attended"]  # of the sessions after the first nothing was recorded
    desk.clock.pass_(hours=48)
    assert "settle_campaign" in desk.fire_due_timers()
    assert course.see()["money"]["released"] == cny("250.00")
    assert verify(desk) == []
    assert events_of(desk, course)[-12:] == [
        "campaign_begun.v1",
        *["session_held.v1"] * 4,
        *["session_cancelled.v1"] * 4,
        "campaign_delivered.v1",
        "campaign_settled.v1",
        "organiser_earned.v1",
    ]


def test_a_course_of_which_nothing_took_place_is_paid_back_whole(desk):
    course = Course(desk, 2)
    course.form(3)
    course.cancel(1, "weather")
    course.cancel(2, "supplier", who=course.supplier())
    seen = course.see()
    assert (seen["state"], seen["reason"]) == ("cancelled", "supplier")
    assert seen["money"]["refunded"] == seen["money"]["paid"] == cny("300.00")
    assert verify(desk) == []


def test_the_first_code_makes_the_key_and_a_new_key_leaves_old_codes_valid(desk):
    course = Course(desk, 2)
    one, other = course.form(1, 1)
    old = course.code(one)
    with desk.new_uow() as uow:
        made = handlers.rotate_key(uow)
        uow.commit()
    new = course.code(other)
    keys = desk.do("list_check_in_keys", {}, **course.member())["keys"]
    assert [key["key_id"] for key in keys if key["retired_at"] is None] == [made.key_id]
    course.go(1)
    results = course.upload(course.scan(old, 1), course.scan(new, 1))
    assert results["counted"] == 2


def test_attendance_is_corrected_by_adding_and_never_by_changing(desk, engine):
    course = Course(desk, 1)
    (one,) = course.form(2)
    course.go(1, hours=1)
    course.check_in(one, 1)
    course.correct(one, 1, False, "扫错人")
    course.correct(one, 1, True, "名单上有")
    found = course.attended(one)
    assert [each["present"] for each in found["corrections"]] == [False, True]
    assert found["sessions"][0]["presence"] == "present"
    for change in (
        "DELETE FROM campaign.check_ins",
        "UPDATE campaign.check_ins SET seats = 1",
        "UPDATE campaign.attendance_corrections SET present = false",
        "TRUNCATE campaign.attendance_corrections",
    ):
        with engine.connect() as connection, pytest.raises(IntegrityError, match="attendance is append-only"):
            connection.execute(text(change))


def test_the_database_counts_nobody_twice(desk):
    course = Course(desk, 1)
    (one,) = course.form(2)
    course.go(1, hours=1)
    course.check_in(one, 1)
    with desk.new_uow() as uow:
        again = next(
            iter(uow.attendance.register(desk.campaign_of_match(course.match_id).campaign_id).check_ins.values())
        )
        assert isinstance(again, CheckIn)
        with pytest.raises(IntegrityError, match="check_ins_pkey"):
            uow.attendance.count([again])


def test_one_key_signs_at_a_time(desk, engine):
    desk.do("list_check_in_keys", {}, role="node_operator")
    with engine.connect() as connection, pytest.raises(IntegrityError, match="signing_keys_signing"):
        connection.execute(text("INSERT INTO campaign.signing_keys VALUES ('other', '\\x00', '\\x00', now(), NULL)"))


def test_reminders_fire_once_also_after_days_without_us(desk):
    course = Course(desk, 2)
    one, _ = course.form(1, 1)
    course.go(1, hours=-3)
    assert desk.fire_due_timers().count("remind_session") == 1
    assert desk.fire_due_timers() == []
    course.go(2, hours=1)  # too late to help
    assert desk.fire_due_timers().count("remind_session") == 1
    member = {"role": "member", "community_id": one["community_id"], "member_id": one["member_id"]}
    told = desk.ask("list_notices", {"campaign_id": course.campaign_id}, **member)["items"]
    assert [each["kind"] for each in told].count("session_reminder") == 1


def test_a_new_plan_takes_the_place_of_the_one_before(desk):
    course = Course(desk, 3)
    course.form(1)
    campaign = desk.campaign_of_match(course.match_id)
    times = tuple(
        Timespan(one.start + timedelta(days=1), one.end + timedelta(days=1)) for one in campaign.terms.times[:2]
    )
    moved = replace(campaign, terms=replace(campaign.terms, sessions=times))
    with desk.new_uow() as uow:
        record(Outcome(moved, sessions=plan(moved)), uow)
        uow.campaigns.save_terms(moved)
        uow.commit()
    assert [one["start"] for one in course.sessions()["sessions"]] == ["2026-05-24T09:00:00Z", "2026-05-31T09:00:00Z"]
    course.go(1, hours=3)  # a day before the new time
    assert desk.fire_due_timers().count("remind_session") == 1
    course.go(3)
    desk.fire_due_timers()
    with desk.new_uow() as uow:
        told = uow.connection.execute(
            text("SELECT en FROM campaign.notices WHERE campaign_id = :id"), {"id": campaign.campaign_id}
        )
        assert sum("is about to begin" in row.en for row in told) == 1


def test_a_campaign_that_is_called_off_leaves_no_session_planned(desk):
    course = Course(desk, 2)
    course.form(2)
    course.act("cancel_campaign", reason="台风", cause="weather")
    assert {(one["state"], one["reason"]) for one in course.sessions()["sessions"]} == {("cancelled", "weather")}
    with pytest.raises(ConflictError) as refused:
        course.cancel(1)
    assert refused.value.code == "campaign.wrong_state"
