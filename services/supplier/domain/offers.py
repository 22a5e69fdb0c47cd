"""Offers: published terms, and the slots in which the service takes place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from services.kernel.clock import format_time
from services.kernel.errors import InvalidError
from services.kernel.ids import OfferId, SlotId, SupplierId
from services.kernel.quantity import require_count
from services.kernel.timespan import Timespan
from services.supplier.domain.calendars import Calendar
from services.supplier.domain.errors import OfferPausedError, OfferWithdrawnError
from services.supplier.domain.model import require_future
from services.supplier.domain.terms import MAX_SESSIONS, Terms


class OfferState(StrEnum):
    """published -> paused -> published, and from both -> withdrawn."""

    PUBLISHED = "published"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


# What is not withdrawn: a paused offer comes back with its slots.
ON_THE_MARKET = (OfferState.PUBLISHED, OfferState.PAUSED)


@dataclass(frozen=True, slots=True)
class Offer:
    """Terms that a supplier has published; ``version`` counts its revisions, added slots and its withdrawal."""

    offer_id: OfferId
    supplier_id: SupplierId
    terms: Terms
    state: OfferState
    version: int
    created_at: datetime
    # The kinds of papers that ran out, while it is paused.
    paused_for: tuple[str, ...] = ()
    calendar: Calendar | None = None

    def require_published(self) -> None:
        """Raise ``OfferPausedError`` or ``OfferWithdrawnError`` if nothing can be booked on it now."""
        if self.state is OfferState.PAUSED:
            kinds = list(self.paused_for)
            message = "the offer is paused until its supplier shows its papers"
            raise OfferPausedError(message, state=str(self.state), offer_id=str(self.offer_id), kinds=kinds)
        self.require_kept()

    def require_kept(self) -> None:
        """Raise ``OfferWithdrawnError`` if it is no longer on the market, paused or not."""
        if self.state is OfferState.WITHDRAWN:
            raise OfferWithdrawnError("the offer was withdrawn", state=str(self.state), offer_id=str(self.offer_id))

    def withdraw(self) -> "Offer":
        """Take it from the market; what is booked stays booked."""
        self.require_kept()
        return replace(self, state=OfferState.WITHDRAWN, version=self.version + 1, paused_for=())

    def pause(self, kinds: Iterable[str]) -> "Offer":
        """Let it wait for papers of these kinds. Its terms are the same, so its version is."""
        return replace(self, state=OfferState.PAUSED, paused_for=tuple(sorted({*self.paused_for, *kinds})))

    def resume(self) -> "Offer":
        """Put it back on the market."""
        return replace(self, state=OfferState.PUBLISHED, paused_for=())

    def with_slot(self) -> "Offer":
        """Count one more slot as a new version."""
        self.require_kept()
        return replace(self, version=self.version + 1)

    def revise(self, terms: Terms, calendar: Calendar | None) -> "Offer":
        """Promise other terms, at other times, from now on; what is proposed or booked keeps its own."""
        self.require_kept()
        return replace(self, terms=terms, calendar=calendar, version=self.version + 1)

    @property
    def snapshot(self) -> "Snapshot":
        """The offer as it is now, to be kept in a match."""
        return Snapshot(self.offer_id, self.version, self.terms)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The offer as it was when a match was made."""

    offer_id: OfferId
    version: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class OfferVersion:
    """The terms of an offer from its ``version`` on, until the next one that is kept."""

    offer_id: OfferId
    version: int
    terms: Terms
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """A time with ``capacity`` seats, of which some are held for matches and some are sold.

    A course takes place in many ``sessions`` within the ``span``; anything else in one, the span itself. A slot is
    closed when its supplier has withdrawn from it: what others have booked stays, and nobody is matched with it again.
    From ``book_by`` on nobody books it any more. ``occupied`` is when its ``resource``, a number, is taken by it: while
    it is booked nothing else that needs the same one is. What a calendar gave is ``from_calendar``.
    """

    slot_id: SlotId
    offer_id: OfferId
    span: Timespan
    sessions: tuple[Timespan, ...]
    capacity: int
    held: int = 0
    confirmed: int = 0
    closed: bool = False
    book_by: datetime | None = None
    resource: int | None = None
    occupied: tuple[Timespan, ...] = ()
    from_calendar: bool = False

    @property
    def bookable_until(self) -> datetime:
        """From when on nobody books it any more."""
        return self.book_by or self.span.start

    @property
    def is_booked(self) -> bool:
        """Whether any seat is held or sold."""
        return self.held + self.confirmed > 0

    def clashes_with(self, other: "Slot") -> bool:
        """Tell whether both need the same resource at the same time."""
        if self.resource is None or self.resource != other.resource or self.slot_id == other.slot_id:
            return False
        return any(one.intersect(their) for one in self.occupied for their in other.occupied)

    @property
    def free(self) -> int:
        """How many seats can still be held."""
        return 0 if self.closed else self.capacity - self.held - self.confirmed

    @property
    def served_time(self) -> timedelta:
        """How long all its sessions are together."""
        return served_time(self.sessions)


def served_time(sessions: Sequence[Timespan]) -> timedelta:
    """Return how long the sessions are together."""
    return sum((session.length for session in sessions), timedelta())


def check_slot(terms: Terms, slot: Slot, now: datetime, field: str = "") -> None:
    """Raise ``InvalidError`` (naming the part of ``field``) unless a slot is ahead, long and large enough."""
    require_future(slot.span.start, now, f"{field}start")
    if not 1 <= len(slot.sessions) <= MAX_SESSIONS:
        raise InvalidError(f"{field}sessions", f"has {len(slot.sessions)} sessions", f"1 to {MAX_SESSIONS} sessions")
    for index, session in enumerate(slot.sessions):
        # The only session of most slots is the slot itself; nobody has named it.
        _check_session(terms, slot, session, field if session == slot.span else f"{field}sessions.{index}.")
    _check_order(slot.sessions, field)
    # A slot that cannot hold the smallest group would never be matched, and nobody would know why.
    require_count(slot.capacity, f"{field}capacity", least=terms.min_group)


def check_revised(terms: Terms, slots: Sequence[Slot], now: datetime) -> None:
    """Raise ``InvalidError`` where revised terms do not fit a slot that is still to be sold."""
    for slot in slots:
        if slot.closed or slot.span.start <= now:
            continue
        least = min(session.length for session in slot.sessions)
        if least < timedelta(minutes=terms.minutes):
            problem = f"is longer than a session of the slot at {format_time(slot.span.start)}"
            raise InvalidError("minutes", problem, f"at most {int(least.total_seconds() // 60)} minutes")
        if slot.capacity < terms.min_group:
            problem = f"is more than the slot at {format_time(slot.span.start)} holds"
            raise InvalidError("min_group", problem, f"at most {slot.capacity}")


def _check_session(terms: Terms, slot: Slot, session: Timespan, field: str) -> None:
    if not slot.span.contains(session):
        expected = f"a session from {format_time(slot.span.start)} to {format_time(slot.span.end)}"
        raise InvalidError(field.removesuffix("."), "lies outside its slot", expected)
    if session.length < timedelta(minutes=terms.minutes):
        expected = f"at least {terms.minutes} minutes after the start"
        raise InvalidError(f"{field}end", "leaves too little time", expected)


def _check_order(sessions: Sequence[Timespan], field: str) -> None:
    for index, (before, session) in enumerate(pairwise(sessions), start=1):
        if session.start < before.end:
            problem = f"{format_time(session.start)} is before the end of the session before"
            raise InvalidError(f"{field}sessions.{index}.start", problem, f"at or after {format_time(before.end)}")
