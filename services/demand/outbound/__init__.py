"""What demand tells: domain objects as the answers of calls and the data of events."""

from services.demand.outbound.intakes import (
    category,
    heard,
    intake,
    intake_line,
    intake_with_sources,
    own_template,
    template,
)
from services.demand.outbound.messages import community, event, member, signal
from services.demand.outbound.pools import consent, pool, ready, told

__all__ = [
    "category",
    "community",
    "consent",
    "event",
    "heard",
    "intake",
    "intake_line",
    "intake_with_sources",
    "member",
    "own_template",
    "pool",
    "ready",
    "signal",
    "template",
    "told",
]
