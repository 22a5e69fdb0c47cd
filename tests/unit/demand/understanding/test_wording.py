"""What is shown for people to check is itself a wording that is read as the same."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.demand.domain.understanding import read_times, understand

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 8, 10, tzinfo=ZONE)

DAYS = [
    "周六",
    "下周三",
    "这个周末",
    "6月13日",
    "6月13日到15日",
    "端午节",
    "后天",
    "周六、周日",
    "每周六",
    "工作日",
    "隔天",
    "本月底",
    "月底前",
]
HOURS = [
    "",
    "上午",
    "晚上",
    "9点到11点",
    "下午2点半",
    "晚上7点以后",
    "14:00-16:30",
    "晚上9点到凌晨1点",
    "白天",
    "09:15-10:45",
]
ENGLISH_DAYS = [
    "Saturday",
    "June 13",
    "this weekend",
    "every Tuesday",
    "weekdays",
    "tomorrow",
    "June 13 to June 15",
    "Saturdays and Sundays",
]
ENGLISH_HOURS = ["", "morning", "9am-11am", "at 2:30pm", "after 7pm", "14:00-16:30", "from 9 to 11 in the evening"]


def assert_read_back(text):
    for one in read_times(text, NOW, ZONE):
        if one.questions or not one.windows:
            continue
        for language, words in one.words.items():
            (again,) = read_times(words, NOW, ZONE, language)
            assert again.windows == one.windows, (text, words)
            assert again.text == words


@given(st.sampled_from(DAYS), st.sampled_from(HOURS))
@settings(max_examples=130, deadline=None)
def test_chinese_readings_are_read_back_from_their_words(day, hours):
    assert_read_back(day + hours)


@given(st.sampled_from(ENGLISH_DAYS), st.sampled_from(ENGLISH_HOURS))
@settings(max_examples=56, deadline=None)
def test_english_readings_are_read_back_from_their_words(day, hours):
    assert_read_back(f"{day} {hours}".strip())


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("6月13日10点到12点", "2026-06-13 周六 10:00–12:00", "Sat 2026-06-13 10:00–12:00"),
        ("每周六上午", "每周六 上午 08:00–12:00", "every Sat morning 08:00–12:00"),
        ("晚上7点以后", "19:00 以后", "after 19:00"),
        ("90分钟", "90分钟", "90 minutes"),
    ],
)
def test_a_reading_has_words_in_both_languages(text, zh, en):
    (one,) = read_times(text, NOW, ZONE)
    assert one.words == {"zh": zh, "en": en}


def test_hours_that_only_or_parts_from_a_day_are_of_that_day():
    found = understand("周六9点到11点或14点到16点", NOW, ZONE)
    assert [f"{one.start.astimezone(ZONE):%d %H}" for one in found.windows] == ["13 09", "13 14"]
