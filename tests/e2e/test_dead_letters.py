"""What an operator does about a message that cannot be handled: sees it, sends it again, drops it."""

import json

import pytest
from kombu import Connection, Exchange

from tests.e2e import town


def letters(node):
    return json.loads(node.pinlian("dead-letters", "list", "--json"))["items"]


def wait_for_letters(node, right):
    """Ask the command until it shows what is right: each message takes its way through the broker first."""
    for _ in range(10):
        if right(found := letters(node)):
            return found
    raise AssertionError(f"never right, last seen: {found}\n{node.logs()}")


@pytest.mark.parametrize("node", ["real"], indirect=True)
def test_a_message_that_cannot_be_read_is_listed_replayed_and_dropped(node):
    with Connection(node.amqp_url) as connection:
        exchange = Exchange("campaign.events", type="topic", durable=True)
        producer = connection.Producer(serializer="json")
        producer.publish({"not": "an event"}, exchange=exchange, routing_key="campaign_opened.v1", message_id="torn")

    found = wait_for_letters(node, lambda items: {item["service"] for item in items} >= {"demand", "supplier"})
    assert all(item["reason"].startswith("malformed event") for item in found)
    first = next(item for item in found if item["service"] == "supplier")

    assert "replayed 1 dead letter" in node.pinlian("dead-letters", "replay", first["id"])
    again = wait_for_letters(
        node, lambda items: any(item["service"] == "supplier" and item["id"] != first["id"] for item in items)
    )
    assert first["id"] not in {item["id"] for item in again}, "a letter that was replayed is no longer kept"

    node.pinlian("dead-letters", "drop", "--all")
    assert letters(node) == []
    home = town.community(node)
    assert town.campaign(node, home)["state"] == "open", "good events go on as before"
