"""What an event becomes in the database, and what it must not become."""

import json

import pytest

from services.chassis.context import working_for
from services.chassis.envelope import Envelope


def test_an_event_is_stored_as_the_envelope_that_goes_over_the_wire(shop):
    with working_for("conversation-1", "cause-1"):
        event = shop.sell("tea", 3)
    (row,) = shop.rows("outbox")
    assert Envelope.from_wire(json.loads(row["body"])) == event
    assert (row["message_id"], row["subject"], row["version"]) == (event.id, "tea", 1)
    assert (row["exchange"], row["routing_key"]) == (f"{shop.service}.events", "sold.v1")
    assert (event.correlation_id, event.causation_id) == ("conversation-1", "cause-1")


def test_the_versions_of_a_subject_have_no_gaps_even_after_a_rollback(shop):
    shop.sell("tea")
    with shop.new_uow() as uow:
        uow.outbox.add("sold.v1", "tea", {"number": 1})
    shop.sell("tea")
    assert [row["version"] for row in shop.rows("outbox", "position")] == [1, 2]


def test_a_payload_that_breaks_the_contract_never_reaches_the_outbox(shop):
    with shop.new_uow() as uow, pytest.raises(ValueError, match="breaks its contract"):
        uow.outbox.add("sold.v1", "tea", {"number": 1, "secret": "x"})


def test_an_event_that_no_contract_names_is_refused(shop):
    with shop.new_uow() as uow, pytest.raises(KeyError):
        uow.outbox.add("stolen.v1", "tea", {})


def test_a_commit_rings_only_for_what_it_brought(shop):
    relay = shop.environment.wakeup(shop.service, "relay")
    timers = shop.environment.wakeup(shop.service, "timers")
    with shop.new_uow() as uow:
        uow.commit()
    assert not relay.wait(0)
    shop.sell("tea")
    assert relay.wait(0)
    assert not timers.wait(0)
    with shop.new_uow() as uow:
        uow.timers.set("a", uow.clock.now(), "x", {})
        uow.commit()
    assert timers.wait(0)
    assert not relay.wait(0)
