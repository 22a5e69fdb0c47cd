"""Times in words, said on Monday 2026-06-08 at 10:00 in Shanghai where nothing else is said."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.demand.domain.understanding import read_times

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 8, 10, tzinfo=ZONE)


def local(window):
    start, end = (at.astimezone(ZONE) for at in (window.start, window.end))
    return f"{start:%m-%d %H:%M}–{end:%m-%d %H:%M}"


def read_one(text, **more):
    found = read_times(text, more.pop("now", NOW), more.pop("zone", ZONE), **more)
    assert len(found) == 1, [one.text for one in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("6月13日10点到12点", "datetime range", "2026-06-13 周六 10:00–12:00"),
        ("六月十三号上午十点到十二点", "datetime range", "2026-06-13 周六 10:00–12:00"),
        ("６月１３日１０：００～１２：００", "datetime range", "2026-06-13 周六 10:00–12:00"),
        ("週六下午", "datetime range", "2026-06-13 周六 下午 13:00–18:00"),
        ("這個星期六下午兩點到四點", "datetime range", "2026-06-13 周六 14:00–16:00"),
        ("端午节上午", "datetime range", "2026-06-19 周五 上午 08:00–12:00"),
        ("中秋", "holiday", "2026-09-25 周五"),
        ("大后天", "date", "2026-06-11 周四"),
        ("后天晚上7点半", "datetime", "2026-06-10 周三 19:30"),
        ("本月底", "date range", "2026-06-24 周三 – 2026-06-30 周二"),
        ("6月13日（周六）上午", "datetime range", "2026-06-13 周六 上午 08:00–12:00"),
        ("周六、周日下午2点到4点", "datetime range", "2026-06-13 周六、2026-06-14 周日 14:00–16:00"),
        ("Saturday afternoon", "datetime range", "2026-06-13 周六 下午 13:00–18:00"),
        ("Saturday, June 13, 9:30am to 11", "datetime range", "2026-06-13 周六 09:30–11:00"),
        ("in two weeks", "date", "2026-06-22 周一"),
        ("tomorrow night", "datetime range", "2026-06-09 周二 夜里 20:00–24:00"),
        ("两个小时", "duration", "2小时"),
        ("90 minutes", "duration", "90分钟"),
        ("三年半", "duration", "3.5年"),
        ("每周六上午9:30-11:00", "set", "每周六 09:30–11:00"),
        ("工作日晚上", "set", "每周一、二、三、四、五 晚上 18:00–22:00"),
        ("weekday evenings", "set", "每周一、二、三、四、五 晚上 18:00–22:00"),
        ("周一到周五晚上", "set", "每周一、二、三、四、五 晚上 18:00–22:00"),
        ("every Tuesday", "set", "每周二"),
    ],
)
def test_what_is_said_is_read_and_shown(text, kind, shown):
    found = read_one(text)
    assert (found.kind, found.words["zh"]) == (kind, shown)
    assert not found.questions
    assert (found.start, found.end) == (0, len(text))


def test_a_window_is_in_utc_and_in_the_time_zone_of_the_community():
    found = read_one("Saturday 2pm to 4pm", zone=ZoneInfo("Europe/London"), now=datetime(2026, 6, 8, 9, tzinfo=UTC))
    assert [one.to_wire() for one in found.windows] == [
        {"start": "2026-06-13T13:00:00Z", "end": "2026-06-13T15:00:00Z"}
    ]


def test_what_repeats_has_windows_until_the_horizon():
    assert [local(one) for one in read_one("每周六上午").windows] == [
        "06-13 08:00–06-13 12:00",
        "06-20 08:00–06-20 12:00",
        "06-27 08:00–06-27 12:00",
        "07-04 08:00–07-04 12:00",
    ]
    assert len(read_one("每周六上午", horizon=timedelta(weeks=2)).windows) == 2


@pytest.mark.parametrize(
    ("text", "code", "choices"),
    [
        ("下周末", "which_week", ("2026-06-13 周六 – 2026-06-14 周日", "2026-06-20 周六 – 2026-06-21 周日")),
        ("next Sat 9-11am", "which_week", ("Sat 2026-06-13 09:00–11:00", "Sat 2026-06-20 09:00–11:00")),
        ("Saturday 9-11", "hour_half", ("Sat 2026-06-13 09:00–11:00", "Sat 2026-06-13 21:00–23:00")),
        ("周六3点", "hour_half", ("2026-06-13 周六 03:00", "2026-06-13 周六 15:00")),
        ("6月13日周日", "weekday_differs", ("2026-06-13", "2026-06-14")),
        ("昨天", "past", ()),
    ],
)
def test_what_may_mean_two_things_is_asked(text, code, choices):
    (question,) = read_one(text).questions
    assert (question.code, question.choices) == (code, choices)


@given(
    st.text("周六日下午上点半到至0123456789一二三十月号年:-~每个小时分钟 nextSaturday的,，（）今明后天", max_size=24)
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_read_in_place_or_not_at_all(text):
    after = 0
    for one in read_times(text, NOW, ZONE):
        assert after <= one.start < one.end <= len(text)
        assert one.text == text[one.start : one.end]
        after = one.end


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Saturday after 6pm", "2026-06-13 周六 18:00 以后"),
        ("weekdays after 7pm", "每周一、二、三、四、五 19:00 以后"),
        ("月底前", "2026-06-08 周一 – 2026-06-30 周二"),
        ("before June 13", "2026-06-08 周一 – 2026-06-13 周六"),
        ("6月13日到15日上午9点到11点", "2026-06-13 周六 – 2026-06-15 周一 09:00–11:00"),
        ("6月13-15日", "2026-06-13 周六 – 2026-06-15 周一"),
        ("from 13 to 15 June", "2026-06-13 周六 – 2026-06-15 周一"),
        ("晚上9点到凌晨1点", "21:00–次日 01:00"),
        ("11点到2点", "11:00–14:00"),
        ("农历五月初五", "2026-06-19 周五"),
        ("母亲节", "2027-05-09 周日"),
        ("6月的第二个周六", "2026-06-13 周六"),
        ("the second Saturday of June", "2026-06-13 周六"),
        ("quarter to seven tomorrow morning", "2026-06-09 周二 06:45"),
        ("一个半小时", "1.5小时"),
        ("an hour and a half", "1.5小时"),
        ("周六日", "2026-06-13 周六 – 2026-06-14 周日"),
        ("隔周周六上午", "隔周周六 上午 08:00–12:00"),
    ],
)
def test_more_ways_to_say_a_time(text, shown):
    assert read_one(text).words["zh"] == shown


@pytest.mark.parametrize(
    "text",
    [
        "便宜一点", "有两点建议", "3号楼2单元", "第二天", "一两天", "五六点", "三到五天", "2019年2月29日", "13月1号",
        "晚礼服", "早教班", "下午茶", "300元", "3-5人", "13800138000", "550ml×24", "5公里以内", "24瓶",
        "I sat down", "he may march", "one of us",
    ],
)  # fmt: skip
def test_what_is_no_time_or_not_clear_is_left_alone(text):
    assert read_times(text, NOW, ZONE) == []
