"""Visit plans, route sheets and calendars."""

from gateway.routes.route import MANAGERS, Route
from gateway.schemas import visits as v
from gateway.schemas.base import FileView, Nothing
from services.kernel.caller import Role

PLANS, ONE_PLAN = "/v1/visit-plans", "/v1/visit-plans/{plan_id}"
PLANNERS = MANAGERS | {Role.SUPPLIER}


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "supplier", *rest, **options)


# fmt: off
ROUTES = (
    _route("POST", PLANS, "create_visit_plan", PLANNERS, "安排上门路线", "Plan the visits of a match",
           v.VisitPlanView, v.CreateVisitPlan, status=201, location=ONE_PLAN),
    _route("GET", PLANS, "list_visit_plans", PLANNERS, "列出上门计划", "List visit plans",
           v.VisitPlanPage, query=v.VisitPlanQuery),
    _route("GET", ONE_PLAN, "get_visit_plan", PLANNERS, "查看上门计划", "Get a visit plan", v.VisitPlanView),
    _route("POST", f"{ONE_PLAN}/changes", "change_visit_plan", PLANNERS, "增减住户或调整小组",
           "Add homes, let homes drop out, set the crews", v.VisitPlanView, v.ChangeVisitPlan),
    _route("POST", f"{ONE_PLAN}/solve", "solve_visit_plan", PLANNERS, "重新计算", "Search for a plan again",
           v.VisitPlanView, Nothing),
    _route("POST", f"{ONE_PLAN}/release", "release_visit_plan", MANAGERS, "向供应商公开本社群住户",
           "Let the supplier see the homes", v.VisitPlanView, v.ReleaseVisitPlan),
    _route("GET", f"{ONE_PLAN}/sheet", "get_visit_sheet", PLANNERS, "打印路线单", "Get the route sheets as a page",
           FileView, query=v.VisitFileQuery, file="text/html; charset=utf-8"),
    _route("GET", f"{ONE_PLAN}/calendar.ics", "get_visit_calendar", PLANNERS, "下载日历",
           "Get the visits as a calendar", FileView, query=v.VisitFileQuery, file="text/calendar; charset=utf-8"),
)
