"""``pinlian ledger reconcile`` with a real provider and database: quiet when they agree, red when they differ."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import eventlet
import pytest
from sqlalchemy import text

from services.campaign.domain import ledger
from services.campaign.domain.orders import OrderState, new_order
from services.campaign.handlers.errands import PaymentErrands
from services.campaign.providers.port import Kind
from services.campaign.providers.registry import make_providers
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.chassis.settings import Settings
from services.kernel.clock import SystemClock
from services.sandbox.profile import read_profile
from services.sandbox.running import Sandbox
from tests.bank import QUICK
from tests.builders_campaign import RealDesk, Town

ROOT = Path(__file__).resolve().parents[3]
CLI = (sys.executable, "-W", "ignore", "-m", "services.platform.cli", "ledger", "reconcile")


@pytest.fixture
def sandbox():
    with Sandbox(profile=read_profile(QUICK)) as running:
        yield running


@pytest.fixture
def engine(migrated):
    return migrated("campaign")


def reconcile(database_url, access, *options):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PINLIAN_")}
    environment |= {"PINLIAN_DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    if access is not None:
        environment["PINLIAN_PUBLIC_URL"] = "http://127.0.0.1:1"
        names = {"URL": access.url, "KEY": access.key, "PUBLIC_KEY": access.public_key}
        environment |= {f"PINLIAN_SANDBOX_{name}": value for name, value in names.items()}
    return subprocess.run([*CLI, *options], env=environment, cwd=ROOT, capture_output=True, text=True)


def pay_too_late(engine, sandbox):
    """Let a member of long ago pay today: the provider takes the money, and it goes back. Returns the charge."""
    town = Town(RealDesk(engine))
    town.open()
    held = town.reserve(1)
    clock = SystemClock()
    errands = PaymentErrands(make_providers(Settings(sandbox=sandbox.access), clock), None)
    new_uow = lambda: CampaignUnitOfWork(engine, clock)  # noqa: E731
    with new_uow() as uow:
        uow.connection.execute(text("UPDATE campaign.payment_orders SET due_at = '2999-01-01' WHERE state = 'open'"))
        one = uow.commitments.find(UUID(held["commitment_id"]))
        order = new_order(Kind.CHARGE, one, "sandbox", one.amount, clock.now())
        pending = ledger.paying(one, "sandbox", order.number)
        uow.ledger.post([pending])
        uow.orders.add([order.resolving(pending)])
        uow.commit()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with new_uow() as uow:
            taken = errands.take(uow, 16)
            ends = [each.state for each in uow.orders.of(one.commitment_id)]
            uow.commit()
        if ends == [OrderState.SUCCEEDED] * 2:
            return order
        for each in taken:
            came = errands.go(each)
            with new_uow() as uow:
                errands.settle(came, uow)
                uow.commit()
        eventlet.sleep(0.05)
    raise AssertionError("the money did not come back in time")


def test_a_provider_that_agrees_is_said_to_and_one_that_does_not_is_shown_line_by_line(engine, sandbox, database_url):
    charge = pay_too_late(engine, sandbox)
    span = ("--provider", "sandbox", "--from", f"{charge.created_at:%Y-%m-%dT%H:%M:%SZ}")
    seen = reconcile(database_url, sandbox.access, *span)
    assert (seen.returncode, seen.stderr) == (0, "")
    assert "2 orders agree" in seen.stdout
    touch = text("UPDATE campaign.payment_orders SET amount_minor = amount_minor + :more WHERE number = :number")
    with engine.begin() as connection:
        connection.execute(touch, {"more": 1, "number": charge.number})
    try:
        seen = reconcile(database_url, sandbox.access, *span, "--json")
    finally:
        with engine.begin() as connection:
            connection.execute(touch, {"more": -1, "number": charge.number})
    assert seen.returncode == 1
    (difference,) = json.loads(seen.stdout)["differences"]
    assert (difference["number"], difference["fault"]) == (charge.number, "other_amount")
    assert "128.01" in difference["ledger"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--provider", "wechat"), "no provider 'wechat'"),
        (("--provider", "offline"), "no provider 'offline'"),
        (("--provider", "sandbox", "--from", "yesterday"), "--from"),
    ],
)
def test_what_cannot_be_compared_is_one_line(sandbox, database_url, engine, options, told):
    seen = reconcile(database_url, sandbox.access, *options)
    assert seen.returncode == 2
    assert told in seen.stderr
    assert len(seen.stderr.strip().splitlines()) == 1


def test_a_provider_that_is_away_is_one_line(sandbox, database_url, engine):
    away = replace(sandbox.access, url="http://127.0.0.1:9")
    seen = reconcile(database_url, away, "--provider", "sandbox")
    assert seen.returncode == 2
    assert "gives no statement" in seen.stderr
    assert len(seen.stderr.strip().splitlines()) == 1
