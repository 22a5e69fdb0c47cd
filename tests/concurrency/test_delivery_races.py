"""Races of a delivery between real processes on a real PostgreSQL: two devices, hold, cancel and deliver at once."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.kernel.clock import format_time
from services.kernel.ids import new_id
from tests.builders_campaign import cny
from tests.builders_delivery import Course
from tests.concurrency import test_campaign_races as races
from tests.concurrency.test_campaign_races import job, outcomes, race

desk, racers = races.desk, races.racers  # the fixtures of there


def told(desk, course):
    with desk.new_uow() as uow:
        rows = uow.connection.execute(text("SELECT routing_key, subject FROM campaign.outbox"))
        return Counter(row.routing_key for row in rows if row.subject == course.campaign_id)


def uploading(course, scans, now, who):
    return job("upload_check_ins", {"campaign_id": course.campaign_id, "items": scans}, now=now, **who)


def acting(course, name, number=None, now=None, **data):
    asked = {"campaign_id": course.campaign_id, **({} if number is None else {"number": number}), **data}
    return job(name, asked, now=now or course.start(1), **course.supplier())


def scans_of(course, commitments, number):
    at = format_time(course.start(number))
    return [{"code": course.code(one), "session": number, "at": at} for one in commitments]


def test_two_devices_upload_the_same_scans_and_each_person_counts_once(desk, racers):
    for _ in range(3):
        course = Course(desk, 2)
        scans = scans_of(course, course.form(*([1] * 12)), 1)
        devices = [uploading(course, scans[at:] + scans[:at], course.start(1), course.supplier()) for at in range(8)]
        results = race(racers, devices)
        assert outcomes(results) == {"ok": 8}
        assert sum(one["answer"]["counted"] for one in results) == 12
        assert sum(one["answer"]["already"] for one in results) == 7 * 12
        assert course.sheet(1)["totals"] == {"expected": 12, "present": 12, "absent": 0}
        assert told(desk, course)["campaign_begun.v1"] == 1


def test_the_same_upload_that_is_repeated_at_once_has_one_answer(desk, racers):
    course = Course(desk, 1)
    scans = scans_of(course, course.form(2), 1)
    same = job(
        "upload_check_ins", {"campaign_id": course.campaign_id, "items": scans}, now=course.start(1), key="the-upload",
        **course.supplier(),
    )  # fmt: skip
    results = race(racers, [same] * 8)
    assert [one["answer"]["counted"] for one in results] == [1] * 8


def test_the_first_code_of_a_node_makes_one_key(desk, racers):
    course = Course(desk, 1)
    commitments = course.form(*([1] * 8))
    with desk.new_uow() as uow:
        uow.connection.execute(text("DELETE FROM campaign.signing_keys"))
        uow.commit()
    asked = [{"commitment_id": one["commitment_id"]} for one in commitments]
    results = race(racers, [job("get_check_in_code", one, **course.organiser()) for one in asked])
    assert outcomes(results) == {"ok": 8}
    assert len({one["answer"]["key_id"] for one in results}) == 1
    with desk.new_uow() as uow:
        assert len(uow.signing_keys.all()) == 1


def test_hold_and_cancel_agree_on_who_was_first(desk, racers):
    ends = Counter()
    for _ in range(5):
        course = Course(desk, 2)
        course.form(4)
        jobs = []
        for _ in range(3):
            jobs += [acting(course, "hold_session", 1), acting(course, "cancel_session", 1, reason="illness")]
        results = race(racers, jobs)
        state = course.sessions()["sessions"][0]["state"]
        assert outcomes(results) == {"ok": 1, "campaign.session_state": 5}
        assert {one["state"] for one in results if "state" in one} == {state}
        ends[state] += 1
        events = told(desk, course)
        assert (events["session_held.v1"], events["session_cancelled.v1"]) == (
            int(state == "held"),
            int(state == "cancelled"),
        )
    assert sum(ends.values()) == 5


def test_hold_and_deliver_at_once_release_each_part_once(desk, racers):
    for _ in range(5):
        course = Course(desk, 2)
        course.form(3)
        now = course.start(2) + timedelta(hours=1)
        jobs = [acting(course, "hold_session", number, now) for number in (1, 2, 1, 2)]
        jobs += [acting(course, "deliver_campaign", now=now) for _ in range(2)]
        results = race(racers, jobs)
        assert course.see()["state"] == "delivered"
        assert [one["state"] for one in course.sessions()["sessions"]] == ["held", "held"]
        assert outcomes(results[4:])["ok"] == 1
        seen = course.see()["money"]
        assert (seen["released"], seen["refunded"]) == (cny("240.00"), cny("0.00"))
        assert told(desk, course)["campaign_delivered.v1"] == 1


def test_cancelling_the_last_sessions_and_delivering_at_once_pays_back_each_fen_once(desk, racers):
    ends = Counter()
    for _ in range(5):
        course = Course(desk, 2)
        course.form(3)
        jobs = [acting(course, "cancel_session", number, reason="supplier") for number in (1, 2, 1, 2)]
        jobs += [acting(course, "deliver_campaign"), acting(course, "deliver_campaign")]
        jobs += [acting(course, "hold_session", 1), acting(course, "hold_session", 1)]
        race(racers, jobs)
        seen, states = course.see(), [one["state"] for one in course.sessions()["sessions"]]
        ends[seen["state"]] += 1
        held = states.count("held")
        if seen["state"] == "cancelled":
            assert states == ["cancelled", "cancelled"]
            assert seen["money"]["refunded"] == cny("300.00")
        else:
            assert (seen["state"], held) in (("delivered", 1), ("delivering", 1))
            back = "150.00" if seen["state"] == "delivered" else "0.00"
            assert seen["money"]["refunded"] == cny(back)
    assert sum(ends.values()) == 5


def test_a_hand_over_and_a_scan_of_the_old_code_at_once_never_leave_a_guest_of_nobody(desk, racers):
    for _ in range(4):
        course = Course(desk, 1)
        (one,) = course.form(2)
        member_id = new_id()
        course.know(member_id)
        now = course.start(1) - timedelta(hours=1)
        scan = {"code": course.code(one), "session": 1, "at": format_time(now)}
        asked = {"commitment_id": one["commitment_id"], "member_id": str(member_id)}
        given = job("hand_over", asked, now=now, **course.organiser())
        handed, counted = race(racers, [given, uploading(course, [scan], now, course.supplier())])
        item = counted["answer"]["items"][0]
        if item["result"] == "counted":  # it began, so nobody hands over any more
            assert (handed["code"], handed["state"]) == ("campaign.wrong_state", "delivering")
        else:
            assert (item["refused"], "answer" in handed) == ("revoked", True)


@pytest.mark.parametrize("count", [500])
def test_a_whole_batch_of_a_device_is_counted(desk, racers, count):
    course = Course(desk, 1, seats=60)
    (scan, *_) = scans_of(course, course.form(*([1] * 50)), 1)
    results = race(racers, [uploading(course, [scan] * count, course.start(1), course.supplier()) for _ in range(2)])
    assert sum(one["answer"]["counted"] for one in results) == 1
    assert sum(one["answer"]["already"] for one in results) == 2 * count - 1
