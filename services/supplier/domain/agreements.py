"""What a tender came to: a document with a hash that both sides, the match and the campaign keep. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.kernel.caller import Caller, Role
from services.kernel.clock import format_time
from services.kernel.ids import AgreementId, CommunityId, MatchId, SlotId, SupplierId, TenderId
from services.supplier.domain.documents import Document, digest
from services.supplier.domain.matching import Fit
from services.supplier.domain.negotiations import Negotiation
from services.supplier.domain.proposals import Proposal
from services.supplier.domain.tender_ranking import Ranked
from services.supplier.domain.tenders import Bid, Tender

KIND = "pinlian.agreement.v1"


@dataclass(frozen=True, slots=True)
class Agreement:
    """``hash`` is the SHA-256 of the canonical ``document``."""

    agreement_id: AgreementId
    tender_id: TenderId
    match_id: MatchId
    supplier_id: SupplierId
    community_ids: tuple[CommunityId, ...]
    document: Document
    hash: str
    created_at: datetime

    def is_visible_to(self, caller: Caller) -> bool:
        """Tell whether the caller may read it: both sides, the communities that take part, the node operator."""
        if caller.is_node_operator:
            return True
        if caller.role is Role.SUPPLIER:
            return caller.supplier_id == self.supplier_id
        return caller.community_id in self.community_ids


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided: these terms in this slot, of this bid, chosen or negotiated."""

    tender: Tender
    bid: Bid
    proposal: Proposal
    fit: Fit
    ranked: Ranked
    others: Sequence[Bid]
    talk: Negotiation | None = None
    because: str | None = None

    @property
    def slot_id(self) -> SlotId:
        """When it takes place."""
        return self.fit.slot.slot_id


def agreement_of(outcome: Outcome, agreement_id: AgreementId, match_id: MatchId, now: datetime) -> Agreement:
    """Write the document. It names parties by id, no person, and no price of those who lost."""
    tender, fit = outcome.tender, outcome.fit
    community_ids = tuple(sorted(share.community_id for share in fit.communities))
    document: Document = {
        "kind": KIND,
        "agreement_id": str(agreement_id),
        "tender_id": str(tender.tender_id),
        "pool_id": str(tender.pool.pool_id),
        "match_id": str(match_id),
        "parties": {
            "communities": [str(community_id) for community_id in community_ids],
            "supplier": str(outcome.bid.supplier_id),
        },
        "proposal": outcome.proposal.document,
        "slot": _slot(fit),
        "seats": fit.seats,
        "bids": [
            {"bid_id": str(bid.bid_id), "commitment": bid.commitment}
            for bid in sorted(outcome.others, key=lambda bid: bid.bid_id)
        ],
        "chosen": _chosen(outcome),
        "negotiation": _negotiation(outcome.talk),
        "agreed_at": format_time(now),
    }
    return Agreement(
        agreement_id,
        tender.tender_id,
        match_id,
        outcome.bid.supplier_id,
        community_ids,
        document,
        digest(document),
        now,
    )


def _slot(fit: Fit) -> Document:
    sessions = [session.to_wire() for session in fit.slot.sessions]
    return {"slot_id": str(fit.slot.slot_id), **fit.slot.span.to_wire(), "sessions": sessions}


def _chosen(outcome: Outcome) -> Document:
    """Tell the rank with its parts by place: points relative to others would tell the price of the best."""
    ranked = outcome.ranked
    parts = [{"part": part.name, "weight_bp": part.weight, "place": part.place} for part in ranked.parts]
    return {
        "bid_id": str(outcome.bid.bid_id),
        "rank": ranked.rank,
        "unfit_because": ranked.reason,
        "parts": parts,
        "overruled_because": outcome.because,
    }


def _negotiation(talk: Negotiation | None) -> Document | None:
    if talk is None:
        return None
    last = talk.offers[-1]
    return {"negotiation_id": str(talk.negotiation_id), "offer": last.number, "by": str(last.side)}


def is_untouched(document: Mapping[str, Any], hash_: str) -> bool:
    """Tell whether a document is the one whose hash was kept: anybody can work it out anew."""
    try:
        return digest(dict(document)) == hash_
    except (TypeError, ValueError, RecursionError):
        return False
