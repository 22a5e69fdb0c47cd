"""Edits of signals, and pools that are split and joined by hand."""

from gateway.routes.demand import ONE_POOL, ONE_SIGNAL
from gateway.routes.route import COMMUNITY, LEADERS, Route
from gateway.schemas import demand as views
from gateway.schemas import merging as s


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "demand", *rest, **options)


# fmt: off
ROUTES = (
    _route("PATCH", ONE_SIGNAL, "change_signal", COMMUNITY, "修改需求", "Change a signal",
           views.SignalView, s.ChangeSignal),
    _route("POST", f"{ONE_POOL}/split", "split_pool", LEADERS, "拆出本社群的需求", "Split own signals off a pool",
           views.PoolView, s.SplitPool),
    _route("POST", f"{ONE_POOL}/join", "join_pools", LEADERS, "把本社群的需求并入另一个池", "Join own signals to one",
           views.PoolView, s.JoinPools),
)
