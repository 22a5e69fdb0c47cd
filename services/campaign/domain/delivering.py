"""Delivering: a formed group begins, and its sessions are held or cancelled one by one. completing.py is the end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.campaign.domain import seats, session_notices, sessions
from services.campaign.domain.closing import Crowd, ended
from services.campaign.domain.events import CampaignBegun, SessionCancelled, SessionHeld
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import Campaign, Commitment, Explanation, Standing, State
from services.campaign.domain.notices import not_served
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.purse import release
from services.campaign.domain.releasing import reached_bp
from services.campaign.domain.sessions import Reason, Session, SessionAction, turn


def begin(campaign: Campaign, crowd: Crowd, now: datetime) -> Outcome:
    """Let a formed group begin, once: who has not paid by then, or waits for seats, waits no more."""
    if campaign.state is State.DELIVERING:
        return Outcome(campaign)
    campaign = step(campaign, Action.BEGIN, now)
    late = [one for one in crowd.live if one.state in (Standing.RESERVED, Standing.WAITING)]
    campaign = replace(campaign, reserved_seats=0, waiting=0)
    return Outcome(
        campaign,
        changed=tuple(ended(late, Standing.EXPIRED)),
        shifts=seats.freed(late),
        events=(CampaignBegun(campaign, now),),
        notices=(
            *(session_notices.begun(campaign, one) for one in _paid(crowd)),
            *(not_served(campaign, one) for one in late),
        ),
    )


def hold(campaign: Campaign, session: Session, crowd: Crowd, now: datetime) -> Outcome:
    """Record that a session took place and release its part; the first one begins the delivery."""
    held = turn(session, SessionAction.HOLD, now)
    begun = begin(campaign, crowd, now) if campaign.state is State.CONFIRMED else Outcome(campaign)
    campaign = step(begun.campaign, Action.HOLD_SESSION, now)
    campaign = replace(campaign, sessions_held=campaign.sessions_held + 1)
    payers = [*_paid(crowd), *crowd.dropouts]
    campaign, released, transfers = release(campaign, payers, f"session:{held.number}", reached_bp(campaign))
    return replace(
        begun,
        campaign=campaign,
        changed=(*begun.changed, *released),
        transfers=transfers,
        events=(*begun.events, SessionHeld(campaign, held)),
        sessions=(held,),
    )


def cancel(
    campaign: Campaign, planned: Sequence[Session], number: int, reason: Reason, crowd: Crowd, now: datetime
) -> Outcome:
    """Record that a session does not take place. Its part comes back at the end, when all is known.

    Members are told, unless nothing is left: then the end of the campaign tells them.
    """
    campaign = step(campaign, Action.CANCEL_SESSION, now)
    gone = turn(sessions.find(planned, number), SessionAction.CANCEL, now, reason)
    over = sessions.nothing_left(gone if one.number == number else one for one in planned)
    told = () if over else tuple(session_notices.cancelled(campaign, one, gone) for one in _paid(crowd))
    return Outcome(campaign, events=(SessionCancelled(campaign, gone),), notices=told, sessions=(gone,))


def why_nothing(reason: Reason) -> Explanation:
    """Say why a campaign ends of which no session took place; the one that was cancelled last gives the reason."""
    zh, en = session_notices.REASONS[reason]
    return Explanation("cancel", f"各次均未举行：{zh}", f"no session took place, for {en}")


def _paid(crowd: Crowd) -> list[Commitment]:
    return [one for one in crowd.live if one.state is Standing.PAID]
