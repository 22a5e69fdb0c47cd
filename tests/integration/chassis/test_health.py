"""Health checks name what is missing, and the pages say so to whoever asks."""

import json
import urllib.error
import urllib.request

import eventlet
import pytest

from services.chassis import health
from services.chassis.errors import StartupError
from services.chassis.relay import Relay
from tests.integration.chassis.shop import eventually, running


@pytest.fixture
def migrated_shop(shop, monkeypatch):
    """A shop has no migrations; the real ones are looked at in the tests of the services."""
    monkeypatch.setattr(health.migrations, "pending", lambda service, connection: [])
    return shop


def checks(shop):
    found = health.check(shop.environment, shop.service)
    return found["ready"], {each["name"]: (each["ok"], each["detail"]) for each in found["checks"]}


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_service_is_ready_when_somebody_holds_its_relay_lock(migrated_shop):
    ready, found = checks(migrated_shop)
    assert (ready, found["relay"]) == (False, (False, "no relay is active: events wait"))
    with running(Relay(migrated_shop.another_process(), migrated_shop.service)):
        eventually(lambda: checks(migrated_shop)[0])


def test_a_schema_that_is_not_migrated_is_not_ready(shop, monkeypatch):
    monkeypatch.setattr(health.migrations, "pending", lambda service, connection: ["0002"])
    ready, found = checks(shop)
    assert not ready
    assert found["database"] == (False, "schema lacks 0002; run: pinlian migrate")


def test_a_broker_that_is_away_is_named(make_shop, monkeypatch):
    shop = make_shop(amqp_url="amqp://guest:hush@127.0.0.1:1/")
    found = checks(shop)[1]
    assert found["broker"][0] is False
    assert "hush" not in str(found)


def test_the_pages_answer_over_http(migrated_shop):
    listener = health.serve(migrated_shop.environment, migrated_shop.service, "127.0.0.1:0")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert fetch(f"{url}/health/live")[0] == 200
    status, body = fetch(f"{url}/health/ready")
    assert (status, json.loads(body)["ready"]) == (503, False)
    with running(Relay(migrated_shop.environment, migrated_shop.service)):
        migrated_shop.sell("tea")
        eventually(lambda: fetch(f"{url}/health/ready")[0] == 200)
        eventually(lambda: b"pinlian_events_published_total" in fetch(f"{url}/metrics")[1])
    assert fetch(f"{url}/nothing")[0] == 404
    listener.close()


def test_a_port_that_is_taken_is_named(migrated_shop):
    taken = eventlet.listen(("127.0.0.1", 0))
    address = f"127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(StartupError, match=f"cannot listen at {address}"):
        health.serve(migrated_shop.environment, migrated_shop.service, address)
