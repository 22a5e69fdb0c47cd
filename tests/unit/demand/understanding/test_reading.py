"""A whole text: what is a time, what a price, what a number of people, and what has to be asked."""

import json
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.demand.domain.understanding import understand

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 8, 10, tzinfo=ZONE)


def read(text, **more):
    return understand(text, NOW, ZONE, **more)


def local(window):
    start, end = (at.astimezone(ZONE) for at in (window.start, window.end))
    return f"{start:%m-%d %H:%M}–{end:%H:%M}"


def test_all_that_a_need_says_is_read():
    found = read("周六下午想带孩子学陶艺，两大一小，90分钟，人均不超过150，在朝阳公园附近")
    assert [local(one) for one in found.windows] == ["06-13 13:00–18:00"]
    assert found.minutes == 90
    assert (found.heads.people, found.heads.adults, found.heads.children) == (3, 2, 1)
    assert (str(found.ceiling.amount), found.ceiling.per) == ("150.00 CNY", "person")
    assert found.place.name == "朝阳公园"
    assert found.questions == ()


def test_the_same_in_english():
    found = read("A family of four near Riverside Park, Saturday 2pm, two hours, under $30 per person")
    assert [local(one) for one in found.windows] == ["06-13 14:00–16:00"]
    assert (found.minutes, found.heads.people, str(found.ceiling.amount)) == (120, 4, "30.00 USD")
    assert found.place.name == "Riverside Park"


@pytest.mark.parametrize("text", ["每小时60以内", "数据课，每小时60以内，每周三晚上"])
def test_an_hour_that_a_price_is_for_is_no_time(text):
    found = read(text)
    assert (found.ceiling.per, str(found.ceiling.amount)) == ("hour", "60.00 CNY")
    assert all(one.text != "每小时" for one in found.times)


def test_a_time_range_is_no_price():
    found = read("周六9:00-11:00，最多150")
    assert str(found.ceiling.amount) == "150.00 CNY"
    assert [local(one) for one in found.windows] == ["06-13 09:00–11:00"]


def test_hours_that_are_said_apart_from_the_day_are_of_that_day():
    found = read("这个周六，孩子想学画画，9:30到11:00")
    assert [local(one) for one in found.windows] == ["06-13 09:30–11:00"]


def test_what_does_not_suit_is_cut_out():
    found = read("周六、周日都行，周日上午除外")
    assert [local(one) for one in found.windows] == ["06-13 08:00–22:00", "06-14 12:00–22:00"]


def test_hours_without_a_day_are_asked_about():
    found = read("上午9:30-11:00")
    assert found.windows == ()
    assert [one.code for one in found.questions] == ["day_missing"]


def test_two_lengths_are_asked_about():
    found = read("周六上午，一个小时或者90分钟")
    assert found.minutes is None
    assert [one.code for one in found.questions] == ["lengths_differ"]


def test_a_text_without_any_of_it_says_nothing():
    found = read("有没有人想一起团购家电清洗？")
    assert (found.times, found.windows, found.heads, found.ceiling, found.questions) == ((), (), None, None, ())


def test_an_understanding_travels_as_json():
    wire = json.loads(json.dumps(read("周六下午，两大一小，预算两百左右").as_wire()))
    assert wire["heads"]["people"] == 3
    assert wire["ceiling"]["amount"] == {"amount": "200.00", "currency": "CNY"}
    assert [one["code"] for one in wire["questions"]] == ["ceiling_about"]


def test_a_day_that_is_said_with_its_hours_is_not_widened_by_what_else_is_said_of_it():
    found = read("这周末的陶艺课，6月13日10点到12点")
    assert [local(one) for one in found.windows] == ["06-13 10:00–12:00"]


def test_days_that_are_said_apart_are_all_windows():
    found = read("周六下午或者周日全天")
    assert [local(one) for one in found.windows] == ["06-13 13:00–18:00", "06-14 08:00–22:00"]


def test_a_window_keeps_the_hours_of_the_wall_when_the_clock_changes():
    zone = ZoneInfo("Europe/Berlin")
    found = understand("every Sunday 10am-12pm", datetime(2026, 10, 19, 9, tzinfo=zone), zone)
    assert [f"{one.start:%m-%d %H:%M}" for one in found.windows[:2]] == ["10-25 09:00", "11-01 09:00"]
    assert found.windows[0].length == found.windows[1].length


def test_no_two_readings_share_a_place():
    found = read("周六9点到11点，3个人，每小时不超过60，5人以上也行，200以内")
    spans = sorted((one.start, one.end) for one in (*found.times, found.heads, found.ceiling))
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


WORDS = (
    "9999年 12月31日 2月30日 以后 前 月 天 周六 周末 下下 每 隔周 一两 三 半 零 点 刻 农历 初一 春节 大前年 世纪 第 "
    "最后 晚上 凌晨 和 或 、 ， ( ) : - 24:00 9 31 in 9999 years ago next last every other before after from to at pm "
    "noon half past Feb 29 the first of week weekend 大 小 口 人 孩子 我 带 一家 元 块 人均 不超过 以内 预算 $ per "
    "person max 1.5 1,000 万 左右"
)


@given(
    st.lists(st.sampled_from(WORDS.split()), max_size=9),
    st.sampled_from(["", " "]),
    st.sampled_from([None, "zh", "en"]),
)
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_reader(fragments, between, locale):
    text = between.join(fragments)
    found = read(text, locale=locale)
    json.dumps(found.as_wire())
    spans = [(one.start, one.end) for one in (*found.times, found.heads, found.ceiling) if one is not None]
    assert all(text[start:end] for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(sorted(spans)))
    assert all(window.end > NOW for window in found.windows)


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_nor_does_any_other_text(text):
    json.dumps(read(text).as_wire())
