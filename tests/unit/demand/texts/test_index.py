"""Candidate search; speed and recall are measured in bench/texts.py."""

import random

import pytest

from services.demand.domain.texts import TextIndex

TEXTS = {
    "a": "周末想学陶艺",
    "b": "家里空调要清洗",
    "c": "空调清洗多少钱",
    "d": "pottery class for two on Saturday",
    "e": "we want a computing course",
}


@pytest.fixture
def index():
    index = TextIndex()
    for key, text in TEXTS.items():
        index.add(key, text)
    return index


def test_the_nearest_comes_first_and_what_shares_nothing_does_not_come(index):
    assert [key for key, _ in index.query("想清洗空调")] == ["b", "c", "a"]
    assert index.query("完全不同") == []
    assert index.query("") == []


def test_a_text_is_found_in_the_other_script_and_in_other_forms_of_its_words(index):
    assert index.query("週末想學陶藝", 1) == [("a", pytest.approx(1.0))]
    assert index.query("computer courses", 1)[0][0] == "e"


def test_no_more_come_than_were_asked_for(index):
    assert len(index.query("空调", 1)) == 1


def test_what_was_taken_out_is_found_no_more(index):
    index.remove("c")
    index.remove("never there")
    assert "c" not in index
    assert len(index) == 4
    assert [key for key, _ in index.query("空调清洗")] == ["b"]


def test_a_text_under_a_key_that_is_there_replaces_it(index):
    index.add("a", "孩子学游泳")
    assert len(index) == 5
    assert index.query("陶艺") == []
    assert index.query("游泳", 1)[0][0] == "a"


def test_a_stream_answers_as_one_by_one():
    letters = "陶艺课空调清洗游泳班徒步营地羽毛球"
    dice = random.Random(3)
    items = [(number, "".join(dice.choices(letters, k=dice.randint(1, 9)))) for number in range(300)]
    singly, at_once = TextIndex(), TextIndex()
    expected = []
    for key, text in items:
        expected.append(singly.query(text, 3))
        singly.add(key, text)
    answers = at_once.stream(items, 3)
    assert [[score for _, score in found] for found in answers] == [
        pytest.approx([score for _, score in found], abs=1e-5) for found in expected
    ]


def test_after_most_texts_went_the_rest_are_still_found():
    index = TextIndex()
    index.stream([(number, f"need number{number} 需求") for number in range(3000)], 1)
    for number in range(2900):
        index.remove(number)
    assert len(index) == 100
    assert index.query("need number2950", 1)[0][0] == 2950
