"""What a supplier may still take on: its standing, and the limits that its community sets for it."""

from collections.abc import Collection
from uuid import UUID

from services.supplier.domain.admission import ALLOWANCES, AdmissionPolicy, Limit, Room
from services.supplier.domain.errors import LimitError
from services.supplier.domain.model import Supplier
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

SENTENCES = {
    Limit.STANDING: "the supplier takes on nothing new now",
    Limit.LIVE_MATCHES: "the supplier has as many matches as it may have at once",
    Limit.LARGEST_GROUP: "the supplier may not serve a group that large",
}


def rooms(uow: SupplierUnitOfWork, suppliers: Collection[Supplier], *, lock: bool = True) -> dict[UUID, Room]:
    """Return what each may still take on.

    Those whose matches are counted are locked, so that two who propose at once cannot both take the last place; call it
    before offers, matches or slots are locked.
    """
    set_ones = uow.admissions.many({one.community_id for one in suppliers})
    default = uow.policy.admission
    limits = {}
    for one in suppliers:
        policy = set_ones.get(one.community_id) or AdmissionPolicy.default(one.community_id, default)
        limits[one.supplier_id] = policy.limits_of(one.standing)
    working = {one.supplier_id for one in suppliers if ALLOWANCES[one.standing].new_work}
    counted = sorted(one for one in working if limits[one].live_matches is not None)
    if counted and lock:
        uow.suppliers.lock(counted)
    live = uow.matches.live_counts(counted, uow.clock.now()) if counted else {}
    return {
        one.supplier_id: Room(one.standing, limits[one.supplier_id], live.get(one.supplier_id, 0)) for one in suppliers
    }


def may_take_new_work(uow: SupplierUnitOfWork, supplier: Supplier, people: int | None = None) -> Limit | None:
    """Return what stands against one more match of the supplier for so many people (None: not known yet), or None."""
    return rooms(uow, [supplier])[supplier.supplier_id].refuses(people)


def require_new_work(uow: SupplierUnitOfWork, supplier: Supplier, people: int | None = None) -> None:
    """Raise ``LimitError`` where something stands against one more match."""
    room = rooms(uow, [supplier])[supplier.supplier_id]
    limit = room.refuses(people)
    if limit is not None:
        most = {"live_matches": room.limits.live_matches, "largest_group": room.limits.largest_group}
        raise LimitError(SENTENCES[limit], state=str(room.standing), limit=str(limit), **most)
