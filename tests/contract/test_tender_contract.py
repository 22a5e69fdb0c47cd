"""Promises of the supplier service about tenders: its events equal their examples, and its hashes can be checked."""

import pytest

from services.supplier import contract
from services.supplier.contract.tenders import EVENTS
from services.supplier.domain.agreements import is_untouched
from tests.contract import tenders
from tests.contract.test_supplier_contract import example, same_shape, shape


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_written_in_the_shape_of_its_example(name):
    subject, data = tenders.TOLD[name]
    golden = example("events", name)
    assert contract.EVENTS[name].validate(data) == {}
    assert same_shape(shape(data), shape(golden["data"]))
    assert subject == next(iter(data.values())), "an event is about the first id of its payload"
    assert golden["subject"] == next(iter(golden["data"].values()))


def test_the_agreement_of_the_example_has_its_hash():
    agreement = example("rpc", "get_agreement")["response"]
    assert is_untouched(agreement["document"], agreement["hash"])
    assert example("events", "agreement_made.v1")["data"]["agreement_hash"] == agreement["hash"]
    assert example("events", "match_proposed.v1")["data"]["agreement_hash"] == agreement["hash"]
