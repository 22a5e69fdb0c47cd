"""What the policy makes of scores and deliveries: pure, and without swings."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.reputation.domain.grading import (
    DEFAULT,
    Delivery,
    Evidence,
    Grade,
    GradeState,
    Marks,
    Told,
    applied,
    decide,
    is_bad,
    policy_of,
    sentence,
)
from services.reputation.domain.grading.deciding import renewal
from services.reputation.domain.grading.policy import data_of
from services.reputation.domain.grading.words import WORDS
from tests.effort import EFFORT
from tests.fakes.chassis import MONDAY

PAGE = Path(__file__).resolve().parents[3] / "services" / "reputation" / "GRADES.md"
SOME = settings(max_examples=max(1, round(80 * EFFORT)), deadline=None, suppress_health_check=list(HealthCheck))
REST = timedelta(days=DEFAULT.least_days)
A, B, C, PROBATION = Grade.A, Grade.B, Grade.C, Grade.PROBATION
SUSPENDED, REMOVED = Grade.SUSPENDED, Grade.REMOVED


def state(grade=PROBATION, **changes):
    return GradeState(new_id(), grade, MONDAY, **changes)


def told(score, width=0.5, reviews=20):
    return Told(score, max(1.0, score - width), min(5.0, score + width), reviews)


def good(score, fresh=10):
    return Evidence(told(score), recent=fresh, fresh=fresh)


def becomes(grade, evidence, days=30, **changes):
    verdict = decide(DEFAULT, state(grade, **changes), evidence, MONDAY + timedelta(days=days))
    return verdict.change and (verdict.change.grade, verdict.change.reason.code)


class TestUp:
    @pytest.mark.parametrize(
        ("grade", "score", "expected"),
        [
            (PROBATION, 4.9, A),
            (PROBATION, 3.8, B),
            (PROBATION, 3.6, None),
            (C, 4.9, B),
            (B, 4.4, A),
            (B, 4.2, None),
            (A, 5.0, None),
        ],
    )
    def test_a_grade_is_reached_by_the_lower_bound_of_the_score(self, grade, score, expected):
        assert becomes(grade, good(score)) == (expected and (expected, "promoted"))

    def test_a_high_score_of_few_deliveries_or_after_a_short_time_reaches_nothing(self):
        assert becomes(PROBATION, good(4.9, fresh=2)) is None
        assert becomes(PROBATION, good(4.9), days=13) is None
        assert decide(DEFAULT, state(), good(4.9), MONDAY).look_at == MONDAY + REST

    def test_who_delivered_badly_of_late_does_not_rise(self):
        assert becomes(B, Evidence(told(4.9), recent=30, fresh=8, fresh_bad=1)) is None

    def test_nobody_without_a_score_rises(self):
        assert becomes(PROBATION, Evidence(None, recent=50, fresh=50)) is None


class TestDown:
    @pytest.mark.parametrize(
        ("grade", "score", "expected"),
        [(A, 3.3, B), (A, 3.5, None), (B, 2.9, C), (PROBATION, 2.5, C), (PROBATION, 2.7, None), (C, 2.1, SUSPENDED)],
    )
    def test_a_grade_is_lost_by_the_score(self, grade, score, expected):
        assert becomes(grade, good(score)) == (expected and (expected, "low_score"))

    def test_a_low_score_without_new_deliveries_brings_nobody_down(self):
        assert becomes(PROBATION, good(1.5, fresh=1)) is None

    @pytest.mark.parametrize(("grade", "bad", "expected"), [(PROBATION, 2, C), (B, 2, C), (A, 3, C), (C, 1, SUSPENDED)])
    def test_bad_deliveries_bring_a_supplier_down_at_once(self, grade, bad, expected):
        assert becomes(grade, Evidence(told(4.0), recent=bad + 1, bad=bad), days=0) == (expected, "bad_deliveries")
        assert becomes(grade, Evidence(told(4.0), recent=bad, bad=bad - 1), days=0) is None

    def test_a_few_bad_ones_among_many_do_not(self):
        assert becomes(B, Evidence(told(4.0), recent=50, bad=2, fresh=50)) is None

    def test_a_fall_back_to_the_grade_that_was_just_left_waits(self):
        verdict = decide(DEFAULT, state(B, before=C), Evidence(told(4.0), recent=2, bad=2), MONDAY)
        assert (verdict.change, verdict.look_at) == (None, MONDAY + REST)

    def test_the_third_suspension_is_a_removal(self):
        assert becomes(C, Evidence(None, recent=1, bad=1), suspensions=1) == (SUSPENDED, "bad_deliveries")
        assert becomes(C, Evidence(None, recent=1, bad=1), suspensions=2) == (REMOVED, "suspended_often")

    def test_a_suspension_that_is_not_renewed_within_a_year_is_a_removal(self):
        assert becomes(SUSPENDED, good(5.0), days=364) is None
        assert becomes(SUSPENDED, good(5.0), days=365) == (REMOVED, "not_renewed")
        assert decide(DEFAULT, state(SUSPENDED), good(5.0), MONDAY).look_at == MONDAY + timedelta(days=365)

    def test_who_is_removed_stays_removed(self):
        assert becomes(REMOVED, good(5.0), days=5000) is None

    def test_a_corrected_grade_is_held_against_the_score_and_not_against_bad_deliveries(self):
        held = MONDAY + timedelta(days=90)
        assert becomes(B, good(2.0), held_until=held) is None
        assert becomes(B, good(2.0), days=90, held_until=held) == (C, "low_score")
        assert becomes(B, Evidence(told(2.0), recent=2, bad=2), held_until=held) == (C, "bad_deliveries")


class TestRenewal:
    def test_a_renewed_supplier_is_on_probation_and_keeps_the_number_of_its_suspensions(self):
        before = state(SUSPENDED, suspensions=1)
        after = applied(before, renewal(DEFAULT, before), MONDAY)
        assert (after.grade, after.suspensions) == (PROBATION, 1)
        assert renewal(DEFAULT, after) is None

    def test_the_score_of_before_does_not_bring_it_down_again_at_once(self):
        assert becomes(PROBATION, Evidence(told(1.8), recent=9, fresh=1)) is None
        assert becomes(PROBATION, Evidence(told(1.8), recent=9, fresh=2)) == (C, "low_score")


class TestBadDeliveries:
    @staticmethod
    def delivery(commitments=10, **said):
        marks = {new_id(): Marks(*one) for one in said.pop("marks", ())}
        return Delivery(new_id(), MONDAY, commitments, marks=marks, **said)

    def test_one_that_was_lost_before_a_mediator_or_withdrawn_from_is_bad(self):
        assert is_bad(self.delivery(disputes_lost=1), DEFAULT)
        assert is_bad(self.delivery(withdrew=True), DEFAULT)
        assert not is_bad(self.delivery(), DEFAULT)

    def test_one_that_was_found_poor_is_bad_if_enough_say_so(self):
        assert is_bad(self.delivery(marks=[(2, 2.5)]), DEFAULT)
        assert not is_bad(self.delivery(marks=[(2, 2.6)]), DEFAULT)
        assert not is_bad(self.delivery(marks=[(1, 1.0)]), DEFAULT)
        assert is_bad(self.delivery(commitments=1, marks=[(1, 1.0)]), DEFAULT)

    def test_a_community_of_many_voices_counts_as_one(self):
        assert not is_bad(self.delivery(marks=[(50, 1.0), (2, 4.5)]), DEFAULT)


class TestPolicy:
    def test_what_is_not_said_is_as_it_comes_with_the_program(self):
        assert policy_of({}, 0) == DEFAULT
        changed = policy_of({"promote": {"a": {"low": 4.0}}, "least_days": 30}, 3)
        assert (changed.promote[A].low, changed.promote[A].deliveries, changed.least_days) == (4.0, 6, 30)
        assert policy_of(data_of(changed), 3) == changed

    @pytest.mark.parametrize(
        ("figures", "field"),
        [
            ({"promote": {"a": {"low": 3.5}}}, "promote.a.low"),
            ({"promote": {"b": {"low": 3.1}}}, "promote.b.low"),
            ({"promote": {"a": {"low": 3.7}, "b": {"low": 3.75}}}, "promote.a.low"),
            ({"demote": {"a": 3.5}, "promote": {"a": {"low": 4.5}}}, "demote.a"),
            ({"demote": {"c": 2.9}}, "demote"),
            ({"promote": {"c": {"low": 3}}}, "promote"),
            ({"promote": {"a": {"deliveries": 0}}}, "promote.a.deliveries"),
            ({"bad": {"a": {"share": 2}}}, "bad.a.share"),
            ({"bad": {"a": 3}}, "bad.a"),
            ({"least_days": 0}, "least_days"),
            ({"least_days": True}, "least_days"),
            ({"bad_mark": 6}, "bad_mark"),
            ({"colour": 1}, "colour"),
            ({"version": 1}, "version"),
        ],
    )
    def test_a_policy_by_which_a_grade_would_swing_or_that_makes_no_sense_is_refused(self, figures, field):
        with pytest.raises(InvalidError) as refused:
            policy_of(figures, 1)
        assert refused.value.detail["errors"][0]["field"] == field


def lived(start, steps):
    """Live through steps of (days, score, width, deliveries, bad ones); return the changes with their times."""
    now, changes = MONDAY, []
    recent = bad = fresh = fresh_bad = 0
    for days, score, width, delivered, poor in steps:
        now += timedelta(days=days)
        recent, bad, fresh, fresh_bad = recent + delivered, bad + poor, fresh + delivered, fresh_bad + poor
        verdict = decide(DEFAULT, start, Evidence(told(score, width), recent, bad, fresh, fresh_bad), now)
        if verdict.change:
            changes.append((now, start.grade, verdict.change))
            start, fresh, fresh_bad = applied(start, verdict.change, now), 0, 0
            bad = bad if verdict.change.reason.code == "promoted" else 0
    return changes


ANY = st.integers(0, 3).flatmap(
    lambda delivered: st.tuples(
        st.integers(0, 10), st.floats(1, 5), st.floats(0, 2), st.just(delivered), st.integers(0, delivered)
    )
)
# Weeks in which all is well, and days in which nothing is: that is how a grade would be made to swing.
FINE = st.tuples(st.integers(14, 30), st.floats(4, 5), st.floats(0, 0.2), st.integers(3, 6), st.just(0))
POOR = st.tuples(st.integers(0, 3), st.floats(1, 5), st.floats(0, 2), st.just(3), st.just(3))
STEP = st.one_of(ANY, FINE, POOR)


@SOME
@given(st.sampled_from((A, B, C, PROBATION)), st.lists(STEP, max_size=60))
def test_a_grade_never_swings_whatever_happens(grade, steps):
    """No A-B-A within the least time, no rise within it, and never more than one step up."""
    changes = lived(state(grade), steps)
    for (earlier, left, _), (later, _, change) in pairwise(changes):
        if later - earlier < REST:
            assert change.grade is not left
            assert change.reason.code not in ("promoted", "low_score")
    for _, left, change in changes:
        if change.reason.code == "promoted":
            assert (left, change.grade) in ((C, B), (PROBATION, B), (PROBATION, A), (B, A))


@SOME
@given(
    st.sampled_from((A, B, C, PROBATION)),
    st.lists(st.tuples(st.integers(0, 20), st.floats(3.0, 3.19), st.floats(0, 0.5)), min_size=1, max_size=60),
)
def test_a_score_within_the_band_between_two_bars_changes_a_grade_once_at_most(grade, steps):
    assert len(lived(state(grade), [(days, score, width, 3, 0) for days, score, width in steps])) <= 1


@SOME
@given(st.floats(1, 5), st.floats(0, 2), st.integers(0, 50))
def test_what_a_grade_is_reached_by_does_not_lose_it(score, width, fresh):
    evidence = Evidence(told(score, width), recent=fresh, fresh=fresh)
    for grade in (PROBATION, C, B):
        change = decide(DEFAULT, state(grade), evidence, MONDAY + REST).change
        if change and change.reason.code == "promoted":
            later = decide(DEFAULT, state(change.grade), evidence, MONDAY + 10 * REST).change
            assert later is None or later.reason.code == "promoted"


def test_every_sentence_is_made_in_both_languages():
    figures = dict.fromkeys(("low", "need", "have", "score", "limit", "share"), 3.25)
    counts = dict.fromkeys(("deliveries", "bad", "of", "suspensions", "days"), 2)
    for code in WORDS:
        zh, en = sentence(code, {**figures, **counts, "grade": "b"})
        assert "{" not in zh + en
        assert any("\u4e00" <= sign <= "\u9fff" for sign in zh)
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in en)


def test_the_page_shows_the_figures_of_the_policy():
    rows = {line.split("|")[1].strip(): line for line in PAGE.read_text().splitlines() if line.startswith("| ")}
    for grade, bar in DEFAULT.promote.items():
        assert f"≥ {bar.low}, {bar.deliveries} deliveries" in rows[grade]
    for grade, score in DEFAULT.demote.items():
        limit = DEFAULT.bad[grade]
        assert f"score < {score} →" in rows[grade]
        assert f"{limit.count} bad deliver" in rows[grade]
        assert f"{limit.share:.0%}".replace("%", " %") in rows[grade]
    assert f"{DEFAULT.removal_days} days" in rows["suspended"]
    text = PAGE.read_text()
    for figure in (
        DEFAULT.least_days,
        DEFAULT.appeal_days,
        DEFAULT.decide_days,
        DEFAULT.hold_days,
        DEFAULT.window_days,
    ):
        assert f"{figure} days" in text
