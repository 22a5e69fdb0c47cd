"""Suppliers, qualifications, offers, slots and matches."""

from gateway.routes.route import EVERYONE, LEADERS, MANAGERS, REVIEWERS, SELLERS, WATCHERS, Route
from gateway.schemas import match as m
from gateway.schemas import offer as o
from gateway.schemas import supplier as s
from gateway.schemas.base import Nothing, PageQuery

SUPPLIERS, ONE_SUPPLIER = "/v1/suppliers", "/v1/suppliers/{supplier_id}"
OFFERS, ONE_OFFER = "/v1/offers", "/v1/offers/{offer_id}"
MATCHES, ONE_MATCH = "/v1/matches", "/v1/matches/{match_id}"


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "supplier", *rest, **options)


# fmt: off
ROUTES = (
    _route("POST", SUPPLIERS, "register_supplier", LEADERS, "登记供应商", "Register a supplier",
           s.SupplierView, s.RegisterSupplier, status=201, location=ONE_SUPPLIER),
    _route("GET", SUPPLIERS, "list_suppliers", WATCHERS, "列出供应商", "List suppliers",
           s.SupplierPage, query=PageQuery),
    _route("GET", ONE_SUPPLIER, "get_supplier", WATCHERS, "查看供应商", "Get a supplier", s.SupplierView),
    _route("PATCH", ONE_SUPPLIER, "change_supplier", SELLERS, "修改供应商", "Change a supplier",
           s.SupplierView, s.ChangeSupplier),
    _route("POST", f"{ONE_SUPPLIER}/qualifications", "submit_qualification", SELLERS, "提交资质",
           "Submit a qualification", s.QualificationView, s.SubmitQualification, status=201),
    _route("GET", f"{ONE_SUPPLIER}/qualifications", "list_qualifications", WATCHERS, "列出资质",
           "List qualifications", s.QualificationPage, query=PageQuery),
    _route("POST", "/v1/qualifications/{qualification_id}/review", "review_qualification", REVIEWERS, "审核资质",
           "Review a qualification", s.QualificationView, s.ReviewQualification),
    _route("POST", f"{ONE_SUPPLIER}/offers", "publish_offer", SELLERS, "发布报价", "Publish an offer",
           o.OfferView, o.PublishOffer, status=201, location=ONE_OFFER),
    _route("GET", OFFERS, "list_offers", WATCHERS, "列出报价", "List offers", o.OfferPage, query=o.OfferQuery),
    _route("GET", ONE_OFFER, "get_offer", WATCHERS, "查看报价", "Get an offer", o.OfferView),
    _route("POST", f"{ONE_OFFER}/withdraw", "withdraw_offer", SELLERS, "撤回报价", "Withdraw an offer",
           o.OfferView, Nothing),
    _route("POST", f"{ONE_OFFER}/slots", "add_slot", SELLERS, "添加时段", "Add a slot",
           o.AddedSlotView, o.AddSlot, status=201),
    _route("POST", MATCHES, "propose_match", MANAGERS, "直接选定报价", "Take an offer directly",
           m.MatchView, m.ProposeMatch, status=201, location=ONE_MATCH),
    _route("GET", MATCHES, "list_matches", EVERYONE, "列出匹配", "List matches", m.MatchPage, query=m.MatchQuery),
    _route("GET", ONE_MATCH, "get_match", EVERYONE, "查看匹配", "Get a match", m.MatchView),
    _route("POST", f"{ONE_MATCH}/withdraw", "withdraw_match", SELLERS, "供应商退出匹配", "Withdraw from a match",
           m.MatchView, m.WithdrawMatch),
)
