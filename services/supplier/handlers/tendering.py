"""A tender from asking suppliers to its end. TENDERS.md tells it to people."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.kernel.ids import new_id
from services.supplier.domain.matching import Fit, ReadyPool, Reason
from services.supplier.domain.pools import PoolCopy
from services.supplier.domain.procedures import Procedure, rules_of
from services.supplier.domain.tender_cards import TenderCard
from services.supplier.domain.tender_commands import ChooseBid, CloseTender
from services.supplier.domain.tender_events import BidsOpened, TenderFailed, TenderOpened
from services.supplier.domain.tender_life import TenderState
from services.supplier.domain.tender_rules import Afterwards
from services.supplier.domain.tenders import Tender, times_of
from services.supplier.handlers.access import MANAGERS
from services.supplier.handlers.agreeing import agree_to_bid, close_talks, require_reason
from services.supplier.handlers.tender_access import (
    lock_tender,
    see_bid,
    see_tender,
    set_timer,
    stop_tender,
    tell,
)
from services.supplier.handlers.tender_fitting import EXPIRED, eligible, fit_of, pool_now, rank
from services.supplier.handlers.tender_showing import card_of
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

NO_BIDS, CLOSED = "no_bids", "closed"


def seek_bids(uow: SupplierUnitOfWork, copy: PoolCopy, pool: ReadyPool) -> Mapping[str, int] | None:
    """Ask those who could serve a pool for bids, or more of them; return why nobody could be asked, if so."""
    live = uow.tenders.live_of(pool.pool_id)
    # Before any supplier is locked, as a bid does it.
    locked = uow.tenders.find(live.tender_id, lock=True) if live else None
    asked, reasons = eligible(uow, pool)
    if locked is not None:
        _invite(uow, locked, asked)
        return None
    settings = uow.procedures.of([share.community_id for share in pool.communities], pool.category)
    rules, now = rules_of(pool.communities, settings), uow.clock.now()
    times = times_of(pool, rules, now)
    if not asked or times is None:
        return reasons if times else {str(Reason.NO_SLOT): 1}
    tender = Tender(
        tender_id=new_id(),
        pool=pool,
        state=TenderState.BIDDING,
        attempt=uow.tenders.count_of(pool.pool_id) + 1,
        rules=rules,
        supplier_ids=asked,
        deadline=times[0],
        decide_by=times[1],
        version=1,
        created_at=now,
    )
    uow.tenders.add(tender)
    uow.bids.make_key(tender.tender_id)
    set_timer(uow, tender)
    tell(uow, TenderOpened(tender))
    uow.pools.save(copy.unmatched({}))
    return None


def _invite(uow: SupplierUnitOfWork, tender: Tender, asked: frozenset[UUID]) -> None:
    if tender.state is TenderState.BIDDING and not asked <= tender.supplier_ids:
        uow.tenders.save(tender.inviting(asked))


def close_bids(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Open the bids when the timer of the deadline fires, and rank them; without any the tender has failed."""
    seen = uow.tenders.find(UUID(payload["tender_id"]))
    tender = lock_tender(uow, seen) if seen else None
    if tender is None or tender.state is not TenderState.BIDDING:
        return
    bids = uow.bids.open_all(tender.tender_id)
    if not bids:
        return fail(uow, tender, {NO_BIDS: 1})
    opened = tender.open_bids()
    uow.tenders.save(opened)
    ranking = rank(uow, opened, bids)
    uow.tenders.keep_ranking(tender.tender_id, ranking)
    set_timer(uow, opened)
    tell(uow, BidsOpened(opened, bids, ranking))


def end_tender(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Take the best bid that still fits when nobody has decided in time; where none fits the tender has failed."""
    seen = uow.tenders.find(UUID(payload["tender_id"]))
    if seen is None:
        return
    stop_tender(uow, seen.tender_id)
    tender = lock_tender(uow, seen)
    if tender.state is not TenderState.DECIDING:
        return
    pool, why = pool_now(uow, tender), Counter()
    for ranked in uow.tenders.ranking_of(tender.tender_id):
        bid = uow.bids.find(ranked.bid_id)
        # What is valid until the end of the tender counts there, however late the timer is.
        valid = bid is not None and bid.proposal is not None and bid.proposal.valid_until >= tender.decide_by
        verdict = fit_of(uow, pool, bid.proposal) if valid else EXPIRED
        if isinstance(verdict, Fit) and ranked.rank is not None:
            agree_to_bid(uow, tender, bid, verdict, ranked)
            return
        why[ranked.reason or str(verdict)] += 1
    fail(uow, tender, dict(why))


def choose_bid(command: ChooseBid, uow: SupplierUnitOfWork) -> TenderCard:
    """Agree to a bid as it is. One that does not rank first needs a reason, which is kept and told."""
    command.caller.require(*MANAGERS)
    seen = see_tender(uow, command.caller, command.tender_id)
    stop_tender(uow, seen.tender_id)
    tender = lock_tender(uow, seen)
    tender.require_deciding()
    bid = see_bid(uow, command.caller, command.bid_id)
    ranked = require_reason(uow, tender, bid, command.reason)
    agreed = agree_to_bid(uow, tender, bid, None, ranked, slot_id=command.slot_id, because=command.reason)
    return card_of(uow, agreed, command.caller)


def close_tender(command: CloseTender, uow: SupplierUnitOfWork) -> TenderCard:
    """End a tender without an agreement; its pool goes on as its rules say."""
    command.caller.require(*MANAGERS)
    seen = see_tender(uow, command.caller, command.tender_id)
    stop_tender(uow, seen.tender_id)
    tender = lock_tender(uow, seen)
    fail(uow, tender, {CLOSED: 1})
    return card_of(uow, uow.tenders.find(tender.tender_id) or tender, command.caller)


def fail(uow: SupplierUnitOfWork, tender: Tender, reasons: Mapping[str, int]) -> None:
    """End a tender without an agreement, and let its pool be asked again or go on directly."""
    failed = tender.fail(reasons)
    uow.tenders.save(failed)
    close_talks(uow, failed)
    copy = uow.pools.find(tender.pool.pool_id, lock=True)
    if copy is None or not copy.is_open:
        return tell(uow, TenderFailed(failed, reasons, "nothing"))
    again = tender.rules.asks_again(tender.attempt)
    if not again:
        uow.pools.save(copy.by(Procedure.DIRECT))
    key, payload = f"pool/{copy.pool_id}/{new_id()}", {"pool_id": str(copy.pool_id)}
    uow.timers.set(key, uow.clock.now(), "match_pool", payload)
    tell(uow, TenderFailed(failed, reasons, str(Afterwards.AGAIN if again else Afterwards.DIRECT)))


def cancel_tender(uow: SupplierUnitOfWork, pool_id: UUID) -> None:
    """End the tender of a pool that is no more. Its timers are stopped and its pool is locked."""
    live = uow.tenders.live_of(pool_id)
    tender = uow.tenders.find(live.tender_id, lock=True) if live else None
    if tender is not None and tender.is_live:
        cancelled = tender.cancel()
        uow.tenders.save(cancelled)
        close_talks(uow, cancelled)
        tell(uow, TenderFailed(cancelled, cancelled.reasons or {}, "nothing"))
