"""How alike two texts are; the figures on public sets are in bench/texts.py."""

import pytest

from services.demand.domain.texts import fold, similarity


def test_both_scripts_widths_and_cases_fold_to_one_form():
    assert fold("週末　想學陶藝　ＡＢＣ") == "周末 想学陶艺 abc"


def test_a_text_is_wholly_like_itself_and_not_like_something_else():
    assert similarity("周末想学陶艺", "週末想學陶藝") == pytest.approx(1.0)
    assert similarity("", "周末想学陶艺") == 0.0
    assert similarity("", "") == 1.0


@pytest.mark.parametrize(
    ("need", "like", "unlike"),
    [
        ("周末想学陶艺", "周末想上陶艺课", "周末想上游泳课"),
        ("we would like to learn pottery", "who wants to learn pottery", "we would like to learn chess"),
        ("想找人擦玻璃", "window cleaning for our flat", "swimming lessons for kids"),
        ("空调要洗了", "清洗空调多少钱", "冰箱坏了"),
    ],
)
def test_what_means_the_same_is_nearer_than_what_only_sounds_alike(need, like, unlike):
    assert similarity(need, like) > similarity(need, unlike)


def test_likeness_is_symmetric():
    one, other = "孩子想学打羽毛球", "badminton lessons for a child"
    assert similarity(one, other) == pytest.approx(similarity(other, one))


def test_the_same_words_in_another_order_are_a_little_less_alike():
    assert 0.5 < similarity("老师教孩子画画", "孩子教老师画画") < 1.0


def test_signs_and_pictures_alone_are_like_themselves_only():
    assert similarity("😀！", "😀！") == 1.0
    assert similarity("😀！", "？") == 0.0
