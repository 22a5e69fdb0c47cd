"""Signals: what members of communities say that they want."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services.demand.domain.errors import SignalClosedError
from services.demand.domain.events import SignalChanged, SignalPlaced, SignalWithdrawn
from services.demand.domain.partition import partition_of
from services.demand.domain.reach import Box
from services.demand.domain.versions import check_version
from services.kernel.clock import format_time
from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.ids import CommunityId, MemberId, PoolId, SignalId
from services.kernel.money import Money
from services.kernel.timespan import Timespan

MAX_WINDOWS = 50
MAX_MINUTES = 1440 * 14
MAX_PEOPLE = 10_000
DEFAULT_MINUTES = 120
DEFAULT_RADIUS_KM = 5.0
MAX_RADIUS_KM = 1_000.0


class SignalState(StrEnum):
    """Where a signal stands. ``open``: it waits to be put into a pool, a moment at most; see MERGING.md."""

    OPEN = "open"
    POOLED = "pooled"
    SERVED = "served"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Signal:
    """``people`` of one member want something of ``category``, within reach of ``place``, in one of ``windows``.

    ``version`` counts the edits. ``partition`` is where it is merged, that of its category and place unless given.
    """

    signal_id: SignalId
    community_id: CommunityId
    member_id: MemberId
    text: str
    category: str
    people: int
    ceiling: Money | None
    place: Place
    radius_km: float
    windows: tuple[Timespan, ...]
    minutes: int
    expires_at: datetime
    state: SignalState
    pool_id: PoolId | None
    created_at: datetime
    version: int = 1
    partition: str = ""
    # Answers to the questions of the category's form; its own community's only.
    answers: Mapping[str, Any] = field(default_factory=dict, hash=False)
    # How its words were read when it was placed; told once, not kept.
    reading: Mapping[str, Any] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.partition:
            object.__setattr__(self, "partition", partition_of(self.category, self.place))

    def placed(self, now: datetime) -> tuple["Signal", list[SignalPlaced]]:
        """Check that the signal can be served at all after ``now``, and return it with what is to be told of it."""
        _check_windows(self.windows, now)
        _check_minutes(self.windows, self.minutes)
        _check_expiry(self, now)
        return self, [SignalPlaced(self)]

    def changed(
        self, changes: Mapping[str, Any], expected_version: int | None, now: datetime
    ) -> tuple["Signal", list[SignalChanged]]:
        """Return the signal with ``changes`` and the next version; the same one when nothing differs.

        Windows that are not changed may have begun meanwhile. A signal that was to expire with its last window goes
        on doing so. Refuses when the signal is over or can no longer be served.
        """
        check_version(expected_version, self.version)
        if not self.is_waiting:
            raise SignalClosedError(f"the signal is {self.state}", state=str(self.state))
        after = replace(self, **changes)
        if after == self:
            return self, []
        if "windows" in changes:
            _check_windows(after.windows, now)
            if "expires_at" not in changes:
                after = replace(after, expires_at=_expiry_with(after.windows, self))
        _check_minutes(after.windows, after.minutes)
        _check_expiry(after, now)
        partition = partition_of(after.category, after.place)
        moved = (after.category, after.place) != (self.category, self.place)
        after = replace(after, version=self.version + 1, partition=partition if moved else self.partition)
        return after, [SignalChanged(after)]

    @property
    def reach(self) -> Box:
        """A box around everywhere they go."""
        return Box.around(self.place, self.radius_km)

    @property
    def is_waiting(self) -> bool:
        """Whether it still waits to be served."""
        return self.state in (SignalState.OPEN, SignalState.POOLED)

    def pooled(self, pool_id: PoolId) -> "Signal":
        """Return the signal as part of a pool."""
        return replace(self, state=SignalState.POOLED, pool_id=pool_id)

    def reopened(self) -> "Signal":
        """Return the signal as one that waits for a pool."""
        return replace(self, state=SignalState.OPEN, pool_id=None)

    def served(self) -> "Signal":
        """Return the signal as one for which a campaign was opened; it stays in its pool."""
        return replace(self, state=SignalState.SERVED)

    def ended(self, reason: str) -> tuple["Signal", list[SignalWithdrawn]]:
        """Return the signal taken back (``withdrawn``) or out of time (``expired``); refuse when it is over."""
        if not self.is_waiting:
            raise SignalClosedError(f"the signal is {self.state}", state=str(self.state))
        after = replace(self, state=SignalState(reason), pool_id=None)
        return after, [SignalWithdrawn(after, reason)]


def _check_expiry(signal: Signal, now: datetime) -> None:
    last = signal.windows[-1].end
    if not now < signal.expires_at <= last:
        raise InvalidError(
            "expires_at",
            f"{format_time(signal.expires_at)} is not possible",
            f"a time after now and not after the last window, {format_time(last)}",
        )


def _expiry_with(windows: tuple[Timespan, ...], before: Signal) -> datetime:
    last = windows[-1].end
    return last if before.expires_at == before.windows[-1].end else min(last, before.expires_at)


def _check_windows(windows: tuple[Timespan, ...], now: datetime) -> None:
    if not windows:
        raise InvalidError("windows", "is empty", f"1 to {MAX_WINDOWS} windows")
    for index, window in enumerate(windows):
        if window.start <= now:
            raise InvalidError(f"windows.{index}.start", f"{format_time(window.start)} is past", "a time after now")


def _check_minutes(windows: tuple[Timespan, ...], minutes: int) -> None:
    if not any(window.length >= timedelta(minutes=minutes) for window in windows):
        raise InvalidError("minutes", f"{minutes} does not fit into any window", "at most the longest window")


def united(windows: Iterable[Timespan]) -> tuple[Timespan, ...]:
    """Return the windows in order, those that overlap or touch made one: free from 9 to 11 and from 11 to 13 is
    free from 9 to 13.
    """
    found: list[Timespan] = []
    for window in sorted(windows):
        if found and window.start <= found[-1].end:
            found[-1] = Timespan(found[-1].start, max(found[-1].end, window.end))
        else:
            found.append(window)
    return tuple(found)
