"""How pools get their suppliers, in the words of the contract."""

from dataclasses import asdict
from typing import Any

from services.supplier.domain.procedures import Choice, Setting
from services.supplier.domain.tender_rules import TenderRules

Wire = dict[str, Any]


def setting(it: Setting) -> Wire:
    """Show what a community has set."""
    return {
        "community_id": str(it.community_id),
        "category": it.category or None,
        "procedure": str(it.procedure),
        "tender": tender_rules(it.rules),
    }


def tender_rules(it: TenderRules) -> Wire:
    """Show the rules of tenders."""
    return {**asdict(it), "afterwards": str(it.afterwards)}


def choice(it: Choice) -> Wire:
    """Show what a community wishes for a pool; ``effective`` is null where it knows of no such pool."""
    return {
        "pool_id": str(it.pool_id),
        "community_id": str(it.community_id),
        "procedure": str(it.procedure),
        "effective": str(it.effective) if it.effective else None,
    }
