"""Events of tenders to the payloads that the contract promises."""

from functools import singledispatch
from typing import Any

from services.kernel.clock import format_time
from services.supplier.domain.tender_events import (
    AgreementMade,
    BidSealed,
    BidsOpened,
    BidWithdrawn,
    NegotiationMoved,
    TenderFailed,
    TenderOpened,
)
from services.supplier.domain.tenders import Tender

Wire = dict[str, Any]
Message = tuple[str, object, Wire]  # wire name, subject, data


@singledispatch
def tender_message(event: object) -> Message:
    """Return the wire name, the subject and the payload of an event of tenders."""
    raise TypeError(f"{type(event).__name__} has no wire form")


def _tender(it: Tender) -> Wire:
    return {"tender_id": str(it.tender_id), "pool_id": str(it.pool.pool_id)}


@tender_message.register
def _(event: TenderOpened) -> Message:
    it = event.tender
    times = {"deadline": format_time(it.deadline), "decide_by": format_time(it.decide_by)}
    counts = {"attempt": it.attempt, "invited": len(it.supplier_ids)}
    return "tender_opened.v1", it.tender_id, {**_tender(it), "category": it.pool.category, **counts, **times}


@tender_message.register
def _(event: BidSealed) -> Message:
    it = event.bid
    data = {"bid_id": str(it.bid_id), "tender_id": str(it.tender_id), "commitment": it.commitment}
    return "bid_sealed.v1", it.bid_id, {**data, "revision": it.revision, "sealed_at": format_time(it.sealed_at)}


@tender_message.register
def _(event: BidWithdrawn) -> Message:
    it = event.bid
    return "bid_withdrawn.v1", it.bid_id, {"bid_id": str(it.bid_id), "tender_id": str(it.tender_id)}


@tender_message.register
def _(event: BidsOpened) -> Message:
    bids = [{"bid_id": str(one.bid_id), "commitment": one.commitment} for one in event.bids]
    fitting = sum(1 for ranked in event.ranking if ranked.rank is not None)
    data = {**_tender(event.tender), "bids": bids, "fitting": fitting}
    return "bids_opened.v1", event.tender.tender_id, data


@tender_message.register
def _(event: NegotiationMoved) -> Message:
    it = event.negotiation
    ids = {"negotiation_id": str(it.negotiation_id), "tender_id": str(it.tender_id)}
    standing = it.standing
    until = format_time(standing.proposal.valid_until) if standing else None
    data = {**ids, "state": str(it.state), "offers": len(it.offers), "valid_until": until}
    return "negotiation_moved.v1", it.negotiation_id, data


@tender_message.register
def _(event: AgreementMade) -> Message:
    it = event.agreement
    data = {
        "agreement_id": str(it.agreement_id),
        **_tender(event.tender),
        "match_id": str(it.match_id),
        "supplier_id": str(it.supplier_id),
        "community_ids": [str(community_id) for community_id in it.community_ids],
        "agreement_hash": it.hash,
        "rank": event.rank,
        "overruled_because": event.tender.overruled_because,
    }
    return "agreement_made.v1", it.agreement_id, data


@tender_message.register
def _(event: TenderFailed) -> Message:
    data = {**_tender(event.tender), "reasons": dict(event.reasons), "then": event.then}
    return "tender_failed.v1", event.tender.tender_id, data
