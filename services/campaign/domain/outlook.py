"""What happens to a campaign when it closes: one function looks ahead for people and decides at the deadline."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.campaign.domain.counting import counted, has_minimum, is_full, threshold_of
from services.campaign.domain.model import About, Campaign, Commitment, Explanation
from services.campaign.domain.pricing import final_price, tiers_of
from services.campaign.domain.purse import total
from services.campaign.domain.rules import Measure, OnMissed
from services.campaign.domain.saying import because, measured, money_zh, paused_for
from services.campaign.domain.terms import Tier
from services.campaign.domain.tolerance import Allocation, allocate
from services.kernel.clock import format_time
from services.kernel.ids import CampaignId, MemberId
from services.kernel.money import Money

CONFIRM, SMALLER_TIER, EXTEND, MERGE, FAIL, WAIT = "confirm", "smaller_tier", "extend", "merge", "fail", "wait"
CAPTURE = "capture"
FORMS = (CONFIRM, SMALLER_TIER)


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides beside the campaign itself: paid commitments with tolerance, those that are authorised and the
    households that they and the paid ones are of, payments of unknown outcome, and a campaign to move to.
    """

    tolerant: tuple[Commitment, ...] = ()
    authorised: tuple[Commitment, ...] = ()
    households: frozenset[MemberId] = frozenset()
    in_flight: int = 0
    merge_into: CampaignId | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would happen, and what is missing for better. ``seats`` count those that tolerance adds."""

    action: str
    seats: int
    price: Money
    added: Allocation
    measure: Measure
    counted: int
    minimum: int
    missing_for_minimum: int
    missing_seats: int
    next_tier: Tier | None
    missing_for_next_tier: int | None
    new_deadline: datetime | None
    explanation: Explanation


def foresee(campaign: Campaign, facts: Facts, now: datetime) -> Outlook:
    """Say what would happen if the campaign closed now, and what is missing; nothing is changed."""
    threshold, added = threshold_of(campaign), _tolerance(campaign, facts)
    seats = campaign.paid_seats + added.seats
    action, deadline = (_paused(campaign), None) if campaign.pause else _action(campaign, facts, added.seats)
    tier = _next_tier(campaign, seats)
    reached = counted(campaign, threshold.measure, added.seats)
    short = max(threshold.minimum - reached, 0)
    least = max(campaign.min_seats - seats, 0)
    zh, en = paused_for(campaign) or _why(campaign, action, added.seats, short, least, deadline)
    return Outlook(
        action=action,
        seats=seats,
        price=final_price(campaign, seats),
        added=added,
        measure=threshold.measure,
        counted=reached,
        minimum=threshold.minimum,
        missing_for_minimum=short,
        missing_seats=least,
        next_tier=tier,
        missing_for_next_tier=None if tier is None else tier.seats - seats,
        new_deadline=deadline,
        explanation=Explanation(action, zh, en),
    )


def decide(campaign: Campaign, facts: Facts, now: datetime, *, asked: bool = False) -> Outlook:
    """Say what happens to an open campaign now: what ``foresee`` says if it is full or due, else ``wait``.

    ``asked`` is set when its organiser wants it closed before the deadline. A payment that began in time and whose
    outcome is not known yet is waited for, because it may be the last one that was missing.
    """
    due = campaign.deadline is not None and now >= campaign.deadline
    seen = foresee(campaign, facts, now)
    if (due or campaign.closing_at is not None) and facts.in_flight and now < grace_end(campaign):
        count = facts.in_flight
        zh, en = f"等待 {count} 笔截止前发起的付款的结果", f"waiting for the outcome of {count} payments begun in time"
        return _waiting(seen, zh, en)
    if is_full(campaign) or due or (asked and seen.action in (CONFIRM, CAPTURE)):
        zh, en = because(campaign, is_full(campaign), due)
        told = Explanation(seen.action, f"{zh}，{seen.explanation.zh}", f"{en}: {seen.explanation.en}")
        return _with(seen, told)
    return _waiting(seen, f"现在截止则：{seen.explanation.zh}", f"if it closed now: {seen.explanation.en}")


def grace_end(campaign: Campaign) -> datetime:
    """Return until when payments that began in time are waited for, counted from when the campaign is closing."""
    since = campaign.closing_at or campaign.deadline
    if since is None:
        raise ValueError(f"campaign {campaign.campaign_id} has no deadline")
    return since + timedelta(minutes=campaign.rules.grace_minutes)


def _tolerance(campaign: Campaign, facts: Facts) -> Allocation:
    goals = sorted({campaign.min_seats, *(tier.seats for tier in tiers_of(campaign))})
    # Authorised seats belong to others; reserved ones end with the close.
    room = campaign.max_seats - campaign.paid_seats - campaign.authorised_seats
    return allocate(facts.tolerant, campaign.paid_seats, room, [g for g in goals if g <= campaign.max_seats])


def _action(campaign: Campaign, facts: Facts, added: int) -> tuple[str, datetime | None]:
    if facts.authorised and campaign.closing_at is None and not is_full(campaign) and _would_form(campaign, facts):
        return CAPTURE, None
    if has_minimum(campaign, added):
        return CONFIRM, None
    policy, terms = campaign.rules.on_missed, campaign.terms
    seats = campaign.paid_seats + added
    if policy.action is OnMissed.SMALLER_TIER and terms.fallback_tiers and seats >= terms.fallback_tiers[0].seats:
        return SMALLER_TIER, None
    if policy.action is OnMissed.EXTEND and campaign.deadline is not None:
        later = campaign.deadline + timedelta(hours=policy.extend_hours)
        if campaign.extensions < policy.extend_times and later < terms.start:
            return EXTEND, later
    if policy.action is OnMissed.MERGE and facts.merge_into is not None and campaign.paid_seats:
        return MERGE, None
    return FAIL, None


def _paused(campaign: Campaign) -> str:
    """Return what a paused campaign does: its members are asked, or it waits for another supplier."""
    return MERGE if campaign.is_paused_for(About.MERGE) else WAIT


def _would_form(campaign: Campaign, facts: Facts) -> bool:
    """Tell whether the group would be formed if all that is authorised were taken: only then it is."""
    money = total([one.amount for one in facts.authorised], campaign.terms.currency)
    more = replace(
        campaign,
        paid_seats=campaign.paid_seats + sum(one.seats for one in facts.authorised),
        authorised_seats=0,
        paid=campaign.paid + money,
        households=len(facts.households),
    )
    fallback = campaign.terms.fallback_tiers
    smaller = campaign.rules.on_missed.action is OnMissed.SMALLER_TIER and bool(fallback)
    return has_minimum(more) or (smaller and more.paid_seats >= fallback[0].seats)


def _next_tier(campaign: Campaign, seats: int) -> Tier | None:
    price = final_price(campaign, seats)
    better = (t for t in tiers_of(campaign) if seats < t.seats <= campaign.max_seats and t.price < price)
    return next(better, None)


def _why(
    campaign: Campaign, action: str, added: int, short: int, least: int, deadline: datetime | None
) -> tuple[str, str]:
    threshold, seats = threshold_of(campaign), campaign.paid_seats + added
    zh, en = measured(threshold.measure, counted(campaign, threshold.measure, added), campaign.terms.currency)
    min_zh, min_en = measured(threshold.measure, threshold.minimum, campaign.terms.currency)
    zh, en = f"已付 {zh}（最低 {min_zh}）", f"{en} paid, of at least {min_en}"
    if added:
        zh, en = f"{zh}，其中弹性加位 {added} 席", f"{en}, {added} seats of them by tolerance"
    if action == CAPTURE:
        count = campaign.authorised_seats
        return (
            f"{zh}，另有 {count} 席已授权：先扣款，扣款成功的计入后再定",
            f"{en}, {count} seats are authorised: these are charged first, and what could be charged decides",
        )
    price = final_price(campaign, seats)
    if action in FORMS:
        small_zh, small_en = ("按供应商的小团价", " as a smaller group") if action == SMALLER_TIER else ("", "")
        return (
            f"{zh}：{small_zh}成团，每席 {money_zh(price)}",
            f"{en}: the group is formed{small_en} at {price} per seat",
        )
    gap_zh, gap_en = measured(threshold.measure, short, campaign.terms.currency) if short else (
        f"{least} 席", f"{least} seats"
    )  # fmt: skip
    zh, en = f"{zh}，还差 {gap_zh}", f"{en}, {gap_en} missing"
    if action == EXTEND and deadline is not None:
        until = format_time(deadline)
        return (
            f"{zh}：延期到 {until}，不愿等的可免费退出",
            f"{en}: extended to {until}; who does not want to wait leaves free",
        )
    if action == MERGE:
        return f"{zh}：询问成员是否并入另一个拼团，不答复即全额退款", (
            f"{en}: members are asked to move to another campaign; who does not answer is refunded"
        )
    return f"{zh}：未成团，全额退款", f"{en}: no group, everything is refunded"


def _waiting(seen: Outlook, zh: str, en: str) -> Outlook:
    return _with(seen, Explanation(WAIT, zh, en), action=WAIT)


def _with(seen: Outlook, explanation: Explanation, action: str | None = None) -> Outlook:
    return replace(seen, explanation=explanation, action=action or seen.action)
