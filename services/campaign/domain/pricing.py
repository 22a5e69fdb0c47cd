"""Prices: the tier that the union reached, and what that means for one seat."""

from services.campaign.domain.model import Campaign, Commitment, Tier
from services.kernel.money import Money


def price_at(tiers: tuple[Tier, ...], seats: int) -> Money:
    """Return the price per seat when ``seats`` are taken; below the first tier its price holds."""
    reached = [tier.price for tier in tiers if tier.seats <= seats]
    return reached[-1] if reached else tiers[0].price


def next_tier(campaign: Campaign) -> Tier | None:
    """Return the tier that more paid seats would reach, or None when there is none within the capacity."""
    now = price_at(campaign.terms.tiers, campaign.paid_seats)
    for tier in campaign.terms.tiers:
        if campaign.paid_seats < tier.seats <= campaign.max_seats and tier.price < now:
            return tier
    return None


def quote(campaign: Campaign, seats: int) -> Money:
    """Return the price per seat for one who takes ``seats`` now: that of everything taken, these included."""
    return price_at(campaign.terms.tiers, campaign.taken_seats + seats)


def final_price(campaign: Campaign) -> Money:
    """Return the price per seat at the close: the tier that the paid seats reached."""
    return price_at(campaign.terms.tiers, campaign.paid_seats)


def charged(commitment: Commitment, final: Money) -> Money:
    """Return what one seat of this commitment costs in the end: nobody pays more than was quoted."""
    return min(commitment.price, final)


def difference(commitment: Commitment, final: Money) -> Money:
    """Return what the member gets back because the group grew after the payment; zero if it did not."""
    return (commitment.price - charged(commitment, final)) * commitment.seats
