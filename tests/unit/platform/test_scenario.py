from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from services.platform.play.errors import ScenarioError
from services.platform.play.scenario import load

SHIPPED = sorted((Path(__file__).resolve().parents[3] / "deploy" / "scenarios").glob("*.yaml"))
PATIENCE = timedelta(seconds=300)

SMALL = {
    "title": {"zh": "小", "en": "small"},
    "start": "2026-05-11T09:00:00+08:00",
    "times": {"later": "2d"},
    "communities": [{"as": "parents", "name": "p"}],
    "steps": [{"say": "hello"}, {"at": "later", "do": "ready_pool", "with": {}}],
}


@pytest.fixture
def write(tmp_path):
    def written(**changes):
        path = tmp_path / "scenario.yaml"
        path.write_text(yaml.safe_dump({**SMALL, **changes}, allow_unicode=True))
        return path

    return written


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_scenario_can_be_read(path):
    scenario = load(path)
    assert scenario.steps
    assert scenario.title["zh"] != scenario.title["en"]


@pytest.mark.parametrize("name", ["pottery", "merged"])
def test_those_for_a_deployment_take_less_than_two_minutes_of_real_time(name):
    scenario = load(next(path for path in SHIPPED if path.stem == name))
    scenario.refuse_jumps(PATIENCE)
    timetable = scenario.timetable(real=True)
    assert max(timetable.span(step.at) for step in scenario.steps if step.at) < timedelta(minutes=2)


def test_a_scenario_without_real_time_is_refused_there_with_its_times(write):
    with pytest.raises(ScenarioError, match="no real_time block, and would have to jump to later"):
        load(write()).refuse_jumps(PATIENCE)


def test_a_scenario_that_would_wait_too_long_is_refused_with_the_times(write):
    scenario = load(write(real_time={"later": "6m"}))
    with pytest.raises(ScenarioError, match=r"from start to later \(0:06:00\), and --patience is 300 s"):
        scenario.refuse_jumps(PATIENCE)
    scenario.refuse_jumps(timedelta(minutes=7))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": "2026-05-11 09:00"}, "has no time zone"),
        ({"steps": []}, "steps: "),
        ({"steps": [{"do": "x", "wiht": {}}]}, r"steps\[0\]"),
        ({"steps": [{"at": "tomorrow", "say": "x"}]}, "the time 'tomorrow' is not in times"),
        ({"steps": [{"at": "+2 days", "say": "x"}]}, r"steps\[0\]"),
        ({"real_time": {"never": "1s"}}, "real_time names never"),
        ({"members": [{"as": "parents", "community": "parents"}]}, "'parents' is given twice"),
        ({"members": [{"as": "lin", "community": "owners"}]}, "there is no community 'owners'"),
        ({"members": [{"as": "lin", "community": "parents", "count": 0}]}, r"members\[0\].count"),
        ({"titel": {}}, "titel"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_reason(write, changes, message):
    with pytest.raises(ScenarioError, match=message):
        load(write(**changes))


def test_what_is_not_yaml_is_refused_in_one_line(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("a: [1\nb: 2")
    with pytest.raises(ScenarioError, match="is not YAML") as raised:
        load(path)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read: No such file"):
        load(tmp_path / "none.yaml")
