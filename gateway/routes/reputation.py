"""Reviews and reputation."""

from gateway.routes.route import COMMUNITY, INSPECTORS, LEADERS, NODE, OPERATORS, WATCHERS, Route
from gateway.schemas import receipts as r
from gateway.schemas import reputation as s
from services.kernel.caller import Role

WEIGHTS = "/v1/communities/{community_id}/reputation-weights"
REVIEWS, ONE_REVIEW = "/v1/reviews", "/v1/reviews/{review_id}"
REVIEWING = COMMUNITY | {Role.QUALITY_SUPERVISOR}
SUPPLIERS = NODE | {Role.SUPPLIER}


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "reputation", *rest, **options)


# fmt: off
ROUTES = (
    _route("POST", REVIEWS, "write_review", REVIEWING, "写评价", "Write a review",
           s.ReviewView, s.WriteReview, status=201, location=ONE_REVIEW),
    _route("GET", REVIEWS, "list_reviews", WATCHERS, "列出评价", "List reviews", s.ReviewPage, query=s.ReviewQuery),
    _route("GET", ONE_REVIEW, "get_review", WATCHERS, "查看评价", "Get a review", s.ReviewView),
    _route("POST", f"{ONE_REVIEW}/answer", "answer_review", SUPPLIERS, "回复评价", "Answer a review",
           s.ReviewView, s.AnswerReview),
    _route("POST", f"{ONE_REVIEW}/hide", "hide_passage", INSPECTORS, "遮盖评价中的一段", "Hide a passage of a review",
           s.ReviewView, s.HidePassage),
    _route("POST", f"{ONE_REVIEW}/show", "show_passages", INSPECTORS, "恢复被遮盖的内容", "Show hidden passages again",
           s.ReviewView, s.ShowPassages),
    _route("PUT", "/v1/communities/{community_id}/abuse-words", "set_abuse_words", LEADERS, "设置社群屏蔽词",
           "Set the words that a community does not want to read", s.AbuseWordsView, s.SetAbuseWords),
    _route("GET", "/v1/suppliers/{supplier_id}/review-summary", "get_review_summary", WATCHERS, "查看评价汇总",
           "Summarise the reviews of a supplier", s.ReviewSummary),
    _route("GET", "/v1/suppliers/{supplier_id}/reputation", "get_reputation", WATCHERS, "查看供应商信誉",
           "Get the reputation of a supplier", s.ReputationView),
    _route("GET", "/v1/receipts", "list_receipts", WATCHERS, "列出供应商的收据", "List the receipts of a supplier",
           r.ReceiptPage, query=r.ReceiptQuery),
    _route("GET", "/v1/receipts/{receipt_id}", "get_receipt", WATCHERS, "查看收据", "Get a receipt", r.ReceiptView),
    _route("GET", "/v1/receipt-keys", "list_receipt_keys", WATCHERS, "查看收据公钥", "Get the keys of receipts",
           r.ReceiptKeysView),
    _route("POST", "/v1/receipts/verify", "verify_receipt", WATCHERS, "验证收据", "Verify a receipt", r.VerdictView,
           r.CheckReceipt),
    _route("GET", WEIGHTS, "get_reputation_weights", WATCHERS, "查看社群的评分权重",
           "Get the weights by which a community scores", r.CommunityWeightsView),
    _route("PUT", WEIGHTS, "set_reputation_weights", OPERATORS, "设置社群的评分权重",
           "Set the weights by which a community scores", r.CommunityWeightsView, r.SetWeights),
)
