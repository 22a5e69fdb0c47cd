"""The shipped scenarios, played as a newcomer plays them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.nodes import RealNode

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "deploy" / "scenarios"
# In the order in which the demo plays them, which is that of their dates.
SHIPPED = re.findall(r"deploy/scenarios/(\w+)\.yaml", (ROOT / "Makefile").read_text())
CLI = (sys.executable, "-m", "services.platform.cli")


def run(*arguments, timeout=700):
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PINLIAN_")}
    return subprocess.run(
        [*CLI, *map(str, arguments)],
        env={**inherited, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
    )


def files(*names):
    return [SCENARIOS / f"{name}.yaml" for name in names]


@pytest.fixture(scope="module")
def played():
    """All shipped scenarios on one embedded platform, as a program reads it."""
    done = run("play", *files(*SHIPPED), "--json")
    assert done.stdout, done.stderr
    document = json.loads(done.stdout)
    return {Path(each["file"]).stem: each for each in document["scenarios"]}, done.returncode


def test_the_demo_plays_every_shipped_scenario():
    assert sorted(SHIPPED) == sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


@pytest.mark.slow
@pytest.mark.timeout(720)
@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_ends_as_it_says(played, name):
    scenarios, code = played
    assert scenarios[name]["failure"] is None
    assert scenarios[name]["ok"]
    assert code == 0


@pytest.mark.slow
@pytest.mark.timeout(720)
@pytest.mark.parametrize(
    ("name", "state", "seats", "price", "paid", "refunded", "released"),
    [
        ("pottery", "settled", 25, "108.00", "3080.00", "380.00", "2700.00"),
        ("data_course", "settled", 31, "640.00", "19840.00", "0.00", "19840.00"),
        ("appliance_cleaning", "settled", 12, "79.00", "1267.00", "319.00", "948.00"),
        ("merged", "settled", 21, "158.00", "4118.00", "800.00", "3318.00"),
        ("missed_minimum", "failed", 7, "60.00", "420.00", "420.00", "0.00"),
        ("private_supplier", "settled", 12, "45.00", "540.00", "0.00", "540.00"),
        ("dispute", "settled", 12, "99.99", "1199.88", "37.50", "1162.38"),
        ("course_half_delivered", "settled", 12, "399.99", "5510.97", "3111.09", "2399.88"),
        ("family_check_in", "settled", 11, "88.80", "976.80", "44.40", "932.40"),
    ],
)
def test_the_closing_table_tells_what_became_of_seats_and_money(
    played, name, state, seats, price, paid, refunded, released
):
    (row,) = played[0][name]["campaigns"]
    seen = [row[column] for column in ("state", "seats", "price", "paid", "refunded", "released")]
    assert seen == [state, seats, price, paid, refunded, released]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_story_is_told_for_people_with_progress_and_a_table():
    done = run("play", *files("missed_minimum"))
    assert done.returncode == 0, done.stderr
    for part in (
        "没凑够人的瑜伽课",
        "白姐 结束征集",
        "已参团 7 人，还差 3 人成团",
        "未成团",
        "420.00",
        "项预期全部符合",
    ):
        assert part in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_failed_expectation_says_what_was_expected_and_what_was_seen(tmp_path):
    text = (SCENARIOS / "missed_minimum.yaml").read_text()
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace("paid_seats: 7, reserved_seats: 2", "paid_seats: 8, reserved_seats: 2"))
    assert wrong.read_text() != text
    done = run("play", wrong)
    assert done.returncode == 1
    assert "paid_seats = 8" in done.stdout
    assert "paid_seats = 7" in done.stdout
    assert "Traceback" not in done.stderr
    told = json.loads(run("play", wrong, "--json").stdout)
    assert told["ok"] is False
    assert told["scenarios"][0]["failure"]["expected"] == "paid_seats = 8"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_demo_ends_by_itself_where_there_is_no_terminal():
    done = run("demo", *files("private_supplier"))
    assert done.returncode == 0, done.stderr
    assert "只分享给两个群的供应商" in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_scenario_is_played_in_real_time_against_real_servers(tmp_path):
    hurried = tmp_path / "merged.yaml"
    text = (SCENARIOS / "merged.yaml").read_text()
    for slow, quick in (("95s", "45s"), ("100s", "48s"), ("108s", "53s"), ("acceptance: 6s", "acceptance: 2s")):
        assert slow in text
        text = text.replace(slow, quick)
    hurried.write_text(text)
    node = RealNode(tmp_path)
    try:
        node.start()
        done = run("play", hurried, "--url", node.url, "--token", node.token, "--json", timeout=200)
        document = json.loads(done.stdout)
        assert document["scenarios"][0]["failure"] is None, node.logs()
        assert done.returncode == 0
    finally:
        node.stop()
