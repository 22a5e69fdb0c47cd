"""Grades of suppliers, the policy behind them, and appeals."""

from gateway.routes.route import MANAGERS, NODE, WATCHERS, Route
from gateway.schemas import grade as s
from services.kernel.caller import Role

ONE_SUPPLIER, POLICY = "/v1/suppliers/{supplier_id}", "/v1/grade-policy"
SUPERVISORS = NODE | {Role.QUALITY_SUPERVISOR}
CONCERNED = MANAGERS | {Role.SUPPLIER, Role.QUALITY_SUPERVISOR}


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "reputation", *rest, **options)


# fmt: off
ROUTES = (
    _route("GET", f"{ONE_SUPPLIER}/grade", "get_supplier_grade", WATCHERS, "查看供应商等级", "Get the grade",
           s.GradeView),
    _route("GET", POLICY, "get_grade_policy", WATCHERS, "查看评级规则", "Get the policy of grades", s.GradePolicyView),
    _route("PUT", POLICY, "set_grade_policy", NODE, "设置评级规则", "Set the policy of grades", s.GradePolicyView,
           s.SetGradePolicy),
    _route("POST", f"{ONE_SUPPLIER}/grade-appeals", "appeal_grade", NODE | {Role.SUPPLIER}, "对等级申诉",
           "Appeal a grade", s.GradeAppealView, s.AppealGrade, status=201),
    _route("GET", f"{ONE_SUPPLIER}/grade-appeals", "list_grade_appeals", CONCERNED, "列出等级申诉",
           "List the appeals of a supplier", s.GradeAppealsView),
    _route("POST", "/v1/grade-appeals/{appeal_id}/decision", "decide_grade_appeal", SUPERVISORS, "裁定等级申诉",
           "Decide an appeal of a grade", s.GradeAppealView, s.DecideGradeAppeal),
)
