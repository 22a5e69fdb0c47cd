"""Nobody is invited before the guard has said yes, and it is shown why somebody is not."""

from datetime import timedelta

import pytest

from services.campaign.domain.errors import InvitationStateError, InvitationUnknownError, WrongStateError
from services.campaign.domain.inviting import InvitationState
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from tests.builders_campaign import DEADLINE, Desk
from tests.builders_inviting import OVER, QUIET, InvitingTown


@pytest.fixture
def town():
    return InvitingTown(Desk())


def kept(town):
    """The state of each member's invitation."""
    found = {one.member_id: one for one in town.desk.uow.invitations.rows.values()}
    return [str(found[one].state) if one in found else None for one in town.members]


def questions(town):
    return town.desk.uow.outbox.data_of("invitations_asked.v1")


def test_members_are_invited_only_when_the_guard_has_allowed_it(town):
    asked = town.invite()
    assert (asked["asking"], asked["left_out"]) == (4, 0)
    assert kept(town) == ["asking"] * 4
    town.decide(asked["round_id"], held_back=[2])
    assert kept(town) == ["invited", "invited", "held_back", "invited"]
    invited = town.desk.uow.outbox.data_of("members_invited.v1")[0]["member_ids"]
    assert invited == [str(town.members[index]) for index in (0, 1, 3)]


def test_who_has_joined_or_is_being_asked_about_is_left_out(town):
    town.reserve(1, town.member_at(0))
    assert town.invite()["asking"] == 3
    again = town.invite()
    assert (again["asking"], again["left_out"], again["round_id"]) == (0, 4, None)


def test_who_was_held_back_can_be_asked_about_again(town):
    town.decide(town.invite()["round_id"], held_back=[1])
    assert town.invite(1)["asking"] == 1
    assert questions(town)[-1]["member_ids"] == [str(town.members[1])]


def test_an_answer_to_an_older_question_changes_nothing(town):
    first = town.invite(1)["round_id"]
    town.decide(first, held_back=[1])
    second = town.invite(1)["round_id"]
    town.decide(first)
    assert kept(town)[1] == "asking"
    town.decide(second)
    assert kept(town)[1] == "invited"
    town.decide(second, held_back=[1])
    assert kept(town)[1] == "invited"


def test_what_members_answered_travels_with_the_next_question_and_only_once(town):
    town.decide(town.invite(0, 1, 2)["round_id"])
    town.reserve(1, town.member_at(0))
    declined = next(one for one in town.desk.uow.invitations.rows.values() if one.member_id == town.members[1])
    town.decline(declined.invitation_id, town.member_at(1))
    town.invite(3)
    answered = [one["member_id"] for one in questions(town)[-1]["answered"]]
    assert answered == sorted(str(town.members[index]) for index in (0, 1))
    town.invite(2)
    assert questions(town)[-1]["answered"] == []


def test_whom_only_quiet_hours_held_back_is_asked_about_again_when_they_are_over(town):
    morning = town.desk.clock.now() + timedelta(hours=9)
    town.decide(town.invite()["round_id"], held_back=[0, 1], why=QUIET, not_before=morning)
    town.desk.clock.time = morning
    assert "ask_invitations_again" in town.desk.fire_due_timers()
    assert questions(town)[-1]["member_ids"] == [str(town.members[index]) for index in (0, 1)]


def test_no_question_is_put_again_for_a_time_after_the_deadline(town):
    late = {"held_back": [0], "why": QUIET, "not_before": DEADLINE + timedelta(hours=1)}
    town.decide(town.invite()["round_id"], **late)
    town.desk.clock.time = DEADLINE + timedelta(hours=2)
    assert "ask_invitations_again" not in town.desk.fire_due_timers()


def test_an_answer_that_comes_after_the_deadline_invites_nobody(town):
    round_id = town.invite()["round_id"]
    town.desk.clock.time = DEADLINE
    town.decide(round_id)
    found = list(town.desk.uow.invitations.rows.values())
    assert {(one.state, one.why["code"]) for one in found} == {(InvitationState.HELD_BACK, OVER)}
    assert "members_invited.v1" not in town.desk.uow.outbox.names()


def test_nobody_is_asked_about_a_campaign_that_cannot_be_joined(town):
    town.desk.clock.time = DEADLINE
    with pytest.raises(WrongStateError):
        town.invite()


def test_a_stranger_among_the_members_is_named_by_its_place(town):
    with pytest.raises(InvalidError) as refused:
        town.act("invite_members", member_ids=[str(town.members[0]), str(new_id())])
    assert refused.value.detail["errors"][0]["field"] == "member_ids.1"
    assert questions(town) == []


def test_members_do_not_invite(town):
    with pytest.raises(ForbiddenError):
        town.invite(who=town.member_at(0))


def test_an_invitation_is_declined_by_its_member_once_and_by_no_other(town):
    town.decide(town.invite()["round_id"], held_back=[3])
    mine, held = (
        next(one for one in town.desk.uow.invitations.rows.values() if one.member_id == town.members[index])
        for index in (0, 3)
    )
    for who in (town.member_at(1), town.organiser(town.b)):
        with pytest.raises(InvitationUnknownError):
            town.decline(mine.invitation_id, who)
    # That it was held back is not the member's to know.
    with pytest.raises(InvitationUnknownError):
        town.decline(held.invitation_id, town.member_at(3))
    assert town.decline(mine.invitation_id, town.member_at(0))["answer"] == "declined"
    with pytest.raises(InvitationStateError):
        town.decline(mine.invitation_id, town.member_at(0))


def test_the_organiser_is_told_to_the_fen_what_it_earned_in_all():
    desk = Desk()
    shares = {"supplier_bp": 9000, "organiser_bp": 700, "community_bp": 300, "platform_bp": 0}
    town = InvitingTown(desk, shares=shares, tiers=((10, "33.33"),))
    for _ in range(10):
        town.join()
    desk.clock.time = DEADLINE
    desk.fire_due_timers()
    desk.clock.time = DEADLINE + timedelta(days=8)
    town.act("deliver_campaign")
    desk.clock.pass_(days=3)
    desk.fire_due_timers()
    earned = desk.uow.outbox.data_of("organiser_earned.v1")
    account = f"organiser:{earned[0]['member_id'] or earned[0]['community_id']}"
    assert len(earned) == 1
    assert earned[0]["income"] == {"amount": f"{desk.balance(account) / 100:.2f}", "currency": "CNY"}
    assert desk.balance(account) > 0
