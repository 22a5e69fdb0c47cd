"""Domain to contract: the payloads of events and the answers of RPCs."""

from services.campaign.outbound.answers import campaign, commitment
from services.campaign.outbound.events import event

__all__ = ["campaign", "commitment", "event"]
