"""The story as it is told: for people line by line as it goes, for programs as a list at the end."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.cells import set_cell_size
from rich.console import Console
from rich.markup import escape

from services.platform.play.cast import Actor
from services.platform.play.phrases import PHRASES, WEEKDAYS, state, word
from services.platform.play.values import look_up

UNKNOWN = "…"
_UNKNOWN = re.compile(rf" ?[（(][^（()）]*{UNKNOWN}[^（()）]*[）)]|[：:] ?[^：:]*{UNKNOWN}.*$")


class _Looked(dict):
    """Lets ``{price.amount}`` in a phrase be looked up in the answer, then in the request."""

    def __init__(self, *sources: Any) -> None:
        super().__init__()
        self._sources = sources

    def __missing__(self, path: str) -> Any:
        for source in self._sources:
            found = look_up(source, path)
            if found is not None:
                return found
        return UNKNOWN


def phrase(operation: str, language: str, answer: Any, data: Any) -> str:
    """Return what an operation did, in words; an operation without words is named."""
    templates = PHRASES.get(operation)
    if templates is None:
        return operation
    template = templates[0 if language == "zh" else 1]
    # str.format would read ``price.amount`` as an attribute, so the look-up is done by hand.
    looked = _Looked(answer, data)
    parts = template.split("{")
    text = parts[0] + "".join(f"{looked[name]}{rest}" for name, _, rest in (part.partition("}") for part in parts[1:]))
    # What was refused has no answer, so some values are not known: what would be said of them is left out.
    return _UNKNOWN.sub("", text)


class Story:
    """Tells one scenario."""

    def __init__(self, console: Console | None, language: str, zone: str = "UTC") -> None:
        self._console = console
        self._language = language
        self.zone = zone
        self.lines: list[dict[str, Any]] = []
        self._told: dict[str, Any] = {}
        self._stamp = ""

    def title(self, text: str) -> None:
        """Begin."""
        if self._console is not None:
            self._console.rule(f"[bold]{escape(text)}", align="left")

    def tell(self, now: datetime, text: str, *, kind: str = "step", style: str = "") -> None:
        """Tell one line, with the local time of the scenario's people when it has changed."""
        self.lines.append({"time": now.isoformat(), "kind": kind, "text": text})
        if self._console is None:
            return
        stamp = self._local(now)
        shown, self._stamp = (stamp if stamp != self._stamp else ""), stamp
        line = escape(text)
        self._console.print(
            f"[dim]{set_cell_size(shown, 18)}[/] {f'[{style}]{line}[/]' if style else line}", soft_wrap=True
        )

    def did(self, now: datetime, actors: list[Actor], operation: str, answer: Any, data: Any) -> None:
        """Tell what one actor, or a group, did."""
        what = phrase(operation, self._language, answer, data)
        self.tell(now, f"{self._who(actors)} {what}")

    def refused(self, now: datetime, actors: list[Actor], operation: str, data: Any, code: str) -> None:
        """Tell what was refused, as the scenario expects."""
        what = phrase(operation, self._language, None, data)
        self.tell(now, f"{self._who(actors)} {what} → {word('refused', self._language, code=code)}", style="yellow")

    def progress(self, now: datetime, campaign: dict[str, Any], *, only_turns: bool = False) -> None:
        """Tell how a campaign stands, if that has changed; ``only_turns`` waits for a new state or a new price."""
        key = campaign["campaign_id"]
        price = look_up(campaign, "price.amount") or look_up(campaign, "current_price.amount")
        turn, text = (campaign["state"], price), look_up(campaign, f"progress.{self._language}", "")
        told = self._told.get(key, (None, None))
        if told == (turn, text) or (only_turns and told[0] == turn):
            return
        self._told[key] = (turn, text)
        line = f"  ▸ {campaign['title']} · {state(campaign['state'], self._language)} · {text}"
        self.tell(now, line, kind="progress", style="cyan")

    def failed(self, now: datetime, where: str, what: str, expected: Any, seen: Any) -> None:
        """Tell where the story went otherwise."""
        language = self._language
        self.tell(now, f"✗ {word('failed', language)}: {where}: {what}", kind="failure", style="bold red")
        self.tell(now, f"  {word('expected', language)}: {expected}", kind="failure", style="red")
        self.tell(now, f"  {word('seen', language)}: {seen}", kind="failure", style="red")

    def _who(self, actors: list[Actor]) -> str:
        if len(actors) == 1:
            return actors[0].name
        return word("and_others", self._language, first=actors[0].name, count=len(actors), others=len(actors) - 1)

    def _local(self, now: datetime) -> str:
        local = now.astimezone(ZoneInfo(self.zone))
        day = WEEKDAYS[local.weekday()][0 if self._language == "zh" else 1]
        return f"{local:%m-%d} {day} {local:%H:%M}"
