"""``pinlian route``: files in and out, and what an operator is told of a bad one."""

import json

import pytest
from click.testing import CliRunner
from icalendar import Calendar

from services.chassis.errors import StartupError
from services.platform.commands.route import route
from services.supplier.domain.visits import wire
from tests.builders_visits import broken, crew, day, estate, home

SMALL = """tiny

VEHICLE
NUMBER     CAPACITY
  3         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0   0   0    0  230   0
    1      3   4   6    0  200  10
    2      3   5   6    0  200  10
    3      6   8   4    0  100  10
"""


def run(*arguments):
    done = CliRunner().invoke(route, [*map(str, arguments)], standalone_mode=False)
    if done.exception:
        raise done.exception
    return done.stdout


def written(tmp_path, content):
    path = tmp_path / "day.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_day_is_planned_and_planned_again_from_its_own_answer(tmp_path):
    wanted = day([*estate(6), home("far", east=300)], [crew(), crew("乙")])
    html, ics = tmp_path / "sheet.html", tmp_path / "day.ics"
    path = written(tmp_path, wire.day_wire(wanted))
    told = json.loads(run(path, "--json", "--seconds", 0.1, "--html", html, "--ics", ics))
    plan = wire.plan_of(
        {"tours": told["routes"], "left_out": {one: why["why"] for one, why in told["left_out"].items()}}
    )
    assert broken(wanted, plan) == []
    assert told["left_out"]["far"]["why"] == "out_of_reach"
    assert (told["vehicles"], told["distance"]) == (len(told["routes"]), plan.metres / 1000)
    assert "上门服务路线单" in html.read_text()
    assert len(Calendar.from_ical(ics.read_bytes()).walk("VEVENT")) == 6
    again = wire.day_wire(wanted)
    again["homes"] = [one | {"promised": told["promises"].get(one["id"])} for one in again["homes"][1:]]
    after = json.loads(run(written(tmp_path, again | {"plan": told}), "--json", "--seconds", 0.1))
    assert after["moved"] == []
    assert {one: span for one, span in told["promises"].items() if one != "0"} == after["promises"]


def test_an_instance_of_solomon_is_solved_with_distances_cut_to_a_tenth(tmp_path):
    told = json.loads(run(written(tmp_path, SMALL), "--format", "solomon", "--json", "--seconds", 0.1))
    # 5 there and back for the one that goes alone; 5.8 (of 5.83), 4.2 (of 4.24) and 10 for the two others.
    assert told["distance"] == 30.0
    assert sorted(map(sorted, told["routes"])) == [[1], [2, 3]]
    assert told["vehicles"] == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "line 1: is not JSON"),
        ({"homes": [], "crews": []}, "homes is '\\[\\]'; expected a list of 1 to 500 items"),
        ({"homes": [{"id": "a", "place": {"lat": 1, "lon": 2}}], "crews": []}, "homes.0.minutes is missing"),
        ({**wire.day_wire(day([home("a"), home("a")]))}, "homes.1.id 'a' is given twice"),
        ({**wire.day_wire(day([home("a")])), "time_zone": "Mars/Base"}, "time_zone 'Mars/Base' is not known"),
        ({**wire.day_wire(day([home("a")])), "travel": {"speed": 3}}, "travel.speed is not known here"),
    ],
)
def test_a_bad_file_is_told_in_one_line(tmp_path, content, words):
    with pytest.raises(StartupError, match=words):
        run(written(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "words"),
    [("nothing", "line 5 does not say"), (SMALL.replace("200  10\n    3", "200\n    3"), "line 12 has 6 numbers")],
)
def test_a_bad_instance_is_told_with_its_line(tmp_path, content, words):
    with pytest.raises(StartupError, match=words):
        run(written(tmp_path, content), "--format", "solomon")


def test_a_file_that_is_not_there_is_told_in_one_line():
    with pytest.raises(StartupError, match="cannot be read"):
        run("/nowhere/day.json")
