"""Signals on the command line: one pool a line, the same whatever the order, one readable line for what is wrong."""

import json

import pytest
from click.testing import CliRunner

from services.chassis.errors import StartupError
from services.platform.commands.merge import merge
from services.platform.forked import forked_map

SIGNAL = {
    "id": "s1",
    "community": "a",
    "text": "周末想学陶艺",
    "category": "pottery",
    "people": 3,
    "ceiling": {"amount": "200.00", "currency": "CNY"},
    "place": {"lat": 31.2, "lon": 121.4},
    "radius_km": 5,
    "windows": [["2026-05-23T09:00:00+08:00", "2026-05-23T12:00:00+08:00"]],
    "minutes": 90,
    "locale": "zh",
}
OTHER = {**SIGNAL, "id": "s2", "community": "b", "people": 2, "ceiling": None, "place": {"lat": 31.22, "lon": 121.4}}
FAR = {**SIGNAL, "id": "s3", "place": {"lat": 32.2, "lon": 121.4}}
ALL = [SIGNAL, OTHER, FAR]


def run(signals, *arguments):
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in signals)
    done = CliRunner().invoke(merge, ["-", *arguments], input=text, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done


def pools(signals, *arguments):
    return [json.loads(line) for line in run(signals, "--json", *arguments).stdout.splitlines()]


def test_a_line_for_each_pool_says_who_what_where_when_and_why():
    together, alone = pools(ALL)
    assert (together["signals"], together["people"], together["communities"]) == (["s1", "s2"], 5, {"a": 3, "b": 2})
    assert (together["category"], together["window"]) == ("pottery", ["2026-05-23T01:00:00Z", "2026-05-23T02:30:00Z"])
    assert set(together["place"]) == {"lat", "lon"}
    assert "陶艺" in together["why"]["zh"]
    assert "minimum of 2 signals is reached" in together["why"]["en"]
    assert [one["signal"] for one in together["left_out"]] == ["s3"]
    assert "km" in together["left_out"][0]["why"]["en"]
    assert alone["signals"] == ["s3"]


def test_the_order_of_lines_changes_nothing():
    assert pools(ALL) == pools(ALL[::-1])


def test_online_each_line_has_its_seconds_and_the_pools_follow():
    lines = pools(ALL, "--online")
    assert [one["signal"] for one in lines[:3]] == ["s1", "s2", "s3"]
    assert all(one["seconds"] >= 0 for one in lines[:3])
    assert [one["signals"] for one in lines[3:]] == [["s1", "s2"], ["s3"]]


def test_people_get_a_table_in_two_languages():
    shown = run(ALL).stdout
    assert "已达到最低" in shown
    assert "3 signals, 2 pools; 5 people" in shown


def test_prices_and_a_minimum_decide_who_is_served(tmp_path):
    tiers = tmp_path / "prices.json"
    price = {"amount": "250.00", "currency": "CNY"}
    tiers.write_text(json.dumps({"pottery": [{"seats": 1, "price": price}]}))
    assert len(pools([SIGNAL, OTHER], "--prices", str(tiers))) == 2
    assert "minimum of 6 people is not reached" in pools([SIGNAL, OTHER], "--minimum", "6")[0]["why"]["en"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: line is no JSON"),
        ("[]", "line 2: line is no object"),
        ({**OTHER, "people": 0}, "line 2: people 0 is not a possible number; expected a whole number from 1"),
        ({**OTHER, "place": {"lat": 91, "lon": 0}}, "line 2: place.lat 91"),
        ({**OTHER, "windows": [["2026-05-23T09:00:00", "x"]]}, r"line 2: windows\[0\]\[0\] .* has no time zone"),
        ({**OTHER, "minutes": 600}, "line 2: windows are all shorter than 600 minutes"),
        ({**OTHER, "ceiling": {"amount": 5, "currency": "CNY"}}, "line 2: ceiling 5 is not an amount"),
        (SIGNAL, "line 2: id 's1' is on line 1 already"),
        ({"id": "x"}, "line 2: community is missing"),
    ],
)
def test_a_bad_line_is_told_by_its_number_and_field_and_nothing_is_merged(line, said):
    with pytest.raises(StartupError, match=said):
        run([SIGNAL, line])


def test_prices_that_are_none_and_files_that_are_not_there_are_told(tmp_path):
    wrong = tmp_path / "prices.json"
    wrong.write_text('{"pottery": [{"seats": 1}]}')
    with pytest.raises(StartupError, match="holds no prices"):
        run([SIGNAL], "--prices", str(wrong))
    with pytest.raises(StartupError, match="cannot be read"):
        CliRunner().invoke(merge, [str(tmp_path / "none")], standalone_mode=False, catch_exceptions=False)


def test_work_is_shared_by_processes_and_comes_back_in_order():
    seen = []
    assert list(forked_map(sum, [[1], [1, 2], [1, 2, 3]], 2, seen.append)) == [1, 3, 6]
    assert seen[-1] == 3


def test_a_process_that_fails_is_told():
    with pytest.raises(StartupError, match="ended"):
        list(forked_map(lambda one: one[0] / one[-1], [[4, 4, 4], [1, 0]], 2, lambda done: None))
