"""What demand tells: domain objects as the answers of calls and the data of events."""

from services.demand.outbound.messages import community, event, member, signal
from services.demand.outbound.pools import consent, pool, ready, told

__all__ = ["community", "consent", "event", "member", "pool", "ready", "signal", "told"]
