"""kill -9 at the exact points of the relay: whatever was committed arrives, and repeats carry the same id."""

import json
import subprocess
import sys

import pytest

from services.chassis.relay import Relay
from tests.integration.chassis.shop import eventually, running

PROGRAM = """
import eventlet; eventlet.monkey_patch()
import os, signal
from services.chassis import carriers
from services.chassis.environment import Environment
from services.chassis.relay import Relay
from services.chassis.settings import Settings

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

class Carrier(carriers.ConfirmedCarrier):
    {point}

settings = Settings(database_url={database!r}, amqp_url={amqp!r})
Relay(Environment(settings), {service!r}, Carrier(settings.amqp_url)).run()
"""
POINTS = {
    "before publishing": "publish = die",
    "amid publishing": "def _on_ack(self, tag, multiple): die()",
    "between publishing and marking": "settled = die",
}


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS)
def test_a_relay_that_is_killed_loses_nothing(make_shop, rabbit, listener, point):
    shop = make_shop(amqp_url=rabbit)
    read = listener(shop)
    for number in range(30):
        shop.sell(f"item-{number % 7}", number)
    program = PROGRAM.format(point=point, database=shop.settings.database_url, amqp=rabbit, service=shop.service)
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], timeout=30, capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    assert len(shop.unsent()) == 30
    with running(Relay(shop.environment, shop.service)):
        eventually(lambda: not shop.unsent())
    came = [json.loads(message.body)["id"] for message in read()]
    assert set(came) == {row["message_id"] for row in shop.rows("outbox")}
