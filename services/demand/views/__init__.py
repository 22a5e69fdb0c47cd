"""The read side of demand: every question is bound to what the caller may know of."""

from services.demand.views.asking import AskMany, AskOne
from services.demand.views.demand import (
    get_community,
    get_member,
    get_signal,
    list_communities,
    list_members,
    list_signals,
)
from services.demand.views.intakes import get_intake, get_template, list_categories, list_intakes, understand
from services.demand.views.pools import get_pool, list_consents, list_pools, show_pool, show_pools
from services.demand.views.posting import AskPost, get_pool_jielong

__all__ = [
    "AskMany",
    "AskOne",
    "AskPost",
    "get_community",
    "get_intake",
    "get_member",
    "get_pool",
    "get_pool_jielong",
    "get_signal",
    "get_template",
    "list_categories",
    "list_communities",
    "list_consents",
    "list_intakes",
    "list_members",
    "list_pools",
    "list_signals",
    "show_pool",
    "show_pools",
    "understand",
]
