"""No count of another community below k, and nothing from which one could be worked out."""

import json

import pytest

from services.kernel.errors import NotFoundError
from tests.builders_campaign import DEADLINE, SLOT_START, Desk, Town, cny


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def town(desk):
    town = Town(desk, people=(10, 4))
    town.open()
    return town


def communities(seen, town):
    return {
        "a" if one["community_id"] == str(town.a) else "b": (one["people"], one["paid_seats"], one["own"])
        for one in seen["communities"]
    }


def test_own_counts_are_exact_and_small_ones_of_others_hidden(town):
    town.join(3)
    town.join(4, town.b)
    seen = town.see(town.organiser())
    assert communities(seen, town) == {"a": (10, 3, True), "b": (None, None, False)}
    assert (seen["paid_seats"], seen["seats_exact"]) == (3, False)
    assert seen["missing_for_minimum"] == 7
    assert set(seen["money"].values()) == {None}
    other = town.see(town.organiser(town.b))
    assert communities(other, town) == {"a": (10, None, False), "b": (4, 4, True)}


def test_counts_from_k_on_are_shown(town):
    town.join(3)
    town.join(5, town.b)
    seen = town.see(town.organiser())
    assert communities(seen, town)["b"] == (None, 5, False)
    assert (seen["paid_seats"], seen["seats_exact"]) == (8, True)
    assert seen["money"]["paid"] == cny("1024.00")


def test_reserved_seats_of_a_few_others_are_not_counted(town):
    town.reserve(2)
    town.reserve(4, town.member(town.b))
    assert town.see(town.organiser())["reserved_seats"] == 2
    town.reserve(1, town.member(town.b))
    assert town.see(town.organiser())["reserved_seats"] == 7


def test_money_does_not_tell_of_those_who_left(town):
    town.join(3)
    town.leave(town.join(2, town.b))
    seen = town.see(town.organiser())
    assert seen["seats_exact"]
    assert seen["money"]["paid"] is None
    assert town.see(town.organiser(town.b))["money"]["paid"] is None


def test_an_ended_campaign_still_hides_what_was_hidden(desk, town):
    town.join(3)
    town.join(4, town.b)
    desk.clock.time = DEADLINE
    desk.fire_due_timers()
    seen = town.see(town.organiser())
    assert seen["state"] == "failed"
    assert not seen["seats_exact"]
    assert seen["decision"] is None
    assert seen["money"]["refunded"] is None
    assert town.see()["decision"]["zh"] == ("截止时间已到，已付 7 席（最低 10 席），还差 3 席：未成团，全额退款")


def test_the_reason_of_a_cancellation_is_for_everybody(town):
    town.join(1, town.b)
    assert town.act("cancel_campaign", reason="暴雨")["decision"]["zh"] == "组织者取消：暴雨"


def test_the_supplier_sees_totals_without_parts_and_without_members(desk, town):
    mine = town.join(9)
    town.join(3, town.b)
    seen = town.see(town.supplier())
    assert (seen["paid_seats"], seen["seats_exact"]) == (12, True)
    assert communities(seen, town) == {"a": (None, None, False), "b": (None, None, False)}
    town.join(5, town.b)
    assert communities(town.see(town.supplier()), town)["b"] == (None, 8, False)
    assert seen["organiser"]["member_id"] is None
    assert mine["member_id"] not in json.dumps(town.see(town.supplier()))


def test_the_organisers_member_id_is_for_its_own_community(town):
    assert town.see(town.organiser())["organiser"]["member_id"] is not None
    assert town.see(town.organiser(town.b))["organiser"]["member_id"] is None


def test_strangers_do_not_learn_that_there_is_a_campaign(desk, town):
    other = Town(desk)
    for stranger in (other.organiser(), other.member(), other.supplier()):
        with pytest.raises(NotFoundError) as refused:
            town.see(stranger)
        assert refused.value.code == "campaign.unknown"


def test_a_commitment_is_for_its_member_and_who_manages_its_community(desk, town):
    member = town.member()
    held = town.reserve(1, member)
    asked = {"commitment_id": held["commitment_id"]}
    for allowed in (member, town.organiser(), town.partner(), {"role": "node_operator"}):
        assert desk.ask("get_commitment", asked, **allowed)["member_id"] == held["member_id"]
    for stranger in (town.member(), town.organiser(town.b), town.member(town.b), town.supplier()):
        with pytest.raises(NotFoundError) as refused:
            desk.ask("get_commitment", asked, **stranger)
        assert refused.value.code == "campaign.commitment_unknown"


def test_nothing_that_a_foreign_community_is_shown_holds_a_member_id(desk, town):
    paid = [town.join(4), town.join(6)]
    town.join(2, town.b)
    town.act("close_campaign")
    desk.clock.time = SLOT_START
    town.act("deliver_campaign", town.supplier())
    seen = json.dumps([town.see(town.organiser(town.b)), town.see(town.supplier())])
    for commitment in paid:
        assert commitment["member_id"] not in seen
        assert commitment["commitment_id"] not in seen
