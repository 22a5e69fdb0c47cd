from datetime import UTC, datetime

import pytest

from services.demand.domain.jielong import read, read_chain, read_native
from services.kernel.errors import InvalidError
from tests.unit.demand.jielong.native_messages import message

HEAD = "#接龙\n周末陶艺🏺亲子课 5/18 128元/组"
ROWS = [
    ("wxid_a", 1716000000, "朵朵妈👩‍👧 1大1小"),
    ("wxid_b", 1716000100, "Leo爸爸🚗 2大1小"),
    ("wxid_c", 1716000200, "12栋-小林 1大2小 老二3岁"),
]
FACTS = [
    row.facts for row in read_chain("#接龙\nx\n\n" + "\n".join(f"{n}. {r[2]}" for n, r in enumerate(ROWS, 1))).rows
]


@pytest.mark.parametrize("utf16", [True, False])
@pytest.mark.parametrize("escaped", [True, False])
def test_offsets_are_read_in_either_way_of_counting_with_emoji_before_and_inside_of_rows(utf16, escaped):
    chain = read_native(message(HEAD, ROWS, utf16=utf16, escaped=escaped), b"salt")
    assert [row.facts for row in chain.rows] == FACTS
    assert chain.title == "周末陶艺🏺亲子课 5/18 128元/组"
    assert chain.rows[0].posted_at == datetime.fromtimestamp(1716000000, UTC)
    assert chain.warnings == ()


def test_the_published_arithmetic_of_offsets_fits():
    rows = [("u", 1, "一" * 23), ("u", 2, "二二"), ("u", 3, "三三")]
    text = message("题" * 25, rows, escaped=False)
    assert "<r>30-23</r>" in text
    assert "<r>57-2</r>" in text
    assert len(read_native(text).rows) == 3


def test_a_row_of_several_lines_is_taken_whole():
    rows = [("a", 1, "Sunny（2桔1贡）\n收件人：林某某\n李四 3份"), ("b", 2, "王五 1份")]
    chain = read_native(message(HEAD, rows))
    assert [row.line_numbers for row in chain.rows] == [(4, 5, 6), (7,)]
    assert chain.rows[0].contact.consignee == "林某某"


def test_numbers_inside_of_a_member_s_text_begin_no_row():
    rows = [("a", 1, "张三 1份\n2. 李四 3份"), ("b", 2, "王五 1份")]
    assert [row.nickname for row in read_native(message(HEAD, rows)).rows] == ["张三", "王五"]


def test_what_follows_the_last_row_is_the_tail():
    chain = read_native(message(HEAD, ROWS, tail="\n\n截止周五晚8点"))
    assert chain.tail == ("截止周五晚8点",)
    assert [row.facts for row in chain.rows] == FACTS


def test_member_ids_leave_as_hashes_that_only_the_community_can_repeat():
    text = message(HEAD, ROWS)
    ours, again, theirs = (read_native(text, salt).rows for salt in (b"a", b"a", b"b"))
    assert [row.member for row in ours] == [row.member for row in again]
    assert not {row.member for row in ours} & {row.member for row in theirs}
    assert all("wxid" not in repr(row) for row in ours)
    assert [row.member for row in read_native(text).rows] == [None, None, None]


def test_offsets_that_do_not_fit_are_said_and_the_text_is_read():
    chain = read_native(message(HEAD, ROWS, shift=1), b"salt")
    assert [one.code for one in chain.warnings] == ["offsets_unfit"]
    assert [row.facts for row in chain.rows] == FACTS
    assert [row.member for row in chain.rows] == [None, None, None]


def test_a_native_and_a_pasted_post_are_of_the_same_chain():
    native = read("wxid_x:\n<?xml version='1.0'?>\n" + message(HEAD, ROWS))
    pasted = read(HEAD + "\n\n1. 朵朵妈 1大1小\n")
    assert native.identity == pasted.identity


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<msg><appmsg><title>x</title><type>5</type></appmsg></msg>", "type 5"),
        ("<msg><appmsg><title>x</title><type>53</type></appmsg></msg>", "no <solitaire>"),
        ("<msg><appmsg><title>x</appmsg></msg>", "not XML"),
        ("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><msg><appmsg><type>53</type></appmsg></msg>", "entities"),
        ("just words", "not XML"),
    ],
)
def test_a_message_of_another_kind_is_refused_with_what_would_be_right(text, problem):
    with pytest.raises(InvalidError) as refused:
        read_native(text)
    assert problem in refused.value.message
    assert "type 53" in refused.value.message


def test_a_header_behind_other_words_and_the_info_as_character_data_are_read():
    xml = message(
        "@小明  打卡#接龙\n\n6月26日打卡 加油💪🏻\n例 打卡第X天", [("a", 1687786648, "Kevin-3年-17天 打卡19天")]
    )
    xml = xml.replace("<solitaire_info>", "<solitaire_info><![CDATA[").replace(
        "</solitaire_info>", "]]></solitaire_info>"
    )
    xml = xml.replace("&lt;", "<").replace("&gt;", ">")
    (row,) = (chain := read_native(xml)).rows
    assert (chain.title, chain.example, chain.warnings) == ("6月26日打卡 加油💪🏻", "例 打卡第X天", ())
    assert (row.nickname, row.items, row.remark) == ("Kevin-3年-17天", (), "打卡19天")


def test_a_chain_without_rows_is_read():
    chain = read_native(message(HEAD, []))
    assert chain.rows == ()
    assert [one.code for one in chain.warnings] == ["no_rows"]
