"""Promises of the supplier service about matching rounds: its events equal their examples."""

import pytest

from services.supplier import contract
from services.supplier.contract.rounds import EVENTS
from tests.contract import rounds
from tests.contract.test_supplier_contract import example, same_shape, shape


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_written_in_the_shape_of_its_example(name):
    subject, data = rounds.TOLD[name]
    golden = example("events", name)
    assert contract.EVENTS[name].validate(data) == {}
    assert same_shape(shape(data), shape(golden["data"]))
    assert str(subject) == next(iter(data.values())), "an event is about the first id of its payload"
    assert golden["subject"] == next(iter(golden["data"].values()))
