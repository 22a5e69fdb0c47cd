"""What has happened in matching rounds; ``outbound`` turns it into the contract's payloads."""

from dataclasses import dataclass

from services.supplier.domain.rounds import Round


@dataclass(frozen=True, slots=True)
class RoundOpened:
    """What waits in a category is assigned as soon as somebody is free to search; ``pools`` wait now."""

    round: Round
    pools: int


@dataclass(frozen=True, slots=True)
class RoundFinished:
    """A round was applied, or given up."""

    round: Round
