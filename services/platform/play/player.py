"""Plays one scenario: each step is an operation of the public API, each expectation a look at it."""

import time
from typing import Any

from rich.console import Console

from services.platform.play import looking, table
from services.platform.play.cast import Actor, Cast
from services.platform.play.client import Answer, Api
from services.platform.play.drive import Time
from services.platform.play.errors import PlayFailed, ScenarioError
from services.platform.play.phrases import word
from services.platform.play.result import Result
from services.platform.play.scenario import Scenario, Step
from services.platform.play.stage import Stage
from services.platform.play.story import Story
from services.platform.play.values import fill, look_up

# A refusal that a deployment may still take back: what the step refers to is on its way as an event.
NOT_YET = {404, 409, 422}
PAUSE = 0.25  # seconds between two looks


class Player:
    """Plays ``scenario`` on ``api`` as the operator whose token is given; ``time`` says how time passes."""

    def __init__(self, scenario: Scenario, api: Api, token: str, clock: Time, console: Console | None) -> None:
        self._scenario = scenario
        self._api = api
        self._time = clock
        self._console = console
        zone = scenario.communities[0].get("time_zone", "UTC") if scenario.communities else "UTC"
        self._story = Story(console, scenario.language, zone)
        self._cast = Cast(api, token, scenario.language)
        self._times = scenario.timetable(real=clock.real)
        self._stage = Stage(scenario, self._cast, self._must, self._story, self._times)
        self._now = scenario.start
        self._campaigns: list[str] = []
        self._where = scenario.path

    def play(self) -> Result:
        """Play to the end or to the first thing that is not as it should be."""
        result, begun = Result(self._scenario), time.monotonic()
        self._story.title(self._scenario.name)
        try:
            self._set_the_stage()
            for step in self._scenario.steps:
                self._where = f"{self._scenario.path}, step {step.number}"
                self._step(step)
                result.steps += 1
                result.checks += step.kind in ("expect", "wait")
        except PlayFailed as failure:
            result.failure = failure
        except ScenarioError as error:
            result.failure = PlayFailed(self._where, str(error), "a step that can be played", "it cannot")
        if result.failure is not None:
            failure = result.failure
            self._story.failed(self._now, failure.where, failure.what, failure.expected, failure.seen)
        self._close(result)
        result.story, result.seconds = self._story.lines, time.monotonic() - begun
        return result

    def _set_the_stage(self) -> None:
        self._begin()
        self._stage.communities()
        self._time.settle()
        self._stage.suppliers()
        if self._time.real:
            # Making the people took its time; the story begins when they are there.
            self._begin()
        self._stage.offers()
        self._time.settle()

    def _begin(self) -> None:
        self._now = self._times.start = self._time.begin(self._scenario.start)

    def _step(self, step: Step) -> None:
        if step.at is not None:
            self._now = max(self._times.point(step.at), self._now)
            self._time.go_to(self._now)
            self._show_progress()
        {"do": self._do, "expect": self._expect, "wait": self._wait, "say": self._say}[step.kind](step.body)

    def _say(self, body: dict[str, Any]) -> None:
        text = body["say"]
        said = text if isinstance(text, str) else text[self._scenario.language]
        self._story.tell(self._now, fill(said, self._cast.names, self._times), kind="say", style="italic")

    # Doing

    def _do(self, body: dict[str, Any]) -> None:
        if "say" in body:
            self._say(body)
        elements: list[Actor | None] = list(self._cast.members(body["for_each"])) if "for_each" in body else [None]
        actors = list({actor.key: actor for actor in (self._actor(body, each) for each in elements)}.values())
        for index, element in enumerate(elements):
            answer, data = self._do_once(body, self._actor(body, element), element)
            if index == 0:
                self._tell(body, actors, answer, data)
            if "campaign_id" in data or "commitment_id" in data:
                self._show_progress(only_turns=True)
        self._time.settle()
        self._show_progress()

    def _tell(self, body: dict[str, Any], actors: list[Actor], answer: Answer, data: dict[str, Any]) -> None:
        if "refused" in body:
            self._story.refused(self._now, actors, body["do"], data, body["refused"])
        else:
            self._story.did(self._now, actors, body["do"], answer.body, data)

    def _actor(self, body: dict[str, Any], element: Actor | None) -> Actor:
        key = body.get("as", "each" if element is not None else "node")
        if key == "each":
            if element is None:
                raise ScenarioError("as: each needs for_each")
            return element
        return self._cast.actor(key)

    def _do_once(self, body: dict[str, Any], actor: Actor, element: Actor | None) -> tuple[Answer, dict[str, Any]]:
        names = {**self._cast.names, "each": element.record} if element is not None else self._cast.names
        data = fill(body.get("with", {}), names, self._times)
        if_match = fill(body["if_match"], names, self._times) if "if_match" in body else None
        refused = body.get("refused")
        answer = self._call(actor, body["do"], data, if_match=if_match, patient=refused is None)
        if refused is not None:
            if answer.ok or answer.code != refused:
                raise PlayFailed(
                    self._where, f"{actor.key} {body['do']}", f"refused with {refused}", looking.shown(answer)
                )
            return answer, data
        if not answer.ok:
            raise PlayFailed(self._where, f"{actor.key} {body['do']}", "success", looking.shown(answer))
        if "save" in body:
            (element.record if element is not None else self._cast.names)[body["save"]] = answer.body
        self._track(answer.body)
        return answer, data

    def _must(self, actor: Actor, operation: str, data: dict[str, Any]) -> dict[str, Any]:
        answer = self._call(actor, operation, data)
        if not answer.ok:
            raise PlayFailed(self._where, f"{actor.key} {operation}", "success", looking.shown(answer))
        return answer.body

    def _call(
        self, actor: Actor, operation: str, data: dict[str, Any], *, if_match: Any = None, patient: bool = True
    ) -> Answer:
        token = self._cast.token(actor)
        deadline = time.monotonic() + (self._time.polling if self._time.real and patient else 0)
        while True:
            answer = self._api.do(operation, token, data, if_match=None if if_match is None else str(if_match))
            if answer.status not in NOT_YET or time.monotonic() >= deadline:
                return answer
            time.sleep(PAUSE)

    # Looking

    def _expect(self, body: dict[str, Any]) -> None:
        self._look(body["expect"])

    def _wait(self, body: dict[str, Any]) -> None:
        wanted = body["wait"]
        found = self._look(wanted)
        if "save" in wanted:
            self._cast.names[wanted["save"]] = found
        self._track(found)
        self._show_progress()

    def _look(self, wanted: dict[str, Any]) -> Any:
        """Look until it is as wanted, for as long as this kind of time allows; return what was found."""
        path = fill(wanted["get"], self._cast.names, self._times)
        where = fill(wanted.get("where", {}), self._cast.names, self._times)
        actor = self._cast.actor(wanted.get("as", "node"))
        deadline = time.monotonic() + self._time.polling
        self._time.settle()
        while True:
            answer = self._api.send("GET", path, self._cast.token(actor))
            found, problem = looking.judge(answer, wanted, where)
            if problem is None:
                return found
            if time.monotonic() >= deadline:
                raise PlayFailed(self._where, f"GET {path} as {actor.key}", *problem)
            time.sleep(PAUSE)

    # Telling

    def _track(self, body: Any) -> None:
        campaign_id = body.get("campaign_id") if isinstance(body, dict) else None
        if campaign_id and campaign_id not in self._campaigns:
            self._campaigns.append(campaign_id)

    def _campaign(self, campaign_id: str) -> dict[str, Any] | None:
        answer = self._api.send("GET", f"/v1/campaigns/{campaign_id}", self._cast.token(self._cast.actor("node")))
        return answer.body if answer.ok else None

    def _show_progress(self, *, only_turns: bool = False) -> None:
        for campaign in filter(None, map(self._campaign, self._campaigns)):
            self._story.progress(self._now, campaign, only_turns=only_turns)

    def _close(self, result: Result) -> None:
        campaigns = [campaign for campaign in map(self._campaign, self._campaigns) if campaign]
        result.campaigns = [table.row(campaign, self._stage.community_names) for campaign in campaigns]
        node, language = self._cast.token(self._cast.actor("node")), self._scenario.language
        for entry in self._scenario.suppliers:
            supplier_id = look_up(self._cast.names, f"{entry['as']}.supplier_id")
            answer = self._api.send("GET", f"/v1/suppliers/{supplier_id}/reputation", node) if supplier_id else None
            if answer is not None and answer.ok and answer.body.get("reviews"):
                result.scores.append({"name": entry["name"], **answer.body})
        if self._console is None:
            return
        if result.campaigns:
            table.print_rows(self._console, result.campaigns, language)
        for score in result.scores:
            shown = {key: round(score[key], 2) for key in ("score", "low", "high")}
            self._console.print(word("score", language, name=score["name"], reviews=score["reviews"], **shown))
        if result.ok:
            done = word("all_right", language, steps=result.steps, checks=result.checks)
            self._console.print(f"[green]✓ {done}[/]\n")
