"""Inquiries as answers of RPCs and as events. Counts of other communities follow the rule of k."""

from collections.abc import Callable
from typing import Any

from services.campaign.domain import asking_events as events
from services.campaign.domain.asking import Answer, Asked, Inquiry
from services.campaign.domain.asking_notices import question
from services.campaign.domain.privacy import MANAGERS
from services.campaign.domain.reporting import InquiryReport
from services.campaign.domain.tallying import Tally, parts_of, total_of
from services.campaign.outbound import wire
from services.campaign.outbound.wire import Payload
from services.kernel.caller import Caller
from services.kernel.clock import format_time


def inquiry(report: InquiryReport) -> Payload:
    """Return an inquiry as its caller may see it: with its own answers, and counts that tell of nobody else."""
    found = report.inquiry
    zh, en = question(report.title, found)
    who = (found, report.caller, report.k)
    return {
        "inquiry_id": str(found.inquiry_id),
        "campaign_id": str(found.campaign_id),
        "about": str(found.about),
        "state": "open" if found.is_open else "closed",
        "conclusion": None if found.conclusion is None else str(found.conclusion),
        "question": {"zh": zh, "en": en},
        "options": [str(option) for option in Answer],
        "silence_means": str(Answer.REFUND),
        "term": format_time(found.term),
        "proposal": _proposal(found),
        "minimum": found.minimum,
        "even_if_fewer": found.even_if_fewer,
        "reason": found.reason,
        "text": found.text,
        "seats": _counts(total_of(*who)),
        "communities": [{"community_id": str(one.community_id), **_counts(one)} for one in parts_of(*who)],
        "answers": [_answer(one) for one in found.asked if _is_own(one, report.caller)],
        "asked_at": format_time(found.asked_at),
        "closed_at": wire.time(found.closed_at),
    }


def _proposal(found: Inquiry) -> Payload:
    """Return what would hold."""
    terms = found.terms
    return {
        "campaign_id": wire.text(found.target_id),
        "match_id": str(terms.match_id),
        "supplier_id": str(terms.supplier_id),
        "supplier_name": terms.supplier_name,
        "offer_id": str(terms.offer_id),
        "title": terms.title,
        "slot": {"slot_id": str(terms.slot_id), **terms.slot.to_wire()},
        "sessions": [session.to_wire() for session in terms.times],
        "place": terms.place.to_wire(),
        "where": terms.where,
        "price": wire.money(found.price),
    }


def _counts(tally: Tally) -> Payload:
    return {name: getattr(tally, name) for name in ("asked", "accepted", "refunded", "silent")}


def _is_own(one: Asked, caller: Caller) -> bool:
    if caller.supplier_id is not None:
        return False
    manages = caller.role in MANAGERS or caller.is_node_operator
    return caller.sees(one.community_id) and (manages or one.member_id == caller.member_id)


def _answer(one: Asked) -> Payload:
    return {
        "commitment_id": str(one.commitment_id),
        "member_id": str(one.member_id),
        "seats": one.seats,
        "answer": None if one.answer is None else str(one.answer),
        "answered_at": wire.time(one.answered_at),
    }


def _head(found: Inquiry) -> Payload:
    return {
        "inquiry_id": str(found.inquiry_id),
        "campaign_id": str(found.campaign_id),
        "about": str(found.about),
        "target_campaign_id": wire.text(found.target_id),
        "match_id": str(found.terms.match_id),
        "term": format_time(found.term),
    }


def _opened(happened: events.InquiryOpened) -> Payload:
    return _head(happened.inquiry)


def _closed(happened: events.InquiryClosed) -> Payload:
    return {**_head(happened.inquiry), "conclusion": str(happened.inquiry.conclusion)}


def _moved(happened: events.CommitmentMoved) -> Payload:
    left, joined = happened.left, happened.joined
    return {
        "campaign_id": str(left.campaign_id),
        "commitment_id": str(left.commitment_id),
        "community_id": str(left.community_id),
        "member_id": str(left.member_id),
        "seats": left.seats,
        "amount": joined.amount.to_wire(),
        "to_campaign_id": str(joined.campaign_id),
        "to_commitment_id": str(joined.commitment_id),
    }


def _vacated(happened: events.CampaignVacated) -> Payload:
    found, pause = happened.campaign, happened.campaign.pause
    return {
        "campaign_id": str(found.campaign_id),
        "match_id": str(found.terms.match_id),
        "pool_id": wire.text(found.terms.pool_id),
        "supplier_id": str(found.terms.supplier_id),
        "reason": happened.reason,
        "until": wire.time(None if pause is None else pause.until),
    }


def _rematched(happened: events.CampaignRematched) -> Payload:
    return {
        "campaign_id": str(happened.campaign.campaign_id),
        "match_id": str(happened.campaign.terms.match_id),
        "replaces_match_id": str(happened.replaces_match_id),
        "seats": happened.seats,
        "formed": happened.formed,
    }


def _declined(happened: events.MatchDeclined) -> Payload:
    ids = {"match_id": str(happened.match_id), "campaign_id": str(happened.campaign_id)}
    return {**ids, "reason": happened.reason}


def _relocated(happened: events.SlotMoved) -> Payload:
    found, terms = happened.campaign, happened.campaign.terms
    return {
        "campaign_id": str(found.campaign_id),
        "match_id": str(terms.match_id),
        "supplier_id": str(terms.supplier_id),
        "slot": terms.slot.to_wire(),
        "sessions": [session.to_wire() for session in terms.times],
        "place": terms.place.to_wire(),
        "reason": happened.reason,
        "seats": found.paid_seats,
    }


def _of_inquiry(happened: Any) -> str:
    return str(happened.inquiry.inquiry_id)


def _of_campaign(happened: Any) -> str:
    return str(happened.campaign.campaign_id)


EVENTS: dict[type, tuple[str, Callable[[Any], str], Callable[[Any], Payload]]] = {
    events.InquiryOpened: ("inquiry_opened.v1", _of_inquiry, _opened),
    events.InquiryClosed: ("inquiry_closed.v1", _of_inquiry, _closed),
    events.CommitmentMoved: ("commitment_moved.v1", lambda it: str(it.left.commitment_id), _moved),
    events.CampaignVacated: ("campaign_vacated.v1", _of_campaign, _vacated),
    events.CampaignRematched: ("campaign_rematched.v1", _of_campaign, _rematched),
    events.MatchDeclined: ("match_declined.v1", lambda it: str(it.campaign_id), _declined),
    events.SlotMoved: ("campaign_moved.v1", _of_campaign, _relocated),
}
