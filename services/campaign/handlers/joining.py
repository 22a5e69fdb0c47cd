"""Joining: seats are reserved, paid, given back, or lost when the hold runs out. This is the hot path.

Everything that can be asked before the campaign's row is locked is asked before; after it come as few statements as
possible, because all who join the same campaign wait for each other there.

The scheduler holds the row of a timer while its handler locks the campaign. Whoever cancels a timer does it in the same
order, the timer before the campaign, or the two would wait for each other; a refusal undoes it with all the rest.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.campaign.domain import closing, joining
from services.campaign.domain.commands import CancelCommitment, PayCommitment, ReserveSeats
from services.campaign.domain.errors import CampaignUnknownError, CommitmentUnknownError, MemberUnknownError
from services.campaign.domain.lifecycle import Action
from services.campaign.domain.model import Campaign, Commitment, Standing
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.privacy import MANAGERS, may_see
from services.campaign.handlers.ending import confirm
from services.campaign.handlers.recording import JOINING, lock, record
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Caller, Role
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import CommitmentId, CommunityId, MemberId

Payload = dict[str, Any]


def hold_key(commitment_id: CommitmentId) -> str:
    """Return the key of the timer of a hold."""
    return f"expire_commitment:{commitment_id}"


def reserve_seats(command: ReserveSeats, uow: CampaignUnitOfWork) -> Commitment:
    """Hold seats for a member until they are paid; with a receipt they are paid at once."""
    command.caller.require(Role.MEMBER, *MANAGERS)
    if command.receipt is not None:
        command.caller.require(*MANAGERS)
    community_id, member_id = _who(command, uow)
    campaign = lock(command.campaign_id, command.caller, uow)
    if community_id not in campaign.terms.communities:
        raise CampaignUnknownError("there is no such campaign")
    who, now = (community_id, member_id), uow.clock.now()
    if command.receipt is not None:
        return _paid(joining.join_paid(campaign, *who, command.seats, command.receipt, now), uow)
    held = record(joining.reserve(campaign, *who, command.seats, now), uow).commitment
    if held.hold_until is not None:
        timer = {"commitment_id": str(held.commitment_id)}
        uow.timers.set(hold_key(held.commitment_id), held.hold_until, "expire_commitment", timer)
    return held


def pay_commitment(command: PayCommitment, uow: CampaignUnitOfWork) -> Commitment:
    """Record the payment that somebody who manages the member's community has seen."""
    command.caller.require(*MANAGERS)
    uow.timers.cancel(hold_key(command.commitment_id))  # before the lock, see below
    campaign, commitment = _lock_commitment(command.commitment_id, command.caller, uow)
    if command.amount is not None and command.amount != commitment.amount:
        raise InvalidError("amount", f"{command.amount} is not what was quoted", str(commitment.amount))
    return _paid(joining.pay(campaign, commitment, command.receipt, uow.clock.now()), uow)


def cancel_commitment(command: CancelCommitment, uow: CampaignUnitOfWork) -> Commitment:
    """Give seats back: by the member, or by those who manage its community."""
    caller = command.caller
    caller.require(Role.MEMBER, *MANAGERS)
    uow.timers.cancel(hold_key(command.commitment_id))  # before the lock, see below
    campaign, commitment = _lock_commitment(command.commitment_id, caller, uow)
    reason = "member_cancelled" if caller.member_id == commitment.member_id else "organiser_cancelled"
    return record(joining.leave(campaign, commitment, reason, uow.clock.now()), uow).commitment


def on_hold_over(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Free seats that were not paid in time; nothing happens when they were paid, or the campaign has ended."""
    commitment_id = CommitmentId(UUID(payload["commitment_id"]))
    campaign = uow.campaigns.lock_of(commitment_id)
    commitment = uow.commitments.find(commitment_id)
    if campaign is None or commitment is None or commitment.hold_until is None:
        return
    if campaign.state not in JOINING or commitment.state is not Standing.RESERVED:
        return
    now = uow.clock.now()
    if now < commitment.hold_until:
        uow.timers.set(hold_key(commitment_id), commitment.hold_until, "expire_commitment", payload)
        return
    record(joining.expire(campaign, commitment, now), uow)


def _who(command: ReserveSeats, uow: CampaignUnitOfWork) -> tuple[CommunityId, MemberId]:
    """Return for whom seats are taken: the caller itself, or a member that it names and may act for."""
    caller, member_id = command.caller, command.member_id
    if caller.member_id is not None and caller.community_id is not None and member_id in (None, caller.member_id):
        return CommunityId(caller.community_id), MemberId(caller.member_id)
    if caller.role is Role.MEMBER:
        raise ForbiddenError("a member token acts for its own member only", role=str(caller.role))
    if member_id is None:
        raise InvalidError("member_id", "is missing", "the member for whom the seats are")
    community_id = uow.members.community_of(member_id)
    if community_id is None or not caller.sees(community_id):
        raise MemberUnknownError("the member is not known here yet", member_id=str(member_id))
    return community_id, member_id


def _lock_commitment(
    commitment_id: CommitmentId, caller: Caller, uow: CampaignUnitOfWork
) -> tuple[Campaign, Commitment]:
    campaign = uow.campaigns.lock_of(commitment_id)
    commitment = uow.commitments.find(commitment_id)
    if campaign is None or commitment is None or not may_see(commitment, caller):
        raise CommitmentUnknownError("there is no such commitment")
    return campaign, commitment


def _paid(outcome: Outcome, uow: CampaignUnitOfWork) -> Commitment:
    """Record a payment; the one that takes the last seat confirms the campaign in the same transaction."""
    paid = record(outcome, uow)
    decision = closing.decide(paid.campaign, uow.clock.now())
    if decision.action != Action.CONFIRM:
        return paid.commitment
    ended = confirm(paid.campaign, decision, uow).changed
    return next(c for c in ended if c.commitment_id == paid.commitment.commitment_id)


TIMERS: dict[str, Callable[[Payload, CampaignUnitOfWork], None]] = {"expire_commitment": on_hold_over}
