"""What is remembered of a pool: its newest state, and whether it still looks for a supplier."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from services.kernel.ids import PoolId
from services.supplier.domain.matching import ReadyPool
from services.supplier.domain.procedures import Procedure


class PoolState(StrEnum):
    """An open pool has no live match; a dissolved one is kept so that older news of it is known to be old."""

    OPEN = "open"
    MATCHED = "matched"
    DISSOLVED = "dissolved"


@dataclass(frozen=True, slots=True)
class PoolCopy:
    """The copy of a pool. ``reasons`` are those last published; ``pool`` is None if it was dissolved unseen."""

    pool_id: PoolId
    version: int
    state: PoolState
    category: str
    pool: ReadyPool | None
    reasons: Mapping[str, int] | None = None
    procedure: Procedure = Procedure.DIRECT

    @property
    def is_open(self) -> bool:
        """Whether it looks for a supplier."""
        return self.state is PoolState.OPEN

    def matched(self) -> "PoolCopy":
        """Note that offers are held for it."""
        return replace(self, state=PoolState.MATCHED, reasons=None)

    def unmatched(self, reasons: Mapping[str, int]) -> "PoolCopy":
        """Note that no offer fits, and why."""
        return replace(self, state=PoolState.OPEN, reasons=dict(reasons))

    def by(self, procedure: Procedure) -> "PoolCopy":
        """Let it get its supplier in this way from now on."""
        return replace(self, procedure=procedure)

    def dissolved(self, version: int) -> "PoolCopy":
        """Note that it is no more."""
        return replace(self, state=PoolState.DISSOLVED, version=max(self.version, version))
