"""The payloads of events."""

from collections.abc import Callable
from typing import Any

from services.campaign.domain import events
from services.campaign.domain.model import Campaign, Commitment, Share
from services.campaign.domain.notices import Notice
from services.campaign.outbound import asking, delivery_events, wire
from services.campaign.outbound.disputes import DISPUTE_EVENTS
from services.campaign.outbound.wire import Payload
from services.kernel.money import Money


def event(happened: events.Event) -> tuple[str, str, Payload]:
    """Return (wire name, subject, payload) of a domain event."""
    name, subject, payload = _EVENTS[type(happened)]
    return name, subject(happened), payload(happened)


def notified(notice: Notice) -> tuple[str, str, Payload]:
    """Return (wire name, subject, payload) of what one member is told, or a mediator, who knows of no commitment."""
    payload = {
        "notice_id": str(notice.notice_id),
        "campaign_id": str(notice.campaign_id),
        "dispute_id": wire.text(notice.dispute_id),
        "community_id": str(notice.community_id),
        "member_id": str(notice.member_id),
        "kind": notice.kind,
        "text": {"zh": notice.zh, "en": notice.en},
        "options": [{"action": option.action, "until": wire.time(option.until)} for option in notice.options],
    }
    if notice.commitment_id is None:
        return "mediator_notified.v1", str(notice.dispute_id), payload
    about = str(notice.commitment_id)
    return "member_notified.v1", about, {**payload, "commitment_id": about}


def _of_campaign(happened: Any) -> str:
    return str(happened.campaign.campaign_id)


def _of_commitment(happened: Any) -> str:
    return str(happened.commitment.commitment_id)


def _people(shares: tuple[Share, ...]) -> list[Payload]:
    return [{"community_id": str(share.community_id), "people": share.people} for share in shares]


def _head(found: Campaign) -> Payload:
    terms = found.terms
    return {
        "campaign_id": str(found.campaign_id),
        "match_id": str(terms.match_id),
        "pool_id": wire.text(terms.pool_id),
    }


def _drafted(happened: events.CampaignDrafted) -> Payload:
    supplier_id = str(happened.campaign.terms.supplier_id)
    return {**_head(happened.campaign), "supplier_id": supplier_id, "communities": _people(happened.shares)}


def _opened(happened: events.CampaignOpened) -> Payload:
    found, terms, organiser = happened.campaign, happened.campaign.terms, happened.campaign.organiser
    return {
        **_head(found),
        "supplier_id": str(terms.supplier_id),
        "offer_id": str(terms.offer_id),
        "slot_id": str(terms.slot_id),
        "communities": _people(happened.shares),
        "min_seats": found.min_seats,
        "max_seats": found.max_seats,
        "deadline": wire.time(found.deadline),
        "organiser": {
            "community_id": str(organiser.community_id if organiser else terms.communities[0]),
            "member_id": wire.text(organiser.member_id) if organiser else None,
        },
    }


def _committed(found: Commitment, amount: Money | None, reason: str | None) -> Payload:
    return {
        "campaign_id": str(found.campaign_id),
        "commitment_id": str(found.commitment_id),
        "community_id": str(found.community_id),
        "member_id": str(found.member_id),
        "seats": found.seats,
        "amount": wire.money(amount),
        "reason": reason,
    }


def _counted(happened: events.CampaignTipped | events.CampaignUntipped) -> Payload:
    found = happened.campaign
    return {"campaign_id": str(found.campaign_id), "paid_seats": found.paid_seats, "min_seats": found.min_seats}


def _extended(happened: events.CampaignExtended) -> Payload:
    found = happened.campaign
    return {**_head(found), "deadline": wire.time(found.deadline), "extensions": found.extensions}


def _confirmed(happened: events.CampaignConfirmed) -> Payload:
    found, seats = happened.campaign, dict.fromkeys(happened.campaign.terms.communities, 0)
    for taken in happened.commitments:
        seats[taken.community_id] += taken.seats
    return {
        **_head(found),
        "supplier_id": str(found.terms.supplier_id),
        "seats": found.paid_seats,
        "price": wire.money(found.price),
        "communities": [{"community_id": str(key), "seats": count} for key, count in seats.items() if count],
        "commitments": [
            {name: str(getattr(one, name)) for name in ("commitment_id", "community_id", "member_id")}
            for one in happened.commitments
        ],
    }


def _ended(happened: events.CampaignFailed | events.CampaignCancelled) -> Payload:
    found = happened.campaign
    return {**_head(found), "reason": found.reason, "refunded": happened.refunded.to_wire()}


def _delivered(happened: events.CampaignDelivered) -> Payload:
    found = happened.campaign
    return {
        "campaign_id": str(found.campaign_id),
        "match_id": str(found.terms.match_id),
        "supplier_id": str(found.terms.supplier_id),
        "delivered_at": wire.time(found.delivered_at),
        "category": found.terms.category,
        "sessions": len(found.terms.times),
        "sessions_held": found.sessions_held,
        "returned": (happened.returned or Money.zero(found.terms.currency)).to_wire(),
        "commitments": [
            {
                "commitment_id": str(taken.commitment_id),
                "member_id": str(taken.member_id),
                "community_id": str(taken.community_id),
                "seats": taken.seats,
                "attended": taken.commitment_id not in happened.no_shows,
            }
            for taken in happened.commitments
        ],
    }


def _settled(happened: events.CampaignSettled) -> Payload:
    found = happened.campaign
    money = {"paid": found.paid, "refunded": found.refunded, "released": found.released}
    amounts = {name: amount.to_wire() for name, amount in money.items()}
    told = {**_head(found), "supplier_id": str(found.terms.supplier_id), "seats": found.paid_seats, **amounts}
    served = {"delivered_at": wire.time(found.delivered_at), "category": found.terms.category}
    return {**told, **served, "commitments": [delivery_events.end(one) for one in happened.ends]}


def _reserved(happened: events.CommitmentReserved) -> Payload:
    return _committed(happened.commitment, None, None)


def _paid(happened: events.CommitmentPaid) -> Payload:
    return _committed(happened.commitment, happened.commitment.paid, None)


def _cancelled(happened: events.CommitmentCancelled) -> Payload:
    left = happened.commitment
    return _committed(left, left.refunded or None, happened.reason)


def _queued(happened: events.CommitmentQueued) -> Payload:
    return _committed(happened.commitment, None, None)


def _authorised(happened: events.CommitmentAuthorised) -> Payload:
    return _committed(happened.commitment, happened.commitment.amount, None)


def _offered(happened: events.SeatsOffered) -> Payload:
    one = happened.commitment
    return {**_committed(one, one.amount, None), "until": wire.time(one.hold_until)}


def _changed(happened: events.CommitmentChanged) -> Payload:
    return _committed(happened.commitment, happened.commitment.paid, None)


def _expired(happened: events.CommitmentExpired) -> Payload:
    return _committed(happened.commitment, None, happened.reason)


_EVENTS: dict[type, tuple[str, Callable[[Any], str], Callable[[Any], Payload]]] = {
    events.CampaignDrafted: ("campaign_drafted.v1", _of_campaign, _drafted),
    events.CampaignOpened: ("campaign_opened.v1", _of_campaign, _opened),
    events.CommitmentReserved: ("commitment_reserved.v1", _of_commitment, _reserved),
    events.CommitmentPaid: ("commitment_paid.v1", _of_commitment, _paid),
    events.CommitmentCancelled: ("commitment_cancelled.v1", _of_commitment, _cancelled),
    events.CommitmentExpired: ("commitment_expired.v1", _of_commitment, _expired),
    events.CommitmentQueued: ("commitment_queued.v1", _of_commitment, _queued),
    events.CommitmentAuthorised: ("commitment_authorised.v1", _of_commitment, _authorised),
    events.SeatsOffered: ("seats_offered.v1", _of_commitment, _offered),
    events.CommitmentChanged: ("commitment_changed.v1", _of_commitment, _changed),
    events.CampaignExtended: ("campaign_extended.v1", _of_campaign, _extended),
    events.CampaignTipped: ("campaign_tipped.v1", _of_campaign, _counted),
    events.CampaignUntipped: ("campaign_untipped.v1", _of_campaign, _counted),
    events.CampaignConfirmed: ("campaign_confirmed.v1", _of_campaign, _confirmed),
    events.CampaignFailed: ("campaign_failed.v1", _of_campaign, _ended),
    events.CampaignCancelled: ("campaign_cancelled.v1", _of_campaign, _ended),
    events.CampaignBegun: ("campaign_begun.v1", _of_campaign, delivery_events.begun),
    events.SessionHeld: ("session_held.v1", _of_campaign, delivery_events.session),
    events.SessionCancelled: ("session_cancelled.v1", _of_campaign, delivery_events.session),
    events.CampaignDelivered: ("campaign_delivered.v1", _of_campaign, _delivered),
    events.CampaignSettled: ("campaign_settled.v1", _of_campaign, _settled),
    **DISPUTE_EVENTS,
    **asking.EVENTS,
}
