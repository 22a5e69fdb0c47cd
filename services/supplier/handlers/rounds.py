"""When matching rounds begin: at their times, when somebody asks, and anew where seats were gone. ROUNDS.md."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from services.kernel.ids import CommunityId, new_id
from services.supplier import outbound
from services.supplier.domain.errors import RoundEmptyError
from services.supplier.domain.pools import PoolCopy
from services.supplier.domain.round_commands import OpenRound
from services.supplier.domain.round_events import RoundFinished, RoundOpened
from services.supplier.domain.rounds import Job, Round, RoundCard, RoundPool, RoundState, next_round_at
from services.supplier.handlers.access import MANAGERS
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

DEFAULT_CURRENCY = "CNY"


def await_round(uow: SupplierUnitOfWork, category: str) -> None:
    """Let the rounds of a category begin at the next of their times; whoever asks first or last, it stays the same."""
    due = next_round_at(uow.clock.now(), uow.policy.round_every)
    # The time is part of the key, so that a timer that is being fired is never moved: its round may miss our pool.
    uow.timers.set(f"round/{category}/{due.isoformat()}", due, "open_rounds", {"category": category})


def open_rounds(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Begin a round of a category in each currency in which something is offered, if any pool waits."""
    category = payload["category"]
    waiting = uow.pools.waiting_for_round(category)
    for currency in sorted(_currencies(uow, category, waiting)) if waiting else ():
        begin_round(uow, category, currency, waiting)


def open_round(command: OpenRound, uow: SupplierUnitOfWork) -> RoundCard:
    """Begin a round now, or return the one that is under way.

    Whoever has no pool that waits learns nothing of those of others: ``RoundEmptyError`` is all there is.
    """
    caller, category = command.caller, command.category
    caller.require(*MANAGERS)
    waiting = uow.pools.waiting_for_round(category)
    if not any(caller.is_node_operator or _of(copy, caller.community_id) for copy in waiting):
        raise RoundEmptyError("no pool of yours waits for a round of this category", state="empty", category=category)
    currency = command.currency or _currencies(uow, category, waiting).most_common(1)[0][0]
    asked_by = None if caller.is_node_operator else caller.community_id
    one = begin_round(uow, category, currency, waiting, community_id=asked_by)
    pools = uow.rounds.pools_of(one.round_id)
    return RoundCard(one, caller, tuple(pool for pool in pools if pool.is_visible_to(caller)), len(pools))


def begin_round(
    uow: SupplierUnitOfWork, category: str, currency: str, waiting: Sequence[PoolCopy], **options: Any
) -> Round:
    """Let a round be searched for at once, and return it; of a category and currency one is under way at a time."""
    now = uow.clock.now()
    values = {"community_id": None, "seconds": uow.policy.round_seconds, "job": Job(now), "created_at": now, **options}
    one = Round(new_id(), category, currency, state=RoundState.QUEUED, **values)
    if not uow.rounds.begin(one):
        live = uow.rounds.live_of(category, currency)
        # What is under way may have begun without the newest pools: they are in the next one.
        await_round(uow, category)
        return live or one
    gather(uow, one, waiting)
    uow.outbox.add(*outbound.round_message(RoundOpened(one, len(waiting))))
    return one


def gather(uow: SupplierUnitOfWork, one: Round, waiting: Collection[PoolCopy]) -> None:
    """Note which pools are in a round; all of them wait."""
    shares = {copy.pool_id: copy.pool.communities for copy in waiting if copy.pool is not None}
    uow.rounds.gather(
        one.round_id,
        [
            RoundPool(one.round_id, pool_id, tuple(share.community_id for share in communities))
            for pool_id, communities in shares.items()
        ],
    )


def give_up(uow: SupplierUnitOfWork, failed: Round) -> None:
    """Keep a round that failed, tell of it, and let its pools wait for the next one."""
    uow.rounds.save(failed)
    uow.outbox.add(*outbound.round_message(RoundFinished(failed)))
    await_round(uow, failed.category)


def _of(copy: PoolCopy, community_id: CommunityId | None) -> bool:
    return copy.pool is not None and copy.pool.is_of(community_id)


def _currencies(uow: SupplierUnitOfWork, category: str, waiting: Sequence[PoolCopy]) -> Counter[str]:
    """Count in which currencies something is offered; where nothing is, in which ones people would pay."""
    offered = Counter(offer.terms.currency for offer in uow.offers.published_in(category))
    asked = (copy.pool.ceiling.currency for copy in waiting if copy.pool is not None and copy.pool.ceiling)
    return offered or Counter(asked) or Counter([DEFAULT_CURRENCY])
