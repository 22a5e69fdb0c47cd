"""What demand tells: domain objects as the answers of calls and the data of events."""

from services.demand.outbound.messages import community, consent, event, member, pool, signal

__all__ = ["community", "consent", "event", "member", "pool", "signal"]
