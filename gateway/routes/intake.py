"""What is pasted, exported or filled in; the categories and forms by which it is understood."""

from gateway.routes.demand import ONE_POOL
from gateway.routes.route import COMMUNITY, MANAGERS, Route
from gateway.schemas import intake as s
from gateway.schemas import taxonomy as t
from gateway.schemas.base import Nothing

INTAKES, CATEGORIES = "/v1/intakes", "/v1/categories"
ONE_INTAKE, ONE_CATEGORY = f"{INTAKES}/{{intake_id}}", f"{CATEGORIES}/{{category}}"


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "demand", *rest, **options)


# fmt: off
ROUTES = (
    _route("POST", INTAKES, "create_intake", MANAGERS, "预览接龙、聊天或表格", "Preview a jielong, a chat or a file",
           s.IntakeView, s.CreateIntake, status=201, location=ONE_INTAKE),
    _route("GET", INTAKES, "list_intakes", MANAGERS, "列出导入", "List intakes", s.IntakePage, query=s.IntakeQuery),
    _route("GET", ONE_INTAKE, "get_intake", MANAGERS, "查看导入", "Get an intake with its lines", s.IntakeView),
    _route("PATCH", ONE_INTAKE, "change_intake", MANAGERS, "回答、改正或丢弃", "Answer, correct or drop rows",
           s.IntakeView, s.ChangeIntake),
    _route("POST", f"{ONE_INTAKE}/commit", "commit_intake", MANAGERS, "确认导入", "Commit an intake",
           s.IntakeView, Nothing),
    _route("POST", f"{ONE_INTAKE}/discard", "discard_intake", MANAGERS, "丢弃导入", "Discard an intake",
           s.IntakeView, Nothing),
    _route("GET", CATEGORIES, "list_categories", COMMUNITY, "列出类别", "List the categories of a community",
           t.CategoryPage, query=t.CategoryQuery),
    _route("POST", CATEGORIES, "add_category", MANAGERS, "添加类别或例句", "Add a category, or examples of one",
           t.CategoryView, t.AddCategory, status=201),
    _route("DELETE", ONE_CATEGORY, "remove_category", MANAGERS, "移除自有类别", "Remove an own category",
           t.CategoryView, query=t.CategoryQuery),
    _route("GET", f"{ONE_CATEGORY}/template", "get_template", COMMUNITY, "查看类别的表单", "Get the form of a category",
           t.TemplateView, query=t.TemplateQuery),
    _route("PUT", f"{ONE_CATEGORY}/template", "set_template", MANAGERS, "设置类别的表单", "Set the form of a category",
           t.TemplateView, t.SetTemplate),
    _route("GET", f"{ONE_POOL}/jielong", "get_pool_jielong", MANAGERS, "把需求池写成接龙",
           "Get a pool as a chain to post", t.PostView, query=t.TemplateQuery),
    _route("POST", "/v1/understand", "understand", COMMUNITY, "试读一段话", "Say how a text is understood",
           t.UnderstandingView, t.Understand),
)
