"""Reviews and reputation."""

from gateway.routes.route import COMMUNITY, EVERYONE, WATCHERS, Route
from gateway.schemas import reputation as s

REVIEWS, ONE_REVIEW = "/v1/reviews", "/v1/reviews/{review_id}"


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "reputation", *rest, **options)


# fmt: off
ROUTES = (
    _route("POST", REVIEWS, "write_review", COMMUNITY, "写评价", "Write a review",
           s.ReviewView, s.WriteReview, status=201, location=ONE_REVIEW),
    _route("GET", REVIEWS, "list_reviews", EVERYONE, "列出评价", "List reviews", s.ReviewPage, query=s.ReviewQuery),
    _route("GET", ONE_REVIEW, "get_review", EVERYONE, "查看评价", "Get a review", s.ReviewView),
    _route("GET", "/v1/suppliers/{supplier_id}/reputation", "get_reputation", WATCHERS, "查看供应商信誉",
           "Get the reputation of a supplier", s.ReputationView),
)
