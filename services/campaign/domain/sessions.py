"""Sessions: what takes place when, and whether it did. One table; DELIVERY.md shows the same table to people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.campaign.domain.errors import SessionStateError, SessionUnknownError, TooEarlyError, WrongStateError
from services.campaign.domain.model import Campaign
from services.kernel.clock import format_time
from services.kernel.ids import CampaignId
from services.kernel.timespan import Timespan

REMIND_BEFORE = timedelta(days=1)
# The service knows no time zone: the day of a session is what lies this long around it.
DAY = timedelta(hours=12)


class SessionState(StrEnum):
    """The states of a session."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class SessionAction(StrEnum):
    """What can happen to a session; ``close`` is the delivery of the whole campaign."""

    HOLD = "hold"
    CANCEL = "cancel"
    CLOSE = "close"


class Reason(StrEnum):
    """Why a session does not take place."""

    WEATHER = "weather"
    ILLNESS = "illness"
    SUPPLIER = "supplier"
    ORGANISER = "organiser"


@dataclass(frozen=True, slots=True)
class Turn:
    """Where an action leads, what must hold, who may cause it, and which event tells it."""

    next: SessionState
    guard: str
    actor: str
    event: str | None


TURNS: dict[tuple[SessionState, SessionAction], Turn] = {
    (SessionState.PLANNED, SessionAction.HOLD): Turn(
        SessionState.HELD, "begun", "organiser, supplier", "session_held.v1"
    ),
    (SessionState.PLANNED, SessionAction.CANCEL): Turn(
        SessionState.CANCELLED, "always", "organiser, supplier", "session_cancelled.v1"
    ),
    (SessionState.PLANNED, SessionAction.CLOSE): Turn(SessionState.HELD, "begun", "organiser, supplier", None),
}


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a campaign, counted from 1; ``decided_at`` is when it was held or cancelled."""

    campaign_id: CampaignId
    number: int
    span: Timespan
    state: SessionState = SessionState.PLANNED
    reason: Reason | None = None
    decided_at: datetime | None = None

    @property
    def is_planned(self) -> bool:
        """Whether it is still to be decided."""
        return self.state is SessionState.PLANNED

    @property
    def is_held(self) -> bool:
        """Whether it took place."""
        return self.state is SessionState.HELD

    def has_begun(self, now: datetime) -> bool:
        """Tell whether its start has come."""
        return now >= self.span.start

    @property
    def day(self) -> Timespan:
        """When people can be checked in to it."""
        return Timespan(self.span.start - DAY, self.span.end + DAY)


def plan(campaign: Campaign) -> tuple[Session, ...]:
    """Return the sessions of a group that was formed: those of a course, or the slot itself."""
    return tuple(Session(campaign.campaign_id, number, span) for number, span in enumerate(campaign.terms.times, 1))


def move(sessions: Sequence[Session], spans: Sequence[Timespan]) -> tuple[Session, ...]:
    """Return sessions at other times; one that was cancelled stays cancelled."""
    return tuple(replace(one, span=span) for one, span in zip(sessions, spans, strict=True))


def turn(session: Session, action: SessionAction, now: datetime, reason: Reason | None = None) -> Session:
    """Return the session in its next state; refuse what the table does not have or its guard does not let pass."""
    line = TURNS.get((session.state, action))
    if line is None:
        message = f"session {session.number} is {session.state}"
        raise SessionStateError(message, state=str(session.state), session=session.number, action=str(action))
    if line.guard == "begun":
        require_begun(session, now)
    return replace(session, state=line.next, reason=reason, decided_at=now)


def require_begun(session: Session, now: datetime) -> None:
    """Refuse what can only be said of a session once its start has come."""
    if not session.has_begun(now):
        start = format_time(session.span.start)
        message = f"session {session.number} begins at {start}"
        raise TooEarlyError(message, state=str(session.state), session=session.number, start=start)


def require_its_day(campaign: Campaign, now: datetime) -> None:
    """Refuse before the day on which a campaign begins."""
    if now < (start := campaign.terms.start) - DAY:
        raise TooEarlyError("it is not its day yet", state=str(campaign.state), start=format_time(start))


def require_nothing_held(campaign: Campaign, now: datetime) -> None:
    """Refuse where sessions were held: then it is delivered and not abandoned."""
    if campaign.sessions_held:
        message = "sessions were held, so it has to be delivered"
        raise WrongStateError(message, state=str(campaign.state), sessions_held=campaign.sessions_held)


def find(sessions: Iterable[Session], number: int) -> Session:
    """Return the session of that number; raise ``SessionUnknownError`` if there is none."""
    found = next((one for one in sessions if one.number == number), None)
    if found is None:
        raise SessionUnknownError("there is no such session", session=number)
    return found


def call_off(sessions: Iterable[Session], why: str | None, now: datetime) -> tuple[Session, ...]:
    """Return the sessions that do not take place because their campaign does not, for the reason of its end."""
    reason = _CALLED_OFF.get(why or "", Reason.ORGANISER)
    return tuple(turn(one, SessionAction.CANCEL, now, reason) for one in sessions if one.is_planned)


_CALLED_OFF = {"weather": Reason.WEATHER, "supplier_withdrew": Reason.SUPPLIER}


def close(sessions: Sequence[Session], now: datetime) -> tuple[Session, ...]:
    """Count as held whatever was planned and has begun; a session that is still to come has to be cancelled first."""
    return tuple(turn(one, SessionAction.CLOSE, now) if one.is_planned else one for one in sessions)


def count_held(sessions: Iterable[Session]) -> int:
    """Return how many sessions took place."""
    return sum(one.is_held for one in sessions)


def nothing_left(sessions: Iterable[Session]) -> bool:
    """Tell whether no session took place, and none will."""
    return all(one.state is SessionState.CANCELLED for one in sessions)


def reminders(sessions: Iterable[Session], now: datetime) -> list[tuple[Session, datetime]]:
    """Return which sessions are to be reminded of, and when.

    A group that forms less than a day before has just been told, so it is not reminded.
    """
    due = [(one, one.span.start - REMIND_BEFORE) for one in sessions if one.is_planned]
    return [(one, at) for one, at in due if at > now]
