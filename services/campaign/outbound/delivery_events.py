"""The payloads of the events of a delivery."""

from services.campaign.domain import events
from services.campaign.domain.model import Campaign
from services.campaign.outbound import wire
from services.campaign.outbound.wire import Payload
from services.kernel.clock import format_time


def _head(found: Campaign) -> Payload:
    terms = found.terms
    return {
        "campaign_id": str(found.campaign_id),
        "match_id": str(terms.match_id),
        "pool_id": wire.text(terms.pool_id),
        "supplier_id": str(terms.supplier_id),
    }


def begun(happened: events.CampaignBegun) -> Payload:
    """Return campaign_begun.v1."""
    found = happened.campaign
    counts = {"sessions": len(found.terms.times), "seats": found.paid_seats}
    return {**_head(found), "begun_at": format_time(happened.begun_at), **counts}


def session(happened: events.SessionHeld | events.SessionCancelled) -> Payload:
    """Return session_held.v1 or session_cancelled.v1."""
    found, one = happened.campaign, happened.session
    counts = {"held": found.sessions_held, "sessions": len(found.terms.times)}
    reason = {} if one.reason is None else {"reason": str(one.reason)}
    return {**_head(found), "number": one.number, **one.span.to_wire(), **reason, **counts}


def end(found: events.End) -> Payload:
    """Return how it ended for one commitment, as campaign_settled.v1 has it."""
    one = found.commitment
    money = {"paid": one.paid or one.refunded, "refunded": one.refunded, "released": one.released}
    ids = {name: str(getattr(one, name)) for name in ("commitment_id", "member_id", "community_id")}
    return {
        **ids,
        **{name: amount.to_wire() for name, amount in money.items()},
        "disputes": [
            {
                "reason": str(dispute.reason),
                "outcome": dispute.outcome,
                "claim": dispute.claim.to_wire(),
                "refunded": dispute.refunded.to_wire(),
            }
            for dispute in found.disputes
        ],
    }
