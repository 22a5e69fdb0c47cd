"""How a campaign ends: one function decides, and each ending moves all of its money in one step."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.campaign.domain import ledger, seats
from services.campaign.domain.events import (
    CampaignCancelled,
    CampaignConfirmed,
    CampaignDelivered,
    CampaignFailed,
    CampaignSettled,
)
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import Campaign, Commitment, Explanation, Standing, State
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.pricing import charged, difference, final_price
from services.campaign.domain.progress import money_zh
from services.kernel.money import Money

WAIT = "wait"


def decide(campaign: Campaign, now: datetime, *, asked: bool = False) -> Explanation:
    """Say what happens to an open campaign now: ``confirm``, ``fail`` or ``wait``, and why, changing nothing.

    ``asked`` is set when its organiser wants it closed before the deadline.
    """
    paid, least = campaign.paid_seats, campaign.min_seats
    due = campaign.deadline is not None and now >= campaign.deadline
    if campaign.is_full:
        return _confirmed(campaign, f"已付 {paid} 席，名额已满", f"All {paid} seats are paid")
    if paid >= least and due:
        zh, en = (
            f"截止时已付 {paid} 席，达到最低 {least} 席",
            f"At the deadline {paid} seats are paid, of at least {least}",
        )
        return _confirmed(campaign, zh, en)
    if paid >= least and asked:
        zh, en = (
            f"已付 {paid} 席，达到最低 {least} 席，由组织者提前截团",
            f"{paid} seats are paid, of at least {least}, and the organiser closes early",
        )
        return _confirmed(campaign, zh, en)
    if due:
        zh = f"截止时已付 {paid} 席，比最低 {least} 席少 {least - paid} 席：未成团，全额退款"
        en = f"At the deadline {paid} seats are paid, {least - paid} fewer than {least}: no group, all is refunded"
        return Explanation(Action.FAIL, zh, en)
    missing = max(least - paid, 0)
    zh = f"已付 {paid} 席，最低 {least} 席，还差 {missing} 席，等待截止"
    return Explanation(
        WAIT, zh, f"{paid} seats are paid, of at least {least}; {missing} are missing before the deadline"
    )


def _confirmed(campaign: Campaign, zh: str, en: str) -> Explanation:
    price = final_price(campaign)
    return Explanation(
        Action.CONFIRM, f"{zh}：成团，每席 {money_zh(price)}", f"{en}: the group is formed at {price} per seat"
    )


def confirm(campaign: Campaign, live: list[Commitment], decision: Explanation, now: datetime) -> Outcome:
    """Form the group: fix the price, give differences back, end what is unpaid, release the first stage."""
    campaign = step(campaign, Action.CONFIRM, now)
    price = final_price(campaign)
    unpaid = [c for c in live if c.state is Standing.RESERVED]
    paid = [_priced(c, price) for c in live if c.state is Standing.PAID]
    differences = [ledger.tier_difference(c, c.refunded) for c in paid if c.refunded]
    campaign = replace(
        campaign,
        price=price,
        decision=decision,
        reserved_seats=0,
        refunded=_sum(campaign.refunded, [c.refunded for c in paid]),
    )
    campaign, released = _release(campaign, "confirmed")
    return Outcome(
        campaign,
        changed=(*paid, *(replace(c, state=Standing.EXPIRED) for c in unpaid)),
        shifts=seats.freed(unpaid),
        transfers=(*differences, *released),
        events=(CampaignConfirmed(campaign, tuple(paid)),),
    )


def call_off(
    campaign: Campaign,
    live: list[Commitment],
    action: Action,
    now: datetime,
    *,
    reason: str | None = None,
    decision: Explanation | None = None,
) -> Outcome:
    """End without a group (fail, cancel, lapse, supersede): every payment goes back in full, once."""
    campaign = step(campaign, action, now, reason)
    unpaid = [c for c in live if c.state is Standing.RESERVED]
    paid = [replace(c, state=Standing.REFUNDED, refunded=c.amount) for c in live if c.state is Standing.PAID]
    ended = Standing.EXPIRED if campaign.state is State.FAILED else Standing.CANCELLED
    refunded = _sum(Money.zero(campaign.terms.currency), [c.amount for c in paid])
    campaign = replace(campaign, decision=decision, reserved_seats=0, refunded=campaign.refunded + refunded)
    told = CampaignFailed if campaign.state is State.FAILED else CampaignCancelled
    return Outcome(
        campaign,
        changed=(*paid, *(replace(c, state=ended) for c in unpaid)),
        shifts=seats.freed(unpaid),
        transfers=tuple(ledger.refund(c) for c in paid),
        events=(told(campaign, refunded),),
    )


def deliver(campaign: Campaign, live: list[Commitment], now: datetime) -> Outcome:
    """Record that the service took place, release the second stage and let the acceptance window run."""
    campaign = step(campaign, Action.DELIVER, now)
    window = timedelta(hours=campaign.terms.acceptance_hours)
    delivered = tuple(replace(c, state=Standing.DELIVERED) for c in live if c.state is Standing.PAID)
    campaign = replace(campaign, delivered_at=now, settles_at=now + window)
    campaign, released = _release(campaign, "delivered")
    told = CampaignDelivered(campaign, delivered)
    return Outcome(campaign, changed=delivered, transfers=released, events=(told,))


def settle(campaign: Campaign, now: datetime) -> Outcome:
    """Release all that is left in escrow: the last stage takes the remainder, whatever the plan calls it."""
    campaign = step(campaign, Action.SETTLE, now)
    campaign, released = _released(campaign, "accepted", campaign.escrow)
    return Outcome(campaign, transfers=released, events=(CampaignSettled(campaign),))


def _priced(commitment: Commitment, price: Money) -> Commitment:
    return replace(commitment, final_price=charged(commitment, price), refunded=difference(commitment, price))


def _release(campaign: Campaign, stage: str) -> tuple[Campaign, tuple[ledger.Transfer, ...]]:
    return _released(campaign, stage, ledger.due_at(campaign.terms.release, stage, campaign.paid - campaign.refunded))


def _released(campaign: Campaign, stage: str, amount: Money) -> tuple[Campaign, tuple[ledger.Transfer, ...]]:
    if not amount:
        return campaign, ()
    return replace(campaign, released=campaign.released + amount), (ledger.release(campaign, stage, amount),)


def _sum(start: Money, amounts: list[Money]) -> Money:
    return sum(amounts, start=start)
