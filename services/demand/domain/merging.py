"""Which signals can be served together, and why. ``Merger`` is the port; ``same_category_merger`` the plain rule.

The rule looks at the signals as they are, never at what changed: the same signals always have the same in common,
whatever order they came in, and a signal that is gone leaves no trace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from services.demand.domain.meeting import Reach, meeting_area
from services.demand.domain.pool import Pool
from services.demand.domain.prices import NO_PRICES, PriceList, priced_out, too_expensive
from services.demand.domain.reach import Box
from services.demand.domain.recognising import Persons
from services.demand.domain.sharing import Common, Sentence
from services.demand.domain.signals import Signal
from services.kernel.timespan import Timespan, common_windows


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why signals cannot be served together, in the words of people.

    ``plain`` says it without anything that follows from what the others want.
    """

    why: Sentence
    kind: str = "category"

    @property
    def plain(self) -> Sentence:
        """The reason without numbers."""
        return PLAIN.get(self.kind, self.why)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pool that gathers, with the signals that are in it now, and what services of its category cost."""

    pool: Pool
    signals: tuple[Signal, ...]
    prices: PriceList = NO_PRICES
    persons: Persons = field(default_factory=dict)


class Merger(Protocol):
    """Says what signals have in common and which pool a signal belongs to. Pure: same input, same answer."""

    def common(self, signals: Sequence[Signal]) -> Common | Misfit:
        """Return what all of ``signals`` (at least one) have in common, or why they do not fit together."""
        ...

    def misfit(self, signal: Signal, candidate: Candidate, now: datetime) -> Misfit | None:
        """Return why ``signal`` cannot join ``candidate`` at ``now``, or None if it can."""
        ...

    def choose(self, signal: Signal, candidates: Sequence[Candidate], now: datetime) -> Candidate | None:
        """Return the pool that ``signal`` should join at ``now``, or None if it should begin one of its own."""
        ...


class SameCategoryMerger:
    """One category, one disc inside everybody's reach, one common window that is long enough for everybody.

    Of several pools the one with most people is chosen, then the oldest. What people want to pay keeps a signal out
    where offers are known and none of them is cheap enough for the joint head count; see ``priced_out``.
    """

    def common(self, signals: Sequence[Signal]) -> Common | Misfit:
        """Return category, area, windows and minutes that all of ``signals`` share, or why there are none."""
        ordered = sorted(signals, key=lambda signal: signal.signal_id)
        if len({signal.category for signal in ordered}) > 1:
            return Misfit(CATEGORIES_DIFFER)
        minutes = max(signal.minutes for signal in ordered)
        windows = _shared_windows(ordered, minutes)
        if not windows:
            return Misfit(no_window(minutes), "time")
        area = meeting_area(Reach(signal.place, signal.radius_km, signal.people) for signal in ordered)
        if area is None:
            return Misfit(NO_PLACE, "place")
        return Common(area, windows, minutes, Box.shared(signal.reach for signal in ordered))

    def misfit(self, signal: Signal, candidate: Candidate, now: datetime) -> Misfit | None:
        """Return why ``signal`` cannot join; a common window counts only as far as it is not past."""
        found = self.common([*candidate.signals, signal])
        if isinstance(found, Misfit):
            return found
        if not _has_time(found.windows, timedelta(minutes=found.minutes), now):
            return Misfit(no_window(found.minutes), "time")
        price = priced_out(signal, candidate.signals, candidate.prices, candidate.persons)
        return None if price is None else Misfit(too_expensive(price), "price")

    def choose(self, signal: Signal, candidates: Sequence[Candidate], now: datetime) -> Candidate | None:
        """Return the first that fits, in the order of most people, then of age."""
        ordered = sorted(candidates, key=lambda one: (-one.pool.people, one.pool.created_at, one.pool.pool_id))
        return next((one for one in ordered if self.misfit(signal, one, now) is None), None)


same_category_merger = SameCategoryMerger()


def joint_misfit(merger: Merger, moving: Sequence[Signal], candidate: Candidate, now: datetime) -> Misfit | None:
    """Return why ``moving`` cannot join the candidate together at ``now``, or None if they can."""
    others = candidate.signals
    found = merger.common([*others, *moving])
    if isinstance(found, Misfit):
        return found
    if not _has_time(found.windows, timedelta(minutes=found.minutes), now):
        return Misfit(no_window(found.minutes), "time")
    for index, signal in enumerate(moving):
        rest = [*others, *moving[:index], *moving[index + 1 :]]
        if (price := priced_out(signal, rest, candidate.prices, candidate.persons)) is not None:
            return Misfit(too_expensive(price), "price")
    return None


def shares_time(signal: Signal, pool: Pool, now: datetime) -> bool:
    """Tell whether a pool with one more signal would still have a window that is long enough and not past.

    The windows of a pool are what all its signals share, so nothing else has to be looked at.
    """
    needed = timedelta(minutes=max(signal.minutes, pool.minutes))
    return _has_time(common_windows(pool.windows, signal.windows, needed), needed, now)


def _has_time(windows: Sequence[Timespan], needed: timedelta, now: datetime) -> bool:
    return any(window.end - max(window.start, now) >= needed for window in windows)


def _shared_windows(signals: Sequence[Signal], minutes: int) -> tuple[Timespan, ...]:
    at_least = timedelta(minutes=minutes)
    # Members of one community often copy each other's windows; each set counts once.
    first, *others = dict.fromkeys(signal.windows for signal in signals)
    shared = tuple(window for window in first if window.length >= at_least)
    for windows in others:
        shared = common_windows(shared, windows, at_least)
    return shared


PLAIN: dict[str, Sentence] = {
    "time": {"zh": "加入后没有足够长的共同时段。", "en": "With them there is no common window that is long enough."},
    "price": {"zh": "加入后的价格超出有人能接受的价格。", "en": "With them the price is more than somebody would pay."},
}
CATEGORIES_DIFFER: Sentence = {
    "zh": "类别不同，不能并入同一个需求池。",
    "en": "The categories differ, so they cannot share a pool.",
}
NO_PLACE: Sentence = {
    "zh": "加入后就没有一个地点在每个人的可达范围内。",
    "en": "With it no place would be within everybody's reach.",
}
POLICY: Sentence = {
    "zh": "有社群的合并政策不允许（或已拒绝）与其他社群合并。",
    "en": "The merge policy or the refusal of a community keeps them apart.",
}
CHOSE_ANOTHER: Sentence = {
    "zh": "与本社群的需求合适，但与其他人的不合，或当时另一个需求池人数更多或成立更早。",
    "en": "It fits your own needs there but not those of others, or another pool had more people or was older.",
}


def no_window(minutes: int) -> Sentence:
    """Say that there is no common window that is long enough."""
    return {
        "zh": f"加入后没有一个不短于 {minutes} 分钟的共同时段。",
        "en": f"With it there would be no common window of at least {minutes} minutes.",
    }
