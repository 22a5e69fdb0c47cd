"""Who sees what, in SQL; every list and every single read is bound by one of these."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, false, or_, select, true

from services.kernel.caller import Caller, Role
from services.reputation.domain.errors import SupplierNotFoundError
from services.reputation.domain.model import Sharing
from services.reputation.storage.tables import reviews, suppliers
from services.reputation.storage.unit_of_work import ReputationUnitOfWork


def require_supplier(supplier_id: UUID, caller: Caller, uow: ReputationUnitOfWork) -> None:
    """Raise ``SupplierNotFoundError`` unless the caller may know of the supplier."""
    query = select(suppliers.c.supplier_id).where(suppliers.c.supplier_id == supplier_id, sees_supplier(caller))
    if uow.connection.execute(query).one_or_none() is None:
        raise SupplierNotFoundError("there is no such supplier", supplier_id=str(supplier_id))


def sees_supplier(caller: Caller) -> ColumnElement[bool]:
    """Tell whether the caller may know of the row of ``suppliers``."""
    if caller.is_node_operator or caller.supervises_node:
        return true()
    if caller.role is Role.SUPPLIER:
        return suppliers.c.supplier_id == caller.supplier_id
    if caller.community_id is None:
        return false()
    named = and_(suppliers.c.sharing == Sharing.NAMED.value, any_(suppliers.c.shared_with) == caller.community_id)
    return or_(suppliers.c.community_id == caller.community_id, suppliers.c.sharing == Sharing.ALL.value, named)


def own(caller: Caller) -> ColumnElement[bool]:
    """Tell whether the row of ``reviews`` is of the caller's own reach."""
    if caller.is_node_operator:
        return true()
    if caller.role is Role.SUPPLIER:
        return reviews.c.supplier_id == caller.supplier_id
    return reviews.c.community_id == caller.community_id if caller.community_id else false()
