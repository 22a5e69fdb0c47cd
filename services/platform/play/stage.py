"""Setting the stage: what a scenario has before its first step, made through the public API like everything else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services.kernel.clock import format_time
from services.platform.play.cast import Actor, Cast
from services.platform.play.names import person
from services.platform.play.phrases import word
from services.platform.play.scenario import Scenario
from services.platform.play.story import Story
from services.platform.play.timetable import Timetable, parse_span
from services.platform.play.values import fill

# ``call(actor, operation, data)`` does an operation that must succeed and returns its answer.
Call = Callable[[Actor, str, dict[str, Any]], dict[str, Any]]
OWN = {"as", "community", "count", "supplier", "slots", "qualifications"}


class Stage:
    """Makes communities and members, then suppliers, then offers."""

    def __init__(self, scenario: Scenario, cast: Cast, call: Call, story: Story, times: Timetable) -> None:
        self._scenario = scenario
        self._cast = cast
        self._call = call
        self._story = story
        self._times = times
        self._people = 0
        self.community_names: dict[str, str] = {}

    def communities(self) -> None:
        """Register the communities and their members."""
        node = self._cast.actor("node")
        for entry in self._scenario.communities:
            view = self._call(node, "register_community", self._data(entry))
            self._cast.add_community(entry["as"], view)
            self.community_names[view["community_id"]] = view["name"]
        for entry in self._scenario.members:
            self._members(entry)
        for entry in self._scenario.communities:
            count = sum(each.get("count", 1) for each in self._scenario.members if each["community"] == entry["as"])
            self._tell("members", name=self._cast.names[entry["as"]]["name"], count=count)

    def suppliers(self) -> None:
        """Register the suppliers; what they are qualified for is submitted and approved."""
        for entry in self._scenario.suppliers:
            operator, data = self._cast.actor(entry["community"]), self._data(entry)
            if sharing := data.get("sharing"):
                ids = [self._cast.names[key]["community_id"] for key in sharing.pop("communities", [])]
                sharing["community_ids"] = ids
            view = self._call(operator, "register_supplier", data)
            self._cast.add_supplier(entry["as"], view)
            for qualification in entry.get("qualifications", []):
                self._qualify(operator, view["supplier_id"], dict(qualification))
            self._tell("supplier", name=view["name"], community=operator.record["name"])

    def offers(self) -> None:
        """Publish the offers and open their slots."""
        community_of = {entry["as"]: entry["community"] for entry in self._scenario.suppliers}
        for entry in self._scenario.offers:
            operator = self._cast.actor(community_of[entry["supplier"]])
            supplier_id = self._cast.names[entry["supplier"]]["supplier_id"]
            view = self._call(operator, "publish_offer", {"supplier_id": supplier_id, **self._data(entry)})
            self._cast.names[entry["as"]] = view
            for slot in entry.get("slots", []):
                added = self._call(operator, "add_slot", {"offer_id": view["offer_id"], **self._data(slot)})
                if "as" in slot:
                    self._cast.names[slot["as"]] = added
            tiers = "；".join(
                word("tier", self._scenario.language, seats=tier["seats"], price=tier["price"]["amount"])
                for tier in view["tiers"]
            )
            self._tell("offer", title=view["title"], tiers=tiers)

    def _members(self, entry: dict[str, Any]) -> None:
        operator, views = self._cast.actor(entry["community"]), []
        for _ in range(entry.get("count", 1)):
            self._people += 1
            generated = {"name": person(self._people, self._scenario.language)}
            data = {**generated, **self._data(entry), "community_id": operator.record["community_id"]}
            views.append(self._call(operator, "add_member", data))
        self._cast.add_members(entry["as"], views, group="count" in entry)

    def _qualify(self, operator: Actor, supplier_id: str, data: dict[str, Any]) -> None:
        expires = (self._times.start or self._scenario.start) + parse_span(data.pop("expires", "365d"))
        data |= {"supplier_id": supplier_id, "expires_at": format_time(expires + timedelta())}
        made = self._call(operator, "submit_qualification", data)
        review = {"qualification_id": made["qualification_id"], "decision": "approved", "reason": "ok"}
        self._call(operator, "review_qualification", review)

    def _data(self, entry: dict[str, Any]) -> dict[str, Any]:
        return fill({key: value for key, value in entry.items() if key not in OWN}, self._cast.names, self._times)

    def _tell(self, sentence: str, /, **values: Any) -> None:
        start = self._times.start or self._scenario.start
        self._story.tell(start, word(sentence, self._scenario.language, **values), kind="stage", style="dim")
