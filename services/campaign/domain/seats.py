"""Seats: moves between free, reserved, authorised and paid, each refused where it would not add up."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.campaign.domain.errors import FullError, WaitingListError
from services.campaign.domain.model import Campaign, Commitment, Standing
from services.kernel.ids import CommunityId


@dataclass(frozen=True, slots=True)
class Shift:
    """How the seats of one community change. Authorised seats count as reserved, as they are not paid yet."""

    community_id: CommunityId
    reserved: int = 0
    paid: int = 0
    joined: int = 0
    dropped: int = 0


def hold(campaign: Campaign, seats: int, *, from_queue: bool = False) -> Campaign:
    """Reserve free seats; raise ``FullError`` when there are not enough, ``WaitingListError`` past a queue."""
    if campaign.waiting and not from_queue:
        message = "others wait for seats; join the waiting list"
        raise WaitingListError(message, state=str(campaign.state), waiting=campaign.waiting)
    if seats > campaign.free_seats:
        raise FullError(f"{seats} seats are not free any more", state=str(campaign.state), seats=seats)
    return replace(campaign, reserved_seats=campaign.reserved_seats + seats)


def authorise(campaign: Campaign, seats: int) -> Campaign:
    """Turn reserved seats into authorised ones."""
    return _counted(campaign, reserved=-seats, authorised=+seats)


def pay(campaign: Campaign, seats: int) -> Campaign:
    """Turn reserved seats into paid ones."""
    return _counted(campaign, reserved=-seats, paid=+seats)


def capture(campaign: Campaign, seats: int) -> Campaign:
    """Turn authorised seats into paid ones."""
    return _counted(campaign, authorised=-seats, paid=+seats)


def let_go(campaign: Campaign, seats: int) -> Campaign:
    """Free reserved seats."""
    return _counted(campaign, reserved=-seats)


def let_go_authorised(campaign: Campaign, seats: int) -> Campaign:
    """Free authorised seats."""
    return _counted(campaign, authorised=-seats)


def give_back(campaign: Campaign, seats: int) -> Campaign:
    """Free paid seats."""
    return _counted(campaign, paid=-seats)


def _counted(campaign: Campaign, reserved: int = 0, authorised: int = 0, paid: int = 0) -> Campaign:
    counts = (campaign.reserved_seats + reserved, campaign.authorised_seats + authorised, campaign.paid_seats + paid)
    # A counter below zero is a fault of ours and not a refusal: the database would stop it as well.
    if min(counts) < 0:
        raise ValueError(f"campaign {campaign.campaign_id} would count {counts} reserved, authorised and paid seats")
    return replace(campaign, reserved_seats=counts[0], authorised_seats=counts[1], paid_seats=counts[2])


def freed(commitments: Iterable[Commitment]) -> tuple[Shift, ...]:
    """Return the shifts, one per community, of reservations and authorisations that end together."""
    seats: dict[CommunityId, int] = {}
    for commitment in commitments:
        if commitment.state in (Standing.RESERVED, Standing.AUTHORISED):
            seats[commitment.community_id] = seats.get(commitment.community_id, 0) + commitment.seats
    return tuple(Shift(community_id, reserved=-count) for community_id, count in sorted(seats.items()))
