"""How communities get their suppliers, as they have set it."""

from typing import Any

from sqlalchemy import select

from services.supplier import outbound
from services.supplier.domain.errors import CommunityUnknownError
from services.supplier.storage.procedures import setting_of
from services.supplier.storage.tender_tables import procedures
from services.supplier.storage.unit_of_work import SupplierUnitOfWork
from services.supplier.views.suppliers import Listing

MOST = 1000


def list_procedures(question: Listing, uow: SupplierUnitOfWork) -> dict[str, Any]:
    """Show what the caller's community has set, the setting for all other categories first."""
    wanted = question.filters.get("community_id") or question.caller.community_id
    if wanted is None or not question.caller.sees(wanted):
        raise CommunityUnknownError("community_id", "names no community of yours", "your community")
    own = procedures.c.community_id == wanted
    found = uow.connection.execute(select(procedures).where(own).order_by(procedures.c.category).limit(MOST))
    return {"items": [outbound.setting(setting_of(row)) for row in found], "next_cursor": None}
