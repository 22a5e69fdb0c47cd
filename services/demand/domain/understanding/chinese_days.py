"""Days and stretches of days in Chinese, on folded text."""

import re
from typing import Any

from services.demand.domain.understanding import days, holidays
from services.demand.domain.understanding.lexing import rule, words
from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.numerals import number
from services.demand.domain.understanding.values import Day, Word

C = "零一二两三四五六七八九十"
# Two digits are a year before a month, with a zero in front, or from 50 on; else they may as well be a length.
_SHORT = rf"\d{{2}}(?=年\s*(?:[\d{C}]{{1,2}}月|第))|0\d(?=\s*年)|[5-9]\d(?=\s*年(?![前后内以级半]))"
Y = rf"(?:\d{{4}}|{_SHORT}|[{C}]{{2,5}}|[两二]千[{C}百]{{0,5}})"
M = r"(?:1[0-2]|0?[1-9]|十[一二]|[一二三四五六七八九十])"
D = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])(?!\d)"
H = r"(?:2[0-4]|1\d|0?\d|二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九])"
N = rf"(?:\d{{1,4}}(?:\.\d+)?|[{C}百]{{1,5}})"
WEEK = r"(?:周|星期|礼拜)"
THIS = r"(?P<w>(?:上上|下下|上|下|这|本|当)(?:一个|个|一)?)"
# A number before 号 may be one of a building or a line, and 早 or 晚 the beginning of a word for something else.
NUMBERED = "(?![楼院线门栋桌位球机房铺码车店馆厅公口特])"
# First years of the eras by which years of the last centuries are still called.
ERAS = {"民国": 1912, "洪武": 1368, "永乐": 1403, "宣德": 1426, "成化": 1465, "弘治": 1488, "正德": 1506, "嘉靖": 1522}
ERAS |= {"万历": 1573, "天启": 1621, "崇祯": 1628, "顺治": 1644, "康熙": 1662, "雍正": 1723, "乾隆": 1736, "嘉庆": 1796}
ERAS |= {"道光": 1821, "咸丰": 1851, "同治": 1862, "光绪": 1875, "宣统": 1909}
RELATIVE = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "昨儿": -1,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
}
RELATIVE |= {"后天": 2, "后日": 2, "大后天": 3, "次日": 1, "翌日": 1, "前日": -2, "昨": -1, "今": 0, "明": 1, "当天": 0}
YEARS = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "今年": 0,
    "本年": 0,
    "明年": 1,
    "后年": 2,
    "来年": 1,
    "上一年": -1,
    "下一年": 1,
}


def offset_of(word: str | None) -> int | None:
    """Return how many weeks, months … from now 上, 这, 下下 and the like point."""
    if not word:
        return None
    head = re.sub("一?个?$", "", word)
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
    if said.get("era"):
        year = ERAS[said["era"]] + (1 if said["n"] == "元" else number(said["n"]) or 1) - 1
    month = number(said["m"]) if said.get("m") else None
    if said.get("same"):
        month = frame.today.month
    if said.get("d"):
        # There is no 2019年2月29日; that is nothing, and not a shorter date in it.
        return days.calendar_day(frame, year, month, number(said["d"]) or 0) or Word("o")
    if month:
        return days.month(frame, year, month)
    return days.year(year) if year else None


def _month_day(match: re.Match[str], frame: Frame) -> Any:
    month = days.months_from(frame, offset_of(match["w"]) or 0)
    return days.calendar_day(frame, month.year, month.month, number(match["d"]) or 0) or Word("o")


def _lunar(match: re.Match[str], frame: Frame) -> Any:
    said = match.groupdict()
    month = {"正": 1, "冬": 11, "腊": 12}.get(said["m"]) or number(said["m"]) or 0
    day = number(said["d"].removeprefix("初").replace("廿", "二十")) or 0
    spoken = said.get("y") or said.get("y2")
    year = year_of(spoken) if spoken else None
    if said.get("ry"):
        year = frame.today.year + YEARS[said["ry"]]
    # Not every year has a thirtieth of each lunar month.
    for at in [year] if year else range(frame.today.year - 1, frame.today.year + 9):
        found = holidays.lunar_day(at, month, day)
        if found is not None and (year or found >= frame.today):
            return Day(found.isoformat(), found, found, holiday=match[0], year=year and found.year)
    return None


def _weekday(match: re.Match[str], frame: Frame) -> Any:
    return days.weekday(frame, weekday_of(match["d"]), offset_of(match["w"]))


def _nth_weekday(match: re.Match[str], frame: Frame) -> Any:
    month = month_of(match, frame)
    fitting = [day for day in month.each() if day.isoweekday() == weekday_of(match["d"])]
    index = -1 if match["n"].startswith("最后") else (number(match["n"].removeprefix("第")) or 9) - 1
    if index >= len(fitting):
        return None
    found = fitting[index]
    return Day(found.isoformat(), found, found, year=month.year, month=month.month, day=found.day)


def _end_day(match: re.Match[str], frame: Frame) -> Any:
    """Read 这个月的最后一天, 下个月第一天."""
    month = month_of(match, frame)
    found = month.last if match["n"] == "最后" else month.first
    return Day(found.isoformat(), found, found, year=month.year, month=month.month, day=found.day)


def _end_of_year(match: re.Match[str], frame: Frame) -> Any:
    last = match["n"] == "最后"
    return days.calendar_day(frame, frame.today.year + YEARS[match["ry"]], 12 if last else 1, 31 if last else 1)


def month_of(match: re.Match[str], frame: Frame) -> Day:
    """Return the month that a rule has found: by number, with or without a year, or by 这, 上 or 下."""
    said = match.groupdict()
    year = year_of(said["y"]) if said.get("y") else None
    if said.get("ry"):
        year = frame.today.year + YEARS[said["ry"]]
    if said.get("m"):
        return days.month(frame, year, number(said["m"]) or 1)
    return days.months_from(frame, offset_of(said.get("w")) or 0)


def _relative(match: re.Match[str], frame: Frame) -> Any:
    return days.relative(frame, RELATIVE[match[0]])


def _relative_year(match: re.Match[str], frame: Frame) -> Any:
    return days.year(frame.today.year + YEARS[match["ry"]])


def _holiday(match: re.Match[str], frame: Frame) -> Any:
    year = year_of(match["y"]) if match["y"] else None
    if match["ry"]:
        year = frame.today.year + YEARS[match["ry"]]
    return holidays.holiday(frame, match["h"], year)


RY = "(?P<ry>" + "|".join(sorted(YEARS, key=len, reverse=True)) + ")"
NO_UNIT = rf"(?![\d{C}]|[日号点个份人元块斤天周月年])"
# A month with its year before it, or 这个月, 下个月.
MONTH = rf"(?:(?:{RY}的?|(?P<y>{Y})\s*年的?)?(?P<m>{M})月份?|{THIS}月)"
_TO_DAY = rf"(?=\s*(?:到|至|-|~)\s*(?:\d{{1,2}}|[{C}]{{1,3}})[日号])"

_LUNAR_DAY = rf"初[{C}]|廿[{C}]?"
_IN_YEAR = rf"(?:{RY}的?|(?P<y>{Y})\s*年的?)?"

RULES = (
    rule(rf"(?P<y>{Y})\s*年的?\s*(?P<m>{M})月\s*(?P<d>{D})[日号]?", _date),
    rule(rf"(?P<era>{'|'.join(ERAS)})(?P<n>元|{N})年(?:(?P<m>{M})月(?:(?P<d>{D})[日号]?)?)?", _date),
    rule(rf"{RY}的?\s*(?P<m>{M})月份?(?:的?(?P<d>{D})[日号]?)", _date),
    rule(rf"{RY}的?(?P<same>本|这个?|同)月的?(?P<d>{D})[日号]", _date),
    rule(rf"(?P<m>{M})月份?的?\s*(?P<d>{D})[日号]{NUMBERED}", _date),
    rule(rf"(?P<m>{M})月(?P<d>{D}){NO_UNIT}", _date),
    rule(rf"{THIS}月的?(?P<d>{D})[日号]?{NO_UNIT}", _month_day),
    rule(rf"(?<![月\d第])(?:下次的?)?(?P<d>{D})号{NUMBERED}", _date),
    rule(rf"(?<![月\d{C}])(?P<d>\d{{1,2}}|三十一?|二?十[一二三四五六七八九]?)日(?![游内元均间租常报语后前])", _date),
    rule(rf"(?P<d>{D}){_TO_DAY}", _date),
    rule(
        rf"{_IN_YEAR}(?:农历|阴历|旧历)的?(?:(?P<y2>{Y})\s*年的?)?(?P<m>[正冬腊]|{M})月(?P<d>{_LUNAR_DAY}|{D})日?",
        _lunar,
    ),
    rule(rf"{_IN_YEAR}(?P<m>[正冬腊])月(?P<d>{_LUNAR_DAY}|{D})日?", _lunar),
    rule(rf"{_IN_YEAR}(?P<m>{M})月(?P<d>{_LUNAR_DAY})", _lunar),
    # In 21:00到次日1:00 the day after is that of the start, which the order of the hours says.
    words("(?<=[-~到至])[次翌]日", "x"),
    rule("|".join(name for name in sorted(RELATIVE, key=len, reverse=True) if len(name) > 1), _relative),
    rule("[今明昨](?=早[上晨间]|晚[上间]|中午|上午|下午|凌晨|天早)", _relative),
    rule(rf"{THIS}?{WEEK}(?P<d>[一二三四五六日天]|[1-7](?!\d))(?!次|[一二三四五六日天](?!点|时))", _weekday),
    rule(rf"{MONTH}的?(?P<n>最后一?|第[{C}\d])个?{WEEK}(?P<d>[一二三四五六日天])", _nth_weekday),
    rule(rf"{MONTH}的?(?P<n>最后|第|头)一天", _end_day),
    rule(rf"{RY}的?(?P<n>最后|第|头)一天", _end_of_year),
    rule(rf"(?:(?:{RY}|(?P<y>{Y})\s*年)的?)?(?P<h>{holidays.NAMED})(?!球|树|老人|袜)", _holiday),
)
