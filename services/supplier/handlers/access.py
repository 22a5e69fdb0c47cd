"""What every handler asks first: may the caller know of this, and may it change it?"""

from collections.abc import Collection
from uuid import UUID

from services.kernel.caller import Caller, Role
from services.supplier import outbound
from services.supplier.domain.errors import (
    FieldsNotYoursError,
    NotYoursError,
    OfferNotFoundError,
    SupplierNotFoundError,
)
from services.supplier.domain.events import Event
from services.supplier.domain.model import Supplier
from services.supplier.domain.offers import Offer
from services.supplier.domain.permissions import Permission
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

MANAGERS = (Role.COMMUNITY_OPERATOR, Role.ORGANISER)
OWNERS = (*MANAGERS, Role.SUPPLIER)
REVIEWERS = (*MANAGERS, Role.QUALITY_SUPERVISOR)


def see_supplier(uow: SupplierUnitOfWork, caller: Caller, supplier_id: UUID, *, lock: bool = False) -> Supplier:
    """Return the supplier; raise ``SupplierNotFoundError`` if the caller may not know of it."""
    supplier = uow.suppliers.find(supplier_id, lock=lock)
    if supplier is None or not supplier.is_visible_to(caller):
        raise SupplierNotFoundError("there is no such supplier", supplier_id=str(supplier_id))
    return supplier


def see_offer(uow: SupplierUnitOfWork, caller: Caller, offer_id: UUID) -> tuple[Offer, Supplier]:
    """Return the offer and its supplier; raise ``OfferNotFoundError`` if the caller may not know of them."""
    offer = uow.offers.find(offer_id)
    supplier = uow.suppliers.find(offer.supplier_id) if offer else None
    if offer is None or supplier is None or not supplier.is_visible_to(caller):
        raise OfferNotFoundError("there is no such offer", offer_id=str(offer_id))
    return offer, supplier


def require_owner(supplier: Supplier, caller: Caller) -> None:
    """Raise ``NotYoursError`` if the caller sees the supplier but does not own it."""
    if not supplier.is_insider(caller):
        raise NotYoursError("another community registered this supplier", supplier_id=str(supplier.supplier_id))


def require_editor(supplier: Supplier, caller: Caller, owners_only: Collection[str] = ()) -> None:
    """Raise ``NotYoursError`` unless the caller may edit the supplier, its offers and slots.

    ``owners_only`` are the fields of the request that only the owner may write; an editor who names any is refused with
    ``FieldsNotYoursError``.
    """
    if supplier.is_insider(caller):
        return
    if not supplier.may(caller.community_id, Permission.EDIT):
        raise NotYoursError("another community registered this supplier", supplier_id=str(supplier.supplier_id))
    if owners_only:
        fields = sorted(owners_only)
        raise FieldsNotYoursError(f"only the owner of the supplier decides on {', '.join(fields)}", fields=fields)


def publish(uow: SupplierUnitOfWork, *events: Event) -> None:
    """Add domain events to the outbox in the words of the contract."""
    for event in events:
        uow.outbox.add(*outbound.message(event))
