import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reputation.domain.model import Scores
from services.reputation.domain.score import PRIOR_MEAN, PRIOR_WEIGHT, Tally, margin, standing
from tests.fakes.reputation import tally

mark = st.integers(1, 5)
scores = st.builds(Scores, mark, st.none() | mark, st.none() | mark, st.none() | mark)
several = st.lists(scores, max_size=40)


def test_without_reviews_the_score_is_the_prior():
    assert standing(Tally()).score == PRIOR_MEAN
    assert standing(Tally()).reviews == 0


def test_a_single_best_review_moves_the_score_a_sixth_of_the_way():
    told = standing(tally([Scores(5)]))
    assert told.score == round(PRIOR_MEAN + (5 - PRIOR_MEAN) / (PRIOR_WEIGHT + 1), 4) == 3.75
    assert (told.low, told.high) == (2.9498, 4.5502)


def test_a_thousand_best_reviews_come_near_the_best_mark():
    told = standing(tally([Scores(5)] * 1000))
    assert 4.99 < told.score < 5
    assert told.high == 5
    assert told.low > 4.9


def test_twenty_good_reviews_rank_above_one_perfect_review_by_the_lower_bound():
    assert standing(tally([Scores(4)] * 20)).low > standing(tally([Scores(5)])).low


@pytest.mark.parametrize(
    ("given_", "overall"),
    [
        (Scores(5), 5.0),
        (Scores(5, 4), 4.5),
        (Scores(5, 4, 4), 4.3333),
        (Scores(5, 4, None, 5), 4.6667),
        (Scores(1, 2, 3, 5), 2.75),
    ],
)
def test_the_overall_mark_is_the_mean_of_the_given_marks(given_, overall):
    assert given_.overall == overall


@given(several)
def test_score_and_interval_lie_between_one_and_five(all_scores):
    told = standing(tally(all_scores))
    assert 1 <= told.low <= told.score <= told.high <= 5


@given(several, scores)
def test_one_more_review_narrows_the_interval_before_it_is_cut_off(all_scores, another):
    assert margin(len([*all_scores, another])) < margin(len(all_scores))


@given(st.lists(scores, min_size=1, max_size=10), st.integers(2, 20))
def test_the_same_reviews_many_times_over_narrow_the_shown_interval(all_scores, times):
    few, many = standing(tally(all_scores)), standing(tally(all_scores * times))
    if few.low > 1 and few.high < 5:
        assert many.high - many.low < few.high - few.low


@given(several, st.randoms())
def test_the_order_of_the_reviews_does_not_matter(all_scores, random):
    shuffled = list(all_scores)
    random.shuffle(shuffled)
    assert standing(tally(shuffled)) == standing(tally(all_scores))


@given(several, scores, scores)
def test_a_better_review_never_gives_a_lower_score(all_scores, one, other):
    worse, better = sorted((one, other), key=lambda review: review.twelfths)
    assert standing(tally([*all_scores, worse])).score <= standing(tally([*all_scores, better])).score
