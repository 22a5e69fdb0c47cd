"""What a transition leads to: the new values, the money that moves with them, and the events that tell of it."""

from dataclasses import dataclass

from services.campaign.domain.events import Event
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.model import Campaign, Commitment
from services.campaign.domain.notices import Notice
from services.campaign.domain.seats import Shift
from services.campaign.domain.sessions import Session


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that has to become durable together. ``added`` is new, ``changed`` was there before."""

    campaign: Campaign
    added: tuple[Commitment, ...] = ()
    changed: tuple[Commitment, ...] = ()
    shifts: tuple[Shift, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    events: tuple[Event, ...] = ()
    notices: tuple[Notice, ...] = ()
    sessions: tuple[Session, ...] = ()
    # Whether only counters of the campaign changed, which is what the hot path saves.
    light: bool = False

    def __post_init__(self) -> None:
        # A tier may be free of charge, and nothing is no movement of money.
        object.__setattr__(self, "transfers", tuple(transfer for transfer in self.transfers if transfer.amount))

    @property
    def commitment(self) -> Commitment:
        """The one commitment that this is about."""
        return (self.added or self.changed)[0]
