"""``pinlian ledger verify`` on a real database: quiet when every figure adds up, and red when one was touched."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from tests.builders_campaign import RealDesk, Town

ROOT = Path(__file__).resolve().parents[3]
CLI = (sys.executable, "-W", "ignore", "-m", "services.platform.cli", "ledger", "verify")


@pytest.fixture
def desk(migrated):
    return RealDesk(migrated("campaign"))


def verify(database_url, *options):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PINLIAN_")}
    environment |= {"PINLIAN_DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    return subprocess.run([*CLI, *options], env=environment, cwd=ROOT, capture_output=True, text=True)


def test_a_ledger_that_adds_up_is_said_to_and_one_that_was_touched_is_not(desk, migrated, database_url):
    town = Town(desk)
    town.open()
    town.join(3)
    seen = verify(database_url)
    assert (seen.returncode, seen.stderr) == (0, "")
    assert "every figure adds up" in seen.stdout
    engine = migrated("campaign")
    touch = "UPDATE campaign.campaigns SET paid_seats = paid_seats {} 1 WHERE campaign_id = :id"
    with engine.begin() as connection:
        connection.execute(text(touch.format("-")), {"id": town.campaign_id})
    try:
        seen = verify(database_url, "--json")
    finally:
        with engine.begin() as connection:
            connection.execute(text(touch.format("+")), {"id": town.campaign_id})
    assert seen.returncode == 1
    subjects = [one["subject"] for one in json.loads(seen.stdout)["differences"]]
    assert subjects == [f"communities of campaign {town.campaign_id}", f"seats of campaign {town.campaign_id}"]


def test_a_database_that_is_away_is_one_line(database_url):
    away = make_url(database_url).set(port=1).render_as_string(hide_password=False)
    seen = verify(away)
    assert seen.returncode == 2
    assert len(seen.stderr.strip().splitlines()) == 1
