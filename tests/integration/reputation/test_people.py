"""Points, honours, turns of duty and the fatigue guard on a real database."""

from datetime import timedelta
from functools import partial

import pytest

from services.chassis.envelope import Envelope
from services.kernel.clock import format_time
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from services.reputation import handlers, inbound, outbound, views
from services.reputation.domain.people.errors import (
    CommunityUnknownError,
    MemberUnknownError,
    NotYourTurnError,
    TurnStateError,
)
from tests.fakes.chassis import request

HEARD = {
    "community_registered.v1": (inbound.community_known, handlers.know_community),
    "member_joined.v1": (inbound.member_known, handlers.know_member),
    "campaign_opened.v1": (inbound.campaign_opened, handlers.note_campaign),
    "campaign_failed.v1": (inbound.campaign_ended, handlers.note_campaign),
    "campaign_settled.v1": (inbound.campaign_settled, handlers.note_campaign),
    "organiser_earned.v1": (inbound.organiser_earned, handlers.note_campaign),
    "invitations_asked.v1": (inbound.invitations_asked, handlers.decide_invitations),
    "campaign_delivered.v1": (inbound.campaign_delivered, handlers.record_delivery),
}
ASKED = {
    "get_member_points": (inbound.of_member, views.get_member_points),
    "list_organisers": (inbound.of_community, views.list_organisers),
    "get_rota": (inbound.of_community, views.get_rota),
    "get_fatigue_policy": (inbound.of_community, views.get_fatigue_policy),
    "list_fatigue": (inbound.list_fatigue, views.list_fatigue),
}
TOLD = {
    "set_rota": (inbound.set_rota, handlers.set_rota, outbound.roster),
    "hand_over_duty": (inbound.hand_over, handlers.hand_over, outbound.roster),
    "take_over_duty": (inbound.take_over, handlers.take_over, outbound.roster),
    "swap_turns": (inbound.swap_turns, handlers.swap_turns, outbound.roster),
    "set_fatigue_policy": (inbound.set_fatigue_policy, handlers.set_fatigue_policy, outbound.fatigue_policy),
    "set_quiet": (inbound.set_quiet, handlers.set_quiet, outbound.quiet),
}


class Lane:
    """A community of five members, as the service knows it."""

    def __init__(self, reputation):
        self.service, self.clock = reputation, reputation.clock
        self.community_id = new_id()
        self.members = [new_id() for _ in range(5)]
        self.organiser = {"role": "organiser", "community_id": self.community_id, "member_id": self.members[0]}
        self.tell(
            "community_registered.v1", self.community_id, community_id=self.community_id, time_zone="Asia/Shanghai"
        )
        for member_id in self.members:
            self.tell("member_joined.v1", member_id, member_id=member_id, community_id=self.community_id)

    def member(self, index):
        return {"role": "member", "community_id": self.community_id, "member_id": self.members[index]}

    def tell(self, name, subject, *, source="campaign", version=1, **data):
        plain = {key: wire(value) for key, value in data.items()}
        event = Envelope(str(new_id()), source, name, self.clock.now(), str(subject), version, plain, str(new_id()))
        self.service.bus.consume(event, *HEARD[name])

    def ask(self, name, caller=None, **data):
        return self.service.bus.query(request(wire(data), **(caller or self.organiser)), *ASKED[name])

    def do(self, name, caller=None, **data):
        return self.service.bus.execute(request(wire(data), **(caller or self.organiser)), *TOLD[name])

    def invite(self, members, campaign_id=None, answered=()):
        """Let the campaign service ask; return for whom the guard said what."""
        campaign_id, round_id = campaign_id or new_id(), new_id()
        self.tell(
            "invitations_asked.v1",
            self.community_id,
            round_id=round_id,
            campaign_id=campaign_id,
            community_id=self.community_id,
            member_ids=[self.members[index] for index in members],
            answered=[{"campaign_id": one, "member_id": self.members[index]} for one, index in answered],
        )
        decided = self.service.told("invitations_decided.v1", round_id)
        return campaign_id, [one["why"]["code"] if one["why"] else "allowed" for one in decided["members"]]

    def settle(self, seats=10, income="30.00", member=0):
        """Let a campaign of a member be opened, settled and its organiser paid; return its id."""
        campaign_id = new_id()
        whose = {"community_id": self.community_id, "member_id": self.members[member]}
        self.tell("campaign_settled.v1", campaign_id, campaign_id=campaign_id, seats=seats)
        self.tell("campaign_opened.v1", campaign_id, campaign_id=campaign_id, organiser=whose)
        income = {"amount": income, "currency": "CNY"}
        self.tell("organiser_earned.v1", campaign_id, campaign_id=campaign_id, income=income)
        return campaign_id


def wire(value):
    if isinstance(value, dict):
        return {key: wire(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [wire(inner) for inner in value]
    return value if value is None or isinstance(value, str | int | bool) else str(value)


@pytest.fixture
def lane(reputation):
    return Lane(reputation)


def test_a_settled_campaign_earns_its_organiser_points_income_and_an_honour_in_whatever_order_it_is_told(lane):
    lane.settle(seats=12)
    lane.settle(seats=3, income="12.50")
    found = lane.ask("list_organisers", community_id=lane.community_id)["items"]
    assert [(one["settled"], one["seats"], one["load"]) for one in found] == [(2, 15, "normal")]
    assert found[0]["income"] == [{"amount": "42.50", "currency": "CNY"}]
    assert [one["honour"] for one in found[0]["honours"]] == ["first_group"]
    points = lane.ask("get_member_points", member_id=lane.members[0])
    assert (points["points"], points["level"]["level"], points["missing"]) == (60, "neighbour", 140)


def test_members_see_load_and_honours_of_organisers_but_not_what_they_earned(lane):
    lane.settle()
    seen = partial(lane.ask, "list_organisers", community_id=lane.community_id)
    assert seen(lane.member(3))["items"][0]["income"] is None
    assert seen(lane.member(0))["items"][0]["income"] == [{"amount": "30.00", "currency": "CNY"}]


def test_points_of_a_delivery_wait_until_the_campaign_is_settled(lane):
    campaign_id, commitment_id = new_id(), new_id()
    came = {"commitment_id": commitment_id, "member_id": lane.members[2], "community_id": lane.community_id}
    lane.tell(
        "campaign_delivered.v1",
        campaign_id,
        campaign_id=campaign_id,
        supplier_id=new_id(),
        delivered_at=format_time(lane.clock.now()),
        commitments=[{**came, "seats": 1, "attended": True}],
    )
    seen = partial(lane.ask, "get_member_points", member_id=lane.members[2])
    assert (seen()["points"], seen()["waiting"]) == (0, 10)
    lane.tell("campaign_settled.v1", campaign_id, campaign_id=campaign_id, seats=1)
    assert (seen()["points"], seen()["waiting"]) == (10, 0)


def test_the_duty_goes_round_by_hand_over_and_take_over_and_each_turn_is_thanked(lane):
    lane.do("set_rota", community_id=lane.community_id, member_ids=lane.members[:3], days=7)
    lane.do("take_over_duty", lane.member(0), community_id=lane.community_id)
    with pytest.raises(TurnStateError):
        lane.do("take_over_duty", lane.member(1), community_id=lane.community_id)
    lane.do("hand_over_duty", lane.member(0), community_id=lane.community_id, note="两个团在跑，陶艺团周六上课")
    with pytest.raises(NotYourTurnError):
        lane.do("take_over_duty", lane.member(2), community_id=lane.community_id)
    rota = lane.do("take_over_duty", lane.member(1), community_id=lane.community_id)
    assert rota["on_duty"]["member_id"] == str(lane.members[1])
    assert [one["state"] for one in rota["turns"]][:3] == ["done", "on_duty", "planned"]
    assert lane.ask("get_member_points", member_id=lane.members[0])["points"] == 20


def test_whoever_does_not_hand_over_is_relieved_when_its_turn_is_over(lane):
    lane.do("set_rota", community_id=lane.community_id, member_ids=lane.members[:2], days=7)
    lane.do("take_over_duty", lane.member(0), community_id=lane.community_id)
    lane.clock.pass_(days=7)
    assert lane.ask("get_rota", community_id=lane.community_id)["on_duty"]["overdue"]
    rota = lane.do("take_over_duty", lane.member(1), community_id=lane.community_id)
    assert rota["on_duty"]["member_id"] == str(lane.members[1])


def test_turns_go_on_when_the_planned_ones_are_used_up(lane):
    lane.do("set_rota", community_id=lane.community_id, member_ids=lane.members[:2], days=1)
    for turn in range(7):
        rota = lane.do("take_over_duty", lane.member(turn % 2), community_id=lane.community_id)
        lane.clock.pass_(days=1)
    assert rota["on_duty"]["number"] == 7
    assert any(one["state"] == "planned" for one in rota["turns"])


def test_two_turns_ahead_are_swapped_by_one_of_the_two(lane):
    planned = lane.do("set_rota", community_id=lane.community_id, member_ids=lane.members[:3], days=7)["turns"]
    one, other = planned[0]["turn_id"], planned[2]["turn_id"]
    both = {"community_id": lane.community_id, "turn_id": one, "with_turn_id": other}
    with pytest.raises(NotYourTurnError):
        lane.do("swap_turns", lane.member(1), **both)
    after = lane.do("swap_turns", lane.member(2), **both)["turns"]
    assert [turn["member_id"] for turn in after[:3]] == [str(lane.members[index]) for index in (2, 1, 0)]


def test_a_rota_of_strangers_is_refused_and_says_which(lane):
    with pytest.raises(InvalidError) as refused:
        lane.do("set_rota", community_id=lane.community_id, member_ids=[lane.members[0], new_id()], days=7)
    assert refused.value.detail["errors"][0]["field"] == "member_ids.1"


def test_the_guard_lets_nobody_be_asked_twice_in_a_day_and_says_when(lane):
    assert lane.invite([0, 1])[1] == ["allowed", "allowed"]
    lane.clock.pass_(hours=1)
    assert lane.invite([1, 2])[1] == ["too_soon", "allowed"]
    weary = lane.ask("list_fatigue", community_id=lane.community_id)["items"]
    mine = next(one for one in weary if one["member_id"] == str(lane.members[1]))
    assert (mine["asked"], mine["allowed"], mine["why"]["code"]) == (1, False, "too_soon")
    assert mine["not_before"] == format_time(lane.clock.now() + timedelta(hours=19))


def test_an_answer_that_travels_with_the_next_question_ends_the_silence(lane):
    lane.do("set_fatigue_policy", community_id=lane.community_id, patience=1, gap_hours=0)
    first, _ = lane.invite([0, 1])
    assert lane.invite([0, 1], answered=[(first, 0)])[1] == ["allowed", "member_rests"]


def test_a_question_that_comes_twice_is_decided_twice_but_nobody_is_counted_twice(lane, reputation):
    round_id, campaign_id = new_id(), new_id()
    asked = {"round_id": round_id, "campaign_id": campaign_id, "community_id": lane.community_id}
    event = Envelope(
        str(new_id()),
        "campaign",
        "invitations_asked.v1",
        lane.clock.now(),
        str(lane.community_id),
        1,
        wire({**asked, "member_ids": lane.members[:1], "answered": []}),
        str(new_id()),
    )
    for _ in range(2):
        reputation.bus.consume(event, *HEARD["invitations_asked.v1"])
    assert lane.ask("list_fatigue", community_id=lane.community_id)["items"][0]["asked"] == 1


def test_a_member_that_wants_peace_has_it_until_then(lane):
    until = lane.clock.now() + timedelta(days=3)
    lane.do("set_quiet", lane.member(1), member_id=lane.members[1], until=format_time(until))
    assert lane.invite([1])[1] == ["opted_out"]
    lane.do("set_quiet", lane.member(1), member_id=lane.members[1], until=None)
    assert lane.invite([1])[1] == ["allowed"]


def test_a_policy_is_merged_with_what_was_set_before_and_wrong_numbers_change_nothing(lane):
    set_ = partial(lane.do, "set_fatigue_policy", community_id=lane.community_id)
    set_(per_member=2, quiet_days=[{"first": "2026-10-01", "last": "2026-10-07"}])
    assert set_(gap_hours=5)["per_member"] == 2
    with pytest.raises(InvalidError) as refused:
        set_(per_member=0)
    assert refused.value.detail["errors"][0]["field"] == "per_member"
    assert lane.ask("get_fatigue_policy", community_id=lane.community_id)["version"] == 2


@pytest.mark.parametrize("name", ["get_rota", "list_organisers", "get_fatigue_policy", "list_fatigue"])
def test_what_is_of_a_community_does_not_exist_for_others(lane, name):
    lane.do("set_rota", community_id=lane.community_id, member_ids=lane.members[:2], days=7)
    stranger = {"role": "organiser", "community_id": new_id(), "member_id": new_id()}
    with pytest.raises(CommunityUnknownError):
        lane.ask(name, stranger, community_id=lane.community_id)
    supplier = {"role": "supplier", "supplier_id": new_id()}
    with pytest.raises((CommunityUnknownError, ForbiddenError)):
        lane.ask(name, supplier, community_id=lane.community_id)


def test_points_and_wishes_of_a_member_are_its_own_and_its_managers(lane):
    stranger = {"role": "organiser", "community_id": new_id(), "member_id": new_id()}
    for caller in (lane.member(1), stranger):
        with pytest.raises(MemberUnknownError):
            lane.ask("get_member_points", caller, member_id=lane.members[0])
        with pytest.raises(MemberUnknownError):
            lane.do("set_quiet", caller, member_id=lane.members[0], until=None)


@pytest.mark.parametrize("name", ["hand_over_duty", "take_over_duty", "set_rota", "set_fatigue_policy"])
def test_nobody_acts_in_another_community(lane, name):
    lane.do("set_rota", community_id=lane.community_id, member_ids=lane.members[:2], days=7)
    stranger = {"role": "organiser", "community_id": new_id(), "member_id": new_id()}
    more = {"note": "x", "member_ids": lane.members[:1], "days": 7, "per_member": 9}
    with pytest.raises(CommunityUnknownError):
        lane.do(name, stranger, community_id=lane.community_id, **more)
