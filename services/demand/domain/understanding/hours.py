"""Parts of the day, and which hour of the twenty-four a said hour is."""

from dataclasses import dataclass

from services.demand.domain.understanding.model import Frame, Question
from services.demand.domain.understanding.values import Clock, Part

# The one table of what parts of a day mean, in hours of local time; 24 and more is after midnight.
PARTS = {
    "DA": (0, 6),  # 凌晨
    "MO": (8, 12),  # 早上, 上午, morning
    "MI": (11, 13),  # 中午, midday
    "AF": (13, 18),  # 下午, afternoon
    "DU": (17, 19),  # 傍晚, dusk
    "EV": (18, 22),  # 晚上, evening
    "NI": (20, 24),  # 夜里, night
    "DT": (8, 18),  # 白天, daytime
    "ALL": (8, 22),  # a whole day, also one of which no hour is said
}
NAMES = {
    "DA": ("凌晨", "small hours"),
    "MO": ("上午", "morning"),
    "MI": ("中午", "midday"),
    "AF": ("下午", "afternoon"),
    "DU": ("傍晚", "dusk"),
    "EV": ("晚上", "evening"),
    "NI": ("夜里", "night"),
    "DT": ("白天", "daytime"),
    "ALL": ("全天", "all day"),
}
# A start without an end stands for so many hours.
UNSAID_HOURS = 2
HOUR, NOON, DAY = 3600, 12 * 3600, 24 * 3600


@dataclass(frozen=True, slots=True)
class Hour:
    """Seconds after the midnight of its day; ``doubt`` if it may as well be twelve hours later."""

    seconds: int
    timex: str
    doubt: bool = False
    night: bool = False


def hour(clock: Clock, part: Part | None, frame: Frame) -> Hour:
    """Return the hour of the day that ``clock`` in ``part`` of the day is."""
    code, shift, night = part.code if part else None, 0, False
    if not clock.exact and 1 <= clock.hour <= 12 and code:
        shift, night = _shift(clock.hour, code)
    doubt = not clock.exact and code in (None, "ALL", "DT") and _doubtful(clock, frame)
    seconds = clock.seconds + shift * HOUR
    shown = Clock(seconds // HOUR % 24 if seconds < DAY or night else 24, clock.minute, clock.second)
    return Hour(seconds, shown.timex, doubt, night)


def _shift(said: int, code: str) -> tuple[int, bool]:
    """Return by how many hours the part of the day moves an hour, and whether that is after midnight."""
    if code == "DA":
        return (-12 if said == 12 else 0), False
    if code in ("AF", "DU", "MI"):
        return (12 if said < (9 if code == "MI" else 12) else 0), False
    if code in ("EV", "NI"):
        # 晚上十二点 is the midnight that follows, 晚上两点 the small hours after it.
        if said == 12 or said <= 3:
            return (12 if said == 12 else 24), said <= 3
        return 12, False
    return 0, False


def _doubtful(clock: Clock, frame: Frame) -> bool:
    """In Chinese an hour from 7 to 12 without a part is of the morning, as said; in English it needs am or pm."""
    if not 1 <= clock.hour <= 12:
        return False
    if frame.locale == "en" and clock.hour >= 10 and clock.minute is not None:
        # 10:30 and 12:00 are written by the clock of twenty-four hours.
        return False
    return clock.hour <= (6 if frame.locale != "en" else 12)


def hours(
    first: Clock, last: Clock, parts: tuple[Part | None, Part | None], frame: Frame, apart: bool
) -> tuple[Hour, Hour]:
    """Return both ends of a range of hours; ``apart`` if they are of different days.

    An end without a part of its own takes that of the start; a start takes am or pm of the end where that keeps the
    order, so that "9-11am" is 9:00 and "11-1pm" is 11:00. What still ends before it starts ends in the afternoon,
    or on the day after.
    """
    start_part, end_part = parts
    start = hour(first, start_part, frame)
    if end_part is None and not last.exact and start_part is not None and not apart:
        end = hour(last, start_part, frame)
        if end.seconds <= start.seconds and end.seconds + NOON > start.seconds and last.hour < 12:
            end = Hour(end.seconds + NOON, _plus(end.timex, 12))
    else:
        end = hour(last, end_part, frame)
    if start_part is None and not first.exact and (last.half or end_part) and start.doubt and not apart:
        start = _led(start, first, end, frame)
    if end.seconds <= start.seconds and not apart:
        late = end.seconds + NOON
        if end_part is None and not last.exact and last.hour <= 12 and start.seconds < late <= DAY:
            end = Hour(late, _plus(end.timex, 12), end.doubt)
        else:
            end = Hour(end.seconds + DAY, end.timex, end.doubt)
    if first.half or start_part:
        end = Hour(end.seconds, end.timex)
    if end.seconds > 12 * HOUR + 59 * 60 and first.hour >= 7 and last.hour > 12:
        # 9-17 and 9:30-15:00 are on the clock of twenty-four hours.
        start = Hour(start.seconds, start.timex)
    return start, Hour(end.seconds, end.timex, start.doubt and end.doubt)


def _led(start: Hour, said: Clock, end: Hour, frame: Frame) -> Hour:
    """Return the start on the side of noon on which the end is, if that is before it."""
    late = start.seconds % NOON + NOON
    if end.seconds > NOON and late < end.seconds:
        return Hour(late, _plus(Clock(said.hour % 12, said.minute, said.second).timex, 12))
    return Hour(start.seconds, start.timex)


def _plus(timex: str, count: int) -> str:
    return f"T{int(timex[1:3]) + count:02}{timex[3:]}"


def whole_part(part: Part | None, start: Hour, end: Hour) -> Part | None:
    """Return the part of the day if the hours are just what it stands for, as in 上午 08:00–12:00."""
    if part is None:
        return None
    return part if (start.seconds, end.seconds) == tuple(hour * HOUR for hour in PARTS[part.code]) else None


def which_half(text: str, choices: tuple[str, ...]) -> Question:
    """Ask whether it is before or after noon."""
    return Question("hour_half", f"“{text}”是上午还是下午？", f'Is "{text}" before or after noon?', choices)
