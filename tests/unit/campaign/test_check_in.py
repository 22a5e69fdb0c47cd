"""Check-in: each scan is judged by itself, and a commitment counts once in each session."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.campaign import handlers
from services.campaign.domain.checkin import SKEW
from services.campaign.domain.codes import issue
from services.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from services.kernel.ids import new_id
from services.kernel.signing import new_key
from tests.builders_campaign import Desk, Town
from tests.builders_delivery import Course


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def course(desk):
    return Course(desk, 3)


def stored(course, commitment):
    return course.desk.uow.commitments.rows[UUID(commitment["commitment_id"])]


def test_the_first_person_at_the_door_begins_the_delivery(desk):
    course = Course(desk, 3, seats=7)
    course.open()
    course.reserve(2)
    one, other = course.join(3), course.join(2)
    waiting = course.wait(1)
    course.act("close_campaign")
    assert course.see()["waiting"] == 1
    course.go(1, minutes=-10)
    answer = course.check_in(one, 1)
    assert (answer["result"], answer["seats"], answer["at"]) == ("counted", 3, "2026-05-23T08:50:00Z")
    assert course.see()["state"] == "delivering"
    assert course.see()["waiting"] == 0
    assert course.commitment(waiting)["state"] == "expired"
    assert desk.uow.outbox.names().count("campaign_begun.v1") == 1
    begun = desk.uow.outbox.data_of("campaign_begun.v1")[0]
    assert (begun["seats"], begun["sessions"], begun["begun_at"]) == (5, 3, "2026-05-23T08:50:00Z")
    told = {str(notice.member_id) for notice in desk.uow.notices.of("delivery_begun")}
    assert told == {one["member_id"], other["member_id"]}
    assert len(desk.uow.notices.of("waiting_ended")) == 1


def test_a_refused_scan_begins_nothing(desk, course):
    course.form(3)
    course.go(1)
    assert course.upload(course.scan("x", 1))["refused"] == 1
    assert course.see()["state"] == "confirmed"
    assert "campaign_begun.v1" not in desk.uow.outbox.names()


def test_a_code_counts_once_in_each_session_whatever_the_order(desk, course):
    (one,) = course.form(3)
    code = course.code(one)
    course.go(2, hours=1)
    late, early = course.scan(code, 2), course.scan(code, 2, at=course.start(2))
    before = course.scan(code, 1, at=course.start(1))
    answer = course.upload(late, early, before, late)
    assert [item["result"] for item in answer["items"]] == ["counted", "already", "counted", "already"]
    assert answer["items"][1]["at"] == answer["items"][0]["at"] == late["at"]
    again = course.upload(before, who=course.organiser())
    assert (again["counted"], again["already"], again["items"][0]["at"]) == (0, 1, before["at"])
    assert len(desk.uow.attendance.counted) == 2


def test_a_part_of_a_party_counts_with_what_came(course):
    (one,) = course.form(3)
    course.go(1)
    assert course.check_in(one, 1, seats=2)["seats"] == 2
    assert course.check_in(one, 1)["seats"] == 2
    assert course.attended(one)["sessions"][0]["present_seats"] == 2


def test_a_bad_item_costs_the_others_nothing(desk, course):
    one, other = course.form(3, 2)
    stranger = Course(desk, 1)
    (foreign,) = stranger.form(1)
    course.cancel(3)
    unknown = issue(stored(course, one), new_key(desk.clock.now()))
    code = course.code(one)
    course.go(1)
    scans = {
        "unreadable": course.scan("https://example.com/menu", 1),
        "unknown_key": course.scan(unknown, 1),
        "bad_signature": course.scan(code[:-4] + ("AAAA" if code[-4:] != "AAAA" else "BBBB"), 1),
        "other_campaign": course.scan(stranger.code(foreign), 1),
        "unknown_session": course.scan(code, 4),
        "session_cancelled": course.scan(code, 3),
        "other_time": course.scan(code, 2),
        "too_many_seats": course.scan(code, 1, seats=4),
    }
    good = course.scan(course.code(other), 1)
    answer = course.upload(*scans.values(), good)
    assert [item["refused"] for item in answer["items"]] == [*scans, None]
    assert (answer["counted"], answer["refused"]) == (1, 8)
    assert all(item["commitment_id"] is None for item in answer["items"][:-1])


def test_a_code_of_seats_that_went_to_another_member_is_revoked(course):
    one, _ = course.form(2, 1)
    old, member_id = course.code(one), new_id()
    course.know(member_id)
    data = {"commitment_id": one["commitment_id"], "member_id": str(member_id)}
    course.desk.do("hand_over", data, **course.organiser())
    course.go(1)
    answer = course.upload(course.scan(old, 1), course.scan(course.code(one), 1))
    assert [item["refused"] for item in answer["items"]] == ["revoked", None]


def test_a_code_of_fewer_or_no_seats_is_revoked(course):
    one, other, third = course.form(3, 2, 1)
    codes = [course.code(commitment) for commitment in (one, other, third)]
    data = {"commitment_id": one["commitment_id"], "seats": 2}
    course.desk.do("change_seats", data, **course.organiser())
    course.leave(other)
    course.go(1)
    answer = course.upload(*(course.scan(code, 1) for code in codes))
    assert [item["refused"] for item in answer["items"]] == ["revoked", "revoked", None]
    assert course.check_in(one, 1)["seats"] == 2


@pytest.mark.parametrize(
    ("at", "uploaded", "result"),
    [
        (timedelta(hours=-12), timedelta(0), "counted"),
        (timedelta(hours=-12, microseconds=-1), timedelta(0), "refused"),
        (timedelta(hours=14, microseconds=-1), timedelta(days=1), "counted"),
        (timedelta(hours=14), timedelta(days=1), "refused"),
        (timedelta(0), timedelta(days=6), "counted"),  # a device that had no network for days
        (timedelta(0), -SKEW, "counted"),  # a clock that runs ahead
        (timedelta(0), -SKEW - timedelta(microseconds=1), "refused"),
        (timedelta(hours=-12), timedelta(hours=-12, seconds=-1), "refused"),  # not even a clock that runs ahead
    ],
)
def test_a_scan_has_to_lie_in_the_day_of_its_session_and_not_in_the_future(course, at, uploaded, result):
    (one,) = course.form(1)
    code = course.code(one)
    course.desk.clock.time = course.start(1) + uploaded
    answer = course.upload(course.scan(code, 1, at=course.start(1) + at))["items"][0]
    assert answer["result"] == result
    assert answer["refused"] == (None if result == "counted" else "other_time")


@pytest.mark.parametrize("who", ["organiser", "partner", "supplier"])
def test_managers_and_the_supplier_may_upload(course, who):
    (one,) = course.form(1)
    code = course.code(one)
    course.go(1)
    assert course.upload(course.scan(code, 1), who=getattr(course, who)())["counted"] == 1


def test_nobody_else_may_upload(course):
    (one,) = course.form(1)
    code = course.code(one)
    course.go(1)
    with pytest.raises(ForbiddenError):
        course.upload(course.scan(code, 1), who=course.member())
    for stranger in (course.organiser(new_id()), {"role": "supplier", "supplier_id": new_id()}):
        with pytest.raises(NotFoundError) as refused:
            course.upload(course.scan(code, 1), who=stranger)
        assert refused.value.code == "campaign.unknown"


def test_the_code_is_for_its_member_and_who_manages_its_community(course):
    (one,) = course.form(1)
    data = {"commitment_id": one["commitment_id"]}
    own = {"role": "member", "community_id": one["community_id"], "member_id": one["member_id"]}
    codes = {course.code(one, who) for who in (own, course.organiser(), course.partner(), {"role": "node_operator"})}
    assert len(codes) == 1
    for stranger in (course.member(), course.organiser(course.b), course.supplier()):
        with pytest.raises(NotFoundError) as refused:
            course.desk.do("get_check_in_code", data, **stranger)
        assert refused.value.code == "campaign.commitment_unknown"


def test_there_is_a_code_only_of_paid_seats_in_a_formed_group(desk, course):
    course.open()
    held, paid = course.reserve(1), course.join(2)
    for commitment, code in ((held, "campaign.commitment_state"), (paid, "campaign.wrong_state")):
        with pytest.raises(ConflictError) as refused:
            course.code(commitment)
        assert refused.value.code == code
    course.act("close_campaign")
    course.code(paid)
    course.go(3)
    course.deliver()
    with pytest.raises(ConflictError) as refused:
        course.code(paid)
    assert refused.value.detail["state"] == "delivered"


def test_the_first_key_is_made_once_and_an_older_one_still_verifies(desk, course):
    one, other = course.form(1, 1)
    assert desk.uow.signing_keys.rows == []
    old = course.code(one)
    course.code(one)
    assert len(desk.uow.signing_keys.rows) == 1
    handlers.rotate_key(desk.uow)
    assert course.code(one) != old
    course.go(1)
    assert course.upload(course.scan(old, 1), course.scan(course.code(other), 1))["counted"] == 2
    shown = desk.do("list_check_in_keys", {}, **course.supplier())
    assert [key["retired_at"] is None for key in shown["keys"]] == [False, True]
    assert "private" not in str(shown)


@pytest.mark.parametrize("state", ["tipped", "settled", "cancelled"])
def test_a_campaign_that_does_not_take_place_now_takes_no_check_ins(desk, state):
    town = Town(desk)
    town.open()
    town.join(10)
    if state == "cancelled":
        town.act("cancel_campaign", reason="x")
    elif state == "settled":
        town.act("close_campaign")
        desk.clock.pass_(days=13)
        town.act("deliver_campaign")
        desk.clock.pass_(days=3)
        desk.fire_due_timers()
    data = {"campaign_id": town.campaign_id, "items": [{"code": "x", "session": 1, "at": "2026-05-23T09:00:00Z"}]}
    with pytest.raises(ConflictError) as refused:
        desk.do("upload_check_ins", data, **town.supplier())
    assert refused.value.detail["state"] == state


def test_a_free_seat_is_checked_in_as_a_paid_one_is(desk):
    course = Course(desk, 1, tiers=((1, "0.00"),))
    (one,) = course.form(2)
    course.go(1)
    assert course.check_in(one, 1)["result"] == "counted"
