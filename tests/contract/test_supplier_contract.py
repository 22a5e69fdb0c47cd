"""Promises of the supplier service: what it writes equals its examples, and it reads the examples of others."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from services.chassis.envelope import Envelope
from services.kernel.caller import Caller, Role
from services.kernel.errors import Refusal
from services.kernel.ids import new_id
from services.supplier import contract, inbound, outbound
from services.supplier.domain import errors, events, tender_errors
from services.supplier.domain.admission import AdmissionPolicy, Room
from services.supplier.domain.calendars import HORIZON
from services.supplier.domain.cards import MatchCard, OfferCard, QualificationCard, SupplierCard
from services.supplier.domain.matches import ExpiryReason
from services.supplier.domain.matching import Reason
from services.supplier.domain.model import Score
from services.supplier.domain.offers import OfferVersion
from services.supplier.domain.planning import DaysOff, plan
from services.supplier.domain.registration import Registration, StandingChange, Why
from services.supplier.domain.registry import Act
from services.supplier.domain.reminders import Reminder
from services.supplier.domain.standing_cards import StandingCard
from tests.builders_supplier import match, named, offer, qualification, slot, supplier, terms, weekly_calendar
from tests.contract import permissions, price_lists, rounds, tenders, visits
from tests.fakes.chassis import MONDAY

SERVICES = Path(__file__).resolve().parents[2] / "services"
OPERATOR = Caller("tok", Role.NODE_OPERATOR)


def example(kind, name, service="supplier"):
    return json.loads((SERVICES / service / "contract" / "examples" / kind / f"{name}.json").read_text())


def shape(value):
    """What a reader relies on: names and kinds. Null says nothing about a kind, so it equals anything."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def same_shape(one, other):
    if one == "NoneType" or other == "NoneType" or [] in (one, other):
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_shape(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return same_shape(one[0], other[0])
    return one == other


NOW = MONDAY
STUDIO, PAPER, OFFER, MATCH = supplier(sharing=named(new_id())), qualification(), offer(), match()
LEFT = match(campaign_id=new_id()).withdraw("老师病了", MATCH.created_at)[0]
REVIEWED = PAPER.review(approved=True, reviewer="tok", reason="r", now=PAPER.created_at)
ENTERED = Registration.new(STUDIO.supplier_id, STUDIO.community_id, NOW)
ADMITTED = ENTERED.take(Act.ADMIT, NOW)
CHANGE = StandingChange(
    STUDIO.supplier_id, 2, ENTERED.stage, ADMITTED.stage, Act.ADMIT, NOW, "tok", Why.of("approved", "看过")
)
REMINDER = Reminder(new_id(), PAPER.qualification_id, STUDIO.supplier_id, PAPER.kind, PAPER.expires_at, 7, NOW)
RUNNING = (match(campaign_id=new_id()),)
WRITTEN = [
    events.StandingChanged(ADMITTED, CHANGE),
    events.QualificationExpiring(REMINDER, STUDIO.community_id),
    events.OfferPaused(OFFER.pause(["business_licence"]), RUNNING),
    events.OfferResumed(OFFER, RUNNING),
    events.SupplierRegistered(supplier()),
    events.SupplierChanged(STUDIO),
    events.QualificationReviewed(REVIEWED),
    events.QualificationExpired(REVIEWED.expire()),
    events.OfferPublished(OFFER),
    events.OfferRevised(OFFER.revise(terms(minutes=90), None)),
    events.OfferWithdrawn(OFFER.withdraw()),
    events.MatchProposed(MATCH),
    events.MatchExpired(MATCH, ExpiryReason.HOLD_EXPIRED),
    events.SlotConfirmed(MATCH, new_id(), 25),
    events.SlotReleased(MATCH, 5),
    events.SupplierWithdrew(LEFT),
    visits.EVENT,
    events.ReplacementMissing(LEFT.match_id, new_id(), {"no_slot": 1, "out_of_reach": 2}),
    *permissions.WRITTEN,
]


@pytest.mark.parametrize("event", WRITTEN, ids=lambda event: type(event).__name__)
def test_every_event_is_written_in_the_shape_of_its_example(event):
    name, subject, data = outbound.message(event)
    assert contract.EVENTS[name].validate(data) == {}
    golden = example("events", name)
    assert same_shape(shape(data), shape(golden["data"]))
    assert str(subject) == next(iter(data.values())), "an event is about the first id of its payload"
    assert golden["subject"] == next(iter(golden["data"].values()))


def test_an_unmatched_pool_is_written_with_every_reason_there_is():
    name, _, data = outbound.message(events.PoolUnmatched(new_id(), {str(reason): 1 for reason in Reason}))
    assert contract.EVENTS[name].validate(data) == {}
    assert data.keys() == example("events", name)["data"].keys()


def test_a_replacement_says_what_it_replaces_and_for_which_campaign():
    left_id, campaign_id = new_id(), new_id()
    name, _, data = outbound.message(
        events.MatchProposed(match(replaces_match_id=left_id, for_campaign_id=campaign_id))
    )
    assert contract.EVENTS[name].validate(data) == {}
    assert (data["replaces_match_id"], data["campaign_id"]) == (str(left_id), str(campaign_id))


def test_every_promised_event_is_one_that_the_service_can_write():
    written = {outbound.message(event)[0] for event in WRITTEN} | {"pool_unmatched.v1"}
    assert written | set(tenders.TOLD) | set(rounds.TOLD) == set(contract.EVENTS)


@pytest.mark.parametrize("name", contract.EVENTS)
def test_the_examples_are_envelopes_that_keep_the_promise(name):
    envelope = Envelope.from_wire(example("events", name))
    assert (envelope.source, envelope.name) == ("supplier", name)
    assert contract.EVENTS[name].validate(envelope.data) == {}


@pytest.mark.parametrize("name", contract.EVENTS)
def test_nothing_more_than_promised_is_written(name):
    data = example("events", name)["data"]
    assert "secret" in contract.EVENTS[name].validate({**data, "secret": 1})


SCORE = Score(STUDIO.supplier_id, 1, 4.3, 12, 3.9, 4.7)
SHOWN = {
    "register_supplier": outbound.supplier(SupplierCard(STUDIO, None, OPERATOR)),
    "get_supplier": outbound.supplier(SupplierCard(STUDIO, SCORE, OPERATOR)),
    "change_supplier": outbound.supplier(SupplierCard(STUDIO, SCORE, OPERATOR)),
    "submit_qualification": outbound.qualification(QualificationCard(PAPER, new_id(), OPERATOR)),
    "review_qualification": outbound.qualification(QualificationCard(REVIEWED, new_id(), OPERATOR)),
    "publish_offer": outbound.offer(OfferCard(OFFER, "x", (slot(),))),
    "get_offer": outbound.offer(OfferCard(OFFER, "x", (slot(),))),
    "revise_offer": outbound.offer(OfferCard(OFFER.revise(terms(minutes=90), None), "x", (slot(),))),
    "get_offer_calendar": outbound.offer_calendar(replace(OFFER, calendar=weekly_calendar()), (slot(),), insider=False),
    "export_calendar": outbound.calendar_file(OfferCard(OFFER, "x", (slot(),)), OFFER.created_at),
    "preview_calendar": outbound.preview(
        plan(weekly_calendar(), DaysOff(), OFFER.created_at, OFFER.created_at + HORIZON), "Asia/Shanghai"
    ),
    "get_days_off": outbound.days_off((STUDIO.supplier_id, DaysOff())),
    "set_days_off": outbound.days_off((STUDIO.supplier_id, DaysOff())),
    "withdraw_offer": outbound.offer(OfferCard(OFFER.withdraw(), "x", (slot(),))),
    "add_slot": outbound.slot(slot()),
    "propose_match": outbound.match(MatchCard(match(pool_id=None), OPERATOR, 5)),
    "withdraw_match": outbound.match(MatchCard(LEFT, OPERATOR, 5)),
    "get_match": outbound.match(MatchCard(MATCH, OPERATOR, 5)),
    **tenders.SHOWN,
    **permissions.SHOWN,
    **visits.SHOWN,
    **price_lists.SHOWN,
    **rounds.SHOWN,
}
# What is shown in lists only.
PARTS = {"offer_version": outbound.offer_version(OfferVersion(OFFER.offer_id, 1, OFFER.terms, OFFER.created_at))}
STANDING = outbound.standing(StandingCard(STUDIO, ADMITTED, Room(), [CHANGE], OPERATOR))
MOVES = ("submit", "decide", "suspend", "remove", "renew")
SHOWN |= {f"{move}_supplier": STANDING for move in MOVES} | {"lift_suspension": STANDING, "get_standing": STANDING}
POLICY = outbound.admission(AdmissionPolicy.default(STUDIO.community_id, "reviewed"))
SHOWN |= {"set_admission": POLICY, "get_admission": POLICY}
LISTED = {
    "list_suppliers": "get_supplier",
    "list_qualifications": "review_qualification",
    "list_offers": "get_offer",
    "list_matches": "get_match",
    "list_offer_versions": "offer_version",
    **tenders.LISTED,
    **permissions.LISTED,
    **visits.LISTED,
    **rounds.LISTED,
}


@pytest.mark.parametrize("name", SHOWN)
def test_every_answer_has_the_shape_of_its_example(name):
    assert same_shape(shape(SHOWN[name]), shape(example("rpc", name)["response"]))


@pytest.mark.parametrize("name", LISTED)
def test_every_list_has_the_shape_of_its_example(name):
    golden = example("rpc", name)["response"]
    assert golden.keys() == {"items", "next_cursor"}
    assert same_shape(shape({**SHOWN, **PARTS}[LISTED[name]]), shape(golden["items"][0]))


def test_there_is_an_answer_for_every_call():
    assert set(contract.RPCS) == set(SHOWN) | set(LISTED) | {"list_reminders"}


def test_a_list_of_reminders_has_the_shape_of_its_example():
    (golden,) = example("rpc", "list_reminders")["response"]["items"]
    assert same_shape(shape(outbound.reminder(REMINDER)), shape(golden))


@pytest.mark.parametrize("name", contract.RPCS)
def test_the_examples_of_requests_are_read(name):
    request = example("rpc", name)["request"]

    single = {"get_supplier": "supplier_id", "get_offer": "offer_id", "get_match": "match_id", **tenders.SINGLE}
    single |= {"get_visit_plan": "plan_id", "get_round": "round_id"}
    single |= {"get_standing": "supplier_id", "get_admission": "community_id"}
    single |= {"get_offer_calendar": "offer_id", "export_calendar": "offer_id", "get_days_off": "supplier_id"}
    read = inbound.by_id(single[name]) if name in single else getattr(inbound, name)
    assert read(request).caller == Caller.from_wire(request["caller"])


def refusals(kind=Refusal):
    return {kind, *(found for child in kind.__subclasses__() for found in refusals(child))}


def test_every_refusal_of_the_domain_is_promised_and_every_promise_is_kept():
    rooms = (errors.__name__, tender_errors.__name__, visits.errors.__name__)
    own = {one.code for one in refusals() if one.__module__ in rooms}
    assert own == set(contract.ERRORS)


# What others promise and this service reads: the examples are theirs.
READ = {
    ("demand", "pool_ready.v1"): inbound.pool_ready,
    ("demand", "pool_dissolved.v1"): inbound.pool_dissolved,
    ("demand", "community_registered.v1"): inbound.community_registered,
    ("campaign", "campaign_opened.v1"): inbound.campaign_opened,
    ("campaign", "campaign_confirmed.v1"): inbound.campaign_confirmed,
    ("campaign", "campaign_rematched.v1"): inbound.campaign_rematched,
    ("campaign", "match_declined.v1"): inbound.match_declined,
    ("campaign", "campaign_failed.v1"): inbound.campaign_ended,
    ("campaign", "campaign_cancelled.v1"): inbound.campaign_ended,
    ("reputation", "score_changed.v1"): inbound.score_changed,
    ("reputation", "supplier_grade_changed.v1"): inbound.supplier_grade_changed,
}


@pytest.mark.parametrize(("source", "name"), READ)
def test_the_examples_of_others_are_read(source, name):
    envelope = Envelope.from_wire(example("events", name, source))
    assert READ[source, name](envelope)


@pytest.mark.parametrize(("source", "name"), READ)
def test_a_newer_writer_may_say_more(source, name):
    wire = example("events", name, source)
    wire["data"]["unheard_of"] = {"deep": [1]}
    assert READ[source, name](Envelope.from_wire(wire)) == READ[source, name](
        Envelope.from_wire(example("events", name, source))
    )
