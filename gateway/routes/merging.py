"""Edits of signals, and pools that are split and joined by hand."""

from gateway.routes.demand import ONE_SIGNAL
from gateway.routes.route import COMMUNITY, Route
from gateway.schemas import demand as views
from gateway.schemas import merging as s


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "demand", *rest, **options)


# fmt: off
ROUTES = (
    _route("PATCH", ONE_SIGNAL, "change_signal", COMMUNITY, "修改需求", "Change a signal",
           views.SignalView, s.ChangeSignal),
)
