"""Dead letters: kept, listed, replayed as one transaction, dropped."""

import json

import pytest
from kombu import Connection, Queue

from services.chassis import dead_letters, topology
from services.chassis.dead_letters import DeadLetterNotFoundError
from services.chassis.relay import Relay
from tests.integration.chassis.shop import eventually, running

LETTER = {
    "queue": "evt-shop-sold.v1--mall.on_shop_sold_v1",
    "routing_key": "sold.v1",
    "message_id": "m-1",
    "headers": {"pinlian-attempts": 6},
    "content_type": "application/cloudevents+json",
    "body": b'{"id": "m-1"}',
    "reason": "failed 6 times: KeyError",
    "attempts": 6,
}


def letters(shop):
    with shop.engine.connect() as connection:
        return dead_letters.list_letters(connection, shop.tables)


def replay(shop, letter_id):
    with shop.engine.begin() as connection:
        dead_letters.replay(connection, shop.tables, letter_id)


def test_a_buried_message_is_listed_with_its_reason_and_without_its_body(shop):
    first = shop.environment.bury(shop.service, **LETTER)
    second = shop.environment.bury(shop.service, **{**LETTER, "message_id": None})
    assert [letter["id"] for letter in letters(shop)] == [first, second]
    assert letters(shop)[0]["reason"] == "failed 6 times: KeyError"
    assert letters(shop)[0]["size"] == len(LETTER["body"])
    assert "body" not in letters(shop)[0]
    assert shop.environment.metrics.dead_letters.labels(shop.service, LETTER["queue"])._value.get() == 2


def test_a_page_of_letters_begins_after_the_last_of_the_page_before(shop):
    ids = [shop.environment.bury(shop.service, **LETTER) for _ in range(3)]
    with shop.engine.connect() as connection:
        first = dead_letters.list_letters(connection, shop.tables, limit=2)
        rest = dead_letters.list_letters(connection, shop.tables, limit=2, after=first[-1]["id"])
    assert [letter["id"] for letter in first + rest] == ids


def test_a_replay_moves_the_letter_into_the_outbox(shop):
    replay(shop, shop.environment.bury(shop.service, **LETTER))
    (row,) = shop.rows("outbox")
    assert letters(shop) == []
    assert (row["exchange"], row["routing_key"], row["message_id"]) == ("pinlian.retry", LETTER["queue"], "m-1")
    assert "pinlian-attempts" not in row["headers"]


def test_a_replay_that_does_not_commit_leaves_the_letter(shop):
    letter_id = shop.environment.bury(shop.service, **LETTER)
    with shop.engine.connect() as connection:
        dead_letters.replay(connection, shop.tables, letter_id)
    assert [letter["id"] for letter in letters(shop)] == [letter_id]
    assert shop.rows("outbox") == []


def test_a_letter_can_be_replayed_or_dropped_only_once(shop):
    letter_id = shop.environment.bury(shop.service, **LETTER)
    with shop.engine.begin() as connection:
        dead_letters.drop(connection, shop.tables, letter_id)
    with pytest.raises(DeadLetterNotFoundError):
        replay(shop, letter_id)
    with shop.engine.begin() as connection, pytest.raises(DeadLetterNotFoundError):
        dead_letters.drop(connection, shop.tables, letter_id)


@pytest.mark.parametrize("body", [b'{"id": "m-1"}', b"\xff\xfe\x00", b"a\x00b"])
def test_a_replayed_message_arrives_in_its_queue_as_it_was(make_shop, rabbit, body):
    shop = make_shop(amqp_url=rabbit)
    name = f"test-replay-{shop.service}"
    with Connection(rabbit) as connection:
        channel = connection.default_channel
        topology.RETRY_EXCHANGE(channel).declare()
        queue = Queue(name, topology.RETRY_EXCHANGE, routing_key=name, queue_arguments={"x-queue-type": "quorum"})
        queue = queue(channel)
        queue.declare()
        replay(shop, shop.environment.bury(shop.service, **{**LETTER, "queue": name, "body": body}))
        with running(Relay(shop.environment, shop.service)):
            message = eventually(lambda: queue.get(no_ack=True))
            eventually(lambda: not shop.unsent())
        queue.delete()
    raw = message.body.encode() if isinstance(message.body, str) else message.body
    assert raw == body
    assert message.properties["message_id"] == "m-1"
    assert "pinlian-attempts" not in message.headers


def test_a_replay_to_a_queue_that_is_gone_stays_unsent_and_blocks_no_event(make_shop, rabbit, listener):
    shop = make_shop(amqp_url=rabbit)
    read = listener(shop)
    replay(shop, shop.environment.bury(shop.service, **{**LETTER, "queue": "gone"}))
    shop.sell("tea")
    with running(Relay(shop.environment, shop.service)):
        eventually(lambda: len(shop.unsent()) == 1)
    assert [json.loads(message.body)["subject"] for message in read()] == ["tea"]
    assert shop.unsent()[0]["routing_key"] == "gone"
