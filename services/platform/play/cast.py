"""Who takes part: communities, members, suppliers, each with a token of its own, made through the public API."""

import re
from dataclasses import dataclass, field
from typing import Any

from services.platform.play.client import Api
from services.platform.play.errors import ScenarioError
from services.platform.play.phrases import word

SUPERVISOR = ".supervisor"
_ACTOR = re.compile(r"^([a-z][a-z0-9_]*)(?:\[(\d+)(?:\.\.(\d+))?\])?$")


@dataclass(slots=True)
class Actor:
    """Somebody who acts. ``record`` is what is known of them: what the API answered, and what steps saved for them."""

    key: str
    name: str
    role: str
    bound: dict[str, str]
    record: dict[str, Any] = field(default_factory=dict)
    token: str | None = None


class Cast:
    """All actors of a scenario; tokens are made when they are first needed."""

    def __init__(self, api: Api, operator_token: str, language: str) -> None:
        self._api = api
        self._language = language
        node = Actor("node", word("node", language), "node_operator", {}, token=operator_token)
        watcher = Actor(f"node{SUPERVISOR}", word("supervisor", language, name=node.name), "quality_supervisor", {})
        self._actors: dict[str, Actor] = {one.key: one for one in (node, watcher)}
        self._groups: dict[str, list[Actor]] = {}
        # What ``${...}`` may name: records of actors, lists of records, and what steps saved.
        self.names: dict[str, Any] = {}

    def add_community(self, key: str, view: dict[str, Any]) -> None:
        """Let a community act: as ``key`` its operator; its partner platform and its quality supervisor."""
        bound = {"community_id": view["community_id"]}
        for actor, role, who in (
            (key, "community_operator", "operator"),
            (f"{key}.partner", "partner", "partner"),
            (f"{key}{SUPERVISOR}", "quality_supervisor", "supervisor"),
        ):
            name = word(who, self._language, name=view["name"])
            self._actors[actor] = Actor(actor, name, role, bound, view)
        self.names[key] = view

    def add_members(self, key: str, views: list[dict[str, Any]], *, group: bool) -> None:
        """Let members act; a group is addressed as ``key[3]``, ``key[1..18]`` or whole."""
        actors = []
        for number, view in enumerate(views, 1):
            view["number"] = number
            role = "organiser" if "organiser" in view["roles"] else "member"
            bound = {name: view[name] for name in ("community_id", "member_id")}
            actors.append(Actor(f"{key}[{number}]" if group else key, view["name"], role, bound, view))
        self._actors |= {actor.key: actor for actor in actors}
        self._groups[key] = actors
        self.names[key] = views if group else views[0]

    def add_supplier(self, key: str, view: dict[str, Any]) -> None:
        """Let a supplier act for itself."""
        bound = {"supplier_id": view["supplier_id"]}
        self._actors[key] = Actor(key, view["name"], "supplier", bound, view)
        self.names[key] = view

    def actor(self, key: str) -> Actor:
        """Return the actor ``key``; raise ``ScenarioError`` if there is none."""
        if key not in self._actors:
            raise ScenarioError(f"there is no actor {key!r}; there are {', '.join(sorted(self._actors))}")
        return self._actors[key]

    def members(self, expression: str | list[str]) -> list[Actor]:
        """Return the members that ``families``, ``families[3]``, ``families[1..18]`` or a list of those names."""
        if isinstance(expression, list):
            return [actor for each in expression for actor in self.members(each)]
        found = _ACTOR.match(expression)
        if found is None or found[1] not in self._groups:
            raise ScenarioError(f"there is no group {expression!r}; there are {', '.join(sorted(self._groups))}")
        group = self._groups[found[1]]
        if found[2] is None:
            return list(group)
        first, last = int(found[2]), int(found[3] or found[2])
        if not 1 <= first <= last <= len(group):
            raise ScenarioError(f"{expression!r} is out of range: the group has {len(group)} members")
        return group[first - 1 : last]

    def token(self, actor: Actor) -> str:
        """Return the actor's token; the node operator makes it at the first time."""
        if actor.token is None:
            data = {"role": actor.role, "label": f"scenario {actor.key}", **actor.bound}
            answer = self._api.do("create_token", self._actors["node"].token or "", data)
            if not answer.ok:
                raise ScenarioError(f"no token for {actor.key}: {answer.status} {answer.body}")
            actor.token = answer.body["secret"]
        return actor.token
