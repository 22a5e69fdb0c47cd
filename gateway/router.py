"""From method and path to a route: a tree of segments, so that a lookup costs the same for any number of routes."""

import re
from dataclasses import dataclass, field

from gateway.problems import Problem
from gateway.routes import Route
from gateway.schemas.fields import is_uuid

is_word = re.compile(r"[a-z][a-z0-9_-]{0,29}\Z").match
NUMBER = "{number}"
is_number = re.compile(r"[1-9][0-9]{0,8}\Z").match


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    any_id: "_Node | None" = None
    any_word: "_Node | None" = None
    any_number: "_Node | None" = None
    routes: dict[str, Route] = field(default_factory=dict)


class Router:
    """Finds routes. Ids in a path are UUIDs, words short, a ``number`` whole; what is none of it is at no address."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for segment in route.path.strip("/").split("/"):
                if segment == NUMBER:
                    node.any_number = node.any_number or _Node()
                    node = node.any_number
                elif segment.startswith("{") and not segment.endswith("_id}"):
                    node.any_word = node.any_word or _Node()
                    node = node.any_word
                elif segment.startswith("{"):
                    node.any_id = node.any_id or _Node()
                    node = node.any_id
                else:
                    node = node.literals.setdefault(segment, _Node())
            if route.method in node.routes:
                raise ValueError(f"{route.method} {route.path} is given twice")
            node.routes[route.method] = route

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str | int]]:
        """Return the route and the ids in the path; raise a 404 or 405 ``Problem``."""
        node = self._root
        ids: list[str | int] = []
        for segment in path[1:].split("/"):
            if segment in node.literals:
                node = node.literals[segment]
            elif node.any_id is not None and is_uuid(segment):
                node = node.any_id
                ids.append(segment.lower())
            elif node.any_word is not None and is_word(segment):
                node = node.any_word
                ids.append(segment)
            elif node.any_number is not None and is_number(segment):
                node = node.any_number
                ids.append(int(segment))
            else:
                raise Problem(404, "gateway.no_route")
        if not node.routes:
            raise Problem(404, "gateway.no_route")
        route = node.routes.get("GET" if method == "HEAD" else method)
        if route is None:
            raise Problem(405, "gateway.method_not_allowed", headers=[("Allow", ", ".join(allowed(node.routes)))])
        return route, dict(zip(route.parameters, ids, strict=True))


def allowed(routes: dict[str, Route]) -> list[str]:
    """Return the methods of an address."""
    return sorted({*routes, *(["HEAD"] if "GET" in routes else [])})
