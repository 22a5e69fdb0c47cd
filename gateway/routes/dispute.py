"""Terms, mediators and disputes."""

from gateway.routes.campaign import ONE_CAMPAIGN, ONE_COMMITMENT
from gateway.routes.route import COMMUNITY, EVERYONE, NODE, OPERATORS, SELLERS, Route
from gateway.schemas import dispute as s
from gateway.schemas import terms as t
from gateway.schemas.base import Nothing, PageQuery
from services.kernel.caller import Role

TERMS, ONE_TERMS = "/v1/terms", "/v1/terms/{terms_id}"
MEDIATORS = "/v1/communities/{community_id}/mediators"
DISPUTES, ONE_DISPUTE = "/v1/disputes", "/v1/disputes/{dispute_id}"
JUDGES = NODE | {Role.MEMBER, Role.ORGANISER}


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "campaign", *rest, **options)


# fmt: off
ROUTES = (
    _route("POST", TERMS, "add_terms", OPERATORS, "新增条款版本", "Add a version of terms",
           t.TermsView, t.AddTerms, status=201, location=ONE_TERMS),
    _route("GET", TERMS, "list_terms", EVERYONE, "列出条款", "List terms", t.TermsPage, query=t.TermsQuery),
    _route("GET", ONE_TERMS, "get_terms", EVERYONE, "查看条款", "Get terms", t.TermsView),
    _route("GET", f"{ONE_CAMPAIGN}/terms", "get_campaign_terms", EVERYONE, "查看拼团的条款及摘要",
           "Get the terms of a campaign and their digest", t.CampaignTermsView),
    _route("POST", f"{ONE_CAMPAIGN}/terms/accept", "accept_terms", SELLERS, "代表供应商接受条款",
           "Accept the terms for the supplier", t.CampaignTermsView, t.AcceptTerms),
    _route("POST", MEDIATORS, "name_mediator", OPERATORS, "任命调解人", "Name a mediator",
           s.MediatorView, s.NameMediator, status=201),
    _route("GET", MEDIATORS, "list_mediators", OPERATORS, "列出调解人", "List mediators", s.MediatorPage,
           query=PageQuery),
    _route("POST", f"{MEDIATORS}/{{member_id}}/end", "end_mediator", OPERATORS, "解任调解人", "End a mediator",
           s.MediatorView, Nothing),
    _route("POST", f"{ONE_COMMITMENT}/disputes", "open_dispute", COMMUNITY, "提出异议", "Open a dispute",
           s.DisputeView, s.OpenDispute, status=201, location=ONE_DISPUTE),
    _route("GET", DISPUTES, "list_disputes", EVERYONE, "列出异议", "List disputes", s.DisputePage,
           query=s.DisputeQuery),
    _route("GET", ONE_DISPUTE, "get_dispute", EVERYONE, "查看异议", "Get a dispute", s.DisputeView),
    _route("POST", f"{ONE_DISPUTE}/answer", "answer_dispute", NODE | {Role.SUPPLIER}, "答复异议",
           "Answer a dispute", s.DisputeView, s.Saying),
    _route("POST", f"{ONE_DISPUTE}/evidence", "add_evidence", EVERYONE, "补充证据", "Add evidence",
           s.DisputeView, s.Saying),
    _route("POST", f"{ONE_DISPUTE}/offers", "offer_settlement", EVERYONE, "提出和解", "Offer a settlement",
           s.DisputeView, s.OfferSettlement),
    _route("POST", f"{ONE_DISPUTE}/offers/{{offer_id}}/accept", "accept_settlement", EVERYONE, "接受和解",
           "Accept a settlement", s.DisputeView, Nothing),
    _route("POST", f"{ONE_DISPUTE}/mediation", "ask_mediation", EVERYONE, "要求调解", "Ask for a mediator",
           s.DisputeView, s.Remark),
    _route("POST", f"{ONE_DISPUTE}/withdraw", "withdraw_dispute", COMMUNITY, "撤回异议", "Withdraw a dispute",
           s.DisputeView, s.Remark),
    _route("POST", f"{ONE_DISPUTE}/decision", "decide_dispute", JUDGES, "作出决定", "Decide a dispute",
           s.DisputeView, s.DecideDispute),
    _route("POST", f"{ONE_DISPUTE}/decline", "decline_case", JUDGES, "回避", "Decline a case",
           s.DisputeView, s.Remark),
    _route("POST", f"{ONE_DISPUTE}/appeal", "appeal_dispute", EVERYONE, "申诉", "Appeal a decision",
           s.DisputeView, s.Saying),
)
