"""Invitations on a real PostgreSQL: who sees what, and questions that cross."""

import pytest

from services.campaign.domain.errors import CampaignUnknownError
from services.kernel.ids import new_id
from tests.builders_inviting import InvitingTown


@pytest.fixture
def town(desk):
    return InvitingTown(desk)


def listed(town, who, **data):
    return town.desk.ask("list_invitations", {"campaign_id": town.campaign_id, **data}, **who)["items"]


def test_organisers_see_why_somebody_is_not_asked_and_members_only_that_they_are(town):
    town.decide(town.invite()["round_id"], held_back=[2])
    seen = {one["member_id"]: one for one in listed(town, town.organiser())}
    held = seen[str(town.members[2])]
    assert (held["state"], held["why"]["code"]) == ("held_back", "too_soon")
    assert [one["state"] for one in listed(town, town.member_at(0))] == ["invited"]
    assert listed(town, town.member_at(2)) == []


def test_who_joins_has_answered_and_the_guard_hears_of_it_once(town):
    town.decide(town.invite(0, 1)["round_id"])
    town.reserve(1, town.member_at(0))
    seen = {one["member_id"]: one["answer"] for one in listed(town, town.organiser())}
    assert seen == {str(town.members[0]): "joined", str(town.members[1]): None}
    with town.desk.unit() as uow:
        assert [member_id for _, member_id in uow.invitations.tell_answers(town.a)] == [town.members[0]]
        assert uow.invitations.tell_answers(town.a) == []


def test_another_community_of_the_same_campaign_sees_none_of_it(town):
    town.decide(town.invite()["round_id"])
    assert listed(town, town.organiser(town.b)) == []
    with pytest.raises(CampaignUnknownError):
        listed(town, town.organiser(new_id()))


def test_pages_hold_all_invitations_once(town):
    town.decide(town.invite()["round_id"])
    first = town.desk.ask("list_invitations", {"campaign_id": town.campaign_id, "limit": 3}, **town.organiser())
    after = {"campaign_id": town.campaign_id, "limit": 3, "cursor": first["next_cursor"]}
    second = town.desk.ask("list_invitations", after, **town.organiser())
    ids = [one["invitation_id"] for one in (*first["items"], *second["items"])]
    assert (len(ids), len(set(ids)), second["next_cursor"]) == (4, 4, None)
