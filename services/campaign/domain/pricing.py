"""Prices: the tier that the union reached, and what that means for one seat."""

from services.campaign.domain.model import Campaign
from services.campaign.domain.rules import OnMissed
from services.campaign.domain.terms import Tier
from services.kernel.money import Money


def tiers_of(campaign: Campaign) -> tuple[Tier, ...]:
    """Return the tiers that may hold in the end: with them the smaller ones, where a missed minimum leads to them."""
    if campaign.rules.on_missed.action is OnMissed.SMALLER_TIER:
        return (*campaign.terms.fallback_tiers, *campaign.terms.tiers)
    return campaign.terms.tiers


def price_at(tiers: tuple[Tier, ...], seats: int) -> Money:
    """Return the price per seat when ``seats`` are taken; below the first tier its price holds."""
    reached = [tier.price for tier in tiers if tier.seats <= seats]
    return reached[-1] if reached else tiers[0].price


def next_tier(campaign: Campaign) -> Tier | None:
    """Return the tier that more paid seats would reach, or None when there is none within the capacity."""
    tiers = tiers_of(campaign)
    now = price_at(tiers, campaign.paid_seats)
    for tier in tiers:
        if campaign.paid_seats < tier.seats <= campaign.max_seats and tier.price < now:
            return tier
    return None


def quote(campaign: Campaign, seats: int) -> Money:
    """Return the price per seat for one who takes ``seats`` now: that of everything taken, these included."""
    return price_at(tiers_of(campaign), campaign.taken_seats + seats)


def final_price(campaign: Campaign, seats: int | None = None) -> Money:
    """Return the price per seat at the close: the tier that the paid seats, or ``seats``, reached."""
    return price_at(tiers_of(campaign), campaign.paid_seats if seats is None else seats)
