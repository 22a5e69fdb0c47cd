"""The statements of the hot path, built once: composing one costs as much time as a round trip to the database.

Their parameters are the columns with the prefix of their table, so that one statement can write several tables.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CTE, Table, Update, bindparam, insert, select, update

from services.campaign.storage.tables import campaign_communities, campaigns, commitments, transfers

COUNTERS = ("state", "reserved_seats", "paid_seats", "paid_minor", "refunded_minor", "version")


def prefixed(prefix: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a row of the table that ``prefix`` stands for."""
    return {f"{prefix}_{name}": value for name, value in row.items()}


def _part() -> Update:
    """Move the seats of one community; relative, so that no count has to be read first."""
    part = campaign_communities
    return (
        update(part)
        .where(part.c.campaign_id == bindparam("of_campaign"), part.c.community_id == bindparam("of_community"))
        .values(
            reserved_seats=part.c.reserved_seats + bindparam("reserved"),
            paid_seats=part.c.paid_seats + bindparam("paid"),
            joined_seats=part.c.joined_seats + bindparam("joined"),
        )
    )


def _added(table: Table, prefix: str) -> CTE:
    values = {column.name: bindparam(f"{prefix}_{column.name}") for column in table.c}
    return insert(table).values(values).cte(prefix)


def _counted(*others: CTE) -> Update:
    """Save the counters of a campaign and the part of one community, and with them what ``others`` insert."""
    return (
        update(campaigns)
        .where(campaigns.c.campaign_id == bindparam("of_campaign"))
        .values({name: bindparam(f"campaign_{name}") for name in COUNTERS})
        .add_cte(_part().cte("part"), *others)
    )


PART = _part()
COUNTED = _counted()
JOINED = _counted(_added(commitments, "commitment"))
JOINED_PAID = _counted(_added(commitments, "commitment"), _added(transfers, "transfer"))

_one = select(campaigns).where(campaigns.c.campaign_id == bindparam("campaign_id"))
_owner = select(commitments.c.campaign_id).where(commitments.c.commitment_id == bindparam("commitment_id"))
LOCKED = _one.with_for_update()
LOCKED_OF = select(campaigns).where(campaigns.c.campaign_id == _owner.scalar_subquery()).with_for_update()
COMMITMENT = select(commitments).where(commitments.c.commitment_id == bindparam("commitment_id"))
POSTED = insert(transfers)
