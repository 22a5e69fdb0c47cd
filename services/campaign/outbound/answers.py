"""The answers of RPCs: campaigns, commitments, notices and outlooks as a caller may see them."""

from services.campaign.domain.counting import counted, threshold_of
from services.campaign.domain.funds import Gift
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.model import Campaign, Commitment, Standing
from services.campaign.domain.notices import Notice
from services.campaign.domain.outlook import Outlook
from services.campaign.domain.pricing import final_price
from services.campaign.domain.privacy import SeenShare, Sight, sight_of
from services.campaign.domain.progress import progress_of
from services.campaign.domain.reporting import OutlookReport, Report
from services.campaign.domain.rules import Measure, Rules
from services.campaign.domain.terms import Adapted, AgreementRef, Cancellation, Tier
from services.campaign.outbound import wire
from services.campaign.outbound.wire import Payload
from services.kernel.clock import format_time
from services.kernel.money import Money


def campaign(report: Report) -> Payload:
    """Return a campaign as its caller may see it."""
    found, terms, caller = report.campaign, report.campaign.terms, report.caller
    sight = sight_of(found, report.shares, caller, report.k)
    return {
        "campaign_id": str(found.campaign_id),
        "match_id": str(terms.match_id),
        "pool_id": wire.text(terms.pool_id),
        "state": str(found.state),
        "reason": found.reason,
        "pause": _pause(found),
        "title": terms.title,
        "category": terms.category,
        "communities": [_share(share) for share in sight.shares],
        "organiser": _organiser(report),
        "supplier_id": str(terms.supplier_id),
        "supplier_name": terms.supplier_name,
        "offer_id": str(terms.offer_id),
        "agreement": _agreement(terms.agreement),
        "place": terms.place.to_wire(),
        "where": terms.where,
        "slot": {"slot_id": str(terms.slot_id), **terms.slot.to_wire()},
        "sessions": [session.to_wire() for session in terms.times],
        "tiers": _tiers(terms.tiers),
        "fallback_tiers": _tiers(terms.fallback_tiers),
        "min_seats": found.min_seats,
        "max_seats": found.max_seats,
        "threshold": _threshold(found, sight),
        "deadline": wire.time(found.deadline),
        "closing_at": wire.time(found.closing_at),
        "extensions": found.extensions,
        "hold_minutes": found.hold_minutes,
        "rules": _rules(found.rules),
        "release": [{"stage": stage.stage, "share_bp": stage.share_bp} for stage in terms.release],
        "shares": dict(zip(_SHARES, terms.shares.weights, strict=True)),
        "cancellation": _cancellation(terms.cancellation),
        "acceptance_hours": terms.acceptance_hours,
        "options": [_option(one) for one in terms.options],
        **_standing(found, sight),
        "delivered_at": wire.time(found.delivered_at),
        "settles_at": wire.time(found.settles_at),
        "version": found.version,
        "created_at": format_time(found.created_at),
    }


_SHARES = ("supplier_bp", "organiser_bp", "community_bp", "platform_bp")


def _pause(found: Campaign) -> Payload | None:
    """Return what the campaign waits for, and until when."""
    pause = found.pause
    return None if pause is None else {"about": str(pause.about), "until": format_time(pause.until)}


def _agreement(found: AgreementRef | None) -> Payload | None:
    return {"agreement_id": str(found.agreement_id), "hash": found.hash} if found else None


def _option(it: Adapted) -> Payload:
    title, chosen = it.title, it.chosen
    return {
        "key": it.key,
        "title": {"zh": title[0], "en": title[1]},
        "chosen": {"zh": chosen[0], "en": chosen[1]},
    }


def _tiers(tiers: tuple[Tier, ...]) -> list[Payload]:
    return [{"seats": tier.seats, "price": tier.price.to_wire()} for tier in tiers]


def _threshold(found: Campaign, sight: Sight) -> Payload:
    """What is counted; how much of it is there only where it tells nothing of others."""
    threshold = threshold_of(found)
    seen = counted(found, threshold.measure) if sight.exact and sight.money_exact else None
    return {
        "measure": str(threshold.measure),
        "minimum": _amount(found, threshold.measure, threshold.minimum),
        "maximum": _amount(found, threshold.measure, threshold.maximum),
        "counted": _amount(found, threshold.measure, seen),
    }


def _amount(found: Campaign, measure: Measure, count: int | None) -> int | str | None:
    """Return a count, or an amount of money as a decimal string."""
    if count is None or measure is not Measure.AMOUNT:
        return count
    return Money(count, found.terms.currency).amount


def _rules(rules: Rules) -> Payload:
    missed, loss, limits, queue = rules.on_missed, rules.tier_loss, rules.limits, rules.queue
    disputes = rules.disputes
    return {
        "on_missed": {
            "action": str(missed.action),
            "extend_hours": missed.extend_hours,
            "extend_times": missed.extend_times,
            "ask_hours": missed.ask_hours,
        },
        "tier_loss": {"bearer": str(loss.bearer), "deposit_bp": loss.deposit_bp},
        "limits": {"per_member": limits.per_member, "per_household": limits.per_household},
        "queue": {"offer_minutes": queue.offer_minutes, "pass_hours": queue.pass_hours},
        "grace_minutes": rules.grace_minutes,
        "ask_hours": rules.ask_hours,
        "disputes": {
            "answer_hours": disputes.answer_hours,
            "consent_hours": disputes.consent_hours,
            "mediation_hours": disputes.mediation_hours,
            "appeal_hours": disputes.appeal_hours,
        },
        "terms_digest": rules.terms_digest,
    }


def _cancellation(rule: Cancellation) -> Payload:
    return {
        "steps": [{"hours_before": step.hours_before, "refund_bp": step.refund_bp} for step in rule.steps],
        "weather_bp": rule.weather_bp,
        "illness_bp": rule.illness_bp,
        "no_show_bp": rule.no_show_bp,
    }


def _standing(found: Campaign, sight: Sight) -> Payload:
    progress = progress_of(found, sight.paid_seats, sight.exact)
    tier = progress.next_tier
    money = {name: getattr(found, name) for name in ("paid", "refunded", "released", "moved", "owed", "escrow")}
    # The explanation counts seats, which a reader who sees only a part of them must not learn from it.
    explained = found.decision is not None and (sight.exact or found.decision.action == "cancel")
    return {
        "paid_seats": sight.paid_seats,
        "reserved_seats": sight.reserved_seats,
        "waiting": found.waiting if sight.exact else None,
        "seats_exact": sight.exact,
        "current_price": (found.price or final_price(found)).to_wire(),
        "price": wire.money(found.price),
        "next_tier": None if tier is None else {"seats": tier.seats, "price": tier.price.to_wire()},
        "missing_for_minimum": progress.missing_for_minimum,
        "missing_for_next_tier": progress.missing_for_next_tier,
        "progress": progress.texts,
        "decision": found.decision.to_wire() if explained and found.decision is not None else None,
        "money": {name: amount.to_wire() if sight.money_exact else None for name, amount in money.items()},
    }


def _share(share: SeenShare) -> Payload:
    return {
        "community_id": str(share.community_id),
        "people": share.people,
        "paid_seats": share.paid_seats,
        "own": share.own,
    }


def _organiser(report: Report) -> Payload | None:
    organiser = report.campaign.organiser
    if organiser is None:
        return None
    own = report.caller.sees(organiser.community_id)
    return {
        "community_id": str(organiser.community_id),
        "member_id": wire.text(organiser.member_id) if own else None,
    }


def commitment(found: Commitment) -> Payload:
    """Return a commitment; whoever may see it at all sees all of it."""
    return {
        "commitment_id": str(found.commitment_id),
        "campaign_id": str(found.campaign_id),
        "community_id": str(found.community_id),
        "member_id": str(found.member_id),
        "seats": found.seats,
        "upto_seats": found.upto_seats,
        "party": dict(found.party),
        "state": str(found.state),
        "status": status(found),
        "price": found.price.to_wire(),
        "amount": found.amount.to_wire(),
        "paid": wire.money(found.paid),
        "refunded": found.refunded.to_wire(),
        "kept": found.kept.to_wire(),
        "withheld": found.withheld.to_wire(),
        "owed": found.owed.to_wire(),
        "final_price": wire.money(found.final_price),
        "method": found.provider,
        "frozen": found.frozen,
        "terms_digest": found.terms_digest,
        "terms_accepted_at": wire.time(found.terms_accepted_at),
        "hold_until": wire.time(found.hold_until) if found.state is Standing.RESERVED else None,
        "left_at": wire.time(found.left_at),
        "created_at": format_time(found.created_at),
    }


_STATUS = {
    Standing.WAITING: ("候补中", "on the waiting list"),
    Standing.RESERVED: ("已占位，待付款", "held, to be paid"),
    Standing.AUTHORISED: ("已授权，成团时扣款", "authorised, charged when the group is formed"),
    Standing.CANCELLED: ("已退出", "given up"),
    Standing.EXPIRED: ("已失效", "expired"),
    Standing.REFUNDED: ("已退出，按规则退款", "given up and refunded by the rules"),
    Standing.MOVED: ("已并入另一个拼团", "moved to another campaign"),
    Standing.DELIVERED: ("已交付", "delivered"),
}


def status(found: Commitment) -> Payload:
    """Return where a commitment stands, for people: paid and waiting is never called formed."""
    if found.state is Standing.PAID:
        formed = found.final_price is not None
        zh, en = ("已成团", "the group is formed") if formed else ("已付款，等待成团", "paid, waiting for the group")
    else:
        zh, en = _STATUS[found.state]
    return {"zh": zh, "en": en}


def notice(found: Notice, created_at: str) -> Payload:
    """Return what a member was told."""
    return {
        "notice_id": str(found.notice_id),
        "campaign_id": str(found.campaign_id),
        "commitment_id": wire.text(found.commitment_id),
        "dispute_id": wire.text(found.dispute_id),
        "community_id": str(found.community_id),
        "member_id": str(found.member_id),
        "kind": found.kind,
        "text": {"zh": found.zh, "en": found.en},
        "options": [{"action": option.action, "until": wire.time(option.until)} for option in found.options],
        "created_at": created_at,
    }


def gift(found: Gift) -> Payload:
    """Return what was given to a fund."""
    transfer = found.transfer
    return {
        "community_id": str(found.community_id),
        "transfer_id": str(transfer.transfer_id),
        "amount": transfer.amount.to_wire(),
        "receipt": transfer.receipt,
    }


def fund_line(transfer: Transfer, account: str, created_at: str, *, named: bool) -> Payload:
    """Return what came to a fund, or went from it, below zero; ``named`` tells who gave it."""
    came = transfer.credit == account
    giver = transfer.debit if named and came and transfer.kind == "contribution" else None
    return {
        "transfer_id": str(transfer.transfer_id),
        "kind": transfer.kind,
        "amount": (transfer.amount if came else -transfer.amount).to_wire(),
        "phase": str(transfer.phase),
        "campaign_id": None if transfer.campaign_id is None else str(transfer.campaign_id),
        "from": giver,
        "receipt": transfer.receipt if named else None,
        "created_at": created_at,
    }


def outlook(report: OutlookReport) -> Payload:
    """Return what would happen if a campaign closed now; counts that tell of others are left out."""
    seen, campaign = report.outlook, report.report.campaign
    sight = sight_of(campaign, report.report.shares, report.report.caller, report.report.k)
    exact = sight.exact and sight.money_exact
    return {
        "campaign_id": str(campaign.campaign_id),
        "action": str(seen.action),
        "price": seen.price.to_wire(),
        "measure": str(seen.measure),
        "minimum": _amount(campaign, seen.measure, seen.minimum),
        "exact": exact,
        **_counts(seen, campaign, exact=exact),
        "next_tier": None if seen.next_tier is None else _tiers((seen.next_tier,))[0],
        "new_deadline": wire.time(seen.new_deadline),
        "explanation": {"zh": seen.explanation.zh, "en": seen.explanation.en} if exact else None,
    }


def _counts(seen: Outlook, campaign: Campaign, *, exact: bool) -> Payload:
    if not exact:
        return dict.fromkeys(
            ("seats", "added_by_tolerance", "counted", "missing_for_minimum", "missing_seats", "missing_for_next_tier")
        )
    return {
        "seats": seen.seats,
        "added_by_tolerance": seen.added.seats,
        "counted": _amount(campaign, seen.measure, seen.counted),
        "missing_for_minimum": _amount(campaign, seen.measure, seen.missing_for_minimum),
        "missing_seats": seen.missing_seats,
        "missing_for_next_tier": seen.missing_for_next_tier,
    }
