"""Domain to contract: the payloads of events and the answers of RPCs."""

from services.campaign.outbound.answers import campaign, commitment, fund_line, gift, notice, outlook
from services.campaign.outbound.asking import inquiry
from services.campaign.outbound.events import event, notified

__all__ = ["campaign", "commitment", "event", "fund_line", "gift", "inquiry", "notice", "notified", "outlook"]
