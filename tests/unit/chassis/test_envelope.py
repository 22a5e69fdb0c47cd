import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.envelope import Envelope
from services.kernel.errors import InvalidError

json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)


def envelope(**fields):
    default = {
        "id": "0197",
        "source": "demand",
        "name": "pool_ready.v1",
        "time": datetime(2026, 5, 11, 12, tzinfo=UTC),
        "subject": "pool-1",
        "version": 3,
        "data": {"people": 5},
        "correlation_id": "conversation-1",
        "causation_id": None,
    }
    return Envelope(**{**default, **fields})


@given(
    st.dictionaries(st.text(max_size=5), json_values, max_size=4),
    st.integers(1, 2**63 - 1),
    st.text(min_size=1),
    st.datetimes(timezones=st.just(UTC)),
)
def test_what_is_written_is_read_back(data, version, subject, time):
    made = envelope(data=data, version=version, subject=subject, time=time)
    assert Envelope.from_wire(json.loads(made.to_json())) == made


def test_the_wire_form_is_cloudevents():
    wire = envelope().to_wire()
    assert wire["specversion"] == "1.0"
    assert (wire["source"], wire["type"]) == ("/pinlian/demand", "demand.pool_ready.v1")
    assert wire["time"] == "2026-05-11T12:00:00Z"
    # CloudEvents 1.0, 3.1: attribute names are lower-case letters and digits.
    assert all(name.isalnum() and name == name.lower() for name in wire)


def test_an_event_goes_to_the_exchange_of_its_source():
    assert envelope().exchange == "demand.events"


def test_attributes_that_we_do_not_know_are_ignored():
    wire = {**envelope().to_wire(), "traceparent": "00-1"}
    assert Envelope.from_wire(wire) == envelope()


def test_an_event_without_a_conversation_starts_one():
    wire = envelope().to_wire()
    del wire["correlationid"]
    assert Envelope.from_wire(wire).correlation_id == "0197"


@pytest.mark.parametrize("attribute", ["id", "type", "time", "subject", "data", "specversion", "aggregateversion"])
def test_a_missing_attribute_is_named(attribute):
    wire = envelope().to_wire()
    del wire[attribute]
    with pytest.raises(InvalidError) as refused:
        Envelope.from_wire(wire)
    assert refused.value.detail["errors"][0]["field"] == attribute


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("aggregateversion", 0),
        ("aggregateversion", True),
        ("aggregateversion", 2**63),
        ("aggregateversion", "1"),
        ("specversion", "0.3"),
        ("time", "soon"),
        ("data", []),
        ("id", 5),
    ],
)
def test_a_wrong_attribute_is_named(attribute, value):
    with pytest.raises(InvalidError) as refused:
        Envelope.from_wire({**envelope().to_wire(), attribute: value})
    assert refused.value.detail["errors"][0]["field"] == attribute


@given(json_values)
def test_nothing_but_an_event_is_read_as_one(wire):
    with pytest.raises(InvalidError):
        Envelope.from_wire(wire)
