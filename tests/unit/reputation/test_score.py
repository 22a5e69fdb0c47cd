import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.reputation.domain.model import Scores
from services.reputation.domain.score import (
    DEFAULT,
    PRIOR_MEAN,
    Evidence,
    Weights,
    derive,
    explain,
    mark_of,
    yardsticks,
)
from tests.effort import EFFORT

TODAY = date(2026, 5, 11)
numbers = iter(range(10**9))


def said(mark=5, rater=None, community="a", days=0, **options):
    number = str(next(numbers))
    marks = (mark, None, None, None)
    return Evidence(number, rater or f"r{number}", community, TODAY - timedelta(days), marks, **options)


def several(count, mark=5, **options):
    return [said(mark, **options) for _ in range(count)]


def score(evidence, weights=DEFAULT, own=None):
    return derive(evidence, TODAY, weights, own).standing


mark = st.integers(1, 5)
one = st.builds(
    Evidence,
    order=st.uuids().map(str),
    rater=st.sampled_from([f"r{number}" for number in range(9)]),
    community=st.sampled_from("abcde"),
    day=st.integers(0, 900).map(lambda days: TODAY - timedelta(days)),
    marks=st.tuples(mark, st.none() | mark, st.none() | mark, st.none() | mark),
    voice=st.none() | st.sampled_from(["x", "y"]),
)
some = st.lists(one, max_size=30, unique_by=lambda it: it.order)
few = settings(max_examples=max(1, round(60 * EFFORT)), deadline=None)


def test_without_evidence_the_score_is_the_prior_and_the_interval_is_wide():
    told = score([])
    assert (told.score, told.reviews, told.orders) == (mark_of(PRIOR_MEAN), 0, 0)
    assert told.high - told.low > 2.5


def test_one_best_review_moves_the_score_a_little_and_twenty_move_it_far():
    assert 3.5 < score([said()]).score < 4
    assert score(several(20)).score > 4.5
    assert score(several(20, 4)).low > score([said()]).low


def test_one_order_counts_once_however_often_it_is_told():
    once = said(1)
    assert score([once, *several(5)]) == score([once, *several(5), replace(once), replace(once, marks=(5,) * 4)])


def test_an_order_that_nobody_reviewed_is_neither_praise_nor_blame():
    silent = Evidence("silent", "r", "a", TODAY)
    assert replace(score([silent, *several(3)]), orders=0) == replace(score(several(3)), orders=0)


def test_a_rater_with_many_orders_counts_as_two():
    loud = [said(1, rater="loud") for _ in range(50)]
    assert score([*loud, *several(6)]).score == score([*loud[:2], *several(6)]).score
    assert derive(loud, TODAY).weighed.over_rater_cap == 50


def test_a_ring_counts_as_one_order_however_large_it_is():
    honest = several(6, 2)
    small, large = several(3, 5, voice="ring"), several(40, 5, voice="ring")
    assert score([*honest, *large]).score == pytest.approx(score([*honest, *small]).score)
    assert score([*honest, *large]).score < score([*honest, *several(2)]).score


def test_evidence_fades_to_half_after_its_half_life():
    fresh, old = derive([said()], TODAY).weighed, derive([said(days=365)], TODAY).weighed
    assert (fresh.weight, old.weight) == (1.0, 0.5)
    assert derive([said(days=30)], TODAY, replace(DEFAULT, half_life_days=30)).weighed.weight == 0.5


def test_money_that_a_dispute_gave_back_limits_what_an_order_is_worth():
    full = said(5, disputed=True, returned_bp=10_000)
    assert score(several(5, returned_bp=10_000, disputed=True)).score < score(several(5, 4)).score
    assert full.share(DEFAULT.of_dimensions) == 0
    assert said(5, disputed=True, returned_bp=500).share(DEFAULT.of_dimensions) == 0.95
    unspoken = Evidence("o", "r", "a", TODAY, returned_bp=500, disputed=True)
    assert unspoken.share(DEFAULT.of_dimensions) == pytest.approx(0.475)
    assert not Evidence("o", "r", "a", TODAY, returned_bp=0, disputed=True).says_something


@pytest.mark.parametrize("times", [2, 10, 50])
def test_a_community_gains_nothing_by_more_raters(times):
    others = [one for community in "abcd" for one in several(8, 2, community=community)]
    honest = score([*others, *several(8, 2, community="e")])
    minted = score([*others, *several(8 * times, 5, community="e")])
    assert (minted.score - honest.score) / 4 <= 0.1
    assert minted.score == pytest.approx(score([*others, *several(16, 5, community="e")]).score, abs=0.01)


def test_a_community_reads_the_same_evidence_under_its_own_weights():
    evidence = [*several(6, 5, community="ours"), *several(6, 2, community="b"), *several(6, 2, community="c")]
    trusting = score(evidence, Weights(own=10), "ours")
    alone = score(evidence, Weights(others=0), "ours")
    assert score(evidence).score < trusting.score < alone.score
    assert score(evidence, Weights(own=10), "b").score < score(evidence).score


def test_dimensions_that_a_community_does_not_weigh_do_not_count():
    late = [Evidence(str(number), f"r{number}", "a", TODAY, (5, 1, None, None)) for number in range(5)]
    lenient = Weights(dimensions={"quality": 1, "punctuality": 0, "communication": 1, "value": 1})
    assert score(late, lenient).score == score(several(5)).score > score(late).score


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("own", -1),
        ("others", True),
        ("own", float("nan")),
        ("rater_cap", 0.5),
        ("half_life_days", 6),
        ("half_life_days", 30.5),
        ("dimensions", {"quality": 1}),
        ("dimensions", dict.fromkeys(("quality", "punctuality", "communication", "value"), 0)),
    ],
)
def test_a_weight_that_makes_no_sense_is_refused_by_name(field, wrong):
    with pytest.raises(InvalidError) as refused:
        Weights(**{field: wrong})
    assert refused.value.detail["errors"][0]["field"].startswith(field)


def test_each_number_of_a_score_is_explained_in_both_languages():
    evidence = [
        *several(9, 5, community="a", voice="ring"),
        *[said(1, rater="loud", community="b") for _ in range(4)],
        *several(6, 2, community="c"),
        *several(30, 2, community="d"),
        said(2, community="c", disputed=True, returned_bp=5_000),
        Evidence("silent", "r", "c", TODAY),
    ]
    parts = {part.code: part for part in explain(derive(evidence, TODAY))}
    assert {code: parts[code].value for code in parts if code not in ("after_decay", "prior")} == {
        "settled_orders": 51,
        "counted_orders": 50,
        "refunded_after_dispute": 1,
        "capped_raters": 4,
        "in_rings": 9,
        "capped_communities": 2,
        "cut_voices": 2,
    }
    for part in parts.values():
        assert part.zh
        assert part.en
        assert part.zh != part.en
    assert "每人合计最多算 2 单" in parts["capped_raters"].zh


def test_the_shares_of_the_voices_and_of_the_prior_are_the_whole_score():
    found = derive([*several(4), *several(7, 1, community="b"), *several(2, 3, community="c")], TODAY)
    assert sum(found.combined.pulls) == pytest.approx(1)
    means = [PRIOR_MEAN, *(voice.mean for voice in found.weighed.voices)]
    around = sum(pull * mean for pull, mean in zip(found.combined.pulls, means, strict=True))
    assert around == pytest.approx(found.combined.share, abs=1e-6)


def test_the_yardsticks_give_the_figures_of_their_formulas():
    shares = [1.0, 1.0, 0.0]
    assert yardsticks.raw_mean(shares) == pytest.approx(2 / 3)
    assert yardsticks.bayesian_average(shares) == pytest.approx((2 + 5 * 0.625) / 8)
    assert yardsticks.plain_beta(shares) == 0.6
    # Wilson's interval for 2 of 3, as statsmodels gives it.
    assert yardsticks.wilson_low(shares) == pytest.approx(0.2077, abs=1e-4)
    assert yardsticks.raw_mean([]) == PRIOR_MEAN
    assert yardsticks.wilson_low([]) == 0


def test_reviews_that_agree_do_not_widen_the_interval_where_the_prior_says_otherwise():
    widths = [told.high - told.low for count in range(1, 12) if (told := score(several(count)))]
    assert all(wider >= narrower - 0.05 for wider, narrower in itertools.pairwise(widths))
    assert widths[3] < 2


@few
@given(some)
def test_score_and_interval_lie_between_one_and_five(evidence):
    told = score(evidence)
    assert 1 <= told.low <= told.score <= told.high <= 5


@few
@given(some, st.randoms())
def test_the_order_in_which_evidence_comes_does_not_matter(evidence, random):
    shuffled = list(evidence)
    random.shuffle(shuffled)
    assert score(shuffled) == score(evidence)


@few
@given(some, one, mark)
def test_a_better_mark_never_gives_a_lower_score(evidence, other, better):
    evidence = [it for it in evidence if it.order != other.order]
    worse, best = sorted((other.marks[0], better))
    low, high = (replace(other, marks=(value, *other.marks[1:])) for value in (worse, best))
    assert score([*evidence, low]).score <= score([*evidence, high]).score


@few
@given(some, st.integers(1, 40), mark)
def test_no_community_pulls_more_than_its_cap_whatever_it_says(evidence, count, value):
    others = [it for it in evidence if it.community != "a"]
    fresh = [replace(it, day=TODAY, voice=None) for it in others]
    found = derive([*fresh, *several(count, value, community="a")], TODAY)
    weights = {voice.community: voice.weight for voice in found.weighed.voices}
    uncapped = sorted(voice.uncapped for voice in found.weighed.voices)
    middle = (uncapped[(len(uncapped) - 1) // 2] + uncapped[len(uncapped) // 2]) / 2
    assert weights["a"] <= max(3.0, middle) + 1e-9


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
