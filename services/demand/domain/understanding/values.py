"""What words become before they are put together: days, hours, lengths of time, repetitions, words of grammar."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.demand.domain.understanding.model import Question


@dataclass(frozen=True, slots=True)
class Day:
    """One day or several, from ``first`` to ``last`` (both included), nearest to the day on which it was said.

    ``year``, ``month``, ``day`` and ``weekday`` (1 is Monday) are what was said, so that the second half of
    "1月10日到12日" can take its month from the first. ``grain`` is day, weekend, week, month, year, days or season.
    """

    timex: str
    first: date
    last: date
    grain: str = "day"
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    holiday: str | None = None
    questions: tuple[Question, ...] = ()

    @property
    def one(self) -> bool:
        """Whether it is a single day."""
        return self.grain == "day"

    def each(self) -> list[date]:
        """Return its days."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour as it was said; ``half`` is am or pm where the words fix it, ``exact`` if they leave no doubt."""

    hour: int
    minute: int | None = None
    second: int | None = None
    half: str | None = None
    exact: bool = False

    @property
    def timex(self) -> str:
        """The form of TIMEX3, as precise as what was said."""
        parts = [part for part in (self.hour, self.minute, self.second) if part is not None]
        return "T" + ":".join(f"{part:02}" for part in parts)

    @property
    def seconds(self) -> int:
        """Seconds after midnight; 24:00 is the midnight after."""
        return self.hour * 3600 + (self.minute or 0) * 60 + (self.second or 0)


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: ``count`` units (Y, M, W, D, H, MIN, S), summed over ``more`` in compound ones."""

    count: float
    unit: str
    more: tuple["Length", ...] = ()

    @property
    def delta(self) -> timedelta:
        """How long it is; a month counts 30 days and a year 365, as in the TIMEX of spans."""
        days = {"Y": 365, "M": 30, "W": 7, "D": 1}
        seconds = {"H": 3600, "MIN": 60, "S": 1}
        own = days[self.unit] * 86400 if self.unit in days else seconds[self.unit]
        return timedelta(seconds=own * self.count) + sum((one.delta for one in self.more), timedelta())

    @property
    def timex(self) -> str:
        """For instance P1W3D or PT90M."""
        large, small = "", ""
        for one in (self, *self.more):
            if one.unit in ("H", "MIN", "S"):
                small += f"{one.count:g}{one.unit[0]}"
            else:
                large += f"{one.count:g}{one.unit}"
        return "P" + large + ("T" + small if small else "")

    @property
    def whole_days(self) -> bool:
        """Whether it is counted in days or more."""
        return self.unit in ("Y", "M", "W", "D") and not any(not one.whole_days for one in self.more)


@dataclass(frozen=True, slots=True)
class Every:
    """What repeats: on ``weekdays`` (1 is Monday), or each ``period``; ``step`` weeks apart."""

    period: Length
    weekdays: tuple[int, ...] = ()

    @property
    def timex(self) -> str:
        """For instance P1D, or XXXX-WXX-2 for every Tuesday."""
        if not self.weekdays:
            return self.period.timex
        if self.weekdays == (1, 2, 3, 4, 5):
            return "XXXX-WXX-WD"
        if self.weekdays == (6, 7):
            return "XXXX-WXX-WE"
        return ",".join(f"XXXX-WXX-{one}" for one in self.weekdays)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day by its code in PARTS."""

    code: str


@dataclass(frozen=True, slots=True)
class Bare:
    """A number that may be an hour if its neighbours say so."""

    hour: int


@dataclass(frozen=True, slots=True)
class Now:
    """This moment, or one so long from now."""

    after: Length | None = None
    sign: int = 1
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """The time just before or after now (未来三小时): ``sign`` is the side."""

    length: Length
    sign: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word of grammar: t to, j and, k between (at the end), f from, a about, m after, b before, x glue."""

    letter: str
