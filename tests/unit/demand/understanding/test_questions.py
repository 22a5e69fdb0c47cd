"""What may mean two things is asked, and an answer is a wording that reads clearly itself."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from services.demand.domain.understanding import read_times

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 8, 10, tzinfo=ZONE)  # a Monday


def read_one(text, now=NOW):
    found = read_times(text, now, ZONE)
    assert len(found) == 1, [one.text for one in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("下周末", ["which_week"]),
        ("下周末3点", ["hour_half", "which_week"]),
        ("下周末下午", ["which_week"]),
        ("next weekend", ["which_week"]),
        ("next Sat 9-11", ["hour_half", "which_week"]),
        ("next Sat 9-11am", ["which_week"]),
        ("Saturday 9-11", ["hour_half"]),
        ("周六3点", ["hour_half"]),
        ("周六3点到5点", ["hour_half"]),
        ("每周六3点", ["hour_half"]),
        ("工作日5点以后", ["hour_half"]),
        ("6月13日周日", ["weekday_differs"]),
        ("6月1日", ["which_year"]),
        ("昨天", ["past"]),
        ("十一期间", ["holiday_days"]),
        ("未来几天", ["how_many"]),
    ],
)
def test_each_doubt_has_a_question_of_its_own(text, codes):
    found = read_one(text)
    assert [one.code for one in found.questions] == codes
    assert found.confidence <= 0.6
    for question in found.questions:
        assert question.zh
        assert question.en
        answers = [read_one(choice) for choice in question.choices]
        assert not answers or any(one.windows for one in answers)
        for choice, answered in zip(question.choices, answers, strict=True):
            assert answered.text == choice
            assert question.code not in [one.code for one in answered.questions]


@pytest.mark.parametrize("text", ["周六3点", "6月13日周日", "6月1日", "昨天", "明天2点-4点"])
def test_where_no_answer_is_likelier_there_is_no_window(text):
    assert read_one(text).windows == ()


@pytest.mark.parametrize(
    "text",
    [
        "周六9点",
        "周六下午3点",
        "Saturday 9am",
        "Saturday 09:00-11:00",
        "Saturday 9-17",
        "Saturday morning 9-11",
        "下周六",
        "这个周末",
    ],
)
def test_what_is_clear_is_not_asked(text):
    found = read_one(text)
    assert found.questions == ()
    assert found.windows


def test_an_order_of_day_and_month_is_asked_in_english_only():
    (asked,) = read_times("on 6/7", NOW, ZONE, "en")[0].questions
    assert (asked.code, asked.choices) == ("date_order", ("2027-06-07", "2026-07-06"))
    assert read_one("6/7 下午2点").words["zh"] == "2027-06-07 周一 14:00"


def test_next_weekend_is_clear_once_this_one_has_begun():
    found = read_one("下周末", datetime(2026, 6, 13, 10, tzinfo=ZONE))
    assert found.questions == ()
    assert found.words["zh"] == "2026-06-20 周六 – 2026-06-21 周日"


def test_a_weekday_on_that_weekday_is_today_or_in_a_week():
    found = read_one("周一下午")
    assert [one.code for one in found.questions] == ["which_week"]
    assert found.questions[0].choices[0].startswith("2026-06-08")
    late = read_one("周一下午", datetime(2026, 6, 8, 20, tzinfo=ZONE))
    assert late.questions == ()
    assert late.words["zh"].startswith("2026-06-15")


def test_what_has_begun_counts_from_now_on_but_an_hour_that_is_over_is_asked():
    (window,) = read_one("今天上午").windows
    assert (window.start, window.end) == (NOW, NOW.replace(hour=12))
    over = read_one("今天9点到11点")
    assert over.windows == ()
    assert [one.code for one in over.questions] == ["past"]


def test_the_language_of_the_text_decides_and_that_of_the_community_where_there_are_only_digits():
    def codes(text, locale):
        (found,) = read_times(text, NOW, ZONE, locale)
        return [one.code for one in found.questions]

    assert codes("周六9点到11点", "en") == []
    assert codes("Saturday 9-11", "zh") == ["hour_half"]
    assert codes("6/7", "zh") == ["which_year"]
    assert codes("6/7", "en") == ["date_order"]
