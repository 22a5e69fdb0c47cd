"""What nobody should read is hidden, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reputation.domain.masking import HIDDEN, found, masked


def hidden(text, words=()):
    masks = found(text, words)
    return masked(text, masks), [str(one.kind) for one in masks]


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("老师电话13812345678，很准时", "phone", "13812345678"),
        ("call +86 138-1234-5678 now", "phone", "+86 138-1234-5678"),
        ("138 1234 5678", "phone", "138 1234 5678"),
        ("１３８１２３４５６７８", "phone", "１３８１２３４５６７８"),
        ("座机 021-55552001 打不通", "phone", "021-55552001"),
        ("my number is +44 20 7946 0958", "phone", "+44 20 7946 0958"),
        ("写信到 lin.mei@example.com.cn 吧", "email", "lin.mei@example.com.cn"),
        ("身份证 11010519491231002X 已核", "identity_number", "11010519491231002X"),
        ("卡号 6222 0212 3456 7890 123 退款", "bank_card", "6222 0212 3456 7890 123"),
        ("加微信：clay_master88 私聊", "account", "clay_master88"),
        ("QQ 123456789", "account", "123456789"),
        ("老师是个混蛋", "abuse", "混蛋"),
        ("what a Bastard he is", "abuse", "Bastard"),
    ],
)
def test_personal_data_and_abuse_are_hidden_and_the_rest_is_left(text, kind, part):
    after, kinds = hidden(text)
    assert kinds == [kind]
    assert after == text.replace(part, HIDDEN * len(part))


@pytest.mark.parametrize(
    "text",
    [
        "上了 12 次课，从 2026-05-16 到 2026-06-13，每次 120 分钟",
        "128.00 元，20 人起 118 元，省了 1380 元",
        "Scunthorpe is a fine town, assess it yourself",
        "电话里讲得很清楚",
        "订单 20260516001 已收到",
        "三个孩子 8 岁、10 岁、12 岁，@所有人 推荐",
        "微信群里通知很及时",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text):
    assert hidden(text) == (text, [])


def test_a_community_adds_words_of_its_own():
    assert hidden("真是坑人货", ["坑人货"]) == ("真是＊＊＊", ["abuse"])


digits = st.text("0123456789", min_size=9, max_size=9)
around = st.text("，。老师很好 abcXYZ！", max_size=12)


@given(around, digits, st.sampled_from(["", " ", "-"]), around)
def test_every_mobile_number_is_hidden_however_it_is_written(before, tail, gap, after):
    number = f"13{tail[:1]}{gap}{tail[1:5]}{gap}{tail[5:9]}"
    text = f"{before}{number}{after}"
    shown, kinds = hidden(text)
    assert "phone" in kinds
    assert tail[1:9] not in shown.replace(gap, "") if gap else tail[1:9] not in shown


@given(st.text(max_size=60))
def test_to_hide_twice_is_to_hide_once_and_only_the_masked_parts_change(text):
    masks = found(text)
    after = masked(text, masks)
    assert found(after) == ()
    assert len(after) == len(text)
    covered = {at for one in masks for at in range(one.start, one.start + one.length)}
    assert all(after[at] == text[at] for at in range(len(text)) if at not in covered)
    assert all(after[at] == HIDDEN for at in covered)


@given(st.text(max_size=40))
def test_masks_never_overlap(text):
    masks = found(f"{text}13812345678 a@b.cn {text}")
    ends = [one.start + one.length for one in masks]
    assert all(end <= one.start for end, one in zip(ends, masks[1:], strict=False))
