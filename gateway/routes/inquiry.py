"""What members are asked, and what they answer."""

from gateway.routes.campaign import ONE_CAMPAIGN
from gateway.routes.route import COMMUNITY, EVERYONE, MANAGERS, Route
from gateway.schemas import inquiry as s
from gateway.schemas.base import PageQuery
from services.kernel.caller import Role


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "campaign", *rest, **options)


# fmt: off
ROUTES = (
    _route("GET", f"{ONE_CAMPAIGN}/inquiries", "list_inquiries", EVERYONE, "列出征询", "List inquiries",
           s.InquiryPage, query=PageQuery),
    _route("POST", "/v1/inquiries/{inquiry_id}/answers", "answer_inquiry", COMMUNITY, "答复征询", "Answer an inquiry",
           s.InquiryView, s.AnswerInquiry),
    _route("POST", f"{ONE_CAMPAIGN}/moves", "move_campaign", MANAGERS | {Role.SUPPLIER}, "提议改期或改地点",
           "Propose another time or place", s.InquiryView, s.MoveCampaign, status=201),
)
