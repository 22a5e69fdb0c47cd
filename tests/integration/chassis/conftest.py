import uuid

import pytest
from kombu import Connection, Queue

from services.chassis import topology
from services.chassis.broker import Broker
from tests import servers
from tests.integration.chassis.shop import Shop, schema_name


@pytest.fixture
def make_shop(database_url, request):
    """Make shops: ``make_shop(amqp_url=...)``."""
    shops = []

    def make(**options):
        shops.append(Shop(database_url, f"{schema_name(request.node.name)}_{len(shops)}", **options))
        return shops[-1]

    yield make
    for shop in shops:
        shop.close()


@pytest.fixture
def shop(make_shop):
    """A shop whose events stay in the process."""
    yield make_shop(amqp_url="inproc://shop")
    Broker.forget("shop")


@pytest.fixture
def rabbit():
    """The URL of a real RabbitMQ."""
    return servers.need("rabbitmq")


@pytest.fixture
def listener(rabbit):
    """Listen to the events of a shop on RabbitMQ: ``listener(shop)`` returns a function that reads what came."""
    connection = Connection(rabbit)
    connection.connect()
    made = []

    def listen(shop, arguments=None):
        exchange = topology.event_exchange(shop.service)
        name = f"test-{uuid.uuid4().hex}"
        quorum = {"x-queue-type": "quorum", **(arguments or {})}
        queue = Queue(name, exchange, routing_key="#", durable=True, queue_arguments=quorum)(connection.default_channel)
        queue.declare()
        made.extend([queue, exchange(connection.default_channel)])

        def read():
            messages = []
            while (message := queue.get(no_ack=True)) is not None:
                messages.append(message)
            return messages

        return read

    yield listen
    for thing in made:
        thing.delete()
    connection.release()
