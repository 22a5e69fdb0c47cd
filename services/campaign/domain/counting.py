"""What thresholds count: paid commitments only, over all communities together."""

from services.campaign.domain.model import Campaign
from services.campaign.domain.pricing import final_price
from services.campaign.domain.rules import Measure, Threshold


def counted(campaign: Campaign, measure: Measure, more_seats: int = 0) -> int:
    """Return how much of a measure is reached, with ``more_seats`` that tolerance adds; an amount in minor units.

    The net amount is that of the paid seats at the price that holds now, and never more than what was paid for them: a
    difference that early payers will get back is nothing that the group has reached.
    """
    if measure is Measure.SEATS:
        return campaign.paid_seats + more_seats
    if measure is Measure.HOUSEHOLDS:
        return campaign.households
    return min(campaign.net.minor, (final_price(campaign) * campaign.paid_seats).minor)


def threshold_of(campaign: Campaign) -> Threshold:
    """Return the threshold; without a special one it is that of the seats."""
    return campaign.rules.threshold or Threshold(Measure.SEATS, campaign.min_seats, campaign.max_seats)


def has_minimum(campaign: Campaign, more_seats: int = 0) -> bool:
    """Tell whether the paid commitments reach the supplier's least seats and the threshold."""
    threshold = threshold_of(campaign)
    enough = counted(campaign, threshold.measure, more_seats) >= threshold.minimum
    return enough and campaign.paid_seats + more_seats >= campaign.min_seats


def is_full(campaign: Campaign) -> bool:
    """Tell whether every seat is paid, or the maximum of the threshold is reached."""
    threshold = threshold_of(campaign)
    reached = threshold.maximum is not None and counted(campaign, threshold.measure) >= threshold.maximum
    return campaign.paid_seats == campaign.max_seats or reached


def missing(campaign: Campaign, more_seats: int = 0) -> int:
    """Return how much of the threshold's measure is missing for the minimum; of seats where only they are missing."""
    threshold = threshold_of(campaign)
    short = threshold.minimum - counted(campaign, threshold.measure, more_seats)
    return max(short, 0) or max(campaign.min_seats - campaign.paid_seats - more_seats, 0)
