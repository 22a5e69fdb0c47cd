"""The relay and the in-process broker: an event is done when its consumers are, and comes again after a crash."""

import json

import eventlet
import pytest
from kombu import Connection

from services.chassis import topology
from services.chassis.broker import Broker
from services.chassis.relay import Relay
from tests.integration.chassis.shop import eventually, running


@pytest.fixture
def queue(shop):
    """A queue that listens to the shop."""
    with Connection(shop.settings.amqp_url) as connection:
        made = topology.event_queue(shop.service, "sold.v1", "mall", "on_shop_sold_v1")(connection.default_channel)
        topology.RETRY_EXCHANGE(connection.default_channel).declare()
        made.declare()
        yield made


def test_an_event_is_marked_sent_when_its_consumer_is_done_and_not_before(shop, queue):
    with running(Relay(shop.environment, shop.service)):
        event = shop.sell("tea")
        message = eventually(queue.get)
        assert json.loads(message.body)["id"] == event.id
        eventlet.sleep(0.7)
        assert len(shop.unsent()) == 1
        message.ack()
        eventually(lambda: not shop.unsent(), 0.4)


def test_an_event_is_published_once_however_long_its_consumer_takes(shop, queue):
    with running(Relay(shop.environment, shop.service)):
        shop.sell("tea")
        message = eventually(queue.get)
        for _ in range(3):
            shop.sell("tea")
        eventlet.sleep(1.2)
        assert Broker.get("shop").queues[queue.name].ready.__len__() == 3
        message.ack()


def test_what_was_not_worked_off_comes_again_after_a_crash(make_shop, shop, queue):
    with running(Relay(shop.environment, shop.service)):
        shop.sell("tea")
        eventually(queue.get)
    Broker.forget("shop")  # the process and its memory are gone
    with Connection(shop.settings.amqp_url) as connection:
        again = topology.event_queue(shop.service, "sold.v1", "mall", "on_shop_sold_v1")(connection.default_channel)
        topology.RETRY_EXCHANGE(connection.default_channel).declare()
        again.declare()
        with running(Relay(shop.another_process(), shop.service)):
            eventually(again.get).ack()
            eventually(lambda: not shop.unsent())


def test_an_event_that_nobody_listens_to_is_done_at_once(shop):
    with running(Relay(shop.environment, shop.service)):
        shop.sell("tea")
        eventually(lambda: not shop.unsent(), 1)


def test_a_later_event_of_a_subject_does_not_wait_for_the_consumer_of_the_first(shop, queue):
    with running(Relay(shop.environment, shop.service)):
        for number in range(5):
            shop.sell("tea", number)
        messages = [eventually(queue.get) for _ in range(5)]
        assert [json.loads(message.body)["aggregateversion"] for message in messages] == [1, 2, 3, 4, 5]
        for message in messages:
            message.ack()
        eventually(lambda: not shop.unsent())
