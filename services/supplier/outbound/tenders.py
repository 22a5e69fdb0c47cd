"""Tenders, bids, negotiations and agreements in the words of the contract."""

from typing import Any

from services.kernel.clock import format_time
from services.supplier.domain.agreements import Agreement
from services.supplier.domain.negotiations import Negotiation, TalkOffer
from services.supplier.domain.proposals import Proposal
from services.supplier.domain.tender_cards import BidCard, SealedBid, TenderCard
from services.supplier.domain.tender_ranking import Part, Ranked
from services.supplier.domain.tender_words import sentence_of
from services.supplier.domain.tenders import Bid, bid_document
from services.supplier.outbound.procedures import tender_rules
from services.supplier.outbound.terms import tiers

Wire = dict[str, Any]
# What the sentences of these parts are made of would tell a bidder of other bids.
_OF_OTHERS = ("price_minimum",)


def tender(card: TenderCard) -> Wire:
    """Show a tender: what is asked in aggregates, and of bids what the reader may see."""
    it, pool, agreement = card.tender, card.tender.pool, card.shown_agreement
    return {
        "tender_id": str(it.tender_id),
        "pool_id": str(pool.pool_id),
        "category": pool.category,
        "state": str(it.state),
        "attempt": it.attempt,
        "deadline": format_time(it.deadline),
        "decide_by": format_time(it.decide_by),
        "request": {
            "people": card.people,
            "people_exact": card.people_exact,
            "communities": [{"community_id": str(one), "people": people} for one, people in card.shares],
            "area": pool.area.to_wire(),
            "windows": [window.to_wire() for window in pool.windows],
            "minutes": pool.minutes,
        },
        "rules": tender_rules(it.rules),
        "bids": [bid(one) for one in card.bids],
        "chosen_bid_id": _text(it.chosen_bid_id) if card.tells_outcome else None,
        "overruled_because": it.overruled_because if card.tells_outcome else None,
        "agreement": {"agreement_id": str(agreement.agreement_id), "hash": agreement.hash} if agreement else None,
        "reasons": dict(it.reasons) if it.reasons is not None and card.tells_reasons else None,
        "version": it.version,
        "created_at": format_time(it.created_at),
    }


def bid(card: BidCard) -> Wire:
    """Show a bid; before bids are opened its commitment only."""
    it, is_open = card.bid, card.is_open
    return {
        "bid_id": str(it.bid_id),
        "state": str(it.state),
        "revision": it.revision,
        "commitment": it.commitment,
        "sealed_at": format_time(it.sealed_at),
        "supplier_id": str(card.supplier.supplier_id) if is_open else None,
        "supplier_name": card.supplier.name if is_open else None,
        "proposal": proposal(it.proposal) if is_open and it.proposal else None,
        "nonce": it.nonce if is_open else None,
        "document": _bid_document(it) if is_open else None,
        "ranking": _ranking(card, card.ranked) if is_open and card.ranked else None,
        "negotiation_id": str(card.negotiation.negotiation_id) if is_open and card.negotiation else None,
    }


def _bid_document(it: Bid) -> Wire | None:
    """Show what the commitment is the hash of."""
    if it.proposal is None or it.nonce is None:
        return None
    return bid_document(it.bid_id, it.supplier_id, it.proposal, it.nonce)


def sealed_bid(it: SealedBid) -> Wire:
    """Show the receipt of a bid: its hash and the nonce, and nothing of what was sealed."""
    return {
        "bid_id": str(it.bid.bid_id),
        "tender_id": str(it.bid.tender_id),
        "state": str(it.bid.state),
        "revision": it.bid.revision,
        "commitment": it.bid.commitment,
        "nonce": it.nonce,
        "sealed_at": format_time(it.bid.sealed_at),
    }


def proposal(it: Proposal) -> Wire:
    """Show what is proposed."""
    terms = it.offer.terms
    return {
        "offer_id": str(it.offer.offer_id),
        "offer_version": it.offer.version,
        "title": terms.title,
        "tiers": tiers(terms.tiers),
        "min_group": terms.min_group,
        "max_group": terms.max_group,
        "slot_ids": [str(slot_id) for slot_id in it.slot_ids],
        "note": it.note,
        "valid_until": format_time(it.valid_until),
    }


def _ranking(card: BidCard, it: Ranked) -> Wire:
    return {
        "rank": it.rank,
        "of": card.of,
        "reason": it.reason,
        "slot_id": _text(it.slot_id),
        "total": it.total if card.shows_points and it.rank is not None else None,
        "parts": [_part(part, shows_points=card.shows_points) for part in it.parts],
    }


def _part(it: Part, *, shows_points: bool) -> Wire:
    said = None if not shows_points and it.name in _OF_OTHERS else sentence_of(it)
    return {
        "part": it.name,
        "weight_bp": it.weight,
        "place": it.place,
        "points": it.points if shows_points else None,
        "contribution": it.contribution if shows_points else None,
        "text": {"zh": said.zh, "en": said.en} if said else None,
    }


def negotiation(it: Negotiation) -> Wire:
    """Show a negotiation with all its offers."""
    return {
        "negotiation_id": str(it.negotiation_id),
        "tender_id": str(it.tender_id),
        "bid_id": str(it.bid_id),
        "supplier_id": str(it.supplier_id),
        "state": str(it.state),
        "offers": [_talk_offer(one) for one in it.offers],
        "offers_left": max(it.most - len(it.offers), 0) if it.is_open else 0,
        "left_because": it.left_because,
        "version": it.version,
        "created_at": format_time(it.created_at),
    }


def _talk_offer(it: TalkOffer) -> Wire:
    return {
        "number": it.number,
        "side": str(it.side),
        "state": str(it.state),
        "proposal": proposal(it.proposal),
        "made_at": format_time(it.made_at),
    }


def agreement(it: Agreement) -> Wire:
    """Show an agreement; its document is what the hash is of."""
    return {
        "agreement_id": str(it.agreement_id),
        "tender_id": str(it.tender_id),
        "match_id": str(it.match_id),
        "supplier_id": str(it.supplier_id),
        "community_ids": [str(community_id) for community_id in it.community_ids],
        "hash": it.hash,
        "document": it.document,
        "created_at": format_time(it.created_at),
    }


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
