"""What demand promises to others: names, versions, writer schemas, error codes and golden examples."""

from services.demand.contract.errors import ERRORS
from services.demand.contract.events import EVENTS

SERVICE = "demand"

RPCS = (
    "register_community",
    "get_community",
    "list_communities",
    "change_community",
    "add_member",
    "get_member",
    "list_members",
    "change_member",
    "place_signal",
    "get_signal",
    "list_signals",
    "change_signal",
    "withdraw_signal",
    "get_pool",
    "list_pools",
    "answer_consent",
    "list_consents",
    "ready_pool",
    "split_pool",
    "join_pools",
    "get_pool_jielong",
    "create_intake",
    "get_intake",
    "list_intakes",
    "change_intake",
    "commit_intake",
    "discard_intake",
    "list_categories",
    "add_category",
    "remove_category",
    "get_template",
    "set_template",
    "understand",
)

__all__ = ["ERRORS", "EVENTS", "RPCS", "SERVICE"]
