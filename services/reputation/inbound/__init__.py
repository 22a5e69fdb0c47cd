"""What the service hears: wire to commands. Readers are tolerant of fields that they do not know."""

from services.reputation.inbound import log
from services.reputation.inbound.news import campaign_delivered, supplier_seen
from services.reputation.inbound.requests import by_id, list_reviews, write_review

__all__ = ["by_id", "campaign_delivered", "list_reviews", "log", "supplier_seen", "write_review"]
