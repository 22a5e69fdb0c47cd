"""What follows when permissions change: nothing new starts, and what runs is completed. SHARING.md.

Whoever changes permissions holds the categories of the supplier and its row. Matching holds the category, and a direct
proposal keeps the row, so each of them comes before the change, and its match is looked at here, or after it.
"""

from dataclasses import replace
from uuid import UUID

from services.supplier.domain.events import PermissionsChanged, SupplierChanged
from services.supplier.domain.matches import ExpiryReason
from services.supplier.domain.model import Supplier
from services.supplier.domain.permissions import EndedBy, Grant, Permission
from services.supplier.handlers.access import publish
from services.supplier.handlers.booking import expire_all, look_again, restart_timers, stop_timers
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def lock_sharing(uow: SupplierUnitOfWork, supplier_id: UUID) -> Supplier | None:
    """Stop the timers of its waiting matches, lock its categories and itself; return it as it is now, or None."""
    waiting = uow.matches.waiting_of_supplier(supplier_id)
    stop_timers(uow, waiting)
    categories = {*uow.offers.categories_of(supplier_id), *(match.offer.terms.category for match in waiting)}
    for category in sorted(categories):
        uow.pools.lock_category(category)
    return uow.suppliers.find(supplier_id, lock=True)


def end(uow: SupplierUnitOfWork, grant: Grant, by: EndedBy, because: str | None = None) -> None:
    """End a grant, if nobody has."""
    if grant.ended_at is None:
        ended = grant.end(by, because, uow.clock.now())
        uow.permissions.save(ended)
        publish(uow, PermissionsChanged(ended))


def settle(uow: SupplierUnitOfWork, before: Supplier, told: Supplier | None = None) -> Supplier:
    """Draw the consequences of changed permissions, and return the supplier as it is now.

    ``told`` is what others have just been told of it, if they have; by default what it was ``before``.
    """
    after = _without_orphans(uow, uow.suppliers.find(before.supplier_id) or before)
    waiting = uow.matches.waiting_of_supplier(after.supplier_id)
    lost = [one for one in waiting if not all(after.is_usable_in(share.community_id) for share in one.communities)]
    known = told or before
    if (after.seen_by, after.used_by) != (known.seen_by, known.used_by):
        publish(uow, SupplierChanged(after))
    expire_all(uow, lost, ExpiryReason.SHARING_ENDED)
    restart_timers(uow, [one for one in waiting if one not in lost])
    if after.used_by.widens(before.used_by):
        look_again(uow, uow.offers.categories_of(after.supplier_id))
    return after


def _without_orphans(uow: SupplierUnitOfWork, supplier: Supplier) -> Supplier:
    """End the grants of those who may not share on any more, so that nothing of them comes back by itself later."""
    orphans = [one for one in supplier.grants if not _may_share(supplier, one.granter_id)]
    for grant in orphans:
        end(uow, grant, EndedBy.CHAIN)
    left = tuple(one for one in supplier.grants if one not in orphans)
    return replace(supplier, grants=left)


def _may_share(supplier: Supplier, community_id: UUID) -> bool:
    return Permission.SHARE_ON in supplier.passable_by(community_id).permissions
