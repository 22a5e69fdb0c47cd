"""What reputation promises to others: names, versions, writer schemas, error codes and golden examples."""

from services.reputation.contract import errors, events, people

SERVICE = "reputation"

ERRORS = {**errors.ERRORS, **people.ERRORS}
EVENTS = {**events.EVENTS, **people.EVENTS}

RPCS = (
    *("write_review", "get_review", "list_reviews", "get_reputation"),
    *("answer_review", "hide_passage", "show_passages", "set_abuse_words", "get_review_summary"),
    *("list_receipts", "get_receipt", "list_receipt_keys", "verify_receipt"),
    *("get_reputation_weights", "set_reputation_weights"),
    *("get_log_head", "list_log_heads", "get_log_key", "list_log_entries"),
    *("get_inclusion_proof", "get_consistency_proof"),
    *people.RPCS,
    *("get_supplier_grade", "get_grade_policy", "set_grade_policy"),
    *("appeal_grade", "list_grade_appeals", "decide_grade_appeal"),
)

__all__ = ["ERRORS", "EVENTS", "RPCS", "SERVICE"]
