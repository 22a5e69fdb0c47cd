"""Procedures, tenders, negotiations and agreements."""

from gateway.routes.route import MANAGERS, NODE, Route
from gateway.schemas import procedure as p
from gateway.schemas import tender as t
from gateway.schemas.base import Nothing
from services.kernel.caller import Role

PROCEDURES = "/v1/procedures"
TENDERS, ONE_TENDER = "/v1/tenders", "/v1/tenders/{tender_id}"
ONE_BID, ONE_NEGOTIATION = "/v1/bids/{bid_id}", "/v1/negotiations/{negotiation_id}"
# The service lets nobody bid for a supplier but itself: who would, would have read the bid.
BIDDERS = NODE | {Role.SUPPLIER}
BOTH_SIDES = MANAGERS | BIDDERS


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "supplier", *rest, **options)


# fmt: off
ROUTES = (
    _route("PUT", PROCEDURES, "set_procedure", MANAGERS, "设置找供应商的方式", "Set how suppliers are found",
           p.ProcedureView, p.SetProcedure),
    _route("GET", PROCEDURES, "list_procedures", MANAGERS, "查看找供应商的方式", "List how suppliers are found",
           p.ProcedurePage, query=p.ProcedureQuery),
    _route("PUT", "/v1/pools/{pool_id}/procedure", "choose_procedure", MANAGERS, "为一个需求池选择方式",
           "Choose how a pool gets its supplier", p.ProcedureChoiceView, p.ChooseProcedure),
    _route("GET", TENDERS, "list_tenders", BOTH_SIDES, "列出招标", "List tenders", t.TenderPage, query=t.TenderQuery),
    _route("GET", ONE_TENDER, "get_tender", BOTH_SIDES, "查看招标", "Get a tender", t.TenderView),
    _route("POST", f"{ONE_TENDER}/bids", "submit_bid", BIDDERS, "密封投标", "Seal a bid",
           t.SealedBidView, t.SubmitBid, status=201),
    _route("POST", f"{ONE_BID}/withdraw", "withdraw_bid", BIDDERS, "撤回投标", "Withdraw a sealed bid",
           t.SealedBidView, Nothing),
    _route("POST", f"{ONE_TENDER}/choice", "choose_bid", MANAGERS, "选定中标者", "Choose a bid",
           t.TenderView, t.ChooseBid),
    _route("POST", f"{ONE_TENDER}/close", "close_tender", MANAGERS, "结束招标", "End a tender without an agreement",
           t.TenderView, Nothing),
    _route("POST", f"{ONE_BID}/negotiation", "start_negotiation", MANAGERS, "与投标者议价", "Negotiate with a bidder",
           t.NegotiationView, t.StartNegotiation, status=201, location=ONE_NEGOTIATION),
    _route("GET", ONE_NEGOTIATION, "get_negotiation", BOTH_SIDES, "查看议价", "Get a negotiation", t.NegotiationView),
    _route("POST", f"{ONE_NEGOTIATION}/offers", "counter_offer", BOTH_SIDES, "还价", "Make a counter-offer",
           t.NegotiationView, t.CounterOffer, status=201),
    _route("POST", f"{ONE_NEGOTIATION}/accept", "accept_offer", BOTH_SIDES, "接受报价", "Accept the offer",
           t.NegotiationView, t.AcceptOffer),
    _route("POST", f"{ONE_NEGOTIATION}/leave", "leave_negotiation", BOTH_SIDES, "退出议价", "Leave a negotiation",
           t.NegotiationView, t.LeaveNegotiation),
    _route("GET", "/v1/agreements/{agreement_id}", "get_agreement", BOTH_SIDES, "查看协议", "Get an agreement",
           t.AgreementView),
)
