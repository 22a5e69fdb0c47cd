"""Disputes on the wire: what each caller may see of one, and events that hold nothing personal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.campaign.domain import dispute_events as events
from services.campaign.domain.dispute_lifecycle import Act, allows
from services.campaign.domain.dispute_privacy import Case, Seat, seat_of
from services.campaign.domain.disputes import Decision, Dispute, DisputeState, Side, Statement
from services.campaign.domain.mediating import Named
from services.campaign.outbound import wire
from services.campaign.outbound.wire import Payload
from services.kernel.caller import Caller
from services.kernel.clock import format_time


def dispute(case: Case) -> Payload:
    """Return a dispute with its file."""
    found, campaign, seat = case.dispute, case.campaign, seat_of(case.dispute, case.caller)
    commitment = case.commitment
    return {
        **brief(found, case.caller),
        "answer_until": format_time(found.answer_until),
        "consent_until": format_time(found.consent_until),
        "answered_at": wire.time(found.answered_at),
        "about": {
            "title": campaign.terms.title,
            "category": campaign.terms.category,
            "campaign_state": str(campaign.state),
            "start": format_time(campaign.terms.start),
            "delivered_at": wire.time(campaign.delivered_at),
            "seats": commitment.seats,
            "price": wire.money(commitment.final_price or commitment.price),
            "paid": wire.money(commitment.paid),
            "left": commitment.net.to_wire(),
            "terms_digest": commitment.terms_digest,
        },
        "decided_by": _judge(found),
        "offers": [
            {"offer_id": str(one.offer_id), "by": str(one.side), "amount": one.amount.to_wire()} for one in found.offers
        ],
        "decisions": [_decision(one) for one in found.decisions],
        "appealed_by": None if found.appealed_by is None else str(found.appealed_by),
        "statements": [_statement(one) for one in case.statements],
        "options": options_of(found, seat, case.now),
    }


def brief(found: Dispute, caller: Caller) -> Payload:
    """Return a dispute without its file. Who the parties are, only those know who know it already."""
    seat = seat_of(found, caller)
    knows = seat in (Seat.CLAIMANT, Seat.OPERATOR)
    zh, en = _STATES[found.state]
    return {
        "dispute_id": str(found.dispute_id),
        "campaign_id": str(found.campaign_id),
        "commitment_id": str(found.commitment_id) if knows else None,
        "community_id": str(found.community_id) if knows else None,
        "member_id": str(found.member_id) if knows else None,
        "supplier_id": str(found.supplier_id) if knows or seat is Seat.SUPPLIER else None,
        "you": None if seat is None else str(seat),
        "state": str(found.state),
        "status": {"zh": zh, "en": en},
        "reason": str(found.reason),
        "claim": found.claim.to_wire(),
        "refunded": found.refunded.to_wire(),
        "outcome": found.outcome,
        "due_at": wire.time(found.due_at),
        "opened_at": format_time(found.opened_at),
        "closed_at": wire.time(found.closed_at),
        "version": found.version,
    }


_STATES = {
    DisputeState.OPENED: ("等待供应商答复", "waiting for the supplier's answer"),
    DisputeState.ANSWERED: ("双方协商中", "the parties seek consent"),
    DisputeState.MEDIATION: ("调解人审理中", "a mediator decides"),
    DisputeState.DECIDED: ("已决定，可申诉", "decided, can be appealed"),
    DisputeState.APPEALED: ("申诉审理中", "decided anew on appeal"),
    DisputeState.SETTLED: ("已和解", "settled"),
    DisputeState.WITHDRAWN: ("已撤回", "withdrawn"),
    DisputeState.DECIDED_FINALLY: ("已最终决定", "decided finally"),
    DisputeState.CLOSED: ("已结束", "closed"),
}


def _judge(found: Dispute) -> str | None:
    """Tell as what somebody decides, or has decided last, and not who that is."""
    if not found.decisions and found.state is not DisputeState.MEDIATION:
        return None
    return str(Side.OPERATOR if found.mediator is None else Side.MEDIATOR)


def _decision(one: Decision) -> Payload:
    return {"amount": one.amount.to_wire(), "by": str(one.side), "decided_at": format_time(one.decided_at)}


def _statement(one: Statement) -> Payload:
    return {
        "statement_id": str(one.statement_id),
        "kind": str(one.kind),
        "by": str(one.side),
        "text": one.text,
        "amount": wire.money(one.amount),
        "files": [{"name": file.name, "sha256": file.sha256, "size": file.size} for file in one.files],
        "created_at": format_time(one.created_at),
    }


_PARTY = {
    Act.EVIDENCE: "add_evidence",
    Act.OFFER: "offer_settlement",
    Act.ASK: "ask_mediation",
    Act.APPEAL: "appeal_dispute",
}
_OPTIONS: dict[Seat, dict[Act, str]] = {
    Seat.CLAIMANT: {**_PARTY, Act.WITHDRAW: "withdraw_dispute"},
    Seat.SUPPLIER: {Act.ANSWER: "answer_dispute", **_PARTY},
    Seat.MEDIATOR: {Act.DECIDE: "decide_dispute", Act.DECLINE: "decline_case"},
    Seat.OPERATOR: {Act.ANSWER: "answer_dispute", **_PARTY},
}


def options_of(found: Dispute, seat: Seat | None, now: datetime) -> list[str]:
    """Return what a caller can do at ``now``, named as the API names it."""
    if seat is None:
        return []
    acts = dict(_OPTIONS[seat])
    if seat is Seat.OPERATOR and found.mediator is None:
        acts[Act.DECIDE] = "decide_dispute"
    side = Side.CLAIMANT if seat is Seat.CLAIMANT else Side.SUPPLIER
    if seat is not Seat.MEDIATOR and any(one.side is side.other for one in found.offers):
        acts[Act.ACCEPT] = "accept_settlement"
    return sorted(name for act, name in acts.items() if allows(found, act, now))


def mediator(named: Named) -> Payload:
    """Return a named mediator, as the operator of its community sees it."""
    return {
        "member_id": str(named.member_id),
        "community_id": str(named.community_id),
        "named_at": format_time(named.named_at),
        "ended_at": wire.time(named.ended_at),
        "open_cases": named.open_cases,
    }


def _of_dispute(happened: Any) -> str:
    return str(happened.dispute.dispute_id)


def _head(happened: Any) -> Payload:
    found = happened.dispute
    ids = ("dispute_id", "campaign_id", "supplier_id")
    return {**{name: str(getattr(found, name)) for name in ids}, "reason": str(found.reason)}


def _opened(happened: events.DisputeOpened) -> Payload:
    found = happened.dispute
    return {**_head(happened), "claim": found.claim.to_wire(), "opened_at": format_time(found.opened_at)}


def _answered(happened: events.DisputeAnswered) -> Payload:
    return {**_head(happened), "answered_at": wire.time(happened.dispute.answered_at)}


def _decided(happened: events.DisputeDecided) -> Payload:
    found, last = happened.dispute, happened.dispute.decisions[-1]
    final = found.state is DisputeState.DECIDED_FINALLY
    money = {"claim": found.claim.to_wire(), "amount": last.amount.to_wire()}
    return {**_head(happened), **money, "by": str(last.side), "final": final}


def _appealed(happened: events.DisputeAppealed) -> Payload:
    return {**_head(happened), "by": str(happened.dispute.appealed_by)}


def _closed(happened: events.DisputeClosed) -> Payload:
    found = happened.dispute
    days = 0 if found.closed_at is None else (found.closed_at - found.opened_at).days
    money = {"claim": found.claim.to_wire(), "refunded": found.refunded.to_wire()}
    return {**_head(happened), **money, "outcome": found.outcome, "days": days}


DISPUTE_EVENTS: dict[type, tuple[str, Callable[[Any], str], Callable[[Any], Payload]]] = {
    events.DisputeOpened: ("dispute_opened.v1", _of_dispute, _opened),
    events.DisputeAnswered: ("dispute_answered.v1", _of_dispute, _answered),
    events.DisputeDecided: ("dispute_decided.v1", _of_dispute, _decided),
    events.DisputeAppealed: ("dispute_appealed.v1", _of_dispute, _appealed),
    events.DisputeClosed: ("dispute_closed.v1", _of_dispute, _closed),
}
