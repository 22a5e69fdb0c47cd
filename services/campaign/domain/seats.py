"""Seats: four moves between free, reserved and paid, each refused where it would not add up."""

from dataclasses import dataclass, replace

from services.campaign.domain.errors import FullError
from services.campaign.domain.model import Campaign, Commitment
from services.kernel.ids import CommunityId


@dataclass(frozen=True, slots=True)
class Shift:
    """How the seats of one community change."""

    community_id: CommunityId
    reserved: int = 0
    paid: int = 0


def hold(campaign: Campaign, seats: int) -> Campaign:
    """Reserve free seats; raise ``FullError`` when there are not enough."""
    if campaign.taken_seats + seats > campaign.max_seats:
        raise FullError(f"{seats} seats are not free any more", state=str(campaign.state), seats=seats)
    return replace(campaign, reserved_seats=campaign.reserved_seats + seats)


def pay(campaign: Campaign, seats: int) -> Campaign:
    """Turn reserved seats into paid ones."""
    return _counted(campaign, -seats, +seats)


def let_go(campaign: Campaign, seats: int) -> Campaign:
    """Free reserved seats."""
    return _counted(campaign, -seats, 0)


def give_back(campaign: Campaign, seats: int) -> Campaign:
    """Free paid seats."""
    return _counted(campaign, 0, -seats)


def _counted(campaign: Campaign, reserved: int, paid: int) -> Campaign:
    reserved, paid = campaign.reserved_seats + reserved, campaign.paid_seats + paid
    # A counter below zero is a fault of ours and not a refusal: the database would stop it as well.
    if reserved < 0 or paid < 0:
        raise ValueError(f"campaign {campaign.campaign_id} would count {reserved} reserved and {paid} paid seats")
    return replace(campaign, reserved_seats=reserved, paid_seats=paid)


def freed(commitments: list[Commitment]) -> tuple[Shift, ...]:
    """Return the shifts, one per community, of reservations that end together."""
    seats: dict[CommunityId, int] = {}
    for commitment in commitments:
        seats[commitment.community_id] = seats.get(commitment.community_id, 0) + commitment.seats
    return tuple(Shift(community_id, reserved=-count) for community_id, count in sorted(seats.items()))
