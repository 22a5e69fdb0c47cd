"""Standings, policies and reminders to the answers and events that the contract promises."""

from typing import Any

from services.kernel.clock import format_time
from services.supplier.domain.admission import ALLOWANCES, LIMITED, AdmissionPolicy
from services.supplier.domain.events import OfferPaused, OfferResumed, QualificationExpiring, StandingChanged
from services.supplier.domain.matches import Match
from services.supplier.domain.registration import Registration, StandingChange, Why
from services.supplier.domain.registry import SHOWN, Act
from services.supplier.domain.reminders import Reminder
from services.supplier.domain.standing_cards import StandingCard
from services.supplier.outbound.messages import Message, message
from services.supplier.outbound.terms import tiers

Wire = dict[str, Any]


def standing(card: StandingCard) -> Wire:
    """Show where a supplier stands, since when and why, what it may do, and what may become of it."""
    it, room, inside = card.registration, card.room, card.is_insider
    allowance, shown = ALLOWANCES[it.standing], card.shown
    return {
        "supplier_id": str(it.supplier_id),
        "standing": str(it.standing),
        "stage": str(it.stage) if inside else None,
        "since": format_time(shown[-1].at if shown else it.since),
        "reason": _why(shown[-1].why, inside=inside) if shown else None,
        "allows": {
            "new_work": allowance.new_work,
            "running": allowance.running,
            "live_matches": room.limits.live_matches if inside else None,
            "live_now": room.live if inside and room.limits.live_matches is not None else None,
            "largest_group": room.limits.largest_group,
        },
        "next": [str(act) for act in it.acts if act is not Act.GRADE],
        "history": [_line(change, inside=inside) for change in shown],
        "version": it.version,
    }


def _line(change: StandingChange, *, inside: bool) -> Wire:
    return {
        "standing": str(SHOWN[change.stage]),
        "before": str(SHOWN[change.before]),
        "stage": str(change.stage) if inside else None,
        "at": format_time(change.at),
        "decided_by": change.by if inside else None,
        "reason": _why(change.why, inside=inside),
    }


def _why(why: Why, *, inside: bool) -> Wire:
    return {"code": why.code, "zh": why.zh, "en": why.en, "text": why.text if inside else None}


def admission(policy: AdmissionPolicy) -> Wire:
    """Show what a community asks of suppliers; every standing that can be limited is there."""
    limits = {standing: policy.limits_of(standing) for standing in LIMITED}
    return {
        "community_id": str(policy.community_id),
        "mode": str(policy.mode),
        "required_papers": list(policy.required_papers),
        "remind_days": list(policy.remind_days),
        "limits": {
            str(one): {"live_matches": most.live_matches, "largest_group": most.largest_group}
            for one, most in limits.items()
        },
        "version": policy.version,
    }


def reminder(it: Reminder) -> Wire:
    """Show a reminder, with words for people."""
    day, left = format_time(it.expires_at)[:10], it.days_left
    days = "1 day" if left == 1 else f"{left} days"
    return {
        "reminder_id": str(it.reminder_id),
        "qualification_id": str(it.qualification_id),
        "supplier_id": str(it.supplier_id),
        "kind": it.kind,
        "expires_at": format_time(it.expires_at),
        "days": it.days,
        "days_left": left,
        "told_at": format_time(it.told_at),
        "zh": f"资质“{it.kind}”将于 {day} 到期，还剩 {left} 天；到期后需要它的报价会自动暂停，请提交新证",
        "en": f"The paper “{it.kind}” runs out on {day}, in {days}; offers that need it pause then: submit a new one",
    }


@message.register
def _(event: StandingChanged) -> Message:
    return "supplier_standing_changed.v1", event.registration.supplier_id, _standing_event(event)


def _standing_event(event: StandingChanged) -> Wire:
    it: Registration = event.registration
    why, allowance = event.change.why, ALLOWANCES[it.standing]
    return {
        "supplier_id": str(it.supplier_id),
        "community_id": str(it.community_id),
        "standing": str(it.standing),
        "before": str(SHOWN[event.change.before]),
        # What somebody wrote stays with those whose supplier it is.
        "reason": {"code": why.code, "zh": why.zh, "en": why.en, "data": why.data},
        "allows": {"new_work": allowance.new_work, "running": allowance.running},
        "version": it.version,
    }


@message.register
def _(event: QualificationExpiring) -> Message:
    it = event.reminder
    data = {
        "qualification_id": str(it.qualification_id),
        "supplier_id": str(it.supplier_id),
        "community_id": str(event.community_id),
        "kind": it.kind,
        "expires_at": format_time(it.expires_at),
        "days_left": it.days_left,
    }
    return "qualification_expiring.v1", it.qualification_id, data


@message.register
def _(event: OfferPaused) -> Message:
    it = event.offer
    kinds = list(it.paused_for)
    named = ", ".join(kinds)
    reason = {
        "code": "qualification_expired",
        "zh": f"供应商资质已到期：{'、'.join(kinds)}",
        "en": f"papers of the supplier have run out: {named}",
        "kinds": kinds,
    }
    ids = {"offer_id": str(it.offer_id), "supplier_id": str(it.supplier_id), "category": it.terms.category}
    return "offer_paused.v1", it.offer_id, {**ids, "reason": reason, "campaigns": _campaigns(event.running)}


@message.register
def _(event: OfferResumed) -> Message:
    it = event.offer
    ids = {"offer_id": str(it.offer_id), "supplier_id": str(it.supplier_id), "category": it.terms.category}
    terms = {"version": it.version, "tiers": tiers(it.terms.tiers)}
    return "offer_resumed.v1", it.offer_id, {**ids, **terms, "campaigns": _campaigns(event.running)}


def _campaigns(running: tuple[Match, ...]) -> list[Wire]:
    return [{"campaign_id": str(match.campaign_id), "match_id": str(match.match_id)} for match in running]
