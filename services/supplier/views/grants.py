"""What communities let each other do with suppliers, for those who have a part in it."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select, true

from services.kernel.caller import Caller, Role
from services.supplier import outbound
from services.supplier.domain.permission_commands import GrantCard
from services.supplier.storage.permission_tables import grants
from services.supplier.storage.permissions import grant_of
from services.supplier.storage.tables import suppliers
from services.supplier.storage.unit_of_work import SupplierUnitOfWork
from services.supplier.views.suppliers import Listing, visible_supplier


def list_supplier_grants(question: Listing, uow: SupplierUnitOfWork) -> dict[str, Any]:
    """Show the grants of a supplier that the caller has a part in; raise ``SupplierNotFoundError``."""
    visible_supplier(question.caller, question.filters["supplier_id"], uow)
    return _page(question, _visible(question.caller), uow, supplier_id=grants.c.supplier_id)


def list_grants(question: Listing, uow: SupplierUnitOfWork) -> dict[str, Any]:
    """Show the grants that the caller's community has given and received, live and ended."""
    statement, direction = _visible(question.caller), question.filters.get("direction")
    if direction is not None:
        side = grants.c.granter_id if direction == "given" else grants.c.receiver_id
        statement = statement.where(side == question.caller.community_id)
    return _page(question, statement, uow)


def _page(question: Listing, statement: Select, uow: SupplierUnitOfWork, **columns: ColumnElement) -> dict[str, Any]:
    now = uow.clock.now()

    def item(row: Row) -> dict[str, Any]:
        grant = grant_of(row)
        return outbound.grant(GrantCard(grant, grant.is_live(now)))

    found = list(uow.connection.execute(question.narrow(statement, grants.c.grant_id, **columns)))
    return question.answer(found, item, "grant_id")


def _visible(caller: Caller) -> Select:
    return select(grants).join(suppliers).where(_has_a_part(caller))


def _has_a_part(caller: Caller) -> ColumnElement[bool]:
    if caller.is_node_operator or caller.supervises_node:
        return true()
    if caller.role is Role.SUPPLIER:
        return grants.c.supplier_id == caller.supplier_id
    own = caller.community_id
    return or_(grants.c.granter_id == own, grants.c.receiver_id == own, suppliers.c.community_id == own)
