"""Matching rounds."""

from gateway.routes.route import LEADERS, MANAGERS, Route
from gateway.schemas import rounds as r

ROUNDS, ONE_ROUND = "/v1/rounds", "/v1/rounds/{round_id}"


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "supplier", *rest, **options)


# fmt: off
ROUTES = (
    _route("POST", ROUNDS, "open_round", LEADERS, "立即开始一轮匹配", "Assign what waits in a category now",
           r.RoundView, r.OpenRound, status=201, location=ONE_ROUND),
    _route("GET", ROUNDS, "list_rounds", MANAGERS, "列出匹配轮", "List matching rounds",
           r.RoundPage, query=r.RoundQuery),
    _route("GET", ONE_ROUND, "get_round", MANAGERS, "查看匹配轮", "Get a matching round", r.RoundView),
)
