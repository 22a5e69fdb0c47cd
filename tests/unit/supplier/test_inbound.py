"""Requests and events are read, and what is wrong is refused by the name of its field."""

from datetime import timedelta

import pytest

from services.chassis.envelope import Envelope
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.supplier import inbound
from services.supplier.domain.conditions import (
    ALL_TO_THE_SUPPLIER,
    DEFAULT_CANCELLATION,
    DEFAULT_RELEASE,
    Cancellation,
    Shares,
)
from services.supplier.domain.model import SharingMode
from tests.builders_supplier import HOME, offer_data, pool_data, ready_pool, slot_data, supplier_data, weekly
from tests.fakes.chassis import MONDAY, request

ID = str(new_id())
PAPER = {"supplier_id": ID, "kind": "k", "issuer": "i", "number": "1234", "expires_at": "2027-05-01T00:00:00Z"}
REVIEW = {"qualification_id": ID, "decision": "approved", "reason": "r"}
SLOT = {"offer_id": ID, **slot_data()}
PROPOSAL = {"offer_id": ID, "slot_id": ID, "seats": 12}
STEP = {"hours_before": 72, "refund_bp": 10_000}
TIER = {"seats": 1, "price": {"amount": "1.00", "currency": "CNY"}}


def event(data, name="pool_ready.v1", version=7):
    return Envelope("e", "demand", name, MONDAY, "s", version, data, "c")


@pytest.mark.parametrize(
    ("reader", "data", "field"),
    [
        ("register_supplier", supplier_data(name=""), "name"),
        ("register_supplier", supplier_data(name="  "), "name"),
        ("register_supplier", supplier_data(name=7), "name"),
        ("register_supplier", supplier_data(name=None), "name"),
        ("register_supplier", supplier_data(name="x" * 201), "name"),
        ("register_supplier", supplier_data(name="a\0b"), "name"),
        ("register_supplier", supplier_data(name="a\ud800b"), "name"),
        ("register_supplier", {"place": HOME.to_wire()}, "name"),
        ("register_supplier", {"name": "x"}, "place"),
        ("register_supplier", supplier_data(place={"lat": 91, "lon": 0}), "place"),
        ("register_supplier", supplier_data(place={"lat": "31", "lon": 0}), "place"),
        ("register_supplier", supplier_data(place={"lat": float("nan"), "lon": 0}), "place"),
        ("register_supplier", supplier_data(place=[31, 121]), "place"),
        ("register_supplier", supplier_data(contact=7), "contact"),
        ("register_supplier", supplier_data(sharing={"mode": "some"}), "sharing.mode"),
        ("register_supplier", supplier_data(sharing={"mode": "named"}), "sharing.community_ids"),
        (
            "register_supplier",
            supplier_data(sharing={"mode": "named", "community_ids": ["x"]}),
            "sharing.community_ids",
        ),
        ("register_supplier", supplier_data(sharing={"mode": "all", "community_ids": [ID]}), "sharing.community_ids"),
        ("register_supplier", supplier_data(sharing="all"), "sharing"),
        ("register_supplier", supplier_data(community_id="x"), "community_id"),
        ("change_supplier", {"name": "x"}, "supplier_id"),
        ("change_supplier", {"supplier_id": ID, "name": None}, "name"),
        ("change_supplier", {"supplier_id": ID, "sharing": None}, "sharing"),
        ("submit_qualification", {**PAPER, "number": ""}, "number"),
        ("submit_qualification", {**PAPER, "expires_at": "2027-05-01"}, "expires_at"),
        ("submit_qualification", {**PAPER, "expires_at": "2027-05-01T00:00:00"}, "expires_at"),
        ("review_qualification", {**REVIEW, "decision": "maybe"}, "decision"),
        ("review_qualification", {**REVIEW, "reason": ""}, "reason"),
        ("publish_offer", offer_data(ID, where="nowhere"), "where"),
        ("publish_offer", offer_data(ID, tiers=7), "tiers"),
        ("publish_offer", offer_data(ID, tiers=[{**TIER, "seats": "1"}]), "tiers.0.seats"),
        ("publish_offer", offer_data(ID, tiers=[{**TIER, "seats": True}]), "tiers.0.seats"),
        ("publish_offer", offer_data(ID, tiers=[TIER, {"seats": 2}]), "tiers.1.price"),
        ("publish_offer", offer_data(ID, tiers=[{**TIER, "price": 1.0}]), "tiers.0.price"),
        (
            "publish_offer",
            offer_data(ID, tiers=[{**TIER, "price": {"amount": "1.001", "currency": "CNY"}}]),
            "tiers.0.price",
        ),
        ("publish_offer", offer_data(ID, tiers=[{**TIER, "price": {"amount": "1", "currency": []}}]), "tiers.0.price"),
        ("publish_offer", offer_data(ID, tiers=[TIER] * 101), "tiers"),
        ("publish_offer", offer_data(ID, min_group=10.5), "min_group"),
        ("publish_offer", offer_data(ID, travel_km="3"), "travel_km"),
        ("publish_offer", offer_data(ID, release=[{"stage": "later", "share_bp": 10000}]), "release.0.stage"),
        ("publish_offer", offer_data(ID, required_qualifications="insurance"), "required_qualifications"),
        ("publish_offer", offer_data(ID, slots=[slot_data(), {**slot_data(), "capacity": 0}]), "slots.1.capacity"),
        ("publish_offer", offer_data(ID, slots=[{**slot_data(), "end": slot_data()["start"]}]), "slots.0.end"),
        ("publish_offer", offer_data(ID, slots=[slot_data()] * 201), "slots"),
        ("publish_offer", offer_data(ID, shares={}), "shares.supplier_bp"),
        ("publish_offer", offer_data(ID, shares={"supplier_bp": 10_001}), "shares.supplier_bp"),
        ("publish_offer", offer_data(ID, shares={"supplier_bp": 9000}), "shares"),
        ("publish_offer", offer_data(ID, shares=[10_000]), "shares"),
        (
            "publish_offer",
            offer_data(ID, cancellation={"steps": [{"hours_before": 3}]}),
            "cancellation.steps.0.refund_bp",
        ),
        ("publish_offer", offer_data(ID, cancellation={"steps": [STEP] * 2}), "cancellation.steps.1.hours_before"),
        ("publish_offer", offer_data(ID, cancellation={"steps": [STEP] * 11}), "cancellation.steps"),
        ("publish_offer", offer_data(ID, cancellation={"weather_bp": "all"}), "cancellation.weather_bp"),
        ("publish_offer", offer_data(ID, fallback_tiers=[TIER, {"seats": 2}]), "fallback_tiers.1.price"),
        ("publish_offer", offer_data(ID, fallback_tiers=[TIER] * 11), "fallback_tiers"),
        ("publish_offer", offer_data(ID, slots=[{**slot_data(), "sessions": [{}]}]), "slots.0.sessions.0.start"),
        ("publish_offer", offer_data(ID, slots=[{**slot_data(), "sessions": "weekly"}]), "slots.0.sessions"),
        ("withdraw_offer", {}, "offer_id"),
        ("add_slot", {**SLOT, "sessions": [{"start": SLOT["end"], "end": SLOT["start"]}]}, "sessions.0.end"),
        ("add_slot", {**SLOT, "sessions": [{"start": SLOT["start"], "end": SLOT["end"]}] * 101}, "sessions"),
        ("add_slot", {**SLOT, "start": "soon"}, "start"),
        ("add_slot", {**SLOT, "end": SLOT["start"]}, "end"),
        ("propose_match", {**PROPOSAL, "seats": 0}, "seats"),
        ("propose_match", {**PROPOSAL, "community_ids": "all"}, "community_ids"),
        ("withdraw_match", {"reason": "x"}, "match_id"),
        ("withdraw_match", {"match_id": ID, "reason": "  "}, "reason"),
        ("withdraw_match", {"match_id": ID, "reason": "x" * 501}, "reason"),
        ("list_suppliers", {"limit": 0}, "limit"),
        ("list_suppliers", {"cursor": "!"}, "cursor"),
        ("list_offers", {"supplier_id": "x"}, "supplier_id"),
        ("list_qualifications", {}, "supplier_id"),
        ("list_matches", {"pool_id": 7}, "pool_id"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(reader, data, field):
    with pytest.raises(InvalidError) as refused:
        getattr(inbound, reader)(request(data))
    error = refused.value.detail["errors"][0]
    assert error["field"] == field
    assert error["problem"]
    assert error["expected"]


def test_every_wrong_field_is_named_at_once():
    with pytest.raises(InvalidError) as refused:
        inbound.register_supplier(request({"name": 7, "contact": 8}))
    assert {error["field"] for error in refused.value.detail["errors"]} == {"name", "contact", "place"}


def test_what_is_not_given_has_a_default():
    registered = inbound.register_supplier(request({"name": " 泥巴工坊 ", "place": HOME.to_wire(), "new": 1}))
    assert (registered.name, registered.contact, registered.sharing.mode) == ("泥巴工坊", None, SharingMode.NONE)
    data = {**offer_data(ID), "slots": [], "release": None, "acceptance_hours": None, "required_qualifications": None}
    published = inbound.publish_offer(request(data))
    terms = published.terms_at(HOME)
    assert (terms.release, terms.acceptance_hours, terms.place) == (DEFAULT_RELEASE, 48, HOME)
    assert terms.required_qualifications == ()
    assert (terms.shares, terms.cancellation) == (ALL_TO_THE_SUPPLIER, DEFAULT_CANCELLATION)
    assert terms.fallback_tiers == ()


@pytest.mark.parametrize("nothing", [{}, {"steps": None, "weather_bp": None}])
def test_what_a_cancellation_rule_does_not_say_has_a_default(nothing):
    read = inbound.publish_offer(request(offer_data(ID, cancellation={**nothing, "no_show_bp": 100}))).terms_at(HOME)
    assert read.cancellation == Cancellation(no_show_bp=100)


def test_a_cancellation_rule_without_steps_gives_nothing_back_by_time():
    read = inbound.publish_offer(request(offer_data(ID, cancellation={"steps": []}))).terms_at(HOME)
    assert read.cancellation.steps == ()


def test_shares_that_are_not_named_are_nothing():
    given = {"supplier_bp": 9000, "platform_bp": 1000, "community_bp": None}
    assert inbound.publish_offer(request(offer_data(ID, shares=given))).terms_at(HOME).shares == Shares(
        9000, 0, 0, 1000
    )


def test_a_slot_has_the_sessions_that_it_names_or_is_one_itself():
    whole, sessions = weekly()
    read = inbound.add_slot(request({"offer_id": ID, **slot_data(whole, sessions=sessions)})).slot
    assert (read.span, read.sessions) == (whole, sessions)
    assert inbound.add_slot(request(SLOT)).slot.sessions == (inbound.add_slot(request(SLOT)).slot.span,)


def test_a_change_holds_only_what_is_named():
    changed = inbound.change_supplier(request({"supplier_id": ID, "contact": None}, if_match="3"))
    assert (changed.changes, changed.if_match) == ({"contact": None}, "3")


@pytest.mark.parametrize(("hours", "read"), [(48, "48"), (48.0, "48"), (0.5, "0.5"), (0, "0")])
def test_whole_hours_stay_whole(hours, read):
    assert str(inbound.publish_offer(request(offer_data(ID, acceptance_hours=hours))).terms["acceptance_hours"]) == read


def test_a_kind_that_is_required_twice_is_required_once():
    published = inbound.publish_offer(request(offer_data(ID, required_qualifications=["a", "b", "a"])))
    assert published.terms["required_qualifications"] == ("a", "b")


def test_a_ready_pool_is_read_with_its_version_and_without_what_is_not_needed():
    pool = ready_pool(10, 8)
    read = inbound.pool_ready(event({**pool_data(pool), "new_field": {"deep": 1}}))
    assert (read.pool, read.version) == (pool, 7)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"area": {"lat": 1, "lon": 2}}, "area"),
        ({"communities": [{"community_id": "x", "people": 1}]}, "communities.0.community_id"),
        ({"windows": [{"start": "now", "end": "then"}]}, "windows.0.start"),
        ({"minutes": None}, "minutes"),
        ({"ceiling": {"amount": "1.00", "currency": "XXX"}}, "ceiling"),
    ],
)
def test_a_poisonous_event_is_refused_by_the_name_of_its_field(change, field):
    with pytest.raises(InvalidError) as refused:
        inbound.pool_ready(event({**pool_data(ready_pool()), **change}))
    assert refused.value.detail["errors"][0]["field"] == field


def test_a_window_that_ends_before_it_starts_is_refused():
    window = {"start": (MONDAY + timedelta(hours=1)).isoformat(), "end": MONDAY.isoformat()}
    with pytest.raises(InvalidError):
        inbound.pool_ready(event({**pool_data(ready_pool()), "windows": [window]}))


@pytest.mark.parametrize(("decision", "approved"), [("approved", True), ("rejected", False)])
def test_what_a_review_decided_is_read_as_it_was_said(decision, approved):
    assert inbound.review_qualification(request({**REVIEW, "decision": decision})).approved is approved
    of_supplier = {"supplier_id": ID, "decision": decision, "reason": "r"}
    assert inbound.decide_supplier(request(of_supplier)).approved is approved
