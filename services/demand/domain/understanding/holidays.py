"""Festivals by name: fixed days, days of the lunar calendar, and days that a rule finds."""

import re
from dataclasses import replace
from datetime import date, timedelta

from services.demand.domain.understanding import days
from services.demand.domain.understanding.days import Day
from services.demand.domain.understanding.model import Frame


def _table(text: str) -> dict[str, tuple[int, ...]]:
    """Read lines of numbers with a colon and names with commas; each name gets the numbers."""
    rows = (line.split(":") for line in text.strip().splitlines())
    return {name.strip(): tuple(map(int, numbers.split())) for numbers, names in rows for name in names.split(",")}


# Month and day.
FIXED = _table("""
1 1: 元旦节, 元旦, 新年, new year's day, new years day, yuandan
2 14: 情人节, valentine's day, valentines day
3 7: 女生节
3 8: 妇女节, 三八节, 女神节, women's day
3 12: 植树节
3 17: saint patrick's day, st patrick's day, st. patrick's day
4 1: 愚人节, april fools' day, april fools
4 22: 地球日, earth day
5 1: 劳动节, 五一节, 五一, labour day, labor day, may day, workers' day, workers day
5 4: 青年节, 五四
5 12: 护士节
6 1: 儿童节, 六一节, 六一, children's day
7 1: 建党节
7 4: independence day
8 1: 建军节
9 10: 教师节
10 1: 国庆节, 国庆
10 31: 万圣夜, 万圣节, halloween
11 11: 光棍节, 双十一, 双11, singles' day
12 12: 双十二, 双12
12 24: 平安夜, christmas eve
12 25: 圣诞节, 圣诞, christmas day, christmas, xmas
12 26: boxing day
12 31: 跨年夜, new year's eve, new years eve, new year eve
""")
# Lunar month and day; month 13, day 0 is the eve of the first.
LUNAR = _table("""
1 1: 大年初一, 正月初一, 春节, 过年, chinese new year, lunar new year, spring festival
1 15: 元宵节, 元宵, lantern festival
5 5: 端午节, 端午, dragon boat festival
7 7: 七夕节, 七夕, qixi festival
7 15: 中元节
8 15: 中秋节, 中秋, mid-autumn festival, mid autumn festival
9 9: 重阳节, 重阳, double ninth festival
12 8: 腊八节, 腊八
13 0: 大年三十, 年三十, 除夕夜, 除夕
""")
# Month, weekday (1 is Monday), which of them in the month.
NTH = _table("""
5 7 2: 母亲节, mother's day, mothers day
6 7 3: 父亲节, father's day, fathers day
11 4 4: 感恩节, thanksgiving day, thanksgiving, thanks giving day
1 1 3: martin luther king day, mlk day
2 1 3: presidents' day, presidents day
""")
# Days after another festival.
AFTER = {"black friday": ("thanksgiving", 1), "黑色星期五": ("thanksgiving", 1), "cyber monday": ("thanksgiving", 4)}
# The number of the solar term, counted from 小寒 as 0.
SOLAR_TERM = {
    "清明节": 6,
    "清明": 6,
    "冬至": 23,
    "qingming festival": 6,
    "tomb sweeping day": 6,
    "tomb-sweeping day": 6,
}
EASTER = {"复活节": 0, "easter sunday": 0, "easter": 0, "good friday": -2, "easter monday": 1}
# Length of what people call the holidays around a festival; how the state lays out the bridge days of a
# year is decreed a few months before, so that this is a reading with a question.
PERIODS = {"国庆": 7, "十一": 7, "五一": 5, "春节": 7, "元旦": 3, "清明": 3, "端午": 3, "中秋": 3}

NAMES = sorted((*FIXED, *LUNAR, *NTH, *AFTER, *SOLAR_TERM, *EASTER), key=len, reverse=True)
NAMED = "|".join(re.escape(name) for name in NAMES)


def day_in(name: str, year: int) -> date | None:
    """Return the day of a festival in a year of the common calendar; None outside of the lunar tables (1900-2100)."""
    if name in FIXED:
        return date(year, *FIXED[name])
    if name in NTH:
        month, weekday, count = NTH[name]
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (count - 1))
    if name in AFTER:
        after, count = AFTER[name]
        base = day_in(after, year)
        return None if base is None else base + timedelta(days=count)
    if name in EASTER:
        return _easter(year) + timedelta(days=EASTER[name])
    if name in SOLAR_TERM:
        return _solar_term(year, SOLAR_TERM[name])
    month, day = LUNAR[name]
    if month == 13:
        # The eve is the day before the first; it belongs to the year in which that day lies.
        first = lunar_day(year, 1, 1)
        return None if first is None else first - timedelta(days=1)
    if month == 12:
        return lunar_day(year - 1, month, day)
    return lunar_day(year, month, day)


def lunar_day(year: int, month: int, day: int) -> date | None:
    """Return the day of a lunar date, leap months left out; None if the month is shorter or the year out of reach."""
    from borax.calendars.lunardate import InvalidLunarDateError, LunarDate

    try:
        return LunarDate(year, month, day).to_solar_date()
    except (InvalidLunarDateError, ValueError):
        return None


def _solar_term(year: int, index: int) -> date | None:
    from borax.calendars.lunardate import TermUtils

    try:
        return TermUtils.nth_term_day(year, index)
    except (ValueError, IndexError):
        return None


def _easter(year: int) -> date:
    """Return Easter Sunday; the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, 1991)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    el = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * el) // 451
    month, day = divmod(h + el - 7 * m + 114, 31)
    return date(year, month, day + 1)


def holiday(frame: Frame, name: str, year: int | None = None) -> Day | None:
    """Return the next day of a festival from today on, or that of ``year``."""
    for at in [year] if year is not None else range(frame.today.year, frame.today.year + 2):
        found = day_in(name, at)
        if found is not None and (year is not None or found >= frame.today):
            return Day(found.isoformat(), found, found, holiday=name, year=year)
    return None


def period(frame: Frame, name: str, year: int | None = None) -> Day | None:
    """Return the days of holiday around a festival."""
    first = holiday(frame, {"十一": "国庆"}.get(name, name), year)
    if first is None:
        return None
    found = days.span(first.first, first.first + timedelta(days=PERIODS[name] - 1))
    return replace(found, holiday=name, year=year)
