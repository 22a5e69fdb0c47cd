"""What every inquiry does to a campaign: it is paused, its unpaid seats wait, and who does not stay is refunded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from services.campaign.domain.closing import Crowd, let_go
from services.campaign.domain.events import CommitmentCancelled, CommitmentQueued, Event
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.model import About, Campaign, Commitment, Pause, Standing
from services.campaign.domain.purse import give_back, left_in
from services.campaign.domain.seats import Shift, freed
from services.campaign.domain.seats import give_back as free_seats
from services.kernel.ids import CommunityId
from services.kernel.money import Money

Funds = Mapping[CommunityId, Money]
NO_FUNDS: Funds = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Parted:
    """What is left when some have gone."""

    campaign: Campaign
    gone: tuple[Commitment, ...] = ()
    shifts: tuple[Shift, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    events: tuple[Event, ...] = ()


def pause(campaign: Campaign, about: About, until: datetime, crowd: Crowd) -> Parted:
    """Pause the campaign: seats that are held unpaid become places at the head of the waiting list.

    They would only run out while nobody may pay. When the campaign goes on they are offered again. Money that was only
    authorised is let go, because nobody knows yet who would take it.
    """
    held = [one for one in crowd.live if one.state in (Standing.RESERVED, Standing.AUTHORISED)]
    queued = tuple(replace(one, state=Standing.WAITING, hold_until=None) for one in held)
    authorised = sum(one.seats for one in held if one.state is Standing.AUTHORISED)
    paused = replace(
        campaign,
        pause=Pause(about, until),
        closing_at=None,
        reserved_seats=campaign.reserved_seats - sum(one.seats for one in held) + authorised,
        authorised_seats=campaign.authorised_seats - authorised,
        waiting=campaign.waiting + len(queued),
    )
    events = tuple(CommitmentQueued(one) for one in queued)
    return Parted(paused, queued, freed(held), tuple(let_go(crowd)), events)


def others(live: Sequence[Commitment], staying: Sequence[Commitment]) -> list[Commitment]:
    """Return the paid commitments that are not among those who stay."""
    stay = {one.commitment_id for one in staying}
    return [one for one in live if one.state is Standing.PAID and one.commitment_id not in stay]


def part(campaign: Campaign, leaving: Sequence[Commitment], staying: Sequence[Commitment], reason: str,
         now: datetime, funds: Funds = NO_FUNDS) -> Parted:  # fmt: skip
    """Refund paid commitments in full, all that they have in it; they have not dropped out, so nobody bears a tier.

    What was disputed of them goes back as well. ``funds`` are what common funds can return of what they received.
    """
    gone, transfers = [], []
    for one in leaving:
        fund = funds.get(one.community_id, Money.zero(one.price.currency))
        due = one.net - one.kept - one.withheld
        moved = give_back(campaign, replace(one, frozen=False), due, fund=fund)
        campaign, funds = free_seats(moved.campaign, one.seats), left_in(funds, one, moved)
        gone.append(replace(moved.commitment, state=Standing.REFUNDED, left_at=now))
        transfers += moved.transfers
    if campaign.rules.counts_households:
        campaign = replace(campaign, households=len({one.household_id for one in staying}))
    shifts = tuple(Shift(one.community_id, paid=-one.seats) for one in leaving)
    events = tuple(CommitmentCancelled(one, reason) for one in gone)
    return Parted(campaign, tuple(gone), shifts, tuple(transfers), events)
