"""Withdrawing from a match: by its supplier, until the slot is over, whatever its campaign has come to."""

from uuid import UUID

from services.supplier.domain.admission import ALLOWANCES
from services.supplier.domain.cards import MatchCard
from services.supplier.domain.commands import WithdrawMatch
from services.supplier.domain.errors import MatchNotFoundError
from services.supplier.domain.events import SupplierWithdrew
from services.supplier.domain.matches import ExpiryReason, Match, SeatChange
from services.supplier.domain.standing import Step
from services.supplier.handlers.access import OWNERS, publish, require_owner
from services.supplier.handlers.booking import expire_all, lock_match, step
from services.supplier.handlers.replacing import fill_vacancy, open_vacancy
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

# The reason that a campaign is told when its supplier did not leave by itself.
REMOVED = "供应商已被清退 · the supplier was removed from the registry"


def withdraw_match(command: WithdrawMatch, uow: SupplierUnitOfWork) -> MatchCard:
    """Let a supplier out of a match, and look for another one if there is a campaign on it."""
    command.caller.require(*OWNERS)
    _require_own(uow, command)
    match = lock_match(uow, command.match_id)
    if match is None:
        raise _unknown(command)

    def move(it: Match) -> tuple[Match, SeatChange]:
        return it.withdraw(command.reason, uow.clock.now())

    if match.is_waiting:
        expire_all(uow, [match], ExpiryReason.WITHDRAWN, move)
    else:
        _vacate(uow, step(uow, match, move))
    return MatchCard(uow.matches.find(match.match_id) or match, command.caller, uow.policy.privacy_k)


def leave(uow: SupplierUnitOfWork, match: Match, campaign_id: UUID, sold: int | None = None) -> None:
    """Withdraw from a campaign that was opened while its supplier withdrew, as soon as there is word of it."""
    _vacate(uow, step(uow, match, lambda it: it.leave(campaign_id, sold)))


def _vacate(uow: SupplierUnitOfWork, left: Match) -> None:
    uow.slots.close(left.slot_id)
    publish(uow, SupplierWithdrew(left))
    # It may have replaced another one itself, and the campaign took it: what it needs now is a place of its own.
    fill_vacancy(uow, left.replaces_match_id)
    open_vacancy(uow, left)


def end_running(uow: SupplierUnitOfWork, supplier_id: UUID, because: str) -> None:
    """Withdraw a supplier from every campaign whose slot is not over; the categories are locked."""
    seen, now = uow.matches.running_of_supplier(supplier_id, uow.clock.now()), uow.clock.now()
    for pool_id in sorted({match.pool_id for match in seen if match.pool_id}):
        uow.pools.find(pool_id, lock=True)
    for one in seen:
        match = uow.matches.find(one.match_id, lock=True)
        if match is not None and match.can(Step.WITHDRAW) and not match.is_waiting:
            _vacate(uow, step(uow, match, lambda it: it.withdraw(because, now)))


def end_if_removed(uow: SupplierUnitOfWork, match: Match) -> bool:
    """Withdraw from a campaign that was opened while its supplier was removed; tell whether it was."""
    supplier = uow.suppliers.find(match.supplier_id)
    now = uow.clock.now()
    if supplier is None or ALLOWANCES[supplier.standing].running or now >= match.span.end:
        return False
    if match.can(Step.WITHDRAW):
        _vacate(uow, step(uow, match, lambda it: it.withdraw(REMOVED, now)))
    return True


def _require_own(uow: SupplierUnitOfWork, command: WithdrawMatch) -> None:
    match = uow.matches.find(command.match_id)
    supplier = uow.suppliers.find(match.supplier_id) if match else None
    if match is None or supplier is None:
        raise _unknown(command)
    # Whose supplier it is may know of all its matches; who only takes part in this one may not withdraw it.
    if not supplier.is_insider(command.caller) and not match.is_visible_to(command.caller):
        raise _unknown(command)
    require_owner(supplier, command.caller)


def _unknown(command: WithdrawMatch) -> MatchNotFoundError:
    return MatchNotFoundError("there is no such match", match_id=str(command.match_id))
