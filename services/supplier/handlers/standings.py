"""One supplier takes one step of the registry's table, and what follows from where it stands now. REGISTRY.md.

Order of locks: timers, categories, supplier, pools, matches, slots. Matching holds the category, and who proposes
directly keeps the supplier: each of them comes before the step, and its match is looked at here, or sees what is new.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from services.supplier.domain.admission import ALLOWANCES
from services.supplier.domain.errors import SupplierNotFoundError
from services.supplier.domain.events import StandingChanged
from services.supplier.domain.matches import ExpiryReason
from services.supplier.domain.model import Supplier, SupplierState
from services.supplier.domain.offers import OfferState
from services.supplier.domain.registration import Registration, StandingChange, Why
from services.supplier.domain.registry import Act, SupplierStanding
from services.supplier.handlers.access import publish
from services.supplier.handlers.booking import expire_all, look_again, restart_timers, stop_timers
from services.supplier.handlers.withdrawing import REMOVED, end_running
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


@dataclass(frozen=True, slots=True)
class Move:
    """What is to happen to a supplier, why, and by whose decision (None: the policy or the grade)."""

    act: Act
    why: Why
    by: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)


def enter(uow: SupplierUnitOfWork, supplier: Supplier, registration: Registration, *moves: Move) -> Supplier:
    """Keep a new supplier with its registration, after the moves that come with it."""
    supplier = _placed(supplier, registration)
    uow.suppliers.add(supplier)
    uow.registrations.save(registration)
    for move in moves:
        supplier, registration = _step(uow, supplier, registration, move)
    return supplier


def settle(
    uow: SupplierUnitOfWork, supplier_id: UUID, decide: Callable[[Registration], Move | None], *, may_stop: bool
) -> Registration:
    """Lock a supplier, take the step that ``decide`` wants, and let what is proposed, runs or waits follow.

    ``may_stop`` says that the step may end what the supplier may do: its timers are stopped before anything is locked.
    """
    waiting = uow.matches.waiting_of_supplier(supplier_id) if may_stop else []
    stop_timers(uow, waiting)
    categories = _lock_categories(uow, supplier_id)
    supplier = uow.suppliers.find(supplier_id, lock=True)
    if supplier is None:
        raise SupplierNotFoundError("there is no such supplier", supplier_id=str(supplier_id))
    before = uow.registrations.lock(supplier)
    move = decide(before)
    if move is None:
        restart_timers(uow, waiting)
        return before
    _, after = _step(uow, supplier, before, move)
    if not _follow(uow, before.standing, after, categories):
        restart_timers(uow, waiting)
    return after


def _lock_categories(uow: SupplierUnitOfWork, supplier_id: UUID) -> list[str]:
    offers = uow.offers.of_supplier(supplier_id, OfferState.PUBLISHED, OfferState.PAUSED)
    running = uow.matches.running_of_supplier(supplier_id, uow.clock.now())
    waiting = uow.matches.waiting_of_supplier(supplier_id)
    booked = {match.offer.terms.category for match in (*running, *waiting)}
    categories = sorted({offer.terms.category for offer in offers} | booked)
    for category in categories:
        uow.pools.lock_category(category)
    return categories


def _step(
    uow: SupplierUnitOfWork, supplier: Supplier, before: Registration, move: Move
) -> tuple[Supplier, Registration]:
    now = uow.clock.now()
    after = before.take(move.act, now, **move.changes)
    uow.registrations.save(after)
    if after.stage is before.stage:
        return supplier, after
    change = StandingChange(
        supplier.supplier_id, after.version, before.stage, after.stage, move.act, now, move.by, move.why
    )
    uow.registrations.note(change)
    if change.is_seen:
        supplier = _placed(supplier, after)
        uow.suppliers.save(supplier)
        publish(uow, StandingChanged(after, change))
    return supplier, after


def _placed(supplier: Supplier, registration: Registration) -> Supplier:
    standing = registration.standing
    state = SupplierState.ACTIVE if ALLOWANCES[standing].new_work else SupplierState.SUSPENDED
    return replace(supplier, standing=standing, state=state)


def _follow(uow: SupplierUnitOfWork, was: SupplierStanding, after: Registration, categories: list[str]) -> bool:
    """Do what a new standing asks for; tell whether proposals were ended by it."""
    before, now, supplier_id = ALLOWANCES[was], ALLOWANCES[after.standing], after.supplier_id
    stops = before.new_work and not now.new_work
    if stops:
        expire_all(uow, uow.matches.waiting_of_supplier(supplier_id), ExpiryReason.SUPPLIER_SUSPENDED)
    if before.running and not now.running:
        end_running(uow, supplier_id, REMOVED)
    if now.new_work and after.standing is not was:
        look_again(uow, categories)
    return stops
