"""Topics of texts; how they compare with other methods is in bench/texts.py."""

import random

from services.demand.domain.texts import topics

POTTERY = ["周末想学陶艺", "有没有陶艺课", "想带孩子上陶艺课", "週末陶藝體驗課"]
CLEANING = ["家里空调要清洗", "空调清洗多少钱", "洗空调的师傅", "油烟机和空调清洗"]
CHESS = ["a chess club for kids", "learn chess at the club", "kids want to learn chess"]


def parts(texts, numbers):
    groups = {}
    for text, number in zip(texts, numbers, strict=True):
        groups.setdefault(number, set()).add(text)
    return sorted(map(sorted, groups.values()))


def test_texts_about_the_same_come_together_and_others_stay_apart():
    texts = POTTERY + CLEANING + CHESS
    assert parts(texts, topics(texts)) == sorted(map(sorted, (POTTERY, CLEANING, CHESS)))


def test_the_order_of_the_texts_changes_nothing_not_even_the_numbers():
    texts = POTTERY + CLEANING + CHESS
    expected = dict(zip(texts, topics(texts), strict=True))
    for seed in range(5):
        random.Random(seed).shuffle(texts)
        assert dict(zip(texts, topics(texts), strict=True)) == expected


def test_a_category_that_people_gave_brings_texts_together_that_share_no_word():
    texts = ["捏泥巴做杯子", "拉坯体验", "瑜伽", "普拉提入门"]
    numbers = topics(texts, ["pottery", "pottery", "yoga", "yoga"])
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]


def test_a_chinese_and_an_english_need_of_the_same_meaning_come_together():
    texts = ["想学羽毛球", "a badminton lesson", "钢琴老师", "piano teacher wanted"]
    numbers = topics(texts)
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]


def test_wordings_are_finer_than_subjects():
    texts = ["空调清洗多少钱", "空调清洗多少钱啊", "空调清洗要多久", "清洗空调用什么工具"]
    numbers = topics(texts, level="wording")
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) > 1


def test_no_text_has_no_topic():
    assert topics([]) == []
    assert topics(["", ""]) == [0, 0]
