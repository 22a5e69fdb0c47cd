"""Turns of duty: who looks after the community's group buys, for how long, and how the work is handed over.

A rota is an ordered list of members and a length of turn. The turns ahead are planned round and round. Whoever is on
duty stays so until the next one has taken over, even when its time is over: nobody's duty ends by a clock alone, so a
community is never without anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.kernel.errors import InvalidError
from services.kernel.ids import CommunityId, MemberId, new_id
from services.kernel.quantity import require_count
from services.reputation.domain.people.errors import TurnStateError

MAX_MEMBERS = 50
MAX_DAYS = 366
AHEAD = 2  # rounds that are planned


class TurnState(StrEnum):
    """planned -> on_duty -> handing_over -> done; planned -> skipped."""

    PLANNED = "planned"
    ON_DUTY = "on_duty"
    HANDING_OVER = "handing_over"
    DONE = "done"
    SKIPPED = "skipped"


CARRYING = (TurnState.ON_DUTY, TurnState.HANDING_OVER)


@dataclass(frozen=True, slots=True)
class Rota:
    """The rota of a community: its members in their order, and how many days a turn lasts."""

    community_id: CommunityId
    member_ids: tuple[MemberId, ...]
    days: int
    starts_at: datetime
    version: int = 1

    def __post_init__(self) -> None:
        require_count(len(self.member_ids), "member_ids", least=1, most=MAX_MEMBERS)
        if len(set(self.member_ids)) != len(self.member_ids):
            raise InvalidError("member_ids", "names a member twice", "each member once")
        require_count(self.days, "days", least=1, most=MAX_DAYS)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of duty; ``note`` is what the one who leaves tells the next, within the community."""

    turn_id: UUID
    community_id: CommunityId
    number: int
    member_id: MemberId
    starts_at: datetime
    ends_at: datetime
    state: TurnState = TurnState.PLANNED
    note: str | None = None
    handed_over_at: datetime | None = None
    taken_over_at: datetime | None = None

    def hand_over(self, note: str, now: datetime) -> "Turn":
        """Offer the duty to the next one, with a note."""
        self._require(TurnState.ON_DUTY)
        return replace(self, state=TurnState.HANDING_OVER, note=note, handed_over_at=now)

    def finish(self) -> "Turn":
        """End the turn: the next one has taken over."""
        self._require(*CARRYING)
        return replace(self, state=TurnState.DONE)

    def take_over(self, now: datetime) -> "Turn":
        """Begin the turn."""
        self._require(TurnState.PLANNED)
        return replace(self, state=TurnState.ON_DUTY, taken_over_at=now)

    def skip(self) -> "Turn":
        """Leave the turn out, because its member cannot."""
        self._require(TurnState.PLANNED)
        return replace(self, state=TurnState.SKIPPED)

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether the turn is over and nobody has taken over."""
        return self.state in CARRYING and now >= self.ends_at

    def _require(self, *states: TurnState) -> None:
        if self.state not in states:
            wanted = " or ".join(states)
            raise TurnStateError(f"the turn is {self.state}, not {wanted}", state=str(self.state))


@dataclass(frozen=True, slots=True)
class Roster:
    """A rota with its turns, in their order, as they stand at ``now``."""

    rota: Rota
    turns: tuple[Turn, ...]
    now: datetime

    @property
    def on_duty(self) -> Turn | None:
        """The turn of whoever is on duty."""
        return next((turn for turn in self.turns if turn.state in CARRYING), None)


def plan(rota: Rota, after: Turn | None, now: datetime) -> list[Turn]:
    """Return the turns ahead, round and round, after the turn that somebody carries, if there is one.

    The order begins behind the member of that turn, so a new rota does not give the same member two turns in a row
    unless it is the only one.
    """
    order = _beginning_behind(rota.member_ids, after.member_id if after else None)
    starts_at = max(after.ends_at, now) if after else max(rota.starts_at, now)
    first = after.number + 1 if after else 1
    length = timedelta(days=rota.days)
    return [
        Turn(
            turn_id=new_id(),
            community_id=rota.community_id,
            number=first + index,
            member_id=order[index % len(order)],
            starts_at=starts_at + index * length,
            ends_at=starts_at + (index + 1) * length,
        )
        for index in range(AHEAD * len(order))
    ]


def swapped(one: Turn, other: Turn) -> tuple[Turn, Turn]:
    """Return both turns with their members exchanged; both have to be ahead still."""
    one._require(TurnState.PLANNED)
    other._require(TurnState.PLANNED)
    return replace(one, member_id=other.member_id), replace(other, member_id=one.member_id)


def _beginning_behind(member_ids: Sequence[MemberId], member_id: MemberId | None) -> list[MemberId]:
    if member_id not in member_ids:
        return list(member_ids)
    index = member_ids.index(member_id) + 1
    return [*member_ids[index:], *member_ids[:index]]
