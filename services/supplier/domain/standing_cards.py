"""Where a supplier stands as a caller sees it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.kernel.caller import Caller, Role
from services.supplier.domain.admission import Room
from services.supplier.domain.model import Supplier
from services.supplier.domain.registration import Registration, StandingChange


@dataclass(frozen=True, slots=True)
class StandingCard:
    """A standing with its history and what it allows now."""

    supplier: Supplier
    registration: Registration
    room: Room
    history: Sequence[StandingChange]
    caller: Caller

    @property
    def is_insider(self) -> bool:
        """Whether the reader is told what deciders wrote: those whose supplier it is, but no member."""
        return self.supplier.is_insider(self.caller) and self.caller.role is not Role.MEMBER

    @property
    def shown(self) -> list[StandingChange]:
        """The lines to be shown: others see those in which the standing changed."""
        return [change for change in self.history if self.is_insider or change.is_seen]
