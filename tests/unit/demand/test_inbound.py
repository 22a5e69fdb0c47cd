"""Readers: what is refused, by name, and what is tolerated."""

import pytest

from services.chassis.envelope import Envelope
from services.demand import inbound
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from tests.builders_demand import signal_data, window
from tests.fakes.chassis import MONDAY, request

PLACE = {"lat": 31.2, "lon": 121.4}
WINDOW = window().to_wire()


def refused(read, data, **options):
    with pytest.raises(InvalidError) as refusal:
        read(request(data, **options))
    (error,) = refusal.value.detail["errors"]
    assert error["problem"]
    assert error["expected"]
    return error["field"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"when": "周六"}, "when"),
        ({"category": "   "}, "category"),
        ({"category": "x" * 101}, "category"),
        ({"category": 7}, "category"),
        ({"category": "a\x00b"}, "category"),
        ({"text": "\ud800"}, "text"),
        ({"people": 0}, "people"),
        ({"people": -1}, "people"),
        ({"people": 2.5}, "people"),
        ({"people": True}, "people"),
        ({"people": "3"}, "people"),
        ({"people": 10_001}, "people"),
        ({"ceiling": {"amount": 98, "currency": "CNY"}}, "ceiling.amount"),
        ({"ceiling": {"amount": "98.001", "currency": "CNY"}}, "ceiling.amount"),
        ({"ceiling": {"amount": "-1.00", "currency": "CNY"}}, "ceiling.amount"),
        ({"ceiling": {"amount": "0", "currency": "CNY"}}, "ceiling.amount"),
        ({"ceiling": {"amount": "NaN", "currency": "CNY"}}, "ceiling.amount"),
        ({"ceiling": {"amount": "1.00", "currency": "XXX"}}, "ceiling.currency"),
        ({"ceiling": {"amount": "1.00", "currency": []}}, "ceiling.currency"),
        ({"ceiling": {"amount": "1.00"}}, "ceiling.currency"),
        ({"ceiling": "98"}, "ceiling"),
        ({"place": {"lat": 91, "lon": 0}}, "place.lat"),
        ({"place": {"lat": float("nan"), "lon": 0}}, "place.lat"),
        ({"place": {"lat": 1, "lon": "x"}}, "place.lon"),
        ({"place": {"lat": 1}}, "place.lon"),
        ({"place": [1, 2]}, "place"),
        ({"radius_km": 0}, "radius_km"),
        ({"radius_km": 1001}, "radius_km"),
        ({"radius_km": float("inf")}, "radius_km"),
        ({"radius_km": True}, "radius_km"),
        ({"windows": []}, "windows"),
        ({"windows": [WINDOW] * 51}, "windows"),
        ({"windows": None}, "windows"),
        ({"windows": {"start": 1}}, "windows"),
        ({"windows": [WINDOW, {"start": WINDOW["start"]}]}, "windows.1.end"),
        ({"windows": [{"start": WINDOW["end"], "end": WINDOW["start"]}]}, "windows.0.end"),
        ({"windows": [{"start": "2026-05-23T09:00:00", "end": WINDOW["end"]}]}, "windows.0.start"),
        ({"windows": [{"start": 5, "end": WINDOW["end"]}]}, "windows.0.start"),
        ({"windows": ["tomorrow"]}, "windows.0"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 20161}, "minutes"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"member_id": "me"}, "member_id"),
    ],
)
def test_a_wrong_value_of_a_signal_is_refused_by_name(changes, field):
    assert refused(inbound.place_signal, signal_data(**changes)) == field


@pytest.mark.parametrize("field", ["windows"])
def test_a_missing_value_is_refused_by_name(field):
    data = signal_data()
    del data[field]
    assert refused(inbound.place_signal, data) == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "club"}, "kind"),
        ({"place": None}, "place"),
        ({"locale": "fr"}, "locale"),
        ({"merge_policy": []}, "merge_policy"),
        ({"time_zone": 8}, "time_zone"),
    ],
)
def test_a_wrong_value_of_a_community_is_refused_by_name(changes, field):
    assert refused(inbound.register_community, {"name": "x", "place": PLACE, **changes}) == field


@pytest.mark.parametrize("roles", [[], "member", ["king"], [None], None])
def test_wrong_roles_are_refused_by_name(roles):
    data = {"community_id": str(new_id()), "name": "x", "roles": roles}
    assert refused(inbound.add_member, data).startswith("roles")


def test_roles_are_kept_once_and_in_order():
    data = {"community_id": str(new_id()), "name": "x", "roles": ["operator", "member", "operator"]}
    assert inbound.add_member(request(data)).roles == ("member", "operator")


def test_an_unknown_field_is_ignored():
    assert inbound.place_signal(request(signal_data(colour="blue"))).people == 3


def test_a_change_holds_only_what_was_sent():
    command = inbound.change_community(request({"community_id": str(new_id()), "name": "x"}))
    assert command.changes == {"name": "x"}


@pytest.mark.parametrize(("if_match", "version"), [(None, None), ("*", None), ("3", 3), ('"3"', 3), ('W/"3"', 3)])
def test_a_version_is_read_in_the_forms_it_has(if_match, version):
    command = inbound.change_community(request({"community_id": str(new_id())}, if_match=if_match))
    assert command.expected_version == version


@pytest.mark.parametrize("if_match", ["", "x", "-1", "1.5", "٣", "9" * 30])
def test_another_version_is_refused(if_match):
    assert refused(inbound.change_community, {"community_id": str(new_id())}, if_match=if_match) == "if_match"


@pytest.mark.parametrize(
    ("data", "field"),
    [({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"cursor": "ä"}, "cursor"), ({"state": "big"}, "state")],
)
def test_a_wrong_list_request_is_refused_by_name(data, field):
    assert refused(inbound.list_signals, data) == field


@pytest.mark.parametrize("data", [{}, {"signal_id": None}, {"signal_id": "7"}])
def test_a_missing_or_wrong_id_is_refused_by_name(data):
    assert refused(inbound.by_id("signal_id"), data) == "signal_id"


def test_an_answer_is_given_or_refused_and_nothing_else():
    assert refused(inbound.answer_consent, {"pool_id": str(new_id()), "decision": "asked"}) == "decision"


@pytest.mark.parametrize("reason", ["superseded", "hold_expired", "organiser_cancelled"])
def test_a_cancelled_draft_loses_its_match_unless_another_was_opened_in_its_place(reason):
    ids = {"campaign_id": str(new_id()), "match_id": str(new_id()), "pool_id": str(new_id())}
    event = Envelope(str(new_id()), "campaign", "campaign_cancelled.v1", MONDAY, "s", 2, {**ids, "reason": reason}, "c")
    command = inbound.campaign_cancelled(event)
    assert command.reason == "campaign_cancelled"
    assert (command.lost_match_id is None) == (reason == "superseded")
