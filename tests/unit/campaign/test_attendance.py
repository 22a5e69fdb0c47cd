"""Who was there, who may see it, and who may correct it."""

from uuid import UUID

import pytest

from services.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from services.kernel.ids import new_id
from services.kernel.policy import Policy
from tests.builders_campaign import Desk
from tests.builders_delivery import Course


@pytest.fixture
def desk():
    return Desk(policy=Policy(privacy_k=3))


@pytest.fixture
def course(desk):
    return Course(desk, 2)


def formed(course, ours, theirs):
    """Let members of both communities join with so many seats each; return both lists of commitments."""
    course.open()
    joined = [course.join(seats) for seats in ours], [course.join(seats, course.b) for seats in theirs]
    course.act("close_campaign")
    return joined


def counts(part):
    return part["expected"], part["present"], part["absent"]


def parts(sheet, course):
    by_id = {one["community_id"]: counts(one) for one in sheet["communities"]}
    return by_id[str(course.a)], by_id[str(course.b)]


def test_managers_see_their_own_people_and_of_others_numbers(course):
    (one, other), theirs = formed(course, (3, 2), (4, 4))
    course.go(1)
    course.check_in(one, 1, seats=2)
    course.check_in(theirs[0], 1)
    course.hold(1)
    sheet = course.sheet(1)
    assert [(each["commitment_id"], each["presence"], each["present_seats"]) for each in sheet["people"]] == [
        (one["commitment_id"], "present", 2),
        (other["commitment_id"], "absent", 0),
    ]
    assert parts(sheet, course) == ((5, 2, 3), (8, 4, 4))
    assert (counts(sheet["totals"]), sheet["exact"], sheet["recorded"]) == ((13, 6, 7), True, True)
    assert [sheet["communities"][index]["own"] for index in (0, 1)] == [True, False]
    assert all(each["member_id"] not in str(sheet) for each in theirs)


@pytest.mark.parametrize(
    ("theirs", "came", "seen"),
    [
        ((2,), (), (None, None, None)),  # fewer than three are expected
        ((4,), (2,), (4, None, None)),  # fewer than three came
        ((5,), (4,), (5, None, None)),  # fewer than three did not, which the difference would tell
        ((5,), (5,), (5, 5, 0)),
        ((5,), (), (5, 0, 5)),
    ],
)
def test_what_tells_of_fewer_than_k_people_of_others_is_hidden(course, theirs, came, seen):
    (one,), others = formed(course, (3,), theirs)
    course.go(1)
    course.check_in(one, 1)
    for commitment, seats in zip(others, came, strict=False):
        course.check_in(commitment, 1, seats=seats)
    course.hold(1)
    sheet = course.sheet(1)
    assert parts(sheet, course) == ((3, 3, 0), seen)
    assert sheet["exact"] == (None not in seen)
    hidden = seen[1] is None
    assert counts(sheet["totals"]) == (3 + (seen[0] or 0), 3 + (0 if hidden else seen[1]), 0 if hidden else seen[2])


def test_the_supplier_sees_numbers_and_parties_and_nobodys_name(desk, course):
    course.open()
    data = {"campaign_id": course.campaign_id, "seats": 3, "party": {"adult": 1, "child": 2}}
    family = course.pay(desk.do("reserve_seats", data, **course.member()))
    other = course.join(2, course.b)
    course.act("close_campaign")
    course.go(1)
    course.check_in(family, 1)
    sheet = course.sheet(1, course.supplier())
    assert (counts(sheet["totals"]), sheet["exact"]) == ((5, 3, 0), True)
    assert sheet["party"] == {"adult": 1, "child": 2, "unspecified": 2}
    assert sheet["people"] == []
    assert parts(sheet, course) == ((None, None, None), (None, None, None))
    for one in (family, other):
        assert one["member_id"] not in str(sheet)
        assert one["commitment_id"] not in str(sheet)


def test_members_and_strangers_see_no_sheet(course):
    formed(course, (1,), (1,))
    with pytest.raises(ForbiddenError):
        course.sheet(1, course.member())
    for stranger in (course.organiser(new_id()), {"role": "supplier", "supplier_id": new_id()}):
        with pytest.raises(NotFoundError) as refused:
            course.sheet(1, stranger)
        assert refused.value.code == "campaign.unknown"
    with pytest.raises(NotFoundError) as refused:
        course.sheet(3)
    assert refused.value.code == "campaign.session_unknown"


def test_nobody_is_absent_before_the_session_or_where_nothing_was_recorded(course):
    (one, other), _ = formed(course, (1, 1), ())
    assert [each["presence"] for each in course.sheet(1)["people"]] == ["expected", "expected"]
    course.go(1)
    course.check_in(one, 1)
    assert [each["presence"] for each in course.sheet(1)["people"]] == ["present", "expected"]
    course.hold(1)
    assert [each["presence"] for each in course.sheet(1)["people"]] == ["present", "absent"]
    course.go(2)
    course.hold(2)
    assert [each["presence"] for each in course.sheet(2)["people"]] == ["unrecorded", "unrecorded"]
    assert course.attended(other)["sessions"][0]["presence"] == "absent"


def test_a_member_sees_its_own_attendance_and_nobody_elses(course):
    (one, other), _ = formed(course, (2, 1), ())
    own = {"role": "member", "community_id": one["community_id"], "member_id": one["member_id"]}
    seen = course.attended(one, own)
    assert (seen["seats"], len(seen["sessions"]), seen["outcome"]) == (2, 2, None)
    for caller, commitment in ((own, other), (course.organiser(course.b), one), (course.supplier(), one)):
        with pytest.raises(NotFoundError) as refused:
            course.attended(commitment, caller)
        assert refused.value.code == "campaign.commitment_unknown"


def test_corrections_are_kept_with_their_reason_and_the_last_one_counts(course):
    (one, other), _ = formed(course, (2, 1), ())
    course.go(1)
    course.check_in(one, 1)
    who = course.organiser()
    course.correct(one, 1, False, "扫了别人的码", who)
    assert course.attended(one)["sessions"][0]["presence"] == "absent"
    seen = course.correct(one, 1, True, "本人在场，名单核对", who)
    assert seen["sessions"][0]["presence"] == "present"
    assert [(each["present"], each["reason"], each["by_role"]) for each in seen["corrections"]] == [
        (False, "扫了别人的码", "organiser"),
        (True, "本人在场，名单核对", "organiser"),
    ]
    assert {each["by_member_id"] for each in seen["corrections"]} == {str(who["member_id"])}
    own = {"role": "member", "community_id": one["community_id"], "member_id": one["member_id"]}
    assert {each["by_member_id"] for each in course.attended(one, own)["corrections"]} == {None}
    assert course.sheet(1)["people"][0]["corrections"] == seen["corrections"]
    assert course.attended(other)["corrections"] == []


def test_a_correction_begins_the_delivery_as_a_check_in_does(course):
    (one,), _ = formed(course, (1,), ())
    course.go(1)
    course.correct(one, 1, True, "纸质签到")
    assert course.see()["state"] == "delivering"


def test_only_those_who_manage_the_members_community_correct(course):
    (one,), _ = formed(course, (1,), (1,))
    course.go(1)
    with pytest.raises(ForbiddenError):
        course.correct(one, 1, True, who=course.member())
    with pytest.raises(ForbiddenError):
        course.correct(one, 1, True, who=course.supplier())
    with pytest.raises(NotFoundError):
        course.correct(one, 1, True, who=course.organiser(course.b))
    assert course.correct(one, 1, True, who=course.partner())["sessions"][0]["presence"] == "present"


def test_nothing_is_said_of_a_session_that_has_not_begun_or_was_cancelled(course):
    (one,), _ = formed(course, (1,), ())
    course.go(1)
    course.hold(1)
    for prepare, code in ((lambda: None, "campaign.too_early"), (lambda: course.cancel(2), "campaign.session_state")):
        prepare()
        with pytest.raises(ConflictError) as refused:
            course.correct(one, 2, True)
        assert refused.value.code == code
    with pytest.raises(NotFoundError):
        course.correct(one, 3, True)


def test_after_the_delivery_somebody_may_be_found_to_have_come_and_nobody_to_have_missed_it(desk, course):
    (came, missed, late), _ = formed(course, (1, 1, 1), ())
    codes = [course.code(one) for one in (came, late)]
    scan = course.scan(codes[1], 2, at=course.start(2))
    for number in (1, 2):
        course.go(number)
        course.upload(course.scan(codes[0], number))
    course.deliver()
    assert [course.attended(one)["outcome"]["attended"] for one in (came, missed, late)] == [True, False, False]
    before = course.see()["money"]
    assert course.upload(scan)["counted"] == 1  # a device that had no network until now
    assert course.correct(missed, 1, True, "名单上有")["outcome"]["attended"]
    assert [course.attended(one)["outcome"]["attended"] for one in (came, missed, late)] == [True, True, True]
    assert {str(one.member_id) for one in desk.uow.notices.of("attendance_corrected")} == {
        missed["member_id"],
        late["member_id"],
    }
    assert course.see()["money"] == before
    with pytest.raises(ConflictError) as refused:
        course.correct(came, 1, False)
    assert refused.value.detail["action"] == "mark_absent"
    course.upload(scan, course.scan(codes[0], 1, at=course.start(1)))
    assert len(desk.uow.notices.of("attendance_corrected")) == 2


def test_what_somebody_said_by_hand_outweighs_a_scan_that_comes_after_the_delivery(course):
    (came, missed), _ = formed(course, (1, 1), ())
    scan = course.scan(course.code(missed), 1, at=course.start(1))
    for number in (1, 2):
        course.go(number)
        course.check_in(came, number)
    course.correct(missed, 1, False, "别人拿着她的码")
    course.deliver()
    assert course.upload(scan)["counted"] == 1
    assert course.attended(missed)["outcome"]["attended"] is False


def test_the_party_of_a_commitment_is_on_the_sheet_of_its_own_community(desk, course):
    course.open()
    data = {"campaign_id": course.campaign_id, "seats": 3, "party": {"adult": 1, "child": 2}}
    family = course.pay(desk.do("reserve_seats", data, **course.member()))
    course.join(4, course.b)
    course.act("close_campaign")
    sheet = course.sheet(1)
    assert [each["party"] for each in sheet["people"]] == [{"adult": 1, "child": 2}]
    assert sheet["party"] == {"adult": 1, "child": 2}
    everything = course.sheet(1, {"role": "node_operator"})
    assert everything["party"] == {"adult": 1, "child": 2, "unspecified": 4}
    assert len(everything["people"]) == 2
    assert UUID(family["commitment_id"]) in desk.uow.commitments.rows
