"""Completing: the end of the delivery pays for the sessions that were held, to the fen, and for nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.campaign.domain import notices, seats, session_notices
from services.campaign.domain.attendance import Account
from services.campaign.domain.closing import Crowd, ended, latest
from services.campaign.domain.events import CampaignDelivered
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import Campaign, Commitment, Standing
from services.campaign.domain.notices import Notice
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.pricing import final_price
from services.campaign.domain.purse import release, total
from services.campaign.domain.reckoning import reckon
from services.campaign.domain.releasing import reached_bp
from services.campaign.domain.sessions import Session, count_held
from services.campaign.domain.shortfall import Shortfall, give_parts_back, held_part
from services.kernel.ids import CommitmentId
from services.kernel.money import Money

NoShows = frozenset[CommitmentId]


@dataclass(frozen=True, slots=True)
class Delivery:
    """The end of the delivery, and what it came to for each commitment that was served."""

    outcome: Outcome
    accounts: tuple[Account, ...]


def deliver(
    campaign: Campaign,
    decided: Sequence[Session],
    crowd: Crowd,
    covers: Sequence[Transfer],
    no_shows: NoShows,
    now: datetime,
) -> Delivery:
    """Record that the service took place, and let the acceptance window run.

    What was not held is given back first, no-shows get what their rule says, then it is reckoned with late drop-outs,
    and the stage is released. ``decided`` are the sessions as ``sessions.close`` leaves them, ``covers`` what common
    funds have set aside, ``no_shows`` those who came to no session that was held.
    """
    campaign = step(campaign, Action.DELIVER, now)
    until = now + timedelta(hours=campaign.terms.acceptance_hours)
    campaign = replace(campaign, sessions_held=count_held(decided), delivered_at=now, settles_at=until)
    short = give_parts_back(campaign, crowd, no_shows, covers)
    outcome = _complete(short, no_shows)
    return Delivery(replace(outcome, sessions=tuple(decided)), tuple(_accounts(short, no_shows)))


def _complete(short: Shortfall, no_shows: NoShows) -> Outcome:
    campaign, crowd = short.campaign, short.crowd
    served = [replace(one, state=Standing.DELIVERED) for one in _paid(crowd)]
    late = [one for one in crowd.live if one.state in (Standing.RESERVED, Standing.WAITING)]
    payers = [*served, *crowd.dropouts]
    reckoned = reckon(campaign, _late_gap(campaign, crowd), payers, crowd.shares, crowd.funds, "delivered")
    payers = latest(payers, reckoned.changed)
    campaign = replace(reckoned.campaign, reserved_seats=0, waiting=0)
    campaign, released, releases = release(campaign, payers, "delivered", reached_bp(campaign))
    returned = total([part.undelivered for part in short.parts], campaign.terms.currency)
    return Outcome(
        campaign,
        changed=latest(payers, released, ended(late, Standing.EXPIRED)),
        shifts=seats.freed(late),
        transfers=(*short.transfers, *reckoned.transfers, *releases),
        events=(CampaignDelivered(campaign, tuple(served), no_shows, returned),),
        notices=(
            *(notices.delivered(campaign, one) for one in served),
            *(notices.not_served(campaign, one) for one in late),
            *_told(campaign, short, no_shows),
        ),
    )


def _late_gap(campaign: Campaign, crowd: Crowd) -> Money:
    """Return what is missing because people left after the price was fixed, less the fees that they paid.

    Who left before has no final price; what of its deposit was kept covers what was missing then.

    For a session that was not held the supplier is owed nothing, so nothing of it is missing.
    """
    price = campaign.price or final_price(campaign)
    counted = min(campaign.paid_seats + campaign.excused_seats, campaign.max_seats)
    rose = max(final_price(campaign, counted), price)
    missing = held_part(campaign, (rose - price) * sum(one.seats for one in _paid(crowd)))
    late = [one for one in crowd.dropouts if one.final_price is not None]
    fees = total([one.kept for one in (*_paid(crowd), *late)], price.currency)
    return max(missing - fees, Money.zero(price.currency))


def _told(campaign: Campaign, short: Shortfall, no_shows: NoShows) -> Iterable[Notice]:
    for part in short.parts:
        if part.undelivered:
            yield session_notices.part_returned(campaign, part.commitment, part.undelivered)
        if part.commitment.commitment_id in no_shows:
            yield session_notices.missed(campaign, part.commitment, part.no_show)


def _accounts(short: Shortfall, no_shows: NoShows) -> Iterable[Account]:
    for part in short.parts:
        one = part.commitment
        if one.state is Standing.PAID:  # who left before is no part of what was delivered
            attended = one.commitment_id not in no_shows
            yield Account(one.campaign_id, one.commitment_id, attended, part.undelivered, part.no_show)


def _paid(crowd: Crowd) -> list[Commitment]:
    return [one for one in crowd.live if one.state is Standing.PAID]
