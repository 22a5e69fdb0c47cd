"""Moving seats between free, held and sold, always in one order of locks: timer, category, pool, match, slot.

The scheduler holds the row of a timer while it runs its command, so whoever cancels timers does it before any lock.
"""

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from services.kernel.ids import new_id
from services.supplier.domain.errors import ResourceBusyError, SlotClosedError, SlotFullError
from services.supplier.domain.events import MatchExpired, MatchProposed, SlotReleased
from services.supplier.domain.matches import ExpiryReason, Match, SeatChange
from services.supplier.domain.pools import PoolState
from services.supplier.domain.vacancies import VacancyState
from services.supplier.handlers.access import publish
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

Move = Callable[[Match], tuple[Match, SeatChange]]


def look_again(uow: SupplierUnitOfWork, categories: Iterable[str], but_not: Collection[UUID | None] = ()) -> None:
    """Let the unmatched pools and the vacancies of the categories look again, each in a transaction of its own.

    ``but_not`` names pools that have just let a proposal go: the same offer would only be proposed to them again.
    """
    ordered = sorted(set(categories))
    for category in ordered:
        uow.pools.lock_category(category)
    for pool_id in uow.pools.open_in(ordered):
        if pool_id not in but_not:
            # A key of its own: to move a timer that is being fired would wait for one that waits for our category.
            key = f"pool/{pool_id}/{new_id()}"
            uow.timers.set(key, uow.clock.now(), "match_pool", {"pool_id": str(pool_id)})
    for match_id in uow.vacancies.open_in(ordered):
        uow.timers.set(f"vacancy/{match_id}/{new_id()}", uow.clock.now(), "replace_match", {"match_id": str(match_id)})


def hold(uow: SupplierUnitOfWork, match: Match) -> None:
    """Take the seats of a new match and set the timer that gives them back; raise ``SlotFullError``."""
    change_seats(uow, match, SeatChange(held=match.seats))
    uow.matches.add(match)
    restart_timers(uow, [match])
    publish(uow, MatchProposed(match))


def stop_timers(uow: SupplierUnitOfWork, matches: Iterable[Match]) -> None:
    """Cancel the timers of matches that are about to end; call it before anything is locked."""
    for match_id in sorted(match.match_id for match in matches):
        uow.timers.cancel(_hold_timer(match_id))


def restart_timers(uow: SupplierUnitOfWork, matches: Iterable[Match]) -> None:
    """Set the timers that give the seats of waiting matches back: at first, or again where they did not end."""
    for match in matches:
        payload = {"match_id": str(match.match_id)}
        uow.timers.set(_hold_timer(match.match_id), match.held_until, "expire_match", payload)


def _hold_timer(match_id: UUID) -> str:
    return f"hold/{match_id}"


def change_seats(uow: SupplierUnitOfWork, match: Match, change: SeatChange) -> None:
    """Change the counters of the slot of a match; raise ``SlotFullError`` or ``SlotClosedError`` where it cannot be."""
    if change == SeatChange():
        return
    if not uow.slots.change(match.slot_id, change):
        slot = uow.slots.find(match.slot_id)
        if slot is not None and slot.closed:
            raise SlotClosedError("the supplier has withdrawn from the slot", state="closed", slot_id=str(slot.slot_id))
        free = slot.free if slot else 0
        if free >= change.taken:
            raise ResourceBusyError(
                "what the slot needs is booked elsewhere then", state="busy", slot_id=str(match.slot_id)
            )
        raise SlotFullError(
            f"the slot has {free} free seats", state="full", slot_id=str(match.slot_id), free=free, seats=match.seats
        )


def lock_match(uow: SupplierUnitOfWork, match_id: UUID) -> Match | None:
    """Stop the timer of a match, lock its category, its pool and itself; return it as it is now, or None."""
    seen = uow.matches.find(match_id)
    if seen is None:
        return None
    stop_timers(uow, [seen])
    uow.pools.lock_category(seen.offer.terms.category)
    if seen.pool_id is not None:
        uow.pools.find(seen.pool_id, lock=True)
    return uow.matches.find(match_id, lock=True)


def step(uow: SupplierUnitOfWork, match: Match, move: Move) -> Match:
    """Take one step of a match: its new state, its seats, and no timer any more."""
    after, change = move(match)
    change_seats(uow, match, change)
    uow.matches.save(after)
    uow.timers.cancel(_hold_timer(match.match_id))
    return after


def tell_freed(uow: SupplierUnitOfWork, before: Match, after: Match) -> int:
    """Tell how many seats a step has given back, if any, and return it."""
    freed = before.booked.taken - after.booked.taken
    if freed > 0:
        publish(uow, SlotReleased(after, freed))
    return max(freed, 0)


def let_go(uow: SupplierUnitOfWork, match: Match, campaign_id: UUID) -> None:
    """Give back the seats of a match whose campaign is over, or does not want it."""
    released = step(uow, match, lambda it: it.release(campaign_id))
    tell_freed(uow, match, released)


def expire_all(
    uow: SupplierUnitOfWork, seen: Collection[Match], reason: ExpiryReason, move: Move = Match.expire
) -> None:
    """Let the proposals expire on which still no campaign was opened, and let others look at their seats."""
    locked = [match for match in _lock_all(uow, seen) if match.is_waiting]
    uow.slots.lock([match.slot_id for match in locked])
    for match in locked:
        expired = step(uow, match, move)
        publish(uow, MatchExpired(expired, reason))
        tell_freed(uow, match, expired)
    for match in locked:
        reopen(uow, match)
    # Who lost a proposal because it was withdrawn looks for another one at once; who let it pass does not.
    passed = reason in (ExpiryReason.HOLD_EXPIRED, ExpiryReason.POOL_DISSOLVED)
    but_not = {match.pool_id for match in locked} if passed else ()
    look_again(uow, {match.offer.terms.category for match in locked}, but_not)


def _lock_all(uow: SupplierUnitOfWork, seen: Collection[Match]) -> list[Match]:
    for category in sorted({match.offer.terms.category for match in seen}):
        uow.pools.lock_category(category)
    for pool_id in sorted({match.pool_id for match in seen if match.pool_id}):
        uow.pools.find(pool_id, lock=True)
    found = [uow.matches.find(match_id, lock=True) for match_id in sorted(match.match_id for match in seen)]
    return [match for match in found if match is not None]


def reopen(uow: SupplierUnitOfWork, gone: Match) -> None:
    """Let those to whom a match was proposed look again: its campaign, or its pool if it has no other proposal."""
    if gone.replaces_match_id is not None:
        vacancy = uow.vacancies.find(gone.replaces_match_id)
        if vacancy is not None and vacancy.state is VacancyState.OFFERED:
            uow.vacancies.save(vacancy.reopened())
    elif gone.pool_id is not None:
        copy = uow.pools.find(gone.pool_id, lock=True)
        if copy is not None and copy.state is PoolState.MATCHED and not uow.matches.are_live_for(gone.pool_id):
            uow.pools.save(copy.unmatched({}))
