"""Paying anew: money that a provider holds lies with the supplier as payee, so it cannot follow a member to another.

Whoever accepts a change of supplier and has paid through a provider gets that back, and its seats are held for it, to
be paid anew. Cash, which people settle among themselves, follows by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.campaign.domain.events import CommitmentCancelled, CommitmentReserved, Event
from services.campaign.domain.fitting import joiner_of
from services.campaign.domain.joining import commit
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.lifecycle import hold_until
from services.campaign.domain.model import OFFLINE, Campaign, Commitment, Standing
from services.campaign.domain.purse import give_back
from services.campaign.domain.seats import Shift
from services.kernel.money import Money

MINUTES = 24 * 60


def in_cash(commitments: Sequence[Commitment]) -> tuple[list[Commitment], list[Commitment]]:
    """Return those whose money follows, and those who have to pay anew."""
    return (
        [one for one in commitments if one.provider == OFFLINE],
        [one for one in commitments if one.provider != OFFLINE],
    )


@dataclass(frozen=True, slots=True)
class Swap:
    """A commitment that got its money back, and the one that holds its seats instead."""

    campaign: Campaign
    left: Commitment
    held: Commitment
    transfers: tuple[Transfer, ...]

    @property
    def shift(self) -> Shift:
        """Its seats, where both are of one campaign."""
        return Shift(self.held.community_id, paid=-self.held.seats, reserved=self.held.seats)

    @property
    def events(self) -> tuple[Event, ...]:
        """What there is to tell of it."""
        return CommitmentCancelled(self.left, "pays_anew"), CommitmentReserved(self.held)


def swap(campaign: Campaign, one: Commitment, into: Campaign, price: Money, now: datetime) -> Swap:
    """Give everything back and hold the seats in ``into``, which counts them, for a day at ``price``."""
    none = Money.zero(price.currency)
    moved = give_back(campaign, replace(one, kept=none, withheld=none, frozen=False), one.net)
    left = replace(moved.commitment, state=Standing.REFUNDED, left_at=now)
    held = commit(into, joiner_of(one), price, Standing.RESERVED, now, hold_until(into, now, MINUTES))
    return Swap(moved.campaign, left, held, moved.transfers)


def swap_all(
    campaign: Campaign, commitments: Sequence[Commitment], price_of: Callable[[Commitment], Money], now: datetime
) -> tuple[Campaign, list[Swap]]:
    """Do that within one campaign: its paid seats become held ones."""
    swaps = []
    for one in commitments:
        swapped = swap(campaign, one, campaign, price_of(one), now)
        campaign = replace(
            swapped.campaign,
            paid_seats=swapped.campaign.paid_seats - one.seats,
            reserved_seats=swapped.campaign.reserved_seats + one.seats,
        )
        swaps.append(swapped)
    return campaign, swaps
