"""Times in words, anywhere in a text: readings with their windows, and questions where words may mean two things."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.demand.domain.understanding import (
    chinese_days,
    chinese_hours,
    chinese_lengths,
    chinese_periods,
    digits,
    english_days,
    english_hours,
    english_lengths,
    english_periods,
)
from services.demand.domain.understanding.days import shift_month
from services.demand.domain.understanding.grammar import Phrase, phrases
from services.demand.domain.understanding.hours import HOUR, NOON, which_half
from services.demand.domain.understanding.lexing import Rule, tokens
from services.demand.domain.understanding.meaning import Meaning
from services.demand.domain.understanding.model import Frame, Question, TimeReading
from services.demand.domain.understanding.numerals import fold
from services.demand.domain.understanding.said_hours import meaning
from services.demand.domain.understanding.values import Day
from services.demand.domain.understanding.windows import windows
from services.demand.domain.understanding.wording import worded

# Nobody states a need in more; what is longer is cut, so that a pasted book does not hold a worker.
LONGEST = 4000
HORIZON = timedelta(weeks=4)  # so far ahead repeated times have windows
# Questions that leave no window until they are answered; the others show the likelier one.
WITHHELD = {"past", "which_year", "weekday_differs", "date_order"}
_HAN = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile("[a-z]{2}")
_NOT_AFTER = re.compile(
    r"\s*(?:我|我们|都|也|就|肯定|可能)*(?:不行|不可以|不方便|不要|没空|没有空|没时间|没有时间"
    r"|有事|去不了|来不了|不在|除外|以外|之外|不能)"
    r"|\s*(?:is|are|does|do)?\s*(?:not|n't|doesn't|won't|isn't|aren't)\s+(?:possible|ok|okay|work"
    r"|good|free|available)|\s+is out"
)
_NOT_BEFORE = re.compile(
    r"(?:除了|除|不要|别|不是|避开|避免)(?:在)?\s*$|(?:except|but not|not|can't do|cannot do|can't make"
    r"|unless)\s+(?:for\s+|on\s+)?$"
)
_CHINESE = chinese_days.RULES + chinese_periods.RULES + chinese_lengths.RULES + chinese_hours.RULES
_ENGLISH = english_days.RULES + english_periods.RULES + english_lengths.RULES + english_hours.RULES
_RULES = {
    "zh": _CHINESE + digits.RULES,
    "en": _ENGLISH + digits.RULES,
    "both": _CHINESE + _ENGLISH + digits.RULES,
}


def read_times(
    text: str, now: datetime, zone: ZoneInfo, locale: str | None = None, horizon: timedelta = HORIZON
) -> list[TimeReading]:
    """Return the times that are said in ``text``, in its order and without overlap.

    ``now`` is an aware instant, from which "tomorrow" is counted in ``zone``; repeated times have windows until
    ``horizon`` after it. The language of the text decides what a bare "9" and "6/7" mean, and ``locale`` (zh or en)
    where a text has no words, but only digits.
    """
    frame, rules, folded = _frame(text[:LONGEST], now, zone, locale, horizon)
    found = []
    for phrase in phrases(tokens(folded, frame, rules)):
        meant = meaning(phrase, frame)
        if meant is not None:
            found.append(_reading(text, folded, phrase, meant, frame))
    return found


def _frame(
    text: str, now: datetime, zone: ZoneInfo, locale: str | None, horizon: timedelta
) -> tuple[Frame, tuple[Rule, ...], str]:
    folded = fold(text)
    chinese, latin = _HAN.search(folded) is not None, _LATIN.search(folded) is not None
    given = "zh" if (locale or "").lower().startswith("zh") else "en"
    language = "zh" if chinese else "en" if latin else given
    rules = _RULES["both" if chinese and latin else "zh" if chinese else "en"]
    return Frame(now.astimezone(zone), zone, language, horizon), rules, folded


def _reading(text: str, folded: str, phrase: Phrase, meant: Meaning, frame: Frame) -> TimeReading:
    start, end = phrase.tokens[0].start, phrase.tokens[-1].end
    said = text[start:end]
    meant = _questioned(said, meant, frame)
    withheld = any(one.code in WITHHELD for one in meant.questions) or (
        (meant.start or 0) < 7 * HOUR and any(one.code == "hour_half" for one in meant.questions)
    )
    return TimeReading(
        start,
        end,
        said,
        meant.kind,
        meant.value,
        worded(meant),
        () if withheld else tuple(windows(meant, frame)),
        meant.length.delta if meant.length else None,
        round(meant.confidence, 2),
        meant.questions,
        _denied(folded, start, end),
        meant,
    )


def _denied(folded: str, start: int, end: int) -> bool:
    """Tell whether the words around a time say that it does not suit."""
    return bool(_NOT_AFTER.match(folded, end)) or bool(_NOT_BEFORE.search(folded[max(0, start - 24) : start]))


def _questioned(said: str, meant: Meaning, frame: Frame) -> Meaning:
    """Add what a person has to be asked about."""
    if meant.questions:
        meant = meant.asking(confidence=0.5)
    if meant.doubt and meant.start is not None:
        later = replace(meant, start=meant.start + NOON, end=None if meant.end is None else meant.end + NOON)
        choices = tuple(worded(one)[frame.locale or "zh"] for one in (meant, later))
        meant = meant.asking(which_half(said, choices), confidence=0.5)
    meant = _which_week(said, meant, frame)
    if meant.days and not meant.questions and next(windows(meant, frame), None) is None:
        over = Question("past", f"“{said}”已经过去了，是哪一天？", f'"{said}" is over. Which day is meant?')
        return meant.asking(over, confidence=0.4)
    first = meant.days[0] if meant.days else None
    if first and not meant.questions and first.year is None and first.month and (first.first - frame.today).days > 270:
        before = shift_month(first.first, -12)
        choices = (str(before), str(first.first)) if first.one and len(meant.days) == 1 and meant.start is None else ()
        question = Question(
            "which_year",
            f"“{said}”是 {before.year} 年还是 {first.first.year} 年？",
            f'Is "{said}" in {before.year} or {first.first.year}?',
            choices,
        )
        return meant.asking(question, confidence=0.5)
    return meant


def _which_week(said: str, meant: Meaning, frame: Frame) -> Meaning:
    """下周末, next Saturday: of this week or of the next? Asked as long as that of this week is still to come."""
    day = meant.days[0] if len(meant.days) == 1 else None
    if day and day.weekday and day.first == frame.today:
        # 周三 on a Wednesday: today, or in a week?
        later = replace(meant, days=(_week_after(day),))
        if next(windows(meant, frame), None) is None:
            return later
        choices = tuple(worded(one)[frame.locale or "zh"] for one in (meant, later))
        return meant.asking(
            Question("which_week", f"“{said}”是今天还是下周？", f'Is "{said}" today or next week?', choices),
            confidence=0.6,
        )
    found = re.match(r"下个?周末|next\s+(?:mon|tue|wed|thu|fri|sat|sun|weekend)", fold(said))
    if not found or not meant.days:
        return meant
    this = replace(meant, days=tuple(_week_before(day) for day in meant.days))
    if this.days[0].first <= frame.today:
        return meant
    choices = tuple(worded(one)[frame.locale or "zh"] for one in (this, meant))
    question = Question("which_week", f"“{said}”是指哪一天？", f'Which is meant by "{said}"?', choices)
    return meant.asking(question, confidence=0.6)


def _week_after(day: Day) -> Day:
    week = timedelta(days=7)
    return replace(day, first=day.first + week, last=day.last + week)


def _week_before(day: Day) -> Day:
    week = timedelta(days=7)
    return replace(day, first=day.first - week, last=day.last - week)
