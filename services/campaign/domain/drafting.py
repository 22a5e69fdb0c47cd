"""Drafts: what a match becomes before an organiser opens it, and what an organiser decides when opening."""

from dataclasses import replace
from datetime import datetime

from services.campaign.domain.errors import PoolTakenError
from services.campaign.domain.events import CampaignDrafted, CampaignOpened
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import Campaign, Organiser, Share, State
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.rules import Measure, OnMissed, Rules
from services.campaign.domain.terms import FULL_BP, Terms
from services.kernel.errors import InvalidError
from services.kernel.ids import CampaignId, new_id
from services.kernel.money import Money

DEFAULT_HOLD_MINUTES = 30
ENDED = (State.FAILED, State.CANCELLED)


def draft(terms: Terms, shares: tuple[Share, ...], now: datetime) -> Outcome:
    """Return the draft of a match: the supplier's minimum, and all the seats that are held."""
    none = Money.zero(terms.currency)
    campaign = Campaign(
        campaign_id=CampaignId(new_id()),
        terms=terms,
        rules=Rules(),
        state=State.DRAFT,
        reason=None,
        organiser=None,
        min_seats=terms.min_group,
        max_seats=terms.held_seats,
        deadline=None,
        extensions=0,
        extended_at=None,
        closing_at=None,
        hold_minutes=DEFAULT_HOLD_MINUTES,
        reserved_seats=0,
        authorised_seats=0,
        paid_seats=0,
        households=0,
        waiting=0,
        paid=none,
        refunded=none,
        released=none,
        moved=none,
        owed=none,
        price=None,
        decision=None,
        sessions_held=0,
        slot_confirmed_at=None,
        delivered_at=None,
        settles_at=None,
        version=1,
        created_at=now,
    )
    return Outcome(campaign, events=(CampaignDrafted(campaign, shares),))


def live_sibling(campaign: Campaign, siblings: list[Campaign]) -> Campaign | None:
    """Return a campaign of the same pool that was opened and has not failed, or None."""
    others = (other for other in siblings if other.campaign_id != campaign.campaign_id)
    return next((other for other in others if other.state not in (State.DRAFT, *ENDED)), None)


def open_draft(
    campaign: Campaign,
    shares: tuple[Share, ...],
    siblings: list[Campaign],
    organiser: Organiser,
    now: datetime,
    *,
    deadline: datetime,
    hold_minutes: int,
    min_seats: int | None,
    max_seats: int | None,
    rules: Rules,
) -> Outcome:
    """Open a draft for joining until ``deadline``; ``min_seats`` and ``max_seats`` are the offer's where None."""
    wanted = replace(
        campaign,
        organiser=organiser,
        rules=rules,
        deadline=deadline,
        hold_minutes=hold_minutes,
        min_seats=campaign.terms.min_group if min_seats is None else min_seats,
        max_seats=campaign.terms.held_seats if max_seats is None else max_seats,
    )
    require_possible(wanted)
    opened = step(wanted, Action.OPEN, now)
    if taken := live_sibling(campaign, siblings):
        message = "another campaign of this pool is running"
        raise PoolTakenError(message, state=str(campaign.state), campaign_id=str(taken.campaign_id))
    return Outcome(opened, events=(CampaignOpened(opened, shares),))


def require_possible(campaign: Campaign) -> None:
    """Refuse rules that could never have their effect with these terms, naming the field that is wrong."""
    policy, threshold = campaign.rules.on_missed, campaign.rules.threshold
    if policy.action is OnMissed.SMALLER_TIER and not campaign.terms.fallback_tiers:
        raise InvalidError("on_missed.action", "smaller_tier is not offered", "a policy other than smaller_tier")
    if policy.action is OnMissed.EXTEND and not (policy.extend_hours > 0 and policy.extend_times > 0):
        raise InvalidError("on_missed", "says how to extend by nothing", "extend_hours and extend_times above 0")
    if policy.action is OnMissed.MERGE and not policy.ask_hours > 0:
        raise InvalidError("on_missed.ask_hours", "leaves no time to answer", "a number of hours above 0")
    if campaign.rules.tier_loss.deposit_bp > FULL_BP:
        raise InvalidError("tier_loss.deposit_bp", "is more than all", f"at most {FULL_BP} basis points")
    if threshold is not None and threshold.currency not in (None, campaign.terms.currency):
        raise InvalidError(
            "threshold.minimum", f"is in {threshold.currency}", f"an amount in {campaign.terms.currency}"
        )
    if threshold is None or threshold.maximum is None:
        return
    if threshold.maximum < threshold.minimum:
        raise InvalidError("threshold.maximum", "is below the minimum", f"at least {threshold.minimum}")
    if threshold.measure is Measure.HOUSEHOLDS and threshold.maximum > campaign.max_seats:
        raise InvalidError("threshold.maximum", "is more than the seats", f"at most {campaign.max_seats}")
