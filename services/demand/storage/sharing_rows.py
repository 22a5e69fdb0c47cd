"""Rows that say how communities share pools, and what part they have in them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from services.demand.domain.consenting import Decision, MergePolicy, MergeRule, Terms
from services.demand.domain.pool import Pool
from services.demand.domain.sharing import Consent, Participation

Row = dict[str, Any]

# The columns of ``communities`` that say how it shares pools.
TERMS = ("merge_policy", "merge_rules", "consent_hours", "silence", "recognise")


def terms_of(row: RowMapping) -> Terms:
    """Read what a community says about sharing."""
    hours = row["consent_hours"]
    within = None if hours is None else timedelta(hours=hours)
    return Terms(MergePolicy(row["merge_policy"]), rules_of(row), within, Decision(row["silence"]), row["recognise"])


def rules_of(row: RowMapping) -> tuple[MergeRule, ...]:
    """Read the rules of a community."""
    return tuple(
        MergeRule(one["category"], UUID(one["partner_id"]) if one["partner_id"] else None, MergePolicy(one["policy"]))
        for one in row["merge_rules"]
    )


def row_of_rule(rule: MergeRule) -> Row:
    """Write a rule."""
    partner = None if rule.partner_id is None else str(rule.partner_id)
    return {"category": rule.category, "partner_id": partner, "policy": str(rule.policy)}


def part_of(row: RowMapping) -> Participation:
    """Read a row of ``pool_communities``."""
    return Participation(
        community_id=row["community_id"],
        people=row["people"],
        consent=Consent(row["consent"]),
        consent_by=row["consent_by"],
        agreed=frozenset(row["agreed"]),
        silent=row["silent"],
    )


def rows_of_parts(pool: Pool) -> list[Row]:
    """Write the rows of ``pool_communities``."""
    return [
        {
            "pool_id": pool.pool_id,
            "community_id": part.community_id,
            "place": place,
            "people": part.people,
            "consent": str(part.consent),
            "consent_by": part.consent_by,
            "agreed": sorted(part.agreed),
            "silent": part.silent,
        }
        for place, part in enumerate(pool.communities)
    ]
