"""A reading in words, as people are shown it to see whether they were understood."""

from collections.abc import Callable
from datetime import date

from services.demand.domain.understanding.hours import DAY, NAMES
from services.demand.domain.understanding.meaning import Meaning
from services.demand.domain.understanding.values import Day, Every, Length

_ZH_WEEKDAYS = "一二三四五六日"
_EN_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ZH_UNITS = {"Y": "年", "M": "个月", "W": "周", "D": "天", "H": "小时", "MIN": "分钟", "S": "秒"}
_EN_UNITS = {"Y": "year", "M": "month", "W": "week", "D": "day", "H": "hour", "MIN": "minute", "S": "second"}


def worded(found: Meaning) -> dict[str, str]:
    """Return the reading in Chinese and in English, for instance ``2026-06-13 周六 10:00–12:00``."""
    return {"zh": _worded(found, zh=True), "en": _worded(found, zh=False)}


def _worded(found: Meaning, *, zh: bool) -> str:
    if found.length is not None:
        return _length(found.length, zh=zh)
    if found.value == "PRESENT_REF":
        return "现在" if zh else "now"
    hours = _hours(found, zh=zh)
    if found.every is not None:
        return f"{_every(found.every, zh=zh)} {hours}".strip()
    if not found.days:
        return hours
    day_of = _day_zh if zh else _day_en
    if found.until is not None:
        last = day_of(found.until)
        start, end = _clock(found.start or 0), _clock(found.end or 0)
        return f"{day_of(found.days[0].first)} {start} – {last} {end}"
    listed = ("、" if zh else " and ").join(_days(day, day_of) for day in found.days)
    return f"{listed} {hours}".strip()


def _days(day: Day, day_of: Callable[[date], str]) -> str:
    return day_of(day.first) if day.first == day.last else f"{day_of(day.first)} – {day_of(day.last)}"


def _day_zh(day: date) -> str:
    return f"{day.isoformat()} 周{_ZH_WEEKDAYS[day.weekday()]}"


def _day_en(day: date) -> str:
    return f"{_EN_WEEKDAYS[day.weekday()]} {day.isoformat()}"


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds if seconds == DAY else seconds % DAY, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{left:02}" if left else "")


def _hours(found: Meaning, *, zh: bool) -> str:
    if found.start is None:
        return ""
    if found.mod:
        word = {"after": ("以后", "after"), "before": ("以前", "before")}[found.mod][0 if zh else 1]
        return f"{_clock(found.start)} {word}" if zh else f"{word} {_clock(found.start)}"
    if found.end is None:
        return _clock(found.start)
    next_day = ("次日 " if zh else "next day ") if found.end > DAY else ""
    shown = f"{_clock(found.start)}–{next_day}{_clock(found.end)}"
    if found.part is None:
        return shown
    return f"{NAMES[found.part.code][0 if zh else 1]} {shown}"


def _every(every: Every, *, zh: bool) -> str:
    if not every.weekdays:
        length = every.period
        if length.count == 1:
            return f"每{_ZH_UNITS[length.unit]}" if zh else f"every {_EN_UNITS[length.unit]}"
        return ("每" if zh else "every ") + _length(length, zh=zh)
    other = every.period.count == 2
    if zh:
        return ("隔周" if other else "每") + "周" + "、".join(_ZH_WEEKDAYS[one - 1] for one in every.weekdays)
    return ("every other " if other else "every ") + ", ".join(_EN_WEEKDAYS[one - 1] for one in every.weekdays)


def _length(length: Length, *, zh: bool) -> str:
    if zh:
        return "".join(f"{one.count:g}{_ZH_UNITS[one.unit]}" for one in (length, *length.more))
    return " ".join(
        f"{one.count:g} {_EN_UNITS[one.unit]}{'' if one.count == 1 else 's'}" for one in (length, *length.more)
    )
