"""The one table of routes: it serves the requests, and the OpenAPI document is made from it."""

from gateway.routes import (
    campaign,
    delivery,
    demand,
    dispute,
    grade,
    inquiry,
    intake,
    log,
    merging,
    offer,
    people,
    price_list,
    registry,
    reputation,
    rounds,
    sharing,
    supplier,
    tender,
    tokens,
    visits,
)
from gateway.routes.route import Route

ROUTES: tuple[Route, ...] = (
    *demand.ROUTES,
    *merging.ROUTES,
    *intake.ROUTES,
    *supplier.ROUTES,
    *registry.ROUTES,
    *offer.ROUTES,
    *price_list.ROUTES,
    *tender.ROUTES,
    *rounds.ROUTES,
    *sharing.ROUTES,
    *visits.ROUTES,
    *campaign.ROUTES,
    *dispute.ROUTES,
    *inquiry.ROUTES,
    *delivery.ROUTES,
    *reputation.ROUTES,
    *log.ROUTES,
    *people.ROUTES,
    *grade.ROUTES,
    *tokens.ROUTES,
)

__all__ = [
    "ROUTES",
    "Route",
]
