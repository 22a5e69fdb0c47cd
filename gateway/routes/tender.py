"""Procedures, tenders, negotiations and agreements."""

from gateway.routes.route import MANAGERS, Route
from gateway.schemas import tender as t

PROCEDURES = "/v1/procedures"


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "supplier", *rest, **options)


# fmt: off
ROUTES = (
    _route("PUT", PROCEDURES, "set_procedure", MANAGERS, "设置找供应商的方式", "Set how suppliers are found",
           t.ProcedureView, t.SetProcedure),
    _route("GET", PROCEDURES, "list_procedures", MANAGERS, "查看找供应商的方式", "List how suppliers are found",
           t.ProcedurePage, query=t.ProcedureQuery),
    _route("PUT", "/v1/pools/{pool_id}/procedure", "choose_procedure", MANAGERS, "为一个需求池选择方式",
           "Choose how a pool gets its supplier", t.ProcedureChoiceView, t.ChooseProcedure),
)
