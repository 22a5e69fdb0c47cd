"""What is rendered is read back exactly: whatever people call themselves, and whatever they want."""

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.demand.domain.jielong import Chain, Contact, Item, Row, Status, read_chain, render
from services.demand.domain.jielong.strict import BAR
from tests.unit.demand.jielong.sample import samples

NICE = ["朵朵妈", "Leo爸爸🚗", "12栋-小林", "Tom Lee", "Mr.Lee", "2份", "张三2", "3. 李四", "王五 取消", "A", "A2 B1"]
NICE += [
    "@所有人",
    "8:30",
    "例 昵称",
    "#接龙",
    "候补",
    "一份",
    "- - - - - -",
    "（2）李",
    "小林｜3",
    "a\\b",
    "苹果×2",
    "已付",
]
NICE += ["已付", "👨‍👩‍👧 家", "", "同上"]
word = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)
words = st.one_of(st.sampled_from(NICE), word)
label = st.one_of(st.none(), st.sampled_from(["苹果", "A", "大份", "某啤", "原味"]), word.filter(bool))
quantity = st.one_of(st.none(), st.integers(1, 99), st.sampled_from([Decimal("0.5"), Decimal("2.5"), Decimal("1.25")]))
unit = st.sampled_from([None, "份", "斤", "箱", "盒"])
items = st.lists(st.builds(Item, label, quantity, unit, st.sampled_from(["", "熟点", "24罐装"])), max_size=3).map(tuple)
count = st.one_of(st.none(), st.integers(0, 9))


@st.composite
def rows(draw):
    return Row(
        line="",
        line_numbers=(),
        nickname=draw(words),
        household=draw(st.sampled_from([None, None, "3栋1201", "12-3-502", "168弄10号606"])),
        items=draw(items),
        adults=draw(count),
        children=draw(count),
        people=draw(count),
        choice=draw(st.sampled_from([None, None, "周六上午", "6.2晚"])),
        status=draw(st.sampled_from(Status)),
        paid=draw(st.sampled_from([None, True, False])),
        remark=draw(st.one_of(st.just(""), words)),
    )


@given(st.lists(rows(), max_size=4), st.one_of(st.sampled_from(["橙子团购", "1. 陶艺", "3.8节 2份"]), word))
@example([Row("", (), nickname="张三 2份｜")], "x")
@settings(max_examples=80, deadline=None)
def test_what_is_rendered_is_read_back(rows, title):
    chain = Chain(title=title, rows=tuple(rows))
    back = read_chain(render(chain))
    assert [row.facts for row in back.rows] == [row.facts for row in chain.rows]
    assert [row.number for row in back.rows] == list(range(1, len(rows) + 1))


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_a_sample_is_read_rendered_and_read_again_without_a_change(sample):
    chain = read_chain(sample.text)
    back = read_chain(render(chain))
    assert [row.facts for row in back.rows] == [row.facts for row in chain.rows]
    assert (back.title, back.example, back.identity) == (chain.title, chain.example, chain.identity)


def test_people_see_the_form_they_know():
    rows = "1. 朵朵妈 1大1小\n2. 12栋-小林 1大2小 老二3岁\n3. 3栋1201 陈 空调2台 已付\n"
    text = f"#接龙\n周末陶艺\n例 昵称 大人数+小孩数\n\n{rows}"
    assert render(read_chain(text)) == text
    assert BAR not in text


def test_a_row_that_wants_nothing_yet_is_its_name():
    chain = Chain(
        title="橙子", rows=(Row("", (), nickname="朵朵妈"), Row("", (), nickname="张三", items=(Item(None, 2),)))
    )
    assert render(chain) == "#接龙\n橙子\n\n1. 朵朵妈\n2. 张三 2\n"


def test_contacts_are_rendered_on_demand_only():
    row = Row(
        "", (), nickname="Sunny", items=(Item("桔", 2),), contact=Contact("林某", "13800000000", "某市某区某路1号")
    )
    chain = Chain(title="水果", rows=(row,))
    assert "138" not in render(chain)
    assert read_chain(render(chain, contacts=True)).rows[0].contact == row.contact
