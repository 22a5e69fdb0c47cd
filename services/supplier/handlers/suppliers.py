"""Registering and changing suppliers."""

from dataclasses import replace

from services.kernel.caller import Role
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.supplier.domain.admission import Admission
from services.supplier.domain.cards import SupplierCard
from services.supplier.domain.commands import ChangeSupplier, RegisterSupplier
from services.supplier.domain.errors import (
    CommunityUnknownError,
    SharingNotYoursError,
    StaleVersionError,
    SupplierNotFoundError,
)
from services.supplier.domain.events import SupplierChanged, SupplierRegistered
from services.supplier.domain.model import Sharing, Supplier, SupplierState
from services.supplier.domain.registration import Registration, Why
from services.supplier.domain.registry import Act
from services.supplier.handlers.access import MANAGERS, OWNERS, publish, require_editor, see_supplier
from services.supplier.handlers.narrowing import lock_sharing, settle
from services.supplier.handlers.standings import Move, enter
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

OWNERS_ONLY = frozenset({"contact", "sharing"})  # what of a supplier's card an editor may not write


def register_supplier(command: RegisterSupplier, uow: SupplierUnitOfWork) -> SupplierCard:
    """Register a supplier for a community, shared with nobody unless the command says so."""
    command.caller.require(*MANAGERS)
    community_id = command.community_id or command.caller.community_id
    if community_id is None:
        raise InvalidError("community_id", "is missing", "the community that registers the supplier")
    if not command.caller.sees(community_id):
        raise SupplierNotFoundError("there is no such community", community_id=str(community_id))
    _require_known(uow, command.sharing)
    now = uow.clock.now()
    supplier = Supplier(
        supplier_id=new_id(),
        community_id=community_id,
        name=command.name,
        contact=command.contact,
        place=command.place,
        sharing=command.sharing,
        state=SupplierState.ACTIVE,
        version=1,
        created_at=now,
    )
    publish(uow, SupplierRegistered(supplier))
    is_open = uow.admissions.of(community_id, uow.policy.admission).mode is Admission.OPEN
    moves = [Move(Act.ADMIT, Why.of("admitted_by_policy"))] if is_open else []
    supplier = enter(uow, supplier, Registration.new(supplier.supplier_id, community_id, now), *moves)
    return SupplierCard(supplier, None, command.caller)


def change_supplier(command: ChangeSupplier, uow: SupplierUnitOfWork) -> SupplierCard:
    """Change name, contact, place or sharing; pools that could not be matched are looked at again if it widened."""
    command.caller.require(*OWNERS)
    shares = "sharing" in command.changes
    before = see_supplier(uow, command.caller, command.supplier_id, lock=not shares)
    require_editor(before, command.caller, OWNERS_ONLY & command.changes.keys())
    if shares:
        # The categories first: who is matched meanwhile is matched before, or after and without those who are left out.
        before = lock_sharing(uow, before.supplier_id) or before
    if command.if_match not in (None, str(before.version)):
        raise StaleVersionError(
            f"the supplier is at version {before.version}", version=before.version, if_match=command.if_match
        )
    if "sharing" in command.changes and command.caller.role is Role.SUPPLIER:
        raise SharingNotYoursError("whom a supplier is shared with is decided by who registered it")
    after = replace(before, **command.changes)
    if after != before:
        after = _save(uow, before, replace(after, version=before.version + 1))
    return SupplierCard(after, uow.scores.many([after.supplier_id]).get(after.supplier_id), command.caller)


def _save(uow: SupplierUnitOfWork, before: Supplier, after: Supplier) -> Supplier:
    if after.sharing != before.sharing:
        _require_known(uow, after.sharing)
        # Who is named anew has not left any more.
        after = replace(after, left=after.left - (after.sharing.community_ids - before.sharing.community_ids))
    uow.suppliers.save(after)
    publish(uow, SupplierChanged(after))
    return settle(uow, before, told=after) if after.sharing != before.sharing else after


def _require_known(uow: SupplierUnitOfWork, sharing: Sharing) -> None:
    unknown = uow.communities.unknown_among(sharing.community_ids)
    if unknown:
        raise CommunityUnknownError(
            "sharing.community_ids", f"names unknown communities: {', '.join(map(str, unknown))}", "known communities"
        )
