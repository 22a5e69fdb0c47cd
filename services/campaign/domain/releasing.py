"""How much of the money is due: the offer's plan, read as basis points that only ever grow."""

from services.campaign.domain.model import Campaign, State
from services.campaign.domain.terms import FULL_BP


def reached_bp(campaign: Campaign) -> int:
    """Return the basis points of each net price that are due in the campaign's state.

    The share of the sessions is counted up to the sessions that were held, rounded down; with the delivery all that
    will be held were, and what was not delivered has been given back before.
    """
    plan = {stage.stage: stage.share_bp for stage in campaign.terms.release}
    confirmed, sessions, delivered = (plan.get(stage, 0) for stage in ("confirmed", "session", "delivered"))
    if campaign.state is State.CONFIRMED:
        return confirmed
    if campaign.state is State.DELIVERING:
        count = len(campaign.terms.times)
        return confirmed + sessions * min(campaign.sessions_held, count) // count
    if campaign.state is State.DELIVERED:
        return confirmed + sessions + delivered
    return FULL_BP if campaign.state is State.SETTLED else 0
