"""Drafts: what a match becomes before an organiser opens it, and what an organiser decides when opening."""

from dataclasses import replace
from datetime import datetime

from services.campaign.domain.errors import PoolTakenError
from services.campaign.domain.events import CampaignDrafted, CampaignOpened
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import Campaign, Organiser, Share, State, Terms
from services.campaign.domain.outcome import Outcome
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
        state=State.DRAFT,
        reason=None,
        organiser=None,
        min_seats=terms.min_group,
        max_seats=terms.held_seats,
        deadline=None,
        hold_minutes=DEFAULT_HOLD_MINUTES,
        reserved_seats=0,
        paid_seats=0,
        paid=none,
        refunded=none,
        released=none,
        price=None,
        decision=None,
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
) -> Outcome:
    """Open a draft for joining until ``deadline``; ``min_seats`` and ``max_seats`` are the offer's where None."""
    wanted = replace(
        campaign,
        organiser=organiser,
        deadline=deadline,
        hold_minutes=hold_minutes,
        min_seats=campaign.terms.min_group if min_seats is None else min_seats,
        max_seats=campaign.terms.held_seats if max_seats is None else max_seats,
    )
    opened = step(wanted, Action.OPEN, now)
    if taken := live_sibling(campaign, siblings):
        message = "another campaign of this pool is running"
        raise PoolTakenError(message, state=str(campaign.state), campaign_id=str(taken.campaign_id))
    return Outcome(opened, events=(CampaignOpened(opened, shares),))
