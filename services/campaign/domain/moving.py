"""Moving: a group that was formed meets at another time or place; each member accepts or is refunded in full."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.campaign.domain import asking_notices
from services.campaign.domain.asking import Inquiry, ask
from services.campaign.domain.asking_events import InquiryOpened, SlotMoved
from services.campaign.domain.closing import Crowd
from services.campaign.domain.errors import TooLateError
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import About, Campaign, Commitment, Standing
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.pausing import others, part, pause
from services.campaign.domain.sessions import Session
from services.campaign.domain.sessions import move as move_sessions
from services.campaign.domain.terms import Terms
from services.kernel.clock import format_time
from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.timespan import Timespan

BEFORE_START = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Move:
    """Where to and why. Without ``sessions`` those of a course move by as much as its beginning does.

    ``even_if_fewer``: the supplier comes also when those who stay are fewer than its smallest group.
    """

    slot: Timespan
    place: Place | None
    sessions: tuple[Timespan, ...]
    reason: str
    text: str
    even_if_fewer: bool = False


def moved_terms(terms: Terms, move: Move, now: datetime) -> Terms:
    """Return the terms with the new time and place; raise ``InvalidError`` where they make no sense."""
    if move.slot.start <= now:
        raise InvalidError("start", f"{format_time(move.slot.start)} has passed", "a time ahead")
    sessions = move.sessions or _shifted(terms, move.slot)
    if len(sessions) != len(terms.sessions):
        raise InvalidError("sessions", f"are {len(sessions)}", f"as many as before: {len(terms.sessions)}")
    for index, (one, before) in enumerate(zip(sessions, (None, *sessions), strict=False)):
        if not move.slot.contains(one) or (before is not None and one.start < before.end):
            expected = "sessions one after the other, between start and end"
            raise InvalidError(f"sessions.{index}" if move.sessions else "end", "does not fit", expected)
    wanted = replace(terms, slot=move.slot, sessions=sessions, place=move.place or terms.place)
    if wanted == terms:
        raise InvalidError("start", "and all the rest is as before", "another time or place")
    return wanted


def _shifted(terms: Terms, slot: Timespan) -> tuple[Timespan, ...]:
    by = slot.start - terms.slot.start
    return tuple(Timespan(one.start + by, one.end + by) for one in terms.sessions)


def propose(campaign: Campaign, crowd: Crowd, move: Move, now: datetime) -> tuple[Inquiry, Outcome]:
    """Ask everybody who has paid; the term ends an hour before the old and the new beginning, at the latest."""
    stepped = step(campaign, Action.PROPOSE_MOVE, now)
    terms = moved_terms(campaign.terms, move, now)
    first = min(terms.start, campaign.terms.start)
    term = min(now + timedelta(hours=campaign.rules.ask_hours), first - BEFORE_START)
    if term <= now:
        raise TooLateError("there is no time left to ask", state=str(campaign.state), term=format_time(term))
    paid = [one for one in crowd.live if one.state is Standing.PAID]
    minimum = 1 if move.even_if_fewer else campaign.terms.min_group
    why = {"even_if_fewer": move.even_if_fewer, "reason": move.reason, "text": move.text}
    inquiry = ask(campaign, About.MOVE, terms, paid, term, now, minimum=minimum, **why)
    paused = pause(stepped, About.MOVE, term, crowd)
    return inquiry, Outcome(
        paused.campaign,
        changed=paused.gone,
        shifts=paused.shifts,
        events=(InquiryOpened(inquiry), *paused.events),
        notices=tuple(asking_notices.asked(paused.campaign, inquiry, one) for one in paid),
    )


def relocate(campaign: Campaign, inquiry: Inquiry, crowd: Crowd, staying: Sequence[Commitment],
             planned: Sequence[Session], now: datetime) -> Outcome:  # fmt: skip
    """Move to the new time and place with those who stay; refund the others in full.

    They have not dropped out: nobody has to answer for a tier that is lost with their seats.
    """
    campaign = step(campaign, Action.MOVE, now)
    parted = part(campaign, others(crowd.live, staying), staying, "move_refused", now, crowd.funds)
    wanted, excused = inquiry.terms, sum(one.seats for one in parted.gone)
    terms = replace(campaign.terms, slot=wanted.slot, sessions=wanted.sessions, place=wanted.place)
    campaign = replace(parted.campaign, terms=terms, pause=None, excused_seats=campaign.excused_seats + excused)
    return Outcome(
        campaign,
        changed=parted.gone,
        shifts=parted.shifts,
        transfers=parted.transfers,
        events=(*parted.events, SlotMoved(campaign, inquiry.reason or "organiser")),
        notices=(
            *(asking_notices.refunded(campaign, one) for one in parted.gone),
            *(asking_notices.relocated(campaign, one) for one in staying),
        ),
        sessions=move_sessions(planned, terms.times),
    )
