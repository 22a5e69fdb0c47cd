"""Sealed bids: put in, replaced or taken back until the deadline."""

import secrets
from dataclasses import replace
from uuid import UUID

from services.kernel.ids import new_id
from services.supplier.domain.errors import OfferNotFoundError
from services.supplier.domain.matching import Reason
from services.supplier.domain.offers import Offer, Slot
from services.supplier.domain.proposals import Proposal, propose_on
from services.supplier.domain.tender_cards import SealedBid
from services.supplier.domain.tender_commands import SubmitBid, WithdrawBid
from services.supplier.domain.tender_errors import BidNotFoundError, BidUnfitError
from services.supplier.domain.tender_events import BidSealed, BidWithdrawn
from services.supplier.domain.tenders import Bid, BidState, Tender, aggregated, commitment_to
from services.supplier.handlers.tender_access import require_bidder, see_tender, tell
from services.supplier.handlers.tender_fitting import fit_of, pool_now
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

NONCE_BYTES = 16


def submit_bid(command: SubmitBid, uow: SupplierUnitOfWork) -> SealedBid:
    """Seal a bid, in the place of the one before if there is one. Whoever keeps the nonce can prove what it was."""
    supplier_id = require_bidder(command.caller)
    seen = see_tender(uow, command.caller, command.tender_id)
    tender = uow.tenders.find(seen.tender_id, lock=True) or seen
    now = uow.clock.now()
    tender.require_bidding(now)
    offer = _own_offer(uow, command, tender)
    proposal = propose_on(offer.snapshot, command.proposal, bookable(uow, offer.offer_id), tender.deadline)
    _require_possible(uow, tender, proposal)
    nonce, before = secrets.token_hex(NONCE_BYTES), uow.bids.by(tender.tender_id, supplier_id)
    bid_id = before.bid_id if before else new_id()
    commitment = commitment_to(bid_id, supplier_id, proposal, nonce)
    new = Bid(bid_id, tender.tender_id, supplier_id, BidState.SEALED, 1, commitment, now)
    bid = before.resealed(commitment, now) if before else new
    uow.bids.seal(bid, proposal, nonce)
    tell(uow, BidSealed(bid))
    return SealedBid(bid, nonce)


def withdraw_bid(command: WithdrawBid, uow: SupplierUnitOfWork) -> SealedBid:
    """Take a sealed bid back; until the deadline another one may be put in."""
    supplier_id = require_bidder(command.caller)
    seen = uow.bids.find(command.bid_id)
    tender = uow.tenders.find(seen.tender_id, lock=True) if seen else None
    bid = uow.bids.find(command.bid_id)
    if bid is None or tender is None or bid.supplier_id != supplier_id:
        raise BidNotFoundError("there is no such bid", bid_id=str(command.bid_id))
    tender.require_bidding(uow.clock.now())
    withdrawn = bid.withdrawn()
    uow.bids.save(withdrawn)
    tell(uow, BidWithdrawn(withdrawn))
    return SealedBid(withdrawn)


def bookable(uow: SupplierUnitOfWork, offer_id: UUID) -> dict[UUID, Slot]:
    """Return the slots of an offer that are ahead and open, by id."""
    slots = uow.slots.of_offers([offer_id], after=uow.clock.now()).get(offer_id, ())
    return {slot.slot_id: slot for slot in slots if not slot.closed}


def _own_offer(uow: SupplierUnitOfWork, command: SubmitBid, tender: Tender) -> Offer:
    offer = uow.offers.find(command.offer_id)
    if offer is None or offer.supplier_id != command.caller.supplier_id:
        raise OfferNotFoundError("there is no such offer", offer_id=str(command.offer_id))
    if offer.terms.category != tender.pool.category:
        raise OfferNotFoundError("the offer is of another category", offer_id=str(command.offer_id))
    offer.require_published()
    return offer


def _require_possible(uow: SupplierUnitOfWork, tender: Tender, proposal: Proposal) -> None:
    """Refuse at once what could never be taken. The ceiling is not among the hurdles: nobody can feel for it."""
    pool = aggregated(pool_now(uow, tender), uow.policy.privacy_k)
    verdict = fit_of(uow, replace(pool, ceiling=None), proposal)
    if isinstance(verdict, Reason):
        raise BidUnfitError(f"it does not fit: {verdict}", state=str(tender.state), reason=str(verdict))
