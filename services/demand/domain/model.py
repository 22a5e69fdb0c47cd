"""Communities, their members, and what they signal that they want. Pools are in pool.py."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from services.demand.domain.errors import SignalClosedError, StaleVersionError
from services.demand.domain.events import (
    CommunityChanged,
    CommunityRegistered,
    MemberChanged,
    MemberJoined,
    SignalPlaced,
    SignalWithdrawn,
)
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


class CommunityKind(StrEnum):
    """What holds a community together."""

    PARENTS = "parents"
    OWNERS = "owners"
    PROFESSIONAL = "professional"
    INTEREST = "interest"
    OTHER = "other"


class MergePolicy(StrEnum):
    """Whether a community's signals may share a pool with those of other communities."""

    AUTO = "auto"
    ASK = "ask"
    NEVER = "never"


class Locale(StrEnum):
    """The languages that texts for people come in."""

    ZH = "zh"
    EN = "en"


class MemberRole(StrEnum):
    """What a member does for its community. It grants no rights; tokens do that."""

    MEMBER = "member"
    ORGANISER = "organiser"
    SUPPLIER_CONNECTOR = "supplier_connector"
    QUALITY_SUPERVISOR = "quality_supervisor"
    OPERATOR = "operator"


class SignalState(StrEnum):
    """Where a signal stands. ``open`` lasts only until it is put into a pool, in the same transaction."""

    OPEN = "open"
    POOLED = "pooled"
    SERVED = "served"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def check_version(expected: int | None, current: int) -> None:
    """Raise ``StaleVersionError`` unless the caller edits the current version; None edits whatever is there."""
    if expected is not None and expected != current:
        raise StaleVersionError(
            f"version {expected} is no longer current; it is {current}", version=current, expected=expected
        )


def check_time_zone(name: str) -> str:
    """Return ``name`` if it is an IANA time zone; raise ``InvalidError`` otherwise."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a relative path, and the name of a folder
        expected = "an IANA time zone such as Asia/Shanghai"
        raise InvalidError("time_zone", f"{name!r} is not known", expected) from None
    return name


@dataclass(frozen=True, slots=True)
class Community:
    """A group of people who trust each other: parents of a school, owners of an estate, a professional circle."""

    community_id: CommunityId
    name: str
    kind: CommunityKind
    place: Place
    time_zone: str
    locale: Locale
    merge_policy: MergePolicy
    version: int
    created_at: datetime

    def registered(self) -> tuple["Community", list[CommunityRegistered]]:
        """Return the new community and what is to be told of it."""
        check_time_zone(self.time_zone)
        return self, [CommunityRegistered(self)]

    def changed(
        self, changes: dict[str, Any], expected_version: int | None
    ) -> tuple["Community", list[CommunityChanged]]:
        """Return the community with ``changes`` and the next version; the same one when nothing differs."""
        check_version(expected_version, self.version)
        if "time_zone" in changes:
            check_time_zone(changes["time_zone"])
        if replace(self, **changes) == self:
            return self, []
        after = replace(self, **changes, version=self.version + 1)
        return after, [CommunityChanged(after)]


@dataclass(frozen=True, slots=True)
class Member:
    """A person or household of one community. Name, contact and household never leave it."""

    member_id: MemberId
    community_id: CommunityId
    name: str
    roles: tuple[MemberRole, ...]
    contact: str | None
    household: str | None
    version: int
    created_at: datetime

    def joined(self) -> tuple["Member", list[MemberJoined]]:
        """Return the new member and what is to be told of it."""
        return self, [MemberJoined(self)]

    def changed(self, changes: dict[str, Any], expected_version: int | None) -> tuple["Member", list[MemberChanged]]:
        """Return the member with ``changes`` and the next version; the same one when nothing differs."""
        check_version(expected_version, self.version)
        if replace(self, **changes) == self:
            return self, []
        after = replace(self, **changes, version=self.version + 1)
        return after, [MemberChanged(after)]


@dataclass(frozen=True, slots=True)
class Signal:
    """``people`` of one member want something of ``category``, within reach of ``place``, in one of ``windows``."""

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

    def placed(self, now: datetime) -> tuple["Signal", list[SignalPlaced]]:
        """Check that the signal can be served at all after ``now``, and return it with what is to be told of it."""
        _check_windows(self.windows, self.minutes, now)
        last = self.windows[-1].end
        if not now < self.expires_at <= last:
            raise InvalidError(
                "expires_at",
                f"{format_time(self.expires_at)} is not possible",
                f"a time after now and not after the last window, {format_time(last)}",
            )
        return self, [SignalPlaced(self)]

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


def _check_windows(windows: tuple[Timespan, ...], minutes: int, now: datetime) -> None:
    if not windows:
        raise InvalidError("windows", "is empty", f"1 to {MAX_WINDOWS} windows")
    for index, window in enumerate(windows):
        if window.start <= now:
            raise InvalidError(f"windows.{index}.start", f"{format_time(window.start)} is past", "a time after now")
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
