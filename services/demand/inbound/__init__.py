"""What comes in: requests and events, read into commands and questions."""

from services.demand.inbound.news import (
    campaign_cancelled,
    campaign_failed,
    campaign_opened,
    campaign_settled,
    match_expired,
    match_proposed,
    pool_unmatched,
)
from services.demand.inbound.requests import (
    add_member,
    answer_consent,
    by_id,
    change_community,
    change_member,
    list_communities,
    list_members,
    list_pools,
    list_signals,
    place_signal,
    ready_pool,
    register_community,
    withdraw_signal,
)

__all__ = [
    "add_member",
    "answer_consent",
    "by_id",
    "campaign_cancelled",
    "campaign_failed",
    "campaign_opened",
    "campaign_settled",
    "change_community",
    "change_member",
    "list_communities",
    "list_members",
    "list_pools",
    "list_signals",
    "match_expired",
    "match_proposed",
    "place_signal",
    "pool_unmatched",
    "ready_pool",
    "register_community",
    "withdraw_signal",
]
