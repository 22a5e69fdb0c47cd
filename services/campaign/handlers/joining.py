"""Joining: seats are reserved, paid, or lost when the hold runs out. This is the hot path.

Commands that arrive together are handled together: everything that can be asked before the campaigns are locked is
asked before, the domain is folded over the commands in memory, and what came of them is saved in a few statements.

The scheduler holds the row of a timer while its handler locks the campaign. Whoever cancels a timer does it in the same
order, the timer before the campaign, or the two would wait for each other; a refusal undoes it with all the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.campaign.domain import joining, waiting
from services.campaign.domain.census import Census
from services.campaign.domain.commands import PayCommitment, ReserveSeats
from services.campaign.domain.counting import is_full
from services.campaign.domain.errors import (
    CampaignUnknownError,
    CommitmentUnknownError,
    FullError,
    MemberUnknownError,
    WaitingListError,
)
from services.campaign.domain.joining import ALONE, Joiner
from services.campaign.domain.model import JOINING, Campaign, Commitment, Standing, State
from services.campaign.domain.privacy import MANAGERS, known, may_see
from services.campaign.handlers.ending import confirm_full
from services.campaign.handlers.keys import hold_key, queue_key
from services.campaign.handlers.queueing import serve
from services.campaign.handlers.recording import Book
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.chassis.context import WorkContext
from services.kernel.caller import Caller, Role
from services.kernel.errors import ForbiddenError, InvalidError, Refusal
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MemberId

Payload = dict[str, Any]
Known = Mapping[MemberId, tuple[CommunityId, MemberId]]


def reserve_seats(command: ReserveSeats, uow: CampaignUnitOfWork) -> Commitment:
    """Hold seats for a member until they are paid; with a receipt they are paid at once."""
    (answer,) = reserve_many_seats([command], uow)
    if isinstance(answer, Refusal):
        raise answer
    return answer


def reserve_many_seats(commands: Sequence[ReserveSeats], uow: CampaignUnitOfWork) -> list[Commitment | Refusal]:
    """Do what ``reserve_seats`` does for each command, in their order; a refused one has no effect."""
    members = uow.members.many(found for command in commands if (found := _member_of(command)) is not None)
    answers: list[Commitment | Refusal | Joiner] = [_attempt(_joiner, command, members) for command in commands]
    asked = [command.campaign_id for command, one in zip(commands, answers, strict=True) if isinstance(one, Joiner)]
    counter = _Counter(uow, uow.campaigns.lock_many(asked))
    for index, (command, joiner) in enumerate(zip(commands, answers, strict=True)):
        if isinstance(joiner, Joiner):
            answers[index] = _attempt(counter.serve, command, joiner, uow.context_of(index))
    counter.book.flush()
    return answers  # type: ignore[return-value]


def _attempt(do: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return do(*arguments)
    except Refusal as refusal:
        return refusal


def _member_of(command: ReserveSeats) -> MemberId | None:
    member_id = command.member_id or command.caller.member_id
    return None if member_id is None else MemberId(member_id)


class _Counter:
    """Serves those who join, one after the other, on campaigns that are locked."""

    def __init__(self, uow: CampaignUnitOfWork, campaigns: dict[CampaignId, Campaign]) -> None:
        self._uow = uow
        self._campaigns = campaigns
        self._census = uow.commitments.census(c.campaign_id for c in campaigns.values() if c.rules.counts_people)
        self._now = uow.clock.now()
        self.book = Book(uow)

    def serve(self, command: ReserveSeats, joiner: Joiner, context: WorkContext | None) -> Commitment:
        campaign = known(self._campaigns.get(command.campaign_id), command.caller)
        if joiner.community_id not in campaign.terms.communities:
            raise CampaignUnknownError("there is no such campaign")
        census = self._census.get(campaign.campaign_id)
        neighbours = ALONE if census is None else census.of(joiner)
        if command.receipt is not None:
            outcome = joining.join_paid(campaign, joiner, command.receipt, self._now, neighbours)
        else:
            outcome = self._hold(command, campaign, joiner, neighbours)
        entered = self.book.enter(outcome, context)
        self._campaigns[campaign.campaign_id] = entered.campaign
        if census is not None:
            census.note(None, entered.commitment)
        return self._close_if_full(entered.campaign, entered.commitment)

    def _hold(self, command: ReserveSeats, campaign: Campaign, joiner: Joiner, neighbours: Any) -> Any:
        try:
            return joining.reserve(campaign, joiner, self._now, neighbours)
        except (FullError, WaitingListError):
            if not command.wait:
                raise
        outcome = waiting.queue(campaign, joiner, self._now, neighbours)
        timer = {"campaign_id": str(campaign.campaign_id)}
        self._uow.timers.set(queue_key(campaign.campaign_id), waiting.pass_from(campaign), "serve_queue", timer)
        return outcome

    def _close_if_full(self, campaign: Campaign, one: Commitment) -> Commitment:
        """Let the payment that takes the last seat confirm the campaign in the same transaction."""
        if one.state is not Standing.PAID or campaign.state not in JOINING or not is_full(campaign):
            return one
        self.book.flush()
        ended = confirm_full(campaign, self._uow)
        self._campaigns[campaign.campaign_id] = ended.campaign
        return next((c for c in ended.changed if c.commitment_id == one.commitment_id), one)


def pay_commitment(command: PayCommitment, uow: CampaignUnitOfWork) -> Commitment:
    """Record the payment that somebody who manages the member's community has seen."""
    command.caller.require(*MANAGERS)
    uow.timers.cancel(hold_key(command.commitment_id))  # before the lock, see above
    campaign, commitment = lock_commitment(command.commitment_id, command.caller, uow)
    if command.amount is not None and command.amount != commitment.amount:
        raise InvalidError("amount", f"{command.amount} is not what was quoted", str(commitment.amount))
    census = census_of(campaign, uow)
    outcome = joining.pay(
        campaign,
        commitment,
        command.receipt,
        uow.clock.now(),
        terms_digest=command.terms_digest,
        neighbours=ALONE if census is None else census.around(commitment.member_id, commitment.household_id),
    )
    book = Book(uow)
    paid = book.enter(outcome)
    book.flush()
    if paid.campaign.state not in JOINING or not is_full(paid.campaign):
        return paid.commitment
    ended = confirm_full(paid.campaign, uow)
    return next((c for c in ended.changed if c.commitment_id == paid.commitment.commitment_id), paid.commitment)


def on_hold_over(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Free seats that were not paid in time; nothing happens when they were paid, or the campaign has ended."""
    commitment_id = CommitmentId(UUID(payload["commitment_id"]))
    campaign = uow.campaigns.lock_of(commitment_id)
    commitment = uow.commitments.find(commitment_id)
    if campaign is None or commitment is None or commitment.hold_until is None:
        return
    if campaign.state not in (*JOINING, State.CONFIRMED) or commitment.state is not Standing.RESERVED:
        return
    now, until = uow.clock.now(), commitment.hold_until
    if now >= until and uow.orders.paying(commitment_id) is not None:
        # It may have been paid in time, and the word of it is on its way.
        until += timedelta(minutes=campaign.rules.grace_minutes)
    if now < until:
        uow.timers.set(hold_key(commitment_id), until, "expire_commitment", payload)
        return
    book = Book(uow)
    expired = book.enter(joining.expire(campaign, commitment, now))
    serve(expired.campaign, uow, book)
    book.flush()


def _joiner(command: ReserveSeats, members: Known) -> Joiner:
    """Return who joins, and refuse who may not: the caller itself, or a member that it names and may act for."""
    caller = command.caller
    caller.require(Role.MEMBER, *MANAGERS)
    if command.receipt is not None:
        caller.require(*MANAGERS)
    community_id, member_id, household_id = _who(command, members)
    return Joiner(
        community_id,
        member_id,
        household_id,
        command.seats,
        command.seats if command.upto_seats is None else command.upto_seats,
        command.party,
        command.terms_digest,
    )


def _who(command: ReserveSeats, members: Known) -> tuple[CommunityId, MemberId, MemberId]:
    caller, member_id = command.caller, command.member_id
    if caller.member_id is not None and caller.community_id is not None and member_id in (None, caller.member_id):
        own = MemberId(caller.member_id)
        return CommunityId(caller.community_id), own, members.get(own, (None, own))[1]
    if caller.role is Role.MEMBER:
        raise ForbiddenError("a member token acts for its own member only", role=str(caller.role))
    if member_id is None:
        raise InvalidError("member_id", "is missing", "the member for whom the seats are")
    community_id, household_id = members.get(member_id, (None, member_id))
    if community_id is None or not caller.sees(community_id):
        raise MemberUnknownError("the member is not known here yet", member_id=str(member_id))
    return community_id, member_id, household_id


def census_of(campaign: Campaign, uow: CampaignUnitOfWork) -> Census | None:
    """Return who has what, where a rule of the campaign depends on it."""
    if not campaign.rules.counts_people:
        return None
    return uow.commitments.census([campaign.campaign_id])[campaign.campaign_id]


def lock_commitment(
    commitment_id: CommitmentId, caller: Caller, uow: CampaignUnitOfWork
) -> tuple[Campaign, Commitment]:
    """Lock the campaign of a commitment that the caller may see, and return both as they are now."""
    campaign = uow.campaigns.lock_of(commitment_id)
    commitment = uow.commitments.find(commitment_id)
    if campaign is None or commitment is None or not may_see(commitment, caller):
        raise CommitmentUnknownError("there is no such commitment")
    return campaign, commitment


TIMERS: dict[str, Callable[[Payload, CampaignUnitOfWork], None]] = {"expire_commitment": on_hold_over}
