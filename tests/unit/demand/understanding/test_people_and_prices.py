import pytest

from services.demand.domain.understanding import read_ceiling, read_heads, read_place
from services.kernel.money import Money


@pytest.mark.parametrize(
    ("text", "people", "adults", "children"),
    [
        ("两大一小", 3, 2, 1),
        ("2大1小", 3, 2, 1),
        ("２大１小", 3, 2, 1),
        ("兩個大人一個小孩", 3, 2, 1),
        ("一家三口", 3, None, None),
        ("3个人", 3, None, None),
        ("我和老公", 2, None, None),
        ("我带两个娃", 3, 1, 2),
        ("我和老公带两个孩子", 4, 2, 2),
        ("就我一个人", 1, None, None),
        ("母女俩", 2, None, None),
        ("a family of four", 4, None, None),
        ("two adults and a kid", 3, 2, 1),
        ("5 of us", 5, None, None),
        ("my wife and I", 2, None, None),
        ("me and two kids", 3, 1, 2),
    ],
)
def test_people_in_words_are_counted(text, people, adults, children):
    found = read_heads(f"{text}，想报名")
    assert (found.people, found.adults, found.children) == (people, adults, children)
    assert found.text == text
    assert found.questions == ()


@pytest.mark.parametrize("text", ["五六个人", "10来个人", "大概8个人", "我带娃去", "about 10 people", "3 or 4 people"])
def test_what_leaves_room_is_asked_and_never_counted_silently(text):
    assert [one.code for one in read_heads(text).questions] == ["heads_unclear"]


def test_two_different_counts_are_asked_about():
    assert [one.code for one in read_heads("我们3个人，哦不，5个人").questions] == ["heads_differ"]


@pytest.mark.parametrize(
    "text",
    [
        "满10人成团",
        "还差3人",
        "人均150",
        "每人98元",
        "三人间",
        "第2个人半价",
        "3号楼",
        "空调两台",
        "max 20 people",
        "room 302",
        "全家都去",
    ],
)
def test_numbers_of_something_else_are_no_people(text):
    assert read_heads(text) is None


@pytest.mark.parametrize(
    ("text", "amount", "per"),
    [
        ("人均不超过150", "150.00 CNY", "person"),
        ("人均一百五以内", "150.00 CNY", "person"),
        ("200以内", "200.00 CNY", None),
        ("每小时60以内", "60.00 CNY", "hour"),
        ("不超过50块", "50.00 CNY", None),
        ("一次最多三块五", "3.50 CNY", "item"),
        ("總共不超過兩千塊", "2000.00 CNY", "group"),
        ("预算1.5万以内", "15000.00 CNY", None),
        ("under $30 per person", "30.00 USD", "person"),
        ("max 100 yuan", "100.00 CNY", None),
        ("no more than 1,500 yuan in total", "1500.00 CNY", "group"),
    ],
)
def test_ceilings_in_words_are_read(text, amount, per):
    found = read_ceiling(f"想学陶艺，{text}，谢谢")
    assert (str(found.amount), found.per) == (amount, per)
    assert not found.about
    assert found.questions == ()


@pytest.mark.parametrize("text", ["预算两百左右", "人均100上下", "预算100-200", "around $200", "两三百块以内"])
def test_about_so_much_is_asked_and_is_no_ceiling_yet(text):
    found = read_ceiling(text)
    assert found.about
    assert [one.code for one in found.questions] == ["ceiling_about"]


def test_the_currency_of_the_community_is_meant_where_none_is_said():
    assert read_ceiling("最多200", "HKD").amount == Money.parse("200.00", "HKD")
    assert read_ceiling("最多200美元", "HKD").amount == Money.parse("200.00", "USD")


def test_two_different_ceilings_are_asked_about():
    assert [one.code for one in read_ceiling("人均不超过100，最多人均150").questions] == ["ceilings_differ"]


@pytest.mark.parametrize(
    "text",
    [
        "每人98元，满10人成团",
        "三公里以内",
        "30分钟以内",
        "最多20人",
        "5岁以下",
        "不超过两小时",
        "手机13800138000",
        "under 10 people",
        "within 3 km",
    ],
)
def test_limits_of_something_else_are_no_prices(text):
    assert read_ceiling(text) is None


@pytest.mark.parametrize(
    ("text", "name", "near"),
    [
        ("在朝阳公园附近", "朝阳公园", True),
        ("想在文化广场上课", "文化广场", False),
        ("near Riverside Park", "Riverside Park", True),
    ],
)
def test_a_place_is_heard_by_its_name(text, name, near):
    found = read_place(text)
    assert (found.name, found.near) == (name, near)
    assert text[found.start : found.end] == name
