"""What is promised of people and invitations, on both sides: the two services read each other's golden examples."""

import json
from pathlib import Path

import pytest

from services.campaign import contract as campaign_contract
from services.campaign import inbound as campaign_inbound
from services.campaign import outbound as campaign_outbound
from services.campaign.contract import inviting
from services.chassis.envelope import Envelope
from services.reputation import inbound
from services.reputation.contract import people
from services.reputation.domain.people import errors
from tests.builders_campaign import Desk
from tests.builders_inviting import InvitingTown
from tests.contract.test_campaign_contract import shape

SERVICES = Path(__file__).resolve().parents[2] / "services"

HEARD = [
    ("campaign", "invitations_asked.v1", inbound.invitations_asked),
    ("campaign", "campaign_opened.v1", inbound.campaign_opened),
    ("campaign", "campaign_failed.v1", inbound.campaign_ended),
    ("campaign", "campaign_cancelled.v1", inbound.campaign_ended),
    ("campaign", "campaign_settled.v1", inbound.campaign_settled),
    ("campaign", "organiser_earned.v1", inbound.organiser_earned),
    ("demand", "community_registered.v1", inbound.community_known),
    ("demand", "community_changed.v1", inbound.community_known),
    ("demand", "member_joined.v1", inbound.member_known),
    ("demand", "member_changed.v1", inbound.member_known),
    ("reputation", "invitations_decided.v1", campaign_inbound.invitations_decided),
]
ASKED = {
    "get_member_points": inbound.of_member,
    "list_organisers": inbound.of_community,
    "get_rota": inbound.of_community,
    "set_rota": inbound.set_rota,
    "hand_over_duty": inbound.hand_over,
    "take_over_duty": inbound.take_over,
    "swap_turns": inbound.swap_turns,
    "get_fatigue_policy": inbound.of_community,
    "set_fatigue_policy": inbound.set_fatigue_policy,
    "list_fatigue": inbound.list_fatigue,
    "set_quiet": inbound.set_quiet,
}


def example(service, path):
    return json.loads((SERVICES / service / "contract" / "examples" / f"{path}.json").read_text())


@pytest.mark.parametrize(("source", "name", "read"), HEARD)
def test_the_golden_events_of_the_other_side_are_understood(source, name, read):
    read(Envelope.from_wire(example(source, f"events/{name}")))


@pytest.mark.parametrize("name", people.EVENTS)
def test_the_golden_events_of_people_keep_their_contract_and_no_field_can_be_left_out(name):
    data = example("reputation", f"events/{name}")["data"]
    schema = people.EVENTS[name]
    assert schema.validate(data) == {}
    for field in data:
        assert schema.validate({key: value for key, value in data.items() if key != field}), field


@pytest.mark.parametrize("method", people.RPCS)
def test_the_golden_requests_about_people_are_understood(method):
    ASKED[method](example("reputation", f"rpc/{method}")["request"])


@pytest.mark.parametrize("method", inviting.RPCS)
def test_the_golden_requests_about_invitations_are_understood(method):
    getattr(campaign_inbound, method)(example("campaign", f"rpc/{method}")["request"])


def test_answers_about_invitations_have_the_shape_of_their_golden_examples():
    town = InvitingTown(Desk())
    asked = town.invite(0, 1, 2)
    assert shape(asked) == shape(example("campaign", "rpc/invite_members")["response"])
    town.decide(asked["round_id"], held_back=[2], not_before=town.desk.clock.now())
    held = next(one for one in town.desk.uow.invitations.rows.values() if one.why)
    golden = example("campaign", "rpc/list_invitations")["response"]["items"][0]
    assert shape(campaign_outbound.invitation(held)) == shape(golden)


def test_every_promised_call_about_invitations_is_one_of_the_service():
    assert set(inviting.RPCS) <= set(campaign_contract.RPCS)


def test_every_refusal_about_people_has_its_code_in_the_contract():
    kinds = [kind for kind in vars(errors).values() if getattr(kind, "code", "").startswith("reputation.")]
    assert {kind.code for kind in kinds} == set(people.ERRORS)
