"""What was read in a text, and what has to be asked: plain values, with the place in the text for each of them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.kernel.money import Money
from services.kernel.timespan import Timespan

# Kinds of readings of time; a holiday is a single named day, a set is what repeats.
KINDS = ("date", "time", "datetime", "date range", "time range", "datetime range", "duration", "set", "holiday")


@dataclass(frozen=True, slots=True)
class Question:
    """What a person has to decide: ``choices`` are wordings that read clearly in place of what was said."""

    code: str
    zh: str
    en: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """When and how a text was said: ``now`` is local time in ``zone``; ``locale`` is its language, zh or en."""

    now: datetime
    zone: ZoneInfo
    locale: str | None = None
    horizon: timedelta = timedelta(weeks=4)

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.date()


@dataclass(frozen=True, slots=True)
class TimeReading:
    """A time that is said in ``text[start:end]``.

    ``windows`` are when it is, in UTC, the repeated ones within the horizon; empty where the words alone do not say
    when (a length of time, an hour without a day). ``value`` is its TIMEX3-like form, ``duration`` its length where
    the words are about a length. ``words`` is the reading as people are shown it, by language. ``denied`` is set where
    the text says that this time does not suit (周五除外).
    """

    start: int
    end: int
    text: str
    kind: str
    value: str
    words: Mapping[str, str]
    windows: tuple[Timespan, ...] = ()
    duration: timedelta | None = None
    confidence: float = 1.0
    questions: tuple[Question, ...] = ()
    denied: bool = False
    detail: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class HeadCount:
    """How many people come, of whom ``children``; ``people`` counts all of them."""

    start: int
    end: int
    text: str
    people: int
    adults: int | None = None
    children: int | None = None
    confidence: float = 1.0
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A price that must not be passed, or (``about``) one that somebody has in mind.

    ``per`` is person, hour, group, item, or None where the words do not say.
    """

    start: int
    end: int
    text: str
    amount: Money
    per: str | None = None
    about: bool = False
    confidence: float = 1.0
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place as it was called; where it lies is not known here."""

    start: int
    end: int
    text: str
    name: str
    near: bool = False


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that was read in one text. ``windows`` and ``minutes`` put the readings of time together."""

    text: str
    times: tuple[TimeReading, ...] = ()
    windows: tuple[Timespan, ...] = ()
    minutes: int | None = None
    heads: HeadCount | None = None
    ceiling: Ceiling | None = None
    place: Place | None = None
    asked: tuple[Question, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """Everything that a person has to decide, in the order of the text."""
        found = [*self.times, *(one for one in (self.heads, self.ceiling) if one is not None)]
        ordered = sorted(found, key=lambda one: one.start)
        return (*(question for one in ordered for question in one.questions), *self.asked)

    def as_wire(self) -> dict[str, Any]:
        """Return plain values for an answer in JSON; the text itself is left to the caller."""
        return {
            "times": [_time_wire(one) for one in self.times],
            "windows": [one.to_wire() for one in self.windows],
            "minutes": self.minutes,
            "heads": None if self.heads is None else asdict(self.heads),
            "ceiling": None
            if self.ceiling is None
            else {**asdict(self.ceiling), "amount": self.ceiling.amount.to_wire()},
            "place": None if self.place is None else asdict(self.place),
            "questions": [asdict(one) for one in self.questions],
        }


def _time_wire(one: TimeReading) -> dict[str, Any]:
    return {
        "start": one.start,
        "end": one.end,
        "text": one.text,
        "kind": one.kind,
        "value": one.value,
        "words": dict(one.words),
        "windows": [window.to_wire() for window in one.windows],
        "minutes": None if one.duration is None else one.duration.total_seconds() / 60,
        "confidence": one.confidence,
        "denied": one.denied,
        "questions": [asdict(question) for question in one.questions],
    }
