"""Who sees what, in SQL: the same rules as ``Supplier.is_visible_to`` and ``Match.is_visible_to``.

Every list and every single read is bound by one of these two predicates; a test compares them with the domain's rules.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from services.kernel.caller import Caller, Role
from services.supplier.domain.permissions import Permission
from services.supplier.storage.permission_tables import grants
from services.supplier.storage.permissions import live
from services.supplier.storage.tables import matches, suppliers


def supplier_is_visible_to(caller: Caller, now: datetime) -> ColumnElement[bool]:
    """Tell whether the caller may know of the row of ``suppliers`` at this time."""
    if caller.is_node_operator or caller.supervises_node:
        return true()
    if caller.role is Role.SUPPLIER:
        return suppliers.c.supplier_id == caller.supplier_id if caller.supplier_id else false()
    if caller.community_id is None:
        return false()
    shared = or_(
        suppliers.c.sharing_mode == "all",
        suppliers.c.shared_with.contains([caller.community_id]),
        suppliers.c.supplier_id.in_(_granted_to(caller.community_id, now)),
    )
    stayed = ~suppliers.c.left_by.contains([caller.community_id])
    return or_(suppliers.c.community_id == caller.community_id, and_(shared, stayed))


def _granted_to(community_id: UUID, now: datetime) -> Select:
    """Select the suppliers from whose owner a chain of live grants leads to the community.

    It is followed backwards, from what the community was given to who gave it; each link but the last must let its
    receiver share on. UNION drops what was found before, so a ring comes to an end.
    """
    to_it = or_(grants.c.receiver_id == community_id, grants.c.receiver_id.is_(None))
    start = select(grants.c.supplier_id, grants.c.granter_id).where(to_it, live(now))
    chain = start.cte("chain", recursive=True)
    before, of = grants.alias("before"), suppliers.alias("of")
    step = (
        select(before.c.supplier_id, before.c.granter_id)
        .join(chain, and_(before.c.supplier_id == chain.c.supplier_id, before.c.receiver_id == chain.c.granter_id))
        .join(of, of.c.supplier_id == before.c.supplier_id)
        .where(live(now, before), before.c.permissions.contains([str(Permission.SHARE_ON)]))
        .where(~of.c.left_by.any(before.c.receiver_id))
    )
    chain = chain.union(step)
    owned = suppliers.alias("owned")
    owner = and_(owned.c.supplier_id == chain.c.supplier_id, owned.c.community_id == chain.c.granter_id)
    return select(chain.c.supplier_id).join(owned, owner)


def match_is_visible_to(caller: Caller) -> ColumnElement[bool]:
    """Tell whether the caller may know of the row of ``matches``."""
    if caller.is_node_operator:
        return true()
    if caller.role is Role.SUPPLIER:
        return matches.c.supplier_id == caller.supplier_id if caller.supplier_id else false()
    return matches.c.community_ids.contains([caller.community_id]) if caller.community_id else false()
