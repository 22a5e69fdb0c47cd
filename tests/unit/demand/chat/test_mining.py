"""Needs in chats: who wants what, how many agree, and what is none."""

from datetime import UTC, datetime

import pytest

from services.demand.domain.chat import Lessons, mine, read_chat
from services.demand.domain.hearing import Hearing
from services.demand.domain.own_categories import taxonomy_of
from tests.builders_demand import a_community
from tests.unit.demand.chat.measure import measured


@pytest.fixture(scope="module")
def ear():
    return Hearing(a_community(), taxonomy_of(()), datetime(2026, 5, 1, tzinfo=UTC))


def chat_of(*lines):
    """A chat of (sender, text), a minute apart."""
    return read_chat("\n".join(f"2026-05-18 10:{at:02} {sender}\n{text}" for at, (sender, text) in enumerate(lines)))


def voices(found):
    return [one.sender for one in found.voices]


# A little below what was measured; what the parts are and how much they prove: INTAKE.md.
FLOORS = {"dev": (0.95, 0.95, 0.95, 0.95), "test": (0.88, 0.80, 0.82, 0.74)}


@pytest.mark.parametrize("part", FLOORS)
def test_needs_and_who_shares_them_are_found_in_labelled_chats(ear, part):
    total = measured(part, ear)
    precise, complete, sure, all_of_them = FLOORS[part]
    assert total.needs.precision >= precise
    assert total.needs.recall >= complete
    assert total.voices.precision >= sure
    assert total.voices.recall >= all_of_them
    assert total.category.precision >= 0.9


def test_a_need_has_its_voices_its_lines_and_how_many_come(ear):
    chat = chat_of(("林", "周末有人想一起做陶艺吗"), ("陈", "我也想，两大一小"), ("王", "+2"), ("赵", "收到"))
    (found,) = mine(chat, ear)
    assert found.category == "pottery"
    assert [(one.sender, one.people) for one in found.voices] == [("林", None), ("陈", 3), ("王", 2)]
    assert [(one.line, one.kind) for one in found.evidence] == [(1, "ask"), (3, "agree"), (5, "agree")]
    assert found.people == 6


def test_an_agreement_goes_to_what_it_quotes_and_not_to_what_is_nearest(ear):
    chat = chat_of(
        ("林", "有人想洗空调吗"),
        ("陈", "求推荐游泳教练，孩子想学游泳"),
        ("王", "「林：有人想洗空调吗」\n- - - - - - -\n+1"),
    )
    cleaning, swimming = mine(chat, ear)
    assert (voices(cleaning), voices(swimming)) == (["林", "王"], ["陈"])


def test_an_agreement_with_a_notice_is_none_with_the_need_before_it(ear):
    chat = chat_of(("林", "有人想洗空调吗"), ("物业", "通知：明天停水，收到请回复"), ("陈", "+1"))
    (found,) = mine(chat, ear)
    assert voices(found) == ["林"]


@pytest.mark.parametrize("refusal", ["我家不需要", "已经洗过了", "我们就算了", "没时间"])
def test_who_declines_is_not_counted_even_after_having_agreed(ear, refusal):
    (found,) = mine(chat_of(("林", "有人想洗空调吗"), ("陈", "我也想"), ("陈", refusal)), ear)
    assert voices(found) == ["林"]


def test_whoever_found_what_was_asked_for_wants_it_no_more(ear):
    assert mine(chat_of(("林", "水管漏了，求推荐师傅来修"), ("林", "好了，已经联系上了")), ear) == ()


@pytest.mark.parametrize(
    "text",
    [
        "专业清洗空调58元，需要的加微信 qx123，支持上门",
        "Spring offer! 20% off carpet cleaning, book now at www.clean.example",
        "谁拿错我的快递了",
        "公司附近中午吃什么",
        "我不想学游泳了",
        "上周刚洗过空调，师傅还行",
        "通知：本周六请大家配合清洗外墙",
        "有没有今天语文默写的照片",
    ],
)
def test_adverts_notices_refusals_and_other_wishes_are_no_needs(ear, text):
    assert mine(chat_of(("林", text), ("陈", "好的")), ear) == ()


@pytest.mark.parametrize(
    ("text", "agreement", "category"),
    [
        ("周末有冇人想一齊學瑜伽？", "我都想", "yoga"),
        ("Anyone up for a pottery class on Saturday?", "count me in", "pottery"),
        ("要是有人来教瑜伽就好了", "附议", "yoga"),
    ],
)
def test_needs_are_heard_in_both_scripts_and_in_english(ear, text, agreement, category):
    (found,) = mine(chat_of(("林", text), ("陈", agreement)), ear)
    assert (found.category, voices(found)) == (category, ["林", "陈"])


def test_a_need_that_was_thrown_away_does_not_come_again_and_neither_does_one_like_it(ear):
    (found,) = mine(chat_of(("林", "有人想一起去做陶艺吗")), ear, salt=b"a")
    lessons = Lessons().taught(["cue:anyone"], confirmed=False, shape=found.shape)
    assert mine(chat_of(("林", "有人想一起去做陶艺吗？")), ear, lessons, b"a") == ()
    assert len(mine(chat_of(("林", "孩子想学游泳，求推荐教练")), ear, lessons, b"a")) == 1


def test_the_sketch_of_one_community_means_nothing_in_another(ear):
    chat = chat_of(("林", "有人想一起去做陶艺吗"))
    (mine_,), (theirs,) = mine(chat, ear, salt=b"a"), mine(chat, ear, salt=b"b")
    assert not Lessons(dropped=(mine_.shape,)).knows(theirs.shape)


def test_what_a_community_confirms_and_drops_moves_its_weights_and_no_further_than_the_bound(ear):
    text = ("林", "有人想一起去做陶艺吗")
    (before,) = mine(chat_of(text), ear)
    keys = [*(f"cue:{name}" for name in before.cues), "category:pottery"]
    good, bad = Lessons(), Lessons()
    for _ in range(30):
        good, bad = good.taught(keys, confirmed=True), bad.taught(keys, confirmed=False)
    (more,) = mine(chat_of(text), ear, good)
    less = mine(chat_of(text), ear, bad)
    assert more.confidence > before.confidence
    assert not less or less[0].confidence < before.confidence
    assert abs(good.weight("category:pottery")) <= 1.5


def test_a_confirmed_need_may_come_again_after_one_like_it_was_dropped(ear):
    (found,) = mine(chat_of(("林", "有人想一起去做陶艺吗")), ear)
    lessons = Lessons().taught([], confirmed=False, shape=found.shape).taught([], confirmed=True, shape=found.shape)
    assert not lessons.knows(found.shape)
