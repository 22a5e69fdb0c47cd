"""Weeks, months, years and other stretches of days in Chinese, on folded text."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.demand.domain.understanding import days, holidays
from services.demand.domain.understanding.chinese_days import (
    MONTH,
    RY,
    THIS,
    WEEK,
    YEARS,
    C,
    M,
    Y,
    month_of,
    offset_of,
    year_of,
)
from services.demand.domain.understanding.lexing import rule
from services.demand.domain.understanding.model import Frame, Question
from services.demand.domain.understanding.numerals import number

SEASONS = {"春": "SP", "夏": "SU", "秋": "FA", "冬": "WI"}


def _period(match: re.Match[str], frame: Frame) -> Any:
    offset, unit = offset_of(match["w"]) or 0, match["u"]
    if unit == "月":
        return days.months_from(frame, offset)
    if unit == "周末":
        return days.weekend(frame, offset)
    return days.year(frame.today.year + offset) if unit == "年" else days.week(frame, offset)


def _edge(match: re.Match[str], frame: Frame) -> Any:
    """Read 月底, 下月初, 本月中旬, 年底."""
    month = month_of(match, frame)
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
    if match["e"] == "中":
        return days.span(date(year, 6, 1), date(year, 7, 31))
    if match["e"] == "初":
        return days.span(date(year, 1, 1), date(year, 1, 31))
    return days.span(date(year, 12, 1), date(year, 12, 31))


def _quarter(match: re.Match[str], frame: Frame) -> Any:
    year = frame.today.year + (YEARS[match["ry"]] if match["ry"] else 0)
    year = (year_of(match["y"]) if match["y"] else None) or year
    if match["h"]:
        start, count = (1, 6) if match["h"] in "上前" else (7, 6)
    else:
        start, count = 3 * (number(match["q"] or "1") or 1) - 2, 3
        if match["w"]:
            first = days.shift_month(frame.today.replace(day=1), 3 * (offset_of(match["w"]) or 0))
            year, start = first.year, (first.month - 1) // 3 * 3 + 1
    first = date(year, start, 1)
    return days.span(first, days.shift_month(first, count) - timedelta(days=1))


def _season(match: re.Match[str], frame: Frame) -> Any:
    year = year_of(match["y"]) if match["y"] else None
    if year is not None:
        offset: int | None = year - frame.today.year
    else:
        offset = YEARS[match["ry"]] if match["ry"] else offset_of(match["w"])
    return days.season(frame, SEASONS[match["s"]], offset)


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
    if tens and tens > 1000:
        century, tens = tens // 100 + 1, tens % 100
    if not century or tens is None or tens % 10 or tens > 90:
        return None
    first = (century - 1) * 100 + tens
    if first not in days.YEARS:
        return None
    return days.span(date(first, 1, 1), date(first + 9, 12, 31), "days", f"({first}-01-01,{first + 10}-01-01,P10Y)")


def _week_of_year(match: re.Match[str], frame: Frame) -> Any:
    year = frame.today.year + YEARS[match["ry"]] if match["ry"] else year_of(match["y"])
    try:
        first = date.fromisocalendar(year or 0, number(match["n"]) or 0, 1)
    except ValueError:
        return None
    return days.week(frame, (first - days.week(frame, 0).first).days // 7)


def _half_month(match: re.Match[str], frame: Frame) -> Any:
    first = month_of(match, frame).first
    if match["h"] == "上":
        return days.span(first, first.replace(day=15))
    return days.span(first.replace(day=16), days.shift_month(first, 1) - timedelta(days=1))


def _month(match: re.Match[str], frame: Frame) -> Any:
    said = match.groupdict()
    if said.get("y") and year_of(said["y"]) is None:
        return None
    return month_of(match, frame)


def _year(match: re.Match[str], frame: Frame) -> Any:
    year = year_of(match["y"])
    return days.year(year) if year else None


def _relative_year(match: re.Match[str], frame: Frame) -> Any:
    return days.year(frame.today.year + YEARS[match["ry"]])


def _week_of_month(match: re.Match[str], frame: Frame) -> Any:
    return days.week_of_month(month_of(match, frame), -1 if match["n"] == "最后一" else number(match["n"][1:]) or 9)


def _century(match: re.Match[str], frame: Frame) -> Any:
    century = (frame.today.year // 100 + 1 + (offset_of(match["w"]) or 0)) if match["w"] else number(match["c"])
    if not century or century * 100 - 1 not in days.YEARS:
        return None
    first = (century - 1) * 100
    return days.span(date(first, 1, 1), date(first + 99, 12, 31))


def _years(match: re.Match[str], frame: Frame) -> Any:
    first, last = int(match["a"]), int(match["b"])
    return days.span(date(first, 1, 1), date(last, 1, 1)) if first < last else None


_YEAR = rf"(?:{RY}|(?P<y>{Y})\s*年)"

RULES = (
    rule(rf"(?P<y>{Y})\s*年(?![级前后内以半份代轻龄纪货会夜糕])", _year),
    rule(rf"{RY}(?![初底末中])", _relative_year),
    rule(r"(?<![\d-])(?P<a>(?:19|20)\d\d)(?:年?[到至]|\s*[-~]\s*)(?P<b>(?:19|20)\d\d)年?(?![\d-])", _years),
    rule(rf"(?:{_YEAR}的?\s*)(?P<m>{M})月份?(?!\d)", _month),
    rule(rf"(?P<m>{M})月份?(?![\d]|[初底中末上下])", _month),
    rule(
        rf"{THIS}(?P<u>周末|(?:月|年|{WEEK})(?![一二三四五六日天末初底中年\d]|[级报刊费卡薪]))",
        _period,
    ),
    rule(r"(?P<w>)(?P<u>周末)(?!愉快|快乐)", _period),
    rule(rf"{THIS}?{WEEK}六[日天]", lambda m, f: days.weekend(f, offset_of(m["w"]) or 0)),
    rule(rf"{MONTH}的?(?P<n>第[{C}\d]|最后一)个?{WEEK}(?![一二三四五六日天末])", _week_of_month),
    rule(rf"{MONTH}(?P<e>初|上旬|中旬|下旬|底|末|中(?![午秋]))", _edge),
    rule("(?P<w>)(?P<m>(?!))?月(?P<e>初|上旬|中旬|下旬|底|末)", _edge),
    rule(rf"{RY}?年?(?P<e>初|底|末|中)(?![午秋])", lambda m, f: _year_edge(m, f) if "年" in m[0] else None),
    rule(rf"(?:{_YEAR}的?)?(?:第?(?P<q>[一二三四1-4])个?季度|{THIS}季度|(?P<h>[上下前后])半年)", _quarter),
    rule(rf"(?:{_YEAR}的?|{THIS})?(?P<s>[春夏秋冬])[天季]", _season),
    rule(rf"{_YEAR}的?第(?P<n>\d{{1,2}}|[{C}]{{1,3}})个?{WEEK}(?![一二三四五六日天末])", _week_of_year),
    rule(rf"(?:(?P<m>{M})月份?的?)?(?P<h>[上下])半(?:个?月)", _half_month),
    rule(rf"(?P<y>{Y}年)?(?P<h>{'|'.join(holidays.PERIODS)})节?(?:期间|假期|长假|小长假|黄金周|放假|假)", _holidays),
    rule(rf"(?:(?P<c>\d\d|[{C}]+)世纪|(?P<w>上)个?世纪)?(?P<t>(?:1[89]\d0|20\d0|\d0)|[{C}]十)年代", _decade),
    rule(rf"(?:(?P<c>\d\d|[{C}]+)世纪|(?P<w>上|本|这|下)个?世纪)(?!\d|[{C}])", _century),
)
