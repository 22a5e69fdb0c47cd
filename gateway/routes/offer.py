"""Versions of offers."""

from gateway.routes.route import SELLERS, WATCHERS, Route
from gateway.routes.supplier import ONE_OFFER
from gateway.schemas import offer as o
from gateway.schemas.base import PageQuery


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "supplier", *rest, **options)


# fmt: off
ROUTES = (
    _route("PATCH", ONE_OFFER, "revise_offer", SELLERS, "修订报价", "Revise an offer", o.OfferView, o.ReviseOffer),
    _route("GET", f"{ONE_OFFER}/versions", "list_offer_versions", WATCHERS, "列出报价的各版本",
           "List the versions of an offer", o.OfferVersionPage, query=PageQuery),
)
