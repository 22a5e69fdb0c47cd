"""Days and stretches of days in Chinese, on folded text."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.demand.domain.understanding import days, holidays
from services.demand.domain.understanding.lexing import rule
from services.demand.domain.understanding.model import Frame, Question
from services.demand.domain.understanding.numerals import number
from services.demand.domain.understanding.values import Day

C = "零一二两三四五六七八九十"
Y = rf"(?:\d{{4}}|\d{{2}}(?=年\s*(?:[\d{C}]{{1,2}}月|第))|[{C}]{{2,5}}|两千[{C}百]{{0,5}})"
M = r"(?:1[0-2]|0?[1-9]|十[一二]|[一二三四五六七八九十])"
D = rf"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[{C}])(?!\d)"
H = r"(?:2[0-4]|1\d|0?\d|二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九])"
N = rf"(?:\d{{1,4}}(?:\.\d+)?|[{C}百]{{1,5}})"
WEEK = r"(?:周|星期|礼拜)"
THIS = r"(?P<w>(?:上上|下下|上|下|这|本|当)(?:一?个)?)"
# A number before 号 may be one of a building or a line, and 早 or 晚 the beginning of a word for something else.
NUMBERED = "(?![楼院线门栋桌位球机房铺码车店馆厅公口])"
RELATIVE = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
}
RELATIVE |= {"后天": 2, "后日": 2, "大后天": 3, "次日": 1, "翌日": 1, "前日": -2, "昨": -1, "今": 0, "明": 1, "当天": 0}
YEARS = {"前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2, "来年": 1, "上一年": -1, "下一年": 1}


def offset_of(word: str | None) -> int | None:
    """Return how many weeks, months … from now 上, 这, 下下 and the like point."""
    if not word:
        return None
    head = re.sub("一?个$", "", word)
    return {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "今": 0, "下": 1, "下下": 2}.get(head)


def year_of(word: str) -> int | None:
    """Return the year that digits or numerals say; two digits are of this century up to 50."""
    value = number(word.strip())
    if value is None:
        return None
    # Numerals that are read as one number (十五年) are a length of time rather than a year.
    if value < 100 and (len(word.strip()) < 2 or "十" in word):
        return None
    return value + (2000 if value <= 50 else 1900) if value < 100 else value


def weekday_of(word: str) -> int:
    """Return 1 for Monday … 7 for Sunday."""
    return {"日": 7, "天": 7, "末": 6}.get(word) or number(word) or 7


def _date(match: re.Match[str], frame: Frame) -> Any:
    said = match.groupdict()
    year = year_of(said["y"]) if said.get("y") else None
    if said.get("y") and year is None:
        return None
    if said.get("ry"):
        year = frame.today.year + YEARS[said["ry"]]
    if said.get("min"):
        year = (number(said["min"]) or 1) + 1911
    month = number(said["m"]) if said.get("m") else None
    if said.get("d"):
        return days.calendar_day(frame, year, month, number(said["d"]) or 0)
    if month:
        return days.month(frame, year, month)
    return days.year(year) if year else None


def _month_day(match: re.Match[str], frame: Frame) -> Any:
    month = days.months_from(frame, offset_of(match["w"]) or 0)
    found = days.calendar_day(frame, month.year, month.month, number(match["d"]) or 0)
    return found


def _lunar(match: re.Match[str], frame: Frame) -> Any:
    month = {"正": 1, "冬": 11, "腊": 12}.get(match["m"]) or number(match["m"]) or 0
    day = number(match["d"].removeprefix("初").replace("廿", "二十")) or 0
    for year in (frame.today.year - 1, frame.today.year, frame.today.year + 1):
        found = holidays.lunar_day(year, month, day)
        if found is not None and found >= frame.today:
            return Day(found.isoformat(), found, found, holiday=match[0])
    return None


def _weekday(match: re.Match[str], frame: Frame) -> Any:
    return days.weekday(frame, weekday_of(match["d"]), offset_of(match["w"]))


def _nth_weekday(match: re.Match[str], frame: Frame) -> Any:
    if match["m"]:
        month = days.month(frame, None, number(match["m"]) or 1)
    else:
        month = days.months_from(frame, offset_of(match["w"]) or 0)
    fitting = [day for day in month.each() if day.isoweekday() == weekday_of(match["d"])]
    index = -1 if match["n"] in ("最后一", "最后") else (number(match["n"].removeprefix("第")) or 9) - 1
    if index >= len(fitting):
        return None
    found = fitting[index]
    return Day(found.isoformat(), found, found, year=month.year, month=month.month, day=found.day)


def _period(match: re.Match[str], frame: Frame) -> Any:
    offset, unit = offset_of(match["w"]) or 0, match["u"]
    if unit == "月":
        return days.months_from(frame, offset)
    if unit == "周末":
        return days.weekend(frame, offset)
    return days.year(frame.today.year + offset) if unit == "年" else days.week(frame, offset)


def _edge(match: re.Match[str], frame: Frame) -> Any:
    """Read 月底, 下月初, 本月中旬, 年底."""
    month = days.month(frame, None, number(match["m"]) or 1) if match["m"] else None
    month = month or days.months_from(frame, offset_of(match["w"]) or 0)
    first = month.first
    edges = {
        "初": (1, 10),
        "上旬": (1, 10),
        "中": (11, 20),
        "中旬": (11, 20),
        "底": (21, 31),
        "末": (21, 31),
        "下旬": (21, 31),
    }
    start, end = edges[match["e"]]
    if match["e"] in ("底", "末"):
        start = month.last.day - 6
    if end == 31:
        end = month.last.day
    return days.span(first.replace(day=start), first.replace(day=end), "days")


def _year_edge(match: re.Match[str], frame: Frame) -> Any:
    year = frame.today.year + (YEARS[match["ry"]] if match["ry"] else 0)
    if match["e"] == "初":
        return days.span(date(year, 1, 1), date(year, 1, 31))
    return days.span(date(year, 12, 1), date(year, 12, 31))


def _quarter(match: re.Match[str], frame: Frame) -> Any:
    year = frame.today.year + (YEARS[match["ry"]] if match["ry"] else 0)
    year = (year_of(match["y"]) if match["y"] else None) or year
    if match["h"]:
        start, count = (1, 6) if match["h"] in "上前" else (7, 6)
    else:
        start, count = 3 * (number(match["q"]) or 1) - 2, 3
    first = date(year, start, 1)
    return days.span(first, days.shift_month(first, count) - timedelta(days=1))


def _season(match: re.Match[str], frame: Frame) -> Any:
    code = {"春": "SP", "夏": "SU", "秋": "FA", "冬": "WI"}[match["s"]]
    return days.season(frame, code, YEARS[match["ry"]] if match["ry"] else None)


def _relative(match: re.Match[str], frame: Frame) -> Any:
    return days.relative(frame, RELATIVE[match[0]])


def _relative_year(match: re.Match[str], frame: Frame) -> Any:
    return days.year(frame.today.year + YEARS[match["ry"]])


def _holiday(match: re.Match[str], frame: Frame) -> Any:
    year = year_of(match["y"]) if match["y"] else None
    if match["ry"]:
        year = frame.today.year + YEARS[match["ry"]]
    return holidays.holiday(frame, match["h"], year)


def _holidays(match: re.Match[str], frame: Frame) -> Any:
    year = year_of(match["y"]) if match["y"] else None
    found = holidays.period(frame, match["h"], year)
    if found is None:
        return None
    asked = Question(
        "holiday_days",
        f"{match[0]}按 {found.first:%m-%d} 至 {found.last:%m-%d} 理解，对吗？",
        f"Is {match[0]} from {found.first} to {found.last}?",
    )
    return replace(found, questions=(asked,))


def _decade(match: re.Match[str], frame: Frame) -> Any:
    century = number(match["c"]) if match["c"] else 20
    tens = number(match["t"])
    if not century or tens is None or tens % 10 or tens > 90:
        return None
    first = (century - 1) * 100 + tens
    if first not in days.YEARS:
        return None
    return days.span(date(first, 1, 1), date(first + 9, 12, 31), "days", f"({first}-01-01,{first + 10}-01-01,P10Y)")


_RY = "(?P<ry>" + "|".join(sorted(YEARS, key=len, reverse=True)) + ")"
_NO_UNIT = rf"(?![\d{C}]|[日号点个份人元块斤])"

RULES = (
    rule(rf"(?P<y>{Y})年\s*(?P<m>{M})月\s*(?P<d>{D})[日号]?", _date),
    rule(rf"(?P<y>{Y})年\s*的?(?P<m>{M})月份?", _date),
    rule(rf"(?P<y>{Y})年(?![级前后内以半])", _date),
    rule(rf"民国(?P<min>{N})年(?:(?P<m>{M})月(?:(?P<d>{D})[日号]?)?)?", _date),
    rule(rf"{_RY}的?\s*(?P<m>{M})月份?(?:的?(?P<d>{D})[日号]?)?", _date),
    rule(rf"{_RY}(?![初底末])", _relative_year),
    rule(rf"(?P<m>{M})月份?的?\s*(?P<d>{D})[日号]{NUMBERED}", _date),
    rule(rf"(?P<m>{M})月(?P<d>{D}){_NO_UNIT}", _date),
    rule(rf"(?P<m>{M})月份?(?![\d]|[初底中末上下])", _date),
    rule(rf"{THIS}月的?(?P<d>{D})[日号]?{_NO_UNIT}", _month_day),
    rule(rf"(?:下次的?)?(?P<d>{D})号{NUMBERED}", _date),
    rule(rf"(?P<d>{D})日(?![游内元均间租常报语])", _date),
    rule(rf"(?:农历|阴历|旧历)(?P<m>[正冬腊]|{M})月(?P<d>初[{C}]|廿[{C}]?|{D})日?", _lunar),
    rule(rf"(?P<m>[正冬腊])月(?P<d>初[{C}]|廿[{C}]?|{D})日?", _lunar),
    rule(rf"(?P<m>{M})月(?P<d>初[{C}]|廿[{C}]?)", _lunar),
    rule("|".join(name for name in sorted(RELATIVE, key=len, reverse=True) if len(name) > 1), _relative),
    rule("[今明昨](?=早[上晨间]|晚[上间]|中午|上午|下午|凌晨|天早)", _relative),
    rule(rf"{THIS}?{WEEK}(?P<d>[一二三四五六日天]|[1-7](?!\d))(?!次|[一二三四五六日天](?!点|时))", _weekday),
    rule(rf"(?:(?P<m>{M})月|{THIS}月)的?(?P<n>最后一?|第[{C}\d])个?{WEEK}(?P<d>[一二三四五六日天])", _nth_weekday),
    rule(
        rf"{THIS}?(?P<u>周末|月|年|{WEEK})(?![一二三四五六日天末初底中年\d]|[级报刊费卡薪])",
        lambda m, f: _period(m, f) if m["w"] else None,
    ),
    rule(r"(?P<w>)(?P<u>周末)(?!愉快|快乐)", _period),
    rule(rf"{THIS}?(?P<m>(?!))?月(?P<e>初|上旬|中旬|下旬|底|末|中)", _edge),
    rule(rf"(?P<w>(?!))?(?P<m>{M})月份?(?P<e>初|上旬|中旬|下旬|底|末)", _edge),
    rule(rf"{_RY}?年?(?P<e>初|底|末)", lambda m, f: _year_edge(m, f) if "年" in m[0] else None),
    rule(rf"(?:{_RY}|(?P<y>{Y})年)?的?(?:第(?P<q>[一二三四1-4])个?季度|(?P<h>[上下前后])半年)", _quarter),
    rule(rf"{_RY}?的?(?P<s>[春夏秋冬])[天季]", _season),
    rule(rf"(?:{_RY}|(?P<y>{Y})年)?的?(?P<h>{holidays.NAMED})", _holiday),
    rule(rf"(?P<y>{Y}年)?(?P<h>{'|'.join(holidays.PERIODS)})节?(?:期间|假期|长假|小长假|黄金周|放假|假)", _holidays),
    rule(rf"(?:(?P<c>\d\d|[{C}]+)世纪)?(?P<t>\d0|[{C}]十)年代", _decade),
)
