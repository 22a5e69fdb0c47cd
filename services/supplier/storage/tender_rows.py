"""Tenders, bids, negotiations and agreements to rows and back. Nothing here decides anything."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kernel.clock import format_time, parse_time
from services.supplier.domain.agreements import Agreement
from services.supplier.domain.matches import Share
from services.supplier.domain.negotiations import Negotiation, OfferState, Side, TalkOffer
from services.supplier.domain.offers import Snapshot
from services.supplier.domain.proposals import Proposal
from services.supplier.domain.tender_life import TalkState, TenderState
from services.supplier.domain.tender_ranking import Part, Ranked
from services.supplier.domain.tenders import Bid, BidState, Tender
from services.supplier.storage.procedures import rules_of, rules_values
from services.supplier.storage.rows import pool_of, pool_values
from services.supplier.storage.terms import terms_of, terms_values

Values = dict[str, Any]
_SAME_IN_TENDER = (
    *("tender_id", "attempt", "deadline", "decide_by", "version", "created_at"),
    *("chosen_bid_id", "overruled_because", "reasons"),
)


def tender_of(row: Row) -> Tender:
    """Read a row of ``tenders``."""
    return Tender(
        pool=pool_of(row.pool_id, row.pool),
        state=TenderState(row.state),
        rules=rules_of(row.rules),
        supplier_ids=frozenset(row.supplier_ids),
        **{name: getattr(row, name) for name in _SAME_IN_TENDER},
    )


def tender_values(tender: Tender) -> Values:
    """Write a row of ``tenders``, but for its ranking."""
    return {
        **{name: getattr(tender, name) for name in _SAME_IN_TENDER},
        "pool_id": tender.pool.pool_id,
        "category": tender.pool.category,
        "state": str(tender.state),
        "community_ids": [share.community_id for share in tender.pool.communities],
        "supplier_ids": sorted(tender.supplier_ids),
        "pool": pool_values(tender.pool),
        "rules": rules_values(tender.rules),
    }


def proposal_of(json: Values) -> Proposal:
    """Read a proposal."""
    return Proposal(
        Snapshot(UUID(json["offer_id"]), json["offer_version"], terms_of(json["terms"])),
        tuple(UUID(slot_id) for slot_id in json["slot_ids"]),
        json["note"],
        parse_time(json["valid_until"], "valid_until"),
    )


def proposal_values(proposal: Proposal) -> Values:
    """Write a proposal as JSON."""
    return {
        "offer_id": str(proposal.offer.offer_id),
        "offer_version": proposal.offer.version,
        "terms": terms_values(proposal.offer.terms),
        "slot_ids": [str(slot_id) for slot_id in proposal.slot_ids],
        "note": proposal.note,
        "valid_until": format_time(proposal.valid_until),
    }


def bid_of(row: Row) -> Bid:
    """Read a row of ``bids``."""
    proposal = proposal_of(row.proposal) if row.proposal else None
    return Bid(
        row.bid_id,
        row.tender_id,
        row.supplier_id,
        BidState(row.state),
        row.revision,
        row.commitment,
        row.sealed_at,
        proposal,
        row.nonce,
    )


def bid_values(bid: Bid) -> Values:
    """Write a row of ``bids``, but for what is sealed."""
    same = ("bid_id", "tender_id", "supplier_id", "revision", "commitment", "sealed_at", "nonce")
    proposal = proposal_values(bid.proposal) if bid.proposal else None
    return {**{name: getattr(bid, name) for name in same}, "state": str(bid.state), "proposal": proposal}


def ranked_of(json: Values) -> Ranked:
    """Read a rank."""
    return Ranked(
        bid_id=UUID(json["bid_id"]),
        rank=json["rank"],
        reason=json["reason"],
        communities=tuple(Share(UUID(one["community_id"]), one["people"]) for one in json["communities"]),
        slot_id=UUID(json["slot_id"]) if json["slot_id"] else None,
        parts=tuple(Part(**part) for part in json["parts"]),
    )


def ranked_values(ranked: Ranked) -> Values:
    """Write a rank as JSON."""
    return {
        "bid_id": str(ranked.bid_id),
        "rank": ranked.rank,
        "reason": ranked.reason,
        "communities": [
            {"community_id": str(share.community_id), "people": share.people} for share in ranked.communities
        ],
        "slot_id": str(ranked.slot_id) if ranked.slot_id else None,
        "parts": [
            {name: getattr(part, name) for name in ("name", "points", "weight", "place")} | {"facts": dict(part.facts)}
            for part in ranked.parts
        ],
    }


_SAME_IN_TALK = (
    *("negotiation_id", "tender_id", "bid_id", "supplier_id", "most", "because", "left_because"),
    *("version", "created_at"),
)


def negotiation_of(row: Row) -> Negotiation:
    """Read a row of ``negotiations``."""
    same = {name: getattr(row, name) for name in _SAME_IN_TALK}
    return Negotiation(**same, state=TalkState(row.state), offers=tuple(_talk_offer_of(one) for one in row.offers))


def _talk_offer_of(json: Values) -> TalkOffer:
    return TalkOffer(
        json["number"],
        Side(json["side"]),
        proposal_of(json["proposal"]),
        OfferState(json["state"]),
        parse_time(json["made_at"], "made_at"),
    )


def negotiation_values(it: Negotiation) -> Values:
    """Write a row of ``negotiations``."""
    same = {name: getattr(it, name) for name in _SAME_IN_TALK}
    return {**same, "state": str(it.state), "offers": [_talk_offer_values(one) for one in it.offers]}


def _talk_offer_values(it: TalkOffer) -> Values:
    return {
        "number": it.number,
        "side": str(it.side),
        "proposal": proposal_values(it.proposal),
        "state": str(it.state),
        "made_at": format_time(it.made_at),
    }


_AGREEMENT = ("agreement_id", "tender_id", "match_id", "supplier_id", "document", "hash", "created_at")


def agreement_of(row: Row) -> Agreement:
    """Read a row of ``agreements``."""
    return Agreement(community_ids=tuple(row.community_ids), **{name: getattr(row, name) for name in _AGREEMENT})


def agreement_values(it: Agreement) -> Values:
    """Write a row of ``agreements``."""
    return {**{name: getattr(it, name) for name in _AGREEMENT}, "community_ids": list(it.community_ids)}
