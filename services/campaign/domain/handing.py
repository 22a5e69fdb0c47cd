"""Handing over: another member takes the seats, and with them the position that was paid for them."""

from dataclasses import replace
from datetime import datetime

from services.campaign.domain import ledger, notices
from services.campaign.domain.events import CommitmentChanged
from services.campaign.domain.joining import Joiner, Neighbours, require, require_room
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import Campaign, Commitment, Standing
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.seats import Shift
from services.kernel.ids import CommunityId, MemberId, TransferId, new_id


def hand_over(
    campaign: Campaign,
    commitment: Commitment,
    community_id: CommunityId,
    member_id: MemberId,
    household_id: MemberId,
    now: datetime,
    neighbours: Neighbours,
) -> Outcome:
    """Give the seats to another member. What the two settle between them is their business; what comes back of the
    money later comes back to the new one, which is why the ledger moves the position too.
    """
    step(campaign, Action.LEAVE, now)  # whoever could leave now can hand over now
    require(commitment, Standing.RESERVED, Standing.PAID)
    joiner = Joiner(community_id, member_id, household_id, commitment.seats, commitment.upto_seats)
    require_room(replace(campaign, rules=replace(campaign.rules, threshold=None)), joiner, neighbours)
    taken = replace(commitment, community_id=community_id, member_id=member_id, household_id=household_id)
    # What the first member accepted, the new one has not; who has still to pay accepts before it does.
    taken = replace(taken, terms_digest=None, terms_accepted_at=None)
    if campaign.rules.counts_households and commitment.state is Standing.PAID:
        campaign = replace(campaign, households=len(neighbours.paid_households | {household_id}))
    return Outcome(
        campaign,
        changed=(taken,),
        shifts=_shifts(commitment, taken),
        transfers=_position(commitment, taken),
        events=(CommitmentChanged(taken),),
        notices=(notices.handed_over(campaign, taken),),
        light=True,
    )


def _shifts(before: Commitment, after: Commitment) -> tuple[Shift, ...]:
    if before.community_id == after.community_id:
        return ()
    if before.state is Standing.RESERVED:
        return Shift(before.community_id, reserved=-before.seats), Shift(after.community_id, reserved=before.seats)
    return (
        Shift(before.community_id, paid=-before.seats),
        Shift(after.community_id, paid=before.seats, joined=before.seats),
    )


def _position(before: Commitment, after: Commitment) -> tuple[Transfer, ...]:
    """Return the transfer of what the first member has in it: paid, and neither come back nor about to."""
    if not before.net and not before.owed:
        return ()
    giver, taker = ledger.member_account(before.member_id), ledger.member_account(after.member_id)
    key = f"hand_over:{before.commitment_id}:{after.member_id}:{new_id()}"
    ids = (before.campaign_id, before.commitment_id)
    return (Transfer(TransferId(new_id()), key, "hand_over", taker, giver, before.net + before.owed, *ids),)
