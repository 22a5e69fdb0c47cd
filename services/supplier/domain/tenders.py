"""Tenders: those who could serve a pool are asked for sealed bids, which are opened together at a deadline. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services.kernel.caller import Caller, Role
from services.kernel.clock import format_time
from services.kernel.ids import BidId, SupplierId, TenderId
from services.supplier.domain.documents import Document, digest
from services.supplier.domain.matches import Share
from services.supplier.domain.matching import ReadyPool
from services.supplier.domain.proposals import Proposal
from services.supplier.domain.tender_errors import BidsClosedError, BidStateError, TenderStateError
from services.supplier.domain.tender_life import LIVE, TENDER, TenderState, TenderStep
from services.supplier.domain.tender_rules import TenderRules


@dataclass(frozen=True, slots=True)
class Tender:
    """``pool`` is as it was when suppliers were asked; ``supplier_ids`` are those who were.

    ``reasons`` count why it failed; ``chosen_bid_id`` and ``overruled_because`` tell how it was agreed.
    """

    tender_id: TenderId
    pool: ReadyPool
    state: TenderState
    attempt: int
    rules: TenderRules
    supplier_ids: frozenset[SupplierId]
    deadline: datetime
    decide_by: datetime
    version: int
    created_at: datetime
    chosen_bid_id: BidId | None = None
    overruled_because: str | None = None
    reasons: Mapping[str, int] | None = None

    @property
    def is_live(self) -> bool:
        """Whether the pool still waits for its outcome."""
        return self.state in LIVE

    def is_visible_to(self, caller: Caller) -> bool:
        """Tell whether the caller may know of it: communities of the pool, those asked, the node operator."""
        if caller.is_node_operator:
            return True
        if caller.role is Role.SUPPLIER:
            return caller.supplier_id in self.supplier_ids
        return self.pool.is_of(caller.community_id)

    def require_bidding(self, now: datetime) -> None:
        """Raise ``BidsClosedError`` once the deadline has passed, whether or not the timer was late."""
        if self.state is not TenderState.BIDDING or now >= self.deadline:
            raise BidsClosedError("bids are closed", state=str(self.state), deadline=format_time(self.deadline))

    def require_deciding(self) -> None:
        """Raise ``TenderStateError`` unless bids are open and nothing is agreed yet."""
        if self.state is not TenderState.DECIDING:
            message = f"the tender is {self.state}; bids are open from its deadline until something is agreed"
            raise TenderStateError(message, state=str(self.state), tender_id=str(self.tender_id))

    def inviting(self, supplier_ids: frozenset[SupplierId]) -> "Tender":
        """Ask more suppliers while bids are taken."""
        return replace(self, supplier_ids=self.supplier_ids | supplier_ids, version=self.version + 1)

    def open_bids(self) -> "Tender":
        """Let everybody concerned read the bids."""
        return self._move(TenderStep.OPEN_BIDS)

    def agree(self, bid_id: BidId, overruled_because: str | None) -> "Tender":
        """Note with whom it was agreed."""
        return self._move(TenderStep.AGREE, chosen_bid_id=bid_id, overruled_because=overruled_because)

    def fail(self, reasons: Mapping[str, int]) -> "Tender":
        """End without an agreement."""
        return self._move(TenderStep.FAIL, reasons=dict(reasons))

    def cancel(self) -> "Tender":
        """End because there is no pool any more."""
        return self._move(TenderStep.CANCEL, reasons={"pool_dissolved": 1})

    def _move(self, step: TenderStep, **changes: Any) -> "Tender":
        line = TENDER.get((self.state, step))
        if line is None:
            message = f"the tender is {self.state} and cannot {step} any more"
            raise TenderStateError(message, state=str(self.state), tender_id=str(self.tender_id))
        return replace(self, state=TenderState(line.next), version=self.version + 1, **changes)


class BidState(StrEnum):
    """sealed -> open | withdrawn; a withdrawn one may be sealed again until the deadline."""

    SEALED = "sealed"
    WITHDRAWN = "withdrawn"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Bid:
    """``commitment`` is the hash of what is sealed, with a random ``nonce`` against guessing.

    ``proposal`` and ``nonce`` are None until bids are opened.
    """

    bid_id: BidId
    tender_id: TenderId
    supplier_id: SupplierId
    state: BidState
    revision: int
    commitment: str
    sealed_at: datetime
    proposal: Proposal | None = None
    nonce: str | None = None

    def resealed(self, commitment: str, now: datetime) -> "Bid":
        """Put another content in its place."""
        return replace(self, state=BidState.SEALED, revision=self.revision + 1, commitment=commitment, sealed_at=now)

    def withdrawn(self) -> "Bid":
        """Take it back."""
        if self.state is not BidState.SEALED:
            raise BidStateError(f"the bid is {self.state}", state=str(self.state), bid_id=str(self.bid_id))
        return replace(self, state=BidState.WITHDRAWN)

    def opened(self, proposal: Proposal, nonce: str) -> "Bid":
        """Show what was sealed."""
        return replace(self, state=BidState.OPEN, proposal=proposal, nonce=nonce)

    @property
    def is_as_sealed(self) -> bool:
        """Whether an open bid is what its commitment promised."""
        if self.proposal is None or self.nonce is None:
            return False
        return commitment_to(self.bid_id, self.supplier_id, self.proposal, self.nonce) == self.commitment


def bid_document(bid_id: BidId, supplier_id: SupplierId, proposal: Proposal, nonce: str) -> Document:
    """Write what is sealed."""
    return {"bid_id": str(bid_id), "supplier_id": str(supplier_id), "nonce": nonce, **proposal.document}


def commitment_to(bid_id: BidId, supplier_id: SupplierId, proposal: Proposal, nonce: str) -> str:
    """Return the hash by which a change of a sealed bid would be noticed."""
    return digest(bid_document(bid_id, supplier_id, proposal, nonce))


def times_of(pool: ReadyPool, rules: TenderRules, now: datetime) -> tuple[datetime, datetime] | None:
    """Return until when bids are taken and when it is decided, or None where it is too late for any of the windows.

    A tender takes at most half of the time that is left before the last possible start: the other half is for the
    campaign. Where its rules want more, both times are shortened alike.
    """
    last_start = max(window.end for window in pool.windows) - timedelta(minutes=pool.minutes)
    room = (last_start - now) / 2
    if room <= timedelta():
        return None
    wanted = rules.time_to_bid + rules.time_to_decide
    part = min(1.0, room / wanted)
    return now + rules.time_to_bid * part, now + wanted * part


def aggregated(pool: ReadyPool, k: int) -> ReadyPool:
    """Return a pool in which every community counts at least ``k`` people, so that no figure tells of fewer."""
    return replace(pool, communities=tuple(Share(one.community_id, max(one.people, k)) for one in pool.communities))
