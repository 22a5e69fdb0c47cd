"""How a campaign ends: each ending moves all of its money in one step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.campaign.domain import notices, seats
from services.campaign.domain.events import (
    CampaignCancelled,
    CampaignConfirmed,
    CampaignExtended,
    CampaignFailed,
    CampaignSettled,
    CampaignTipped,
)
from services.campaign.domain.ledger import Phase, Transfer, ending
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import OFFLINE, Campaign, Commitment, Explanation, Share, Standing, State
from services.campaign.domain.notices import Notice
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.outlook import SMALLER_TIER, Outlook
from services.campaign.domain.purse import due, give_back, left_in, release
from services.campaign.domain.reckoning import gap, reckon
from services.campaign.domain.releasing import reached_bp
from services.campaign.domain.seats import Shift
from services.campaign.domain.sessions import plan
from services.campaign.domain.terms import FULL_BP
from services.kernel.ids import CommitmentId, CommunityId
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody whom an ending concerns: ``live`` hold or await seats, ``dropouts`` left something behind.

    ``shares`` are the parts of the communities, ``funds`` what their common funds can still pay.
    """

    live: tuple[Commitment, ...] = ()
    dropouts: tuple[Commitment, ...] = ()
    shares: tuple[Share, ...] = ()
    # What providers were asked for and have not answered, by commitment: authorised money is let go with them.
    pending: Mapping[CommitmentId, Transfer] = field(default_factory=dict)
    funds: Mapping[CommunityId, Money] = field(default_factory=dict)


def confirm(campaign: Campaign, crowd: Crowd, seen: Outlook, now: datetime) -> Outcome:
    """Form the group: fix the price, give differences back, end what is unpaid, reckon, release the first stage.

    From now on the seats that were sold are all there are: the supplier gives the others to somebody else.
    """
    campaign = replace(campaign, paid_seats=campaign.paid_seats + seen.added.seats)
    campaign, tipped = _form(campaign, seen, now)
    unpaid = [one for one in crowd.live if one.state in (Standing.RESERVED, Standing.AUTHORISED)]
    campaign, paid, moved = _price(campaign, crowd, seen)
    charged = [(one.final_price or seen.price, one.seats) for one in paid]
    payers = [*paid, *crowd.dropouts]
    reckoned = reckon(campaign, gap(seen.price, charged), payers, crowd.shares, crowd.funds, "confirmed")
    campaign = replace(
        reckoned.campaign,
        price=seen.price,
        decision=seen.explanation,
        reserved_seats=0,
        authorised_seats=0,
        max_seats=campaign.paid_seats,
    )
    payers = latest(paid, reckoned.changed)
    campaign, released, releases = release(campaign, payers, "confirmed", reached_bp(campaign))
    changed = latest(payers, released, ended(unpaid, Standing.EXPIRED))
    return Outcome(
        campaign,
        changed=changed,
        shifts=(*seats.freed(unpaid), *_extra(crowd, seen)),
        transfers=(*moved, *reckoned.transfers, *releases, *let_go(crowd)),
        events=(*tipped, CampaignConfirmed(campaign, tuple(paid))),
        notices=tuple(notices.formed(campaign, one) for one in changed if one.state in _TOLD),
        sessions=plan(campaign),
    )


_TOLD = (Standing.PAID, Standing.EXPIRED)


def _form(campaign: Campaign, seen: Outlook, now: datetime) -> tuple[Campaign, tuple[CampaignTipped, ...]]:
    if seen.action == SMALLER_TIER:
        return step(campaign, Action.SHRINK, now), ()
    if campaign.state is State.OPEN and seen.added.seats:  # the minimum is reached by tolerance, at this very moment
        tipped = step(campaign, Action.TIP, now)
        return step(tipped, Action.CONFIRM, now), (CampaignTipped(tipped),)
    return step(campaign, Action.CONFIRM, now), ()


def _price(campaign: Campaign, crowd: Crowd, seen: Outlook) -> tuple[Campaign, list[Commitment], list[Transfer]]:
    """Charge each paid commitment the least of its quote and the price reached; give back what is paid beyond that."""
    paid, transfers = [], []
    for one in (one for one in crowd.live if one.state is Standing.PAID):
        taken = one.seats + seen.added.of(one.commitment_id)
        price = min(one.price, seen.price)
        over = one.net - one.kept - one.withheld - price * taken
        moved = give_back(
            campaign, replace(one, seats=taken, upto_seats=taken, final_price=price), over, "tier_difference"
        )
        campaign = moved.campaign
        paid.append(moved.commitment)
        transfers += moved.transfers
    return campaign, paid, transfers


def _extra(crowd: Crowd, seen: Outlook) -> tuple[Shift, ...]:
    added = [(one.community_id, seen.added.of(one.commitment_id)) for one in crowd.live]
    return tuple(Shift(community_id, paid=count, joined=count) for community_id, count in added if count)


def extend(campaign: Campaign, crowd: Crowd, seen: Outlook, now: datetime) -> Outcome:
    """Move the deadline: nobody has to order again, and who does not want to wait leaves free of charge."""
    campaign = step(campaign, Action.EXTEND, now)
    campaign = replace(
        campaign,
        closing_at=None,
        deadline=seen.new_deadline,
        extensions=campaign.extensions + 1,
        extended_at=now,
        decision=seen.explanation,
    )
    told = tuple(notices.extended(campaign, one) for one in crowd.live)
    return Outcome(campaign, events=(CampaignExtended(campaign),), notices=told)


def call_off(
    campaign: Campaign,
    crowd: Crowd,
    action: Action,
    now: datetime,
    *,
    reason: str | None = None,
    decision: Explanation | None = None,
) -> Outcome:
    """End without a group (fail, cancel, lapse, supersede, withdraw): everything that is left goes back, once.

    That is also what drop-outs left behind: nobody pays for a service that nobody gets.
    """
    campaign = step(campaign, action, now, reason)
    before = campaign.refunded + campaign.owed
    unpaid = [one for one in crowd.live if one.state in _UNPAID]
    holders = [*(one for one in crowd.live if one.state is Standing.PAID), *crowd.dropouts]
    campaign, back, transfers = _all_back(campaign, holders, crowd.funds)
    over = Standing.EXPIRED if campaign.state is State.FAILED else Standing.CANCELLED
    rest = {"decision": decision or campaign.decision, "pause": None}
    campaign = replace(campaign, reserved_seats=0, authorised_seats=0, waiting=0, **rest)
    told = CampaignFailed if campaign.state is State.FAILED else CampaignCancelled
    why = _why(campaign, decision)
    return Outcome(
        campaign,
        changed=(*back, *ended(unpaid, over)),
        shifts=seats.freed(unpaid),
        transfers=(*transfers, *let_go(crowd)),
        events=(told(campaign, campaign.refunded + campaign.owed - before),),
        notices=tuple(_told(campaign, holders, back, unpaid, why)),
    )


_UNPAID = (Standing.RESERVED, Standing.AUTHORISED, Standing.WAITING)


def let_go(crowd: Crowd) -> list[Transfer]:
    """Return what ends the pending payments of those who have authorised one."""
    authorised = (one.commitment_id for one in crowd.live if one.state is Standing.AUTHORISED)
    return [ending(crowd.pending[one], Phase.VOID) for one in authorised if one in crowd.pending]


def _all_back(
    campaign: Campaign, holders: Sequence[Commitment], funds: Mapping[CommunityId, Money]
) -> tuple[Campaign, list[Commitment], list[Transfer]]:
    back, transfers = [], []
    for one in holders:
        left = one.state is not Standing.PAID
        none = Money.zero(one.price.currency)
        free = replace(one, kept=none, withheld=none, frozen=False)
        fund = funds.get(one.community_id, none)
        moved = give_back(campaign, free, one.net, "refund", "called_off" if left else "", fund)
        campaign, funds = moved.campaign, left_in(funds, one, moved)
        back.append(replace(moved.commitment, state=Standing.REFUNDED))
        transfers += moved.transfers
    return campaign, back, transfers


def _why(campaign: Campaign, decision: Explanation | None) -> tuple[str, str]:
    return (decision.zh, decision.en) if decision is not None else (_REASONS.get(campaign.reason or "", ("", "")))


_REASONS = {
    "hold_expired": ("供应商未再保留席位", "the supplier no longer holds the seats"),
    "offer_withdrawn": ("供应商撤回了报价", "the supplier has withdrawn its offer"),
    "pool_dissolved": ("需求已解散", "the needs behind it are gone"),
    "withdrawn": ("供应商退出", "the supplier has withdrawn"),
    "supplier_withdrew": ("供应商退出", "the supplier has withdrawn"),
    "too_few_stayed": ("接受改期的人太少", "too few accept the new time or place"),
    "superseded": ("同一需求已由另一个拼团承接", "another campaign serves the same needs"),
}


def _told(
    campaign: Campaign, holders: Sequence[Commitment], back: Sequence[Commitment], unpaid: Sequence[Commitment],
    why: tuple[str, str],
) -> list[Notice]:  # fmt: skip
    none = Money.zero(campaign.terms.currency)
    told = [notices.called_off(campaign, one, why, before.net) for before, one in zip(holders, back, strict=True)]
    return told + [notices.called_off(campaign, one, why, none) for one in unpaid]


def settle(
    campaign: Campaign,
    holders: Sequence[Commitment],
    covers: Sequence[Transfer],
    now: datetime,
    *,
    in_flight: bool = False,
) -> Outcome:
    """Release all that is left: the last stage takes the remainder, whatever the plan calls it.

    A frozen commitment, or money that a provider has yet to move (``in_flight``, or what is released now), keeps the
    campaign from being settled, and nothing else; ``covers`` are what funds set aside.
    """
    settled = step(campaign, Action.SETTLE, now)
    by_provider = any(one.provider != OFFLINE and one.released < due(one, FULL_BP) for one in holders)
    if any(one.frozen for one in holders) or campaign.owed or in_flight or by_provider:
        # The part of the others goes on; a label of its own, because the rest of this stage comes later.
        stage = f"accepted:{campaign.version}"
        campaign, released, transfers = release(campaign, holders, stage, reached_bp(settled))
        return Outcome(campaign, changed=released, transfers=transfers)
    campaign, released, transfers = release(settled, holders, "accepted", reached_bp(settled))
    events = (CampaignSettled(campaign),)
    return Outcome(campaign, changed=released, transfers=(*transfers, *covers), events=events)


def ended(commitments: Iterable[Commitment], state: Standing) -> list[Commitment]:
    """Return unpaid commitments as they are once nobody holds anything for them any more."""
    return [replace(one, state=state, hold_until=None) for one in commitments]


def latest(*rounds: Sequence[Commitment]) -> tuple[Commitment, ...]:
    """Return each commitment as the last of ``rounds`` that knows it has it."""
    found: dict[object, Commitment] = {}
    for commitments in rounds:
        found.update({one.commitment_id: one for one in commitments})
    return tuple(found.values())
