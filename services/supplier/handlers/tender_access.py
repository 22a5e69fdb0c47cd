"""Who may know of a tender, a bid or a negotiation, and in which order their locks are taken.

Timers of the tender and its negotiations, category, pool, tender. Whoever ends a tender cancels its timers first.
"""

from uuid import UUID

from services.kernel.caller import Caller, Role
from services.kernel.errors import ForbiddenError
from services.kernel.ids import SupplierId
from services.supplier import outbound
from services.supplier.domain.negotiations import Negotiation
from services.supplier.domain.tender_cards import bid_is_visible_to
from services.supplier.domain.tender_errors import BidNotFoundError, NegotiationNotFoundError, TenderNotFoundError
from services.supplier.domain.tender_life import TenderState
from services.supplier.domain.tenders import Bid, BidState, Tender
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def require_bidder(caller: Caller) -> SupplierId:
    """Return whose bid it is. Only a supplier bids: whoever else put a bid in would have read it."""
    if caller.role is not Role.SUPPLIER or caller.supplier_id is None:
        raise ForbiddenError(f"a {caller.role} token cannot bid", role=str(caller.role), allowed=[str(Role.SUPPLIER)])
    return SupplierId(caller.supplier_id)


def see_tender(uow: SupplierUnitOfWork, caller: Caller, tender_id: UUID) -> Tender:
    """Return the tender, unlocked; raise ``TenderNotFoundError`` if the caller may not know of it."""
    tender = uow.tenders.find(tender_id)
    if tender is None or not tender.is_visible_to(caller):
        raise TenderNotFoundError("there is no such tender", tender_id=str(tender_id))
    return tender


def see_bid(uow: SupplierUnitOfWork, caller: Caller, bid_id: UUID) -> Bid:
    """Return an open bid, or any of one's own; raise ``BidNotFoundError`` if the caller may not know of it."""
    bid = uow.bids.find(bid_id)
    tender = uow.tenders.find(bid.tender_id) if bid else None
    supplier = uow.suppliers.find(bid.supplier_id) if bid else None
    if bid is None or tender is None or supplier is None or not tender.is_visible_to(caller):
        raise BidNotFoundError("there is no such bid", bid_id=str(bid_id))
    own = caller.role is Role.SUPPLIER and caller.supplier_id == bid.supplier_id
    if not own and not (bid.state is BidState.OPEN and bid_is_visible_to(caller, supplier)):
        raise BidNotFoundError("there is no such bid", bid_id=str(bid_id))
    return bid


def see_negotiation(uow: SupplierUnitOfWork, caller: Caller, negotiation_id: UUID) -> Negotiation:
    """Return the negotiation; raise ``NegotiationNotFoundError`` if the caller is on neither side of it."""
    talk = uow.negotiations.find(negotiation_id)
    try:
        if talk is not None:
            see_bid(uow, caller, talk.bid_id)
            return talk
    except BidNotFoundError:
        pass
    raise NegotiationNotFoundError("there is no such negotiation", negotiation_id=str(negotiation_id))


def tender_timer(tender_id: UUID) -> str:
    """Return the name of the timer of a tender."""
    return f"tender/{tender_id}"


def talk_timer(negotiation_id: UUID) -> str:
    """Return the name of the timer of a negotiation."""
    return f"negotiation/{negotiation_id}"


def stop_tender(uow: SupplierUnitOfWork, tender_id: UUID) -> None:
    """Cancel the timers of a tender that is about to end; call it before anything is locked."""
    talks = [talk_timer(talk.negotiation_id) for talk in uow.negotiations.open_of(tender_id)]
    uow.timers.cancel_many([tender_timer(tender_id), *talks])


def lock_tender(uow: SupplierUnitOfWork, seen: Tender) -> Tender:
    """Lock category, pool and tender, and return the tender as it is now."""
    uow.pools.lock_category(seen.pool.category)
    uow.pools.find(seen.pool.pool_id, lock=True)
    return uow.tenders.find(seen.tender_id, lock=True) or seen


def set_timer(uow: SupplierUnitOfWork, tender: Tender) -> None:
    """Let time end what the tender waits for: bids, or a decision."""
    bidding = tender.state is TenderState.BIDDING
    command, due_at = ("close_bids", tender.deadline) if bidding else ("end_tender", tender.decide_by)
    uow.timers.set(tender_timer(tender.tender_id), due_at, command, {"tender_id": str(tender.tender_id)})


def tell(uow: SupplierUnitOfWork, *events: object) -> None:
    """Add events of tenders to the outbox in the words of the contract."""
    for event in events:
        uow.outbox.add(*outbound.tender_message(event))
