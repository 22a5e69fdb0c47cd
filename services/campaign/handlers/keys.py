"""The keys of timers: one for each thing that waits for a time."""

from services.kernel.ids import CampaignId, CommitmentId


def close_key(campaign_id: CampaignId) -> str:
    """Return the key of the timer of a campaign's deadline."""
    return f"close_campaign:{campaign_id}"


def settle_key(campaign_id: CampaignId) -> str:
    """Return the key of the timer that ends a campaign's acceptance window."""
    return f"settle_campaign:{campaign_id}"


def hold_key(commitment_id: CommitmentId) -> str:
    """Return the key of the timer of a hold."""
    return f"expire_commitment:{commitment_id}"


def queue_key(campaign_id: CampaignId) -> str:
    """Return the key of the timer from which on smaller parties of a waiting list may pass."""
    return f"serve_queue:{campaign_id}"
