"""The text decides, people may overrule. Sentences here are none of those that the built-in taxonomy holds."""

import pytest

from services.demand.domain.taxonomy import Category, builtin, classify, decide


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("周六下午想带娃去做陶器", "pottery"),
        ("週末想學陶藝，兩大一小", "pottery"),
        ("pottery for two on Saturday", "pottery"),
        ("家里空调该洗了，师傅什么时候有空", "appliance_cleaning"),
        ("女儿想学蛙泳，找个教练", "swimming"),
        ("nature camp for the kids in June", "nature_camp"),
        ("有木有人一起学尤克里里呀", "music"),
        ("数据建模培训", "data_course"),
        ("想去看木偶剧", "puppet_show"),
    ],
)
def test_the_text_decides(text, category):
    assert decide(text) == category


@pytest.mark.parametrize(
    "text", ["今晚吃什么", "有没有人一起", "thanks, see you tomorrow", "", "12345", "谁捡到一只手套"]
)
def test_an_unclear_text_decides_nothing(text):
    assert decide(text) is None


def test_confidences_are_ranked_and_sum_to_at_most_one():
    ranked = classify("想学陶艺")
    assert ranked[0][0] == "pottery"
    assert [sure for _, sure in ranked] == sorted((sure for _, sure in ranked), reverse=True)
    assert sum(sure for _, sure in ranked) <= 1.0 + 1e-9
    assert {key for key, _ in ranked} == set(builtin().keys)


def test_what_people_said_of_a_text_counts_for_it_and_for_texts_like_it():
    before = decide("撸铁群缺两个人")
    taught = builtin().extended(
        [Category("kite", "风筝", "Kites", ("放风筝", "kite flying"))],
        [("撸铁群招人", "fitness"), ("一起撸铁", "fitness"), ("下班撸铁", "fitness")],
    )
    assert before != "fitness"
    assert classify("撸铁群招人", taught)[0] == ("fitness", 1.0)
    assert decide("撸铁群缺两个人", taught) == "fitness"
    assert decide("周末去海边放风筝", taught) == "kite"
