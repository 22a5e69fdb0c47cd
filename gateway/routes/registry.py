"""Where suppliers stand: asked for, decided, limited, reminded."""

from gateway.routes.route import INSPECTORS, MANAGERS, OPERATORS, REVIEWERS, SELLERS, WATCHERS, Route
from gateway.schemas import registry as s
from gateway.schemas.base import PageQuery
from services.kernel.caller import Role

ONE_SUPPLIER, ADMISSION = "/v1/suppliers/{supplier_id}", "/v1/communities/{community_id}/admission"


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "supplier", *rest, **options)


# fmt: off
ROUTES = (
    _route("GET", f"{ONE_SUPPLIER}/standing", "get_standing", WATCHERS, "查看供应商的准入状态",
           "Get where a supplier stands", s.StandingView),
    _route("POST", f"{ONE_SUPPLIER}/submit", "submit_supplier", SELLERS, "提交审核", "Submit a supplier for review",
           s.StandingView, s.AskReview),
    _route("POST", f"{ONE_SUPPLIER}/decision", "decide_supplier", INSPECTORS, "审核供应商", "Decide on a review",
           s.StandingView, s.DecideSupplier),
    _route("POST", f"{ONE_SUPPLIER}/suspend", "suspend_supplier", REVIEWERS, "暂停供应商", "Suspend a supplier",
           s.StandingView, s.JudgeSupplier),
    _route("POST", f"{ONE_SUPPLIER}/lift", "lift_suspension", REVIEWERS, "解除暂停", "Lift a suspension",
           s.StandingView, s.JudgeSupplier),
    _route("POST", f"{ONE_SUPPLIER}/remove", "remove_supplier", REVIEWERS, "清退供应商", "Remove a supplier",
           s.StandingView, s.JudgeSupplier),
    _route("POST", f"{ONE_SUPPLIER}/renew", "renew_supplier", SELLERS, "申请恢复", "Ask for the way back",
           s.StandingView, s.AskReview),
    _route("GET", f"{ONE_SUPPLIER}/reminders", "list_reminders", REVIEWERS | {Role.SUPPLIER}, "列出到期提醒",
           "List reminders of papers that run out", s.ReminderPage, query=PageQuery),
    _route("GET", ADMISSION, "get_admission", MANAGERS | INSPECTORS, "查看准入政策",
           "Get what a community asks of suppliers", s.AdmissionView),
    _route("PUT", ADMISSION, "set_admission", OPERATORS, "设置准入政策", "Set what a community asks of suppliers",
           s.AdmissionView, s.SetAdmission),
)
