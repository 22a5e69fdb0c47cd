"""Letting communities do something with a supplier, and taking it back. SHARING.md."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.kernel.caller import Caller, Role
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.supplier.domain.errors import (
    CommunityUnknownError,
    GrantEndedError,
    GrantNotFoundError,
    GrantTooWideError,
    MayNotShareError,
    NotYoursError,
    OfferNotFoundError,
    ReceiverLeftError,
    SupplierNotFoundError,
    TooManyGrantsError,
)
from services.supplier.domain.events import PermissionsChanged, SupplierLeft
from services.supplier.domain.model import Supplier, require_future
from services.supplier.domain.permission_commands import (
    Departure,
    EndGrant,
    GrantCard,
    GrantPermissions,
    LeaveSupplier,
)
from services.supplier.domain.permissions import EndedBy, Grant, Permission
from services.supplier.domain.price_models import PriceModel
from services.supplier.handlers.access import MANAGERS, OWNERS, publish, see_supplier
from services.supplier.handlers.narrowing import end, lock_sharing, settle
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

MOST_GRANTS = 1000  # of one supplier by one community


def grant_permissions(command: GrantPermissions, uow: SupplierUnitOfWork) -> GrantCard:
    """Let another community, or all, do something with a supplier; what the granter gave it before is replaced."""
    command.caller.require(*MANAGERS)
    granter_id = _granter(command)
    see_supplier(uow, command.caller, command.supplier_id)
    replaced = [one for one in uow.permissions.given_by(command.supplier_id, granter_id) if _same(one, command)]
    uow.timers.cancel_many([_timer(one.grant_id) for one in replaced])
    before = _lock(uow, command.supplier_id)
    given = uow.permissions.given_by(command.supplier_id, granter_id)
    grant = _checked(uow, command, granter_id, before, [one for one in given if not _same(one, command)])
    for one in given:
        if _same(one, command):
            end(uow, one, EndedBy.REPLACED)
    if grant.receiver_id in before.left:
        uow.suppliers.save(replace(before, left=before.left - {grant.receiver_id}))
    uow.permissions.add(grant)
    if grant.ends_at is not None:
        uow.timers.set(_timer(grant.grant_id), grant.ends_at, "expire_grant", {"grant_id": str(grant.grant_id)})
    publish(uow, PermissionsChanged(grant))
    settle(uow, before)
    return GrantCard(grant, live=True)


def _granter(command: GrantPermissions) -> UUID:
    granter_id = command.granter_id or command.caller.community_id
    if granter_id is None:
        raise InvalidError("granter_id", "is missing", "the community that gives")
    if not command.caller.sees(granter_id):
        raise CommunityUnknownError("granter_id", "names no community of yours", "your community, or nothing")
    return granter_id


def _same(grant: Grant, command: GrantPermissions) -> bool:
    return grant.receiver_id == command.receiver_id


def _lock(uow: SupplierUnitOfWork, supplier_id: UUID) -> Supplier:
    supplier = lock_sharing(uow, supplier_id)
    if supplier is None:
        raise SupplierNotFoundError("there is no such supplier", supplier_id=str(supplier_id))
    return supplier


def _checked(
    uow: SupplierUnitOfWork, command: GrantPermissions, granter_id: UUID, supplier: Supplier, others: list[Grant]
) -> Grant:
    now, receiver_id = uow.clock.now(), command.receiver_id
    _require_passable(command, granter_id, supplier)
    if receiver_id is not None:
        _require_receiver(uow, receiver_id, granter_id, supplier)
    if len(others) >= MOST_GRANTS:
        raise TooManyGrantsError(f"the community has given {len(others)} grants", most=MOST_GRANTS)
    if command.access.prices is not None:
        _require_prices(uow, command.access.prices, supplier)
    if command.ends_at is not None:
        require_future(command.ends_at, now, "ends_at")
    return Grant(
        grant_id=new_id(),
        supplier_id=supplier.supplier_id,
        granter_id=granter_id,
        receiver_id=receiver_id,
        access=command.access,
        ends_at=command.ends_at,
        reason=command.reason,
        created_at=now,
    )


def _require_passable(command: GrantPermissions, granter_id: UUID, supplier: Supplier) -> None:
    mine, wanted = supplier.passable_by(granter_id), command.access
    if Permission.SHARE_ON not in mine.permissions:
        raise MayNotShareError("the community may not share this supplier", supplier_id=str(supplier.supplier_id))
    missing = sorted(str(one) for one in wanted.permissions - mine.permissions)
    if missing:
        raise GrantTooWideError(f"the community does not have {', '.join(missing)} to give", missing=missing)
    if wanted.contact.level > mine.contact.level:
        raise GrantTooWideError(f"the contact is told to the community itself {mine.contact}", missing=["contact"])
    if wanted.prices is not None and granter_id != supplier.community_id:
        # Prices are the supplier's money: they come from the owner, and are inherited by those it is shared on with.
        raise GrantTooWideError("only the owner gives a community prices of its own", missing=["prices"])


def _require_receiver(uow: SupplierUnitOfWork, receiver_id: UUID, granter_id: UUID, supplier: Supplier) -> None:
    if receiver_id == supplier.community_id:
        raise InvalidError("receiver_id", "is the owner, which may do everything", "another community")
    if uow.communities.unknown_among([receiver_id]):
        raise CommunityUnknownError("receiver_id", "names an unknown community", "a known community")
    if receiver_id in supplier.left and granter_id != supplier.community_id:
        raise ReceiverLeftError("the community has left this supplier", receiver_id=str(receiver_id))


def _require_prices(uow: SupplierUnitOfWork, prices: PriceModel, supplier: Supplier) -> None:
    for index, table in enumerate(prices.tables):
        offer = uow.offers.find(table.offer_id)
        if offer is None or offer.supplier_id != supplier.supplier_id:
            raise OfferNotFoundError("the supplier has no such offer", offer_id=str(table.offer_id))
        try:
            prices.terms_of(offer.offer_id, offer.terms)
        except InvalidError as error:
            raise error.within(f"prices.tables.{index}") from None


def end_grant(command: EndGrant, uow: SupplierUnitOfWork) -> GrantCard:
    """End a grant, by either side, the owner, the supplier itself, or the node; raise ``GrantNotFoundError``."""
    command.caller.require(*OWNERS)
    seen = uow.permissions.find(command.grant_id)
    supplier = uow.suppliers.find(seen.supplier_id) if seen else None
    by = _side(command.caller, seen, supplier) if seen and supplier else None
    if seen is None or by is None:
        raise GrantNotFoundError("there is no such grant", grant_id=str(command.grant_id))
    uow.timers.cancel(_timer(seen.grant_id))
    before = _lock(uow, seen.supplier_id)
    grant = uow.permissions.find(seen.grant_id) or seen
    if not grant.is_live(uow.clock.now()):
        raise GrantEndedError("the grant is over", state="ended", grant_id=str(grant.grant_id))
    end(uow, grant, by, command.reason)
    settle(uow, before)
    return GrantCard(uow.permissions.find(grant.grant_id) or grant, live=False)


def _side(caller: Caller, grant: Grant, supplier: Supplier) -> EndedBy | None:
    if caller.is_node_operator:
        return EndedBy.NODE
    if caller.role is Role.SUPPLIER:
        return EndedBy.SUPPLIER if caller.supplier_id == supplier.supplier_id else None
    sides = {
        grant.receiver_id: EndedBy.RECEIVER,
        supplier.community_id: EndedBy.OWNER,
        grant.granter_id: EndedBy.GRANTER,
    }
    return sides.get(caller.community_id) if caller.community_id else None


def expire_grant(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Draw the consequences when the time of a grant is over, which gives nothing from that moment on."""
    seen = uow.permissions.find(UUID(payload["grant_id"]))
    if seen is None or seen.ended_at is not None:
        return
    before = _lock(uow, seen.supplier_id)
    grant = uow.permissions.find(seen.grant_id) or seen
    # What the supplier was a moment before is not known any more: who saw it is told anew in any case.
    with_it = replace(before, grants=(*before.grants, grant))
    end(uow, grant, EndedBy.TIME)
    settle(uow, with_it)


def leave_supplier(command: LeaveSupplier, uow: SupplierUnitOfWork) -> Departure:
    """End everything that leads from a supplier to a community; only the owner can begin anew with it."""
    command.caller.require(*OWNERS)
    seen = see_supplier(uow, command.caller, command.supplier_id)
    community_id, by = _leaver(command, seen)
    grants = uow.permissions.received_by(seen.supplier_id, community_id)
    uow.timers.cancel_many([_timer(one.grant_id) for one in grants])
    before = _lock(uow, seen.supplier_id)
    if not before.is_visible_in(community_id):
        raise CommunityUnknownError("community_id", "has nothing of this supplier", "a community that sees it")
    grants = uow.permissions.received_by(seen.supplier_id, community_id)
    for grant in grants:
        end(uow, grant, by, command.reason)
    after = replace(before, left=before.left | {community_id}, sharing=before.sharing.without(community_id))
    uow.suppliers.save(replace(after, version=before.version + (after.sharing != before.sharing)))
    publish(uow, SupplierLeft(before.supplier_id, community_id, by))
    settle(uow, before)
    return Departure(before.supplier_id, community_id, len(grants))


def _leaver(command: LeaveSupplier, supplier: Supplier) -> tuple[UUID, EndedBy]:
    caller, named = command.caller, command.community_id
    own = caller.community_id if caller.role is not Role.SUPPLIER else None
    community_id = named or own
    if community_id is None or community_id == supplier.community_id:
        raise InvalidError("community_id", "is missing or the owner", "the community that the sharing ends with")
    if caller.is_node_operator:
        return community_id, EndedBy.NODE
    if caller.role is Role.SUPPLIER:
        return community_id, EndedBy.SUPPLIER
    if community_id == own:
        return community_id, EndedBy.RECEIVER
    if own != supplier.community_id:
        raise NotYoursError("another community registered this supplier", supplier_id=str(supplier.supplier_id))
    return community_id, EndedBy.OWNER


def _timer(grant_id: UUID) -> str:
    return f"grant/{grant_id}"
