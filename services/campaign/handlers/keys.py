"""The keys of timers: one for each thing that waits for a time."""

from datetime import datetime

from services.kernel.ids import CampaignId, CommitmentId, DisputeId, MemberId


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


def remind_key(campaign_id: CampaignId, session: int) -> str:
    """Return the key of the timer that reminds of a session."""
    return f"remind_session:{campaign_id}:{session}"


def dispute_key(dispute_id: DisputeId, due_at: datetime) -> str:
    """Return the key of the timer of one deadline of a dispute.

    Each deadline has its own, so that nobody moves a timer that a scheduler holds while it waits for the campaign.
    """
    return f"advance_dispute:{dispute_id}:{due_at.timestamp():.6f}"


def ended_key(dispute_id: DisputeId, member_id: MemberId) -> str:
    """Return the key of the timer that takes a case from one who is no mediator any more."""
    return f"advance_dispute:{dispute_id}:{member_id}"
