"""Leaving: seats are given up, all of them or some, and the money of each seat ends in one of three places."""

from dataclasses import replace
from datetime import datetime

from services.campaign.domain import notices, purse, seats
from services.campaign.domain.cancelling import Cause, parting
from services.campaign.domain.errors import FullError, LimitError, WaitingListError
from services.campaign.domain.events import CommitmentCancelled, CommitmentChanged
from services.campaign.domain.joining import ALONE, Neighbours, cross, require
from services.campaign.domain.ledger import Phase, Transfer, ending
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import Campaign, Commitment, Standing
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.pricing import quote
from services.campaign.domain.seats import Shift
from services.kernel.money import Money


def leave(
    campaign: Campaign,
    commitment: Commitment,
    reason: str,
    now: datetime,
    *,
    cause: Cause = Cause.OWN,
    neighbours: Neighbours = ALONE,
    pending: Transfer | None = None,
    fund: Money | None = None,
) -> Outcome:
    """Give all the seats of a commitment back; the campaign may fall below its minimum.

    ``pending`` is the payment that was authorised and is let go; ``fund`` is what the common fund can return at most.
    """
    campaign = step(campaign, Action.LEAVE, now)
    require(commitment, Standing.WAITING, Standing.RESERVED, Standing.AUTHORISED, Standing.PAID)
    if commitment.state is Standing.AUTHORISED:
        return _let_go(campaign, commitment, reason, now, pending)
    if commitment.state is Standing.WAITING:
        left = replace(commitment, state=Standing.CANCELLED, left_at=now)
        told = CommitmentCancelled(left, reason)
        return Outcome(replace(campaign, waiting=campaign.waiting - 1), changed=(left,), events=(told,), light=True)
    if commitment.state is Standing.RESERVED:
        left = replace(commitment, state=Standing.CANCELLED, hold_until=None, left_at=now)
        shift = Shift(left.community_id, reserved=-left.seats)
        told = CommitmentCancelled(left, reason)
        return Outcome(seats.let_go(campaign, left.seats), changed=(left,), shifts=(shift,), events=(told,), light=True)
    return _give_up(campaign, commitment, commitment.seats, reason, cause, now, neighbours, fund)


def _let_go(
    campaign: Campaign, commitment: Commitment, reason: str, now: datetime, pending: Transfer | None
) -> Outcome:
    left = replace(commitment, state=Standing.CANCELLED, left_at=now)
    return Outcome(
        seats.let_go_authorised(campaign, left.seats),
        changed=(left,),
        shifts=(Shift(left.community_id, reserved=-left.seats),),
        transfers=() if pending is None else (ending(pending, Phase.VOID),),
        events=(CommitmentCancelled(left, reason),),
        light=True,
    )


def shrink(
    campaign: Campaign,
    commitment: Commitment,
    wanted: int,
    now: datetime,
    *,
    cause: Cause = Cause.OWN,
    fund: Money | None = None,
) -> Outcome:
    """Keep only ``wanted`` of the seats of a paid commitment; those given up end as if their member had left."""
    campaign = step(campaign, Action.LEAVE, now)
    require(commitment, Standing.PAID)
    return _give_up(campaign, commitment, commitment.seats - wanted, "seats_changed", cause, now, ALONE, fund)


def _give_up(
    campaign: Campaign,
    commitment: Commitment,
    count: int,
    reason: str,
    cause: Cause,
    now: datetime,
    neighbours: Neighbours,
    fund: Money | None,
) -> Outcome:
    whole = count == commitment.seats
    parted = parting(campaign, commitment, _value(commitment, count), cause, now)
    key = "" if whole else f"seats:{commitment.seats - count}"
    moved = purse.give_back(campaign, commitment, parted.refund, "refund", key, fund)
    left = replace(
        moved.commitment,
        kept=commitment.kept + parted.fee,
        withheld=commitment.withheld + parted.withheld,
        **({"state": Standing.REFUNDED, "left_at": now} if whole else _fewer(commitment, count)),
    )
    campaign = _unhoused(seats.give_back(moved.campaign, count), whole, neighbours)
    campaign, crossed = cross(campaign, now)
    told = CommitmentCancelled(left, reason) if whole else CommitmentChanged(left)
    return Outcome(
        campaign,
        changed=(left,),
        # Who leaves a paused campaign has not dropped out: the reason is not its own.
        shifts=(Shift(left.community_id, paid=-count, dropped=0 if campaign.pause else +count),),
        transfers=moved.transfers,
        events=(told, *crossed),
        notices=(notices.left(campaign, left, count, parted.refund, parted.fee, parted.withheld),),
        light=True,
    )


def _value(commitment: Commitment, count: int) -> Money:
    """Return what was paid for ``count`` seats; for all of them that is everything that is left, for some no more."""
    left = commitment.net - commitment.kept - commitment.withheld
    if count == commitment.seats:
        return left
    return min((commitment.final_price or commitment.price) * count, left)


def _fewer(commitment: Commitment, count: int) -> dict[str, int | tuple]:
    return {"seats": commitment.seats - count, "upto_seats": commitment.upto_seats - count, "party": ()}


def _unhoused(campaign: Campaign, whole: bool, neighbours: Neighbours) -> Campaign:
    if not whole or not campaign.rules.counts_households:
        return campaign
    return replace(campaign, households=len(neighbours.paid_households))


def resize(
    campaign: Campaign, commitment: Commitment, wanted: int, now: datetime, neighbours: Neighbours = ALONE
) -> Outcome:
    """Hold ``wanted`` seats instead of as many as before, unpaid; the quote can only fall."""
    campaign = step(campaign, Action.RESERVE, now)
    require(commitment, Standing.RESERVED)
    more = wanted - commitment.seats
    if more > 0:
        _require_room(campaign, more, neighbours)
    price = min(commitment.price, quote(campaign, more)) if more else commitment.price
    held = replace(campaign, reserved_seats=campaign.reserved_seats + more)
    surplus = commitment.upto_seats - commitment.seats
    changed = replace(commitment, seats=wanted, upto_seats=wanted + surplus, price=price, party=())
    shift = Shift(commitment.community_id, reserved=more)
    return Outcome(held, changed=(changed,), shifts=(shift,), events=(CommitmentChanged(changed),), light=True)


def _require_room(campaign: Campaign, more: int, neighbours: Neighbours) -> None:
    state, limits = str(campaign.state), campaign.rules.limits
    if campaign.waiting:
        raise WaitingListError("others wait for seats; join the waiting list", state=state, waiting=campaign.waiting)
    if more > campaign.free_seats:
        raise FullError(f"{more} more seats are not free", state=state, seats=more)
    for limit, has in ((limits.per_member, neighbours.of_member), (limits.per_household, neighbours.of_household)):
        if limit is not None and has + more > limit:
            raise LimitError(f"{limit} seats are allowed", state=state, limit=limit, has=has)
