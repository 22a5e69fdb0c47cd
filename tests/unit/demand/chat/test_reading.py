"""Exports of chats: every shape gives the same messages, and what nobody said is left out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.demand.domain.chat import decoded, read_chat
from services.kernel.errors import InvalidError

TWO = [
    (datetime(2026, 5, 18, 10, 23), "小林", "有人想洗空调吗"),
    (datetime(2026, 5, 18, 22, 5), "Leo 爸爸", "我也想\n两台"),
]
SHAPES = {
    "time and name": "2026-05-18 10:23:45 小林\n有人想洗空调吗\n\n2026-05-18 22:05:00 Leo 爸爸\n我也想\n两台\n",
    "name and time": "小林 2026/5/18 上午10:23\n有人想洗空调吗\nLeo 爸爸 2026/5/18 下午10:05\n我也想\n两台\n",
    "bracketed": "[2026-05-18 10:23] 小林: 有人想洗空调吗\n[2026-05-18 22:05] Leo 爸爸: 我也想\n两台\n",
    "one line": "2026/5/18 10:23 小林：有人想洗空调吗\n2026/5/18 晚上10:05 Leo 爸爸：我也想\n两台\n",
    "day first": "18/05/2026, 10:23 - 小林: 有人想洗空调吗\n18/05/2026, 22:05 - Leo 爸爸: 我也想\n两台\n",
    "twelve hours": "[18/05/2026, 10:23:45 AM] 小林: 有人想洗空调吗\n"
    "[18/05/2026, 10:05:00 PM] Leo 爸爸: 我也想\n两台\n",
    "days apart": "—————  2026-05-18  —————\n\n小林  10:23\n\n有人想洗空调吗\n\nLeo 爸爸  22:05\n\n我也想\n两台\n",
    "tabs": "2026.05.18 星期一\n10:23\t小林\t有人想洗空调吗\n22:05\tLeo 爸爸\t我也想\n两台\n",
    "csv": '时间,昵称,内容\n2026-05-18 10:23:45,小林,有人想洗空调吗\n2026-05-18 22:05,Leo 爸爸,"我也想\n两台"\n',
    "semicolons": "sender;time;message\n小林;2026/05/18 10:23;有人想洗空调吗\n"
    'Leo 爸爸;2026/05/18 22:05;"我也想\n两台"\n',
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_an_export_gives_the_same_messages(shape):
    chat = read_chat(SHAPES[shape])
    assert [(one.at, one.sender, one.text) for one in chat.messages] == TWO


@pytest.mark.parametrize("shape", SHAPES)
def test_a_message_knows_the_line_at_which_it_begins(shape):
    lines = SHAPES[shape].split("\n")
    for message in read_chat(SHAPES[shape]).messages:
        below = "\n".join(lines[message.line - 1 :])
        assert message.text.split("\n")[0] in below.split(message.sender, 1)[1] or message.sender in below


def test_gb18030_and_a_byte_order_mark_are_read():
    assert decoded("空调".encode("gb18030")) == "空调"
    assert decoded("\ufeff空调".encode()) == "空调"
    with pytest.raises(InvalidError, match="UTF-8"):
        decoded(b"\xff\xff\xff")


def test_stickers_notices_and_recalled_messages_are_nobodys_words():
    text = (
        "2026-05-18 10:23 小林\n[图片]\n2026-05-18 10:24 小林\n你撤回了一条消息\n"
        '2026-05-18 10:25 系统消息\n"甲"邀请"乙"加入了群聊\n2026-05-18 10:26 小林\n好的[捂脸]\n'
    )
    chat = read_chat(text)
    assert [one.text for one in chat.messages] == ["好的"]
    assert chat.skipped == 3


def test_a_quoted_reply_knows_what_it_answers():
    text = "2026-05-18 10:23 小林\n有人想洗空调吗\n2026-05-18 10:24 陈\n「小林：有人想洗空调吗」\n- - - - - - - -\n+1\n"
    answer = read_chat(text).messages[1]
    assert (answer.text, answer.quoted) == ("+1", ("小林", "有人想洗空调吗"))


def test_a_chain_in_a_chat_is_told_and_not_mixed_with_what_is_said():
    chat = read_chat("2026-05-18 10:23 梅\n#接龙\n鸡蛋\n\n1. 小林 1份\n2026-05-18 10:24 陈\n好\n")
    assert chat.chains == (1,)
    assert [one.sender for one in chat.messages] == ["陈"]


def test_days_that_may_be_months_are_left_open_with_a_warning():
    chat = read_chat("07/12/2026, 10:23 - Ann: hello\n07/12/2026, 10:24 - Ben: hi\n")
    assert [one.at for one in chat.messages] == [None, None]
    assert "month" in chat.warnings[0]["en"]


def test_seconds_since_1970_are_read_in_the_zone_of_the_community():
    text = "CreateTime,NickName,StrContent\n1779070980,小林,好\n"
    assert read_chat(text, UTC).messages[0].at == datetime(2026, 5, 18, 2, 23)
    assert read_chat(text, timezone(timedelta(hours=8))).messages[0].at == datetime(2026, 5, 18, 10, 23)


@pytest.mark.parametrize("text", ["", "   \n", "一段没有时间也没有人名的文字\n第二行\n第三行\n", "a,b,c\n1,2,3\n"])
def test_what_is_no_chat_is_refused_with_what_would_be_one(text):
    with pytest.raises(InvalidError, match="exported chat"):
        read_chat(text)


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    try:
        chat = read_chat(text)
    except InvalidError:
        return
    assert all(1 <= one.line <= len(text.splitlines()) + 1 for one in chat.messages)
