"""The promises of demand, from both sides: what it writes has the shape of its golden examples, and what it reads are
the golden examples of those who write.
"""

import importlib
import inspect
import json
from pathlib import Path

import pytest

from services.chassis.envelope import Envelope
from services.demand import contract, handlers, inbound, outbound, views
from services.demand.domain import errors
from services.demand.domain.partition import partition_of
from services.kernel.errors import Refusal
from tests.builders_demand import Town, signal_data, window
from tests.contract import intakes
from tests.fakes.chassis import request
from tests.fakes.demand import FakeDemandUnitOfWork

SERVICES = Path(__file__).resolve().parents[2] / "services"
HEARD = [
    ("supplier", "match_proposed"),
    ("supplier", "match_expired"),
    ("supplier", "pool_unmatched"),
    ("campaign", "campaign_opened"),
    ("campaign", "campaign_failed"),
    ("campaign", "campaign_cancelled"),
    ("campaign", "campaign_settled"),
]
ONE = {"get_community": "community_id", "get_member": "member_id", "get_signal": "signal_id", "get_pool": "pool_id"}
BY_ID = {**ONE, "get_intake": "intake_id"}


def example(kind, name, service="demand"):
    return json.loads((SERVICES / service / "contract" / "examples" / kind / f"{name}.json").read_text())


def shape(value):
    """Return the shape of a JSON value: names and kinds. None has the shape of anything, and so has an empty list."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def assert_same_shape(found, expected, where=""):
    if found in ("NoneType", []) or expected in ("NoneType", []):
        return
    assert type(found) is type(expected), where
    if isinstance(found, dict):
        assert set(found) == set(expected), where
        for name in found:
            assert_same_shape(found[name], expected[name], f"{where}.{name}")
    elif isinstance(found, list):
        assert_same_shape(found[0], expected[0], f"{where}[]")
    else:
        assert found == expected, where


@pytest.fixture(scope="module")
def played():
    """A town in which every event of demand was written once, and the answers of its calls by name."""
    town = Town(FakeDemandUnitOfWork())
    place = {"lat": 31.2, "lon": 121.4}

    def run(name, asked, write):
        answers[name] = write(getattr(handlers, name)(getattr(inbound, name)(asked), town.uow))
        return answers[name]

    answers = {}
    community_id = run("register_community", request({"name": "x", "place": place}), outbound.community)["community_id"]
    own = {"community_id": community_id}
    run("change_community", request({**own, "merge_policy": "ask"}), outbound.community)
    member = {**own, "name": "王强", "contact": "1", "household": "2"}
    member_id = run("add_member", request(member), outbound.member)["member_id"]
    run("change_member", request({**own, "member_id": member_id, "household": "3"}), outbound.member)
    auto = town.community()
    town.uow.pools.busy.add(partition_of("painting", auto.place))
    town.place(auto, category="painting")
    pool_id = str(town.place(auto, people=6).pool_id)
    data = signal_data(member_id=member_id, ceiling={"amount": "98.00", "currency": "CNY"})
    run("place_signal", request(data, role="partner", **own), outbound.signal)
    apart = handlers.place_signal(
        inbound.place_signal(request({**data, "windows": [window(30).to_wire()]}, role="partner", **own)), town.uow
    )
    caller = {"role": "community_operator", **own}
    town.pass_(hours=1)
    gone = town.place(auto, category="chess", people=9)
    town.pass_(hours=1)
    town.withdraw(auto, gone.signal_id)
    town.pass_(hours=1)
    run("answer_consent", request({"pool_id": pool_id, "decision": "given"}, **caller), outbound.pool)
    split = run("split_pool", request({"pool_id": pool_id, "reason": "x"}, **caller), outbound.pool)["pool_id"]
    run("join_pools", request({"pool_id": split, "into_pool_id": pool_id}, **caller), outbound.pool)
    path = {**own, "member_id": member_id, "signal_id": str(apart.signal_id), "pool_id": pool_id}
    for name, field in ONE.items():
        answers[name] = getattr(views, name)(inbound.by_id(field)(request(path, **caller)), town.uow)
    run("change_signal", request({"signal_id": str(apart.signal_id), "people": 4}, **caller), outbound.signal)
    run("ready_pool", request({"pool_id": pool_id}, **caller), outbound.pool)
    run("withdraw_signal", request({"signal_id": str(apart.signal_id)}, **caller), outbound.signal)
    return town.uow.outbox, answers | intakes.play(town, auto)


@pytest.mark.parametrize("name", contract.EVENTS)
def test_an_event_has_the_shape_of_its_example(played, name):
    outbox, _ = played
    written = outbox.data_of(name)
    assert written, f"the play writes no {name}"
    for data in written:
        assert_same_shape(shape(data), shape(example("events", name)["data"]), name)


@pytest.mark.parametrize("name", [name for name in contract.RPCS if not name.startswith("list_")])
def test_an_answer_has_the_shape_of_its_example(played, name):
    _, answers = played
    assert_same_shape(shape(answers[name]), shape(example("rpc", name)["response"]), name)


@pytest.mark.parametrize("name", [name for name in contract.RPCS if name.startswith("list_")])
def test_an_item_of_a_list_has_the_shape_of_the_single_thing(name):
    if name in ("list_consents", "list_intakes"):
        pytest.skip("its items are not things that are shown by themselves")
    single = {"list_communities": "community", "list_members": "member", "list_signals": "signal", "list_pools": "pool"}
    listed = example("rpc", name)["response"]
    assert set(listed) == {"items", "next_cursor"}
    one = intakes.SINGLE.get(name) or f"get_{single[name]}"
    assert_same_shape(shape(listed["items"][0]), shape(example("rpc", one)["response"]), name)


@pytest.mark.parametrize("name", contract.RPCS)
def test_an_example_of_a_request_is_read(name):
    read = inbound.by_id(BY_ID[name]) if name in BY_ID else getattr(inbound, name)
    assert read(example("rpc", name)["request"]).caller.token_id == "tok_example"


@pytest.mark.parametrize("name", contract.EVENTS)
def test_an_example_of_an_event_is_an_envelope(name):
    envelope = Envelope.from_wire(example("events", name))
    assert (envelope.source, envelope.name) == ("demand", name)


@pytest.mark.parametrize(("source", "name"), HEARD)
def test_what_demand_hears_is_what_others_write(source, name):
    event = Envelope.from_wire(example("events", f"{name}.v1", source))
    command = getattr(inbound, name)(event)
    assert str(command.pool_id) == event.data["pool_id"]


PRICED = [
    ("offer_published", inbound.offer_published),
    ("offer_revised", inbound.offer_published),
    ("offer_paused", inbound.offer_paused),
    ("offer_resumed", inbound.offer_resumed),
    ("offer_withdrawn", inbound.offer_withdrawn),
    ("supplier_registered", inbound.supplier_known),
    ("supplier_changed", inbound.supplier_known),
]


@pytest.mark.parametrize(("name", "read"), PRICED)
def test_what_demand_hears_of_offers_is_what_the_supplier_writes(name, read):
    wire = example("events", f"{name}.v1", "supplier")
    event = Envelope.from_wire(wire)
    command = read(event)
    assert str(command.supplier_id) == event.data["supplier_id"]
    assert read(Envelope.from_wire({**wire, "data": {**wire["data"], "surprise": [1]}})) == command


def test_an_offer_of_a_release_that_told_no_prices_is_read():
    wire = example("events", "offer_published.v1", "supplier")
    del wire["data"]["tiers"]
    assert inbound.offer_published(Envelope.from_wire(wire)).tiers == ()


def test_demand_hears_its_own_word_that_signals_wait():
    event = Envelope.from_wire(example("events", "signals_waiting.v1"))
    assert inbound.signals_waiting(event).partition == event.data["partition"]


@pytest.mark.parametrize(("source", "name"), HEARD)
def test_what_others_add_is_ignored(source, name):
    wire = example("events", f"{name}.v1", source)
    wire["data"]["surprise"] = {"a": 1}
    for nested in wire["data"].get("communities", []):
        nested["surprise"] = 1
    assert getattr(inbound, name)(Envelope.from_wire(wire)) is not None


def test_the_writers_schemas_refuse_what_is_not_promised():
    for name, schema in contract.EVENTS.items():
        data = example("events", name)["data"]
        assert schema.validate(data) == {}
        assert schema.validate({**data, "name_of_a_member": "x"}) != {}, name
        for field in data:
            assert schema.validate({key: value for key, value in data.items() if key != field}) != {}, (name, field)


def test_every_refusal_of_the_domain_is_promised():
    own = {
        one.code
        for _, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, Refusal) and one.__module__ == errors.__name__
    }
    assert own == set(contract.ERRORS)


def test_demand_reacts_under_frozen_names():
    """The method name is the queue's and the inbox's: renaming one abandons the messages that wait."""
    service = importlib.import_module("services.demand.service").DemandService
    heard = [*HEARD, ("demand", "signals_waiting"), *(("supplier", name) for name, _ in PRICED)]
    for source, name in heard:
        assert hasattr(service, f"on_{source}_{name}_v1")
