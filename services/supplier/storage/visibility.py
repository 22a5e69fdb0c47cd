"""Who sees what, in SQL: the same rules as ``Supplier.is_visible_to`` and ``Match.is_visible_to``.

Every list and every single read is bound by one of these two predicates; a test compares them with the domain's rules.
"""

from sqlalchemy import ColumnElement, false, or_, true

from services.kernel.caller import Caller, Role
from services.supplier.storage.tables import matches, suppliers


def supplier_is_visible_to(caller: Caller) -> ColumnElement[bool]:
    """Tell whether the caller may know of the row of ``suppliers``."""
    if caller.is_node_operator or caller.supervises_node:
        return true()
    if caller.role is Role.SUPPLIER:
        return suppliers.c.supplier_id == caller.supplier_id if caller.supplier_id else false()
    if caller.community_id is None:
        return false()
    return or_(
        suppliers.c.community_id == caller.community_id,
        suppliers.c.sharing_mode == "all",
        suppliers.c.shared_with.contains([caller.community_id]),
    )


def match_is_visible_to(caller: Caller) -> ColumnElement[bool]:
    """Tell whether the caller may know of the row of ``matches``."""
    if caller.is_node_operator:
        return true()
    if caller.role is Role.SUPPLIER:
        return matches.c.supplier_id == caller.supplier_id if caller.supplier_id else false()
    return matches.c.community_ids.contains([caller.community_id]) if caller.community_id else false()
