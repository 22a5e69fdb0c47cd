"""A scenario: read from YAML, checked by its JSON Schema, kept as it was written."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.platform.play.errors import ScenarioError
from services.platform.play.timetable import Timetable

SCHEMA = Path(__file__).resolve().parents[3] / "deploy" / "scenarios" / "scenario.schema.json"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens; ``number`` counts from 1 in the file."""

    number: int
    at: str | None
    body: dict[str, Any]

    @property
    def kind(self) -> str:
        """Return ``do``, ``expect``, ``wait`` or ``say``."""
        return next(kind for kind in ("do", "expect", "wait", "say") if kind in self.body)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story: who there is, what happens when, and what must then be so."""

    path: str
    title: dict[str, str]
    language: str
    start: datetime
    times: dict[str, str]
    real_time: dict[str, str] | None
    communities: list[dict[str, Any]]
    members: list[dict[str, Any]]
    suppliers: list[dict[str, Any]]
    offers: list[dict[str, Any]]
    steps: tuple[Step, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The title in the scenario's own language."""
        return self.title[self.language]

    def timetable(self, *, real: bool) -> Timetable:
        """Return its times, for the virtual clock or for real time."""
        return Timetable({**self.times, **(self.real_time or {})} if real else self.times)

    def refuse_jumps(self, patience: timedelta) -> None:
        """Raise ``ScenarioError`` naming the times that cannot be waited for in real time."""
        points = [step.at for step in self.steps if step.at is not None]
        if self.real_time is None and points:
            times = ", ".join(dict.fromkeys(points))
            raise ScenarioError(
                f"{self.path} cannot be played in real time: it has no real_time block, "
                f"and would have to jump to {times}"
            )
        timetable = self.timetable(real=True)
        jumps = [
            f"from {before} to {after} ({timetable.span(after) - timetable.span(before)})"
            for before, after in pairwise(["start", *points])
            if timetable.span(after) - timetable.span(before) > patience
        ]
        if jumps:
            raise ScenarioError(
                f"{self.path} cannot be played in real time: it would have to jump {'; '.join(jumps)}, "
                f"and --patience is {patience.total_seconds():.0f} s"
            )


def load(path: Path) -> Scenario:
    """Read a scenario; raise ``ScenarioError`` with the file, the place in it and what is wrong."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    except yaml.YAMLError as error:
        raise ScenarioError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    problems = sorted(_validator().iter_errors(raw), key=lambda problem: list(map(str, problem.absolute_path)))
    if problems:
        raise ScenarioError(f"{path}: {'; '.join(_describe(problem) for problem in problems[:5])}")
    scenario = _build(path, raw)
    _check(scenario)
    return scenario


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _describe(problem: Any) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem.absolute_path)
    deepest = min(problem.context, key=lambda each: -len(each.absolute_path), default=problem)
    return f"{place.lstrip('.') or 'the file'}: {deepest.message}"


def _build(path: Path, raw: dict[str, Any]) -> Scenario:
    try:
        start = parse_time(raw["start"], "start")
    except InvalidError as error:
        raise ScenarioError(f"{path}: {error.message}") from None
    steps = tuple(Step(number, body.get("at"), body) for number, body in enumerate(raw["steps"], 1))
    return Scenario(
        str(path),
        raw["title"],
        raw.get("language", "zh"),
        start,
        raw.get("times", {}),
        raw.get("real_time"),
        *(raw.get(part, []) for part in ("communities", "members", "suppliers", "offers")),
        steps,
    )


def _check(scenario: Scenario) -> None:
    """Find what the schema cannot: names given twice, communities and suppliers that are not there, wrong times."""
    parts = (scenario.communities, scenario.members, scenario.suppliers, scenario.offers)
    names = [entry["as"] for part in parts for entry in part]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ScenarioError(f"{scenario.path}: the name {twice[0]!r} is given twice")
    known = {entry["as"] for entry in scenario.communities}
    for entry in [*scenario.members, *scenario.suppliers]:
        if entry["community"] not in known:
            raise ScenarioError(f"{scenario.path}: {entry['as']}: there is no community {entry['community']!r}")
    if wrong := set(scenario.real_time or {}) - set(scenario.times):
        raise ScenarioError(f"{scenario.path}: real_time names {', '.join(sorted(wrong))}, which times does not have")
    for real in (False, True):
        timetable = scenario.timetable(real=real)
        for step in scenario.steps:
            if step.at is not None:
                timetable.span(step.at)
