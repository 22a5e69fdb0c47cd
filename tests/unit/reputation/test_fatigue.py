"""The fatigue guard: every hurdle by itself, and what holds of all of them together."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.reputation.domain.people.fatigue import Asking, Guard, MemberHistory, Round, Why
from services.reputation.domain.people.fatigue_policy import FatiguePolicy, policy_from, policy_to
from services.reputation.domain.people.words import WHY_NOT

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 5, 11, 4, tzinfo=UTC)  # 12:00 in Shanghai, a Monday
CAMPAIGN = new_id()
EASY = FatiguePolicy(
    gap_hours=0,
    per_member=100,
    rounds=100,
    patience=100,
    weak_rounds=100,
    per_campaign=20,
    quiet_from=time(0),
    quiet_to=time(0),
)
NIGHT = replace(EASY, quiet_from=time(21), quiet_to=time(9))


def asked(*hours_ago, answered=False, campaign=None):
    at = [NOON - timedelta(hours=hours) for hours in sorted(hours_ago, reverse=True)]
    return MemberHistory(tuple(Asking(campaign or new_id(), one, answered) for one in at))


def decide(history, policy=EASY, *, now=NOON, rounds=()):
    return Guard(policy, SHANGHAI, tuple(rounds)).decide(history, CAMPAIGN, now)


def test_who_was_never_asked_may_be_asked():
    assert decide(MemberHistory(), FatiguePolicy()).allowed


def test_a_day_has_to_pass_between_two_askings():
    found = decide(asked(5), replace(EASY, gap_hours=20))
    assert (found.why, found.not_before) == (Why.TOO_SOON, NOON + timedelta(hours=15))


def test_the_cap_counts_a_sliding_span_and_ends_when_the_first_asking_leaves_it():
    policy = replace(EASY, per_member=2, per_days=7)
    found = decide(asked(100, 24), policy)
    assert (found.why, found.not_before) == (Why.MEMBER_CAP, NOON + timedelta(days=7, hours=-100))
    assert decide(asked(169, 24), policy).allowed


def test_who_does_not_answer_several_times_in_a_row_rests_and_an_answer_ends_the_count():
    policy = replace(EASY, patience=3, member_rest_days=30)
    assert decide(asked(300, 200, 100), policy).why is Why.MEMBER_RESTS
    answered = asked(300, 200).askings + asked(100, answered=True).askings
    assert decide(MemberHistory(answered), policy).allowed
    assert decide(asked(300, 200, 100), policy, now=NOON + timedelta(days=30)).allowed


def test_nobody_is_asked_too_often_about_the_same_campaign_whatever_the_time():
    found = decide(asked(100, 50, campaign=CAMPAIGN), replace(EASY, per_campaign=2))
    assert (found.why, found.not_before) == (Why.ALREADY_ASKED, None)


@pytest.mark.parametrize(("hour", "until_hour"), [(13, 25), (22, 25), (24, 25), (12, None), (25, None)])
def test_quiet_hours_go_over_midnight_by_the_clock_of_the_community(hour, until_hour):
    """21:00 to 09:00 in Shanghai is 13:00 to 01:00 in UTC."""
    day = datetime(2026, 5, 11, tzinfo=UTC)
    found = decide(MemberHistory(), NIGHT, now=day + timedelta(hours=hour))
    assert found.not_before == (None if until_hour is None else day + timedelta(hours=until_hour))
    assert found.why is (None if until_hour is None else Why.QUIET_HOURS)


def test_after_quiet_days_the_quiet_hours_of_the_next_morning_still_hold():
    policy = replace(NIGHT, quiet_days=((date(2026, 5, 10), date(2026, 5, 12)),))
    found = decide(MemberHistory(), policy)
    assert found.why is Why.QUIET_DAYS
    assert found.not_before == datetime(2026, 5, 13, 9, tzinfo=SHANGHAI)


def test_a_community_rests_after_rounds_that_hardly_anybody_answered_though_there_was_time():
    policy = replace(EASY, weak_rounds=2, least_response_bp=500, answer_hours=48, community_rest_days=5)
    weak = [Round(NOON - timedelta(hours=hours), 100, 4) for hours in (99, 50)]
    found = decide(MemberHistory(), policy, rounds=weak)
    assert found.why is Why.COMMUNITY_RESTS
    assert found.not_before == NOON - timedelta(hours=2) + timedelta(days=5)
    better = [weak[0], replace(weak[1], answered=5)]
    assert decide(MemberHistory(), policy, rounds=better).allowed
    fresh = [weak[0], replace(weak[1], at=NOON - timedelta(hours=47))]
    assert decide(MemberHistory(), policy, rounds=fresh).allowed


def test_every_reason_has_its_words_in_both_languages():
    assert set(WHY_NOT) == set(Why)
    assert all(words["zh"] and words["en"] for words in WHY_NOT.values())


def test_a_policy_survives_its_wire_form():
    policy = replace(EASY, quiet_from=time(20, 30), quiet_days=((date(2026, 10, 1), date(2026, 10, 7)),))
    assert policy_from(policy_to(policy)) == policy


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"per_member": 0}, "per_member"),
        ({"least_response_bp": 10_001}, "least_response_bp"),
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"quiet_days": [{"first": "2026-10-07", "last": "2026-10-01"}]}, "quiet_days.0.last"),
        ({"quiet_days": [{"first": "soon", "last": "2026-10-01"}]}, "quiet_days.0.first"),
    ],
)
def test_a_policy_that_is_not_possible_is_refused_by_field(changes, field):
    with pytest.raises(InvalidError) as refused:
        policy_from(changes)
    assert refused.value.detail["errors"][0]["field"] == field


hours = st.integers(0, 24 * 40)
policies = st.builds(
    FatiguePolicy,
    per_member=st.integers(1, 4),
    per_days=st.integers(1, 10),
    gap_hours=st.integers(0, 60),
    per_campaign=st.integers(1, 3),
    patience=st.integers(1, 5),
    member_rest_days=st.integers(0, 20),
    rounds=st.integers(1, 5),
    weak_rounds=st.integers(1, 4),
    least_response_bp=st.sampled_from([0, 500, 10_000]),
    answer_hours=st.integers(0, 60),
    community_rest_days=st.integers(0, 9),
    quiet_from=st.sampled_from([time(21), time(0), time(9)]),
    quiet_to=st.sampled_from([time(9), time(0), time(6, 30)]),
    quiet_days=st.sampled_from([(), ((date(2026, 5, 9), date(2026, 5, 20)),)]),
)
histories = st.lists(st.tuples(hours, st.booleans(), st.sampled_from([CAMPAIGN, new_id()])), max_size=8)
rounds = st.lists(st.tuples(hours, st.integers(1, 50), st.integers(0, 50)), max_size=6)


def made(times, settled):
    askings = sorted(
        (Asking(campaign, NOON - timedelta(hours=ago), yes) for ago, yes, campaign in times), key=lambda x: x.at
    )
    kept = sorted((Round(NOON - timedelta(hours=ago), n, min(n, k)) for ago, n, k in settled), key=lambda x: x.at)
    return MemberHistory(tuple(askings)), tuple(kept)


@given(policies, histories, rounds)
def test_who_is_held_back_may_be_asked_at_the_time_that_was_named_and_not_before(policy, times, settled):
    history, kept = made(times, settled)
    guard = Guard(policy, SHANGHAI, kept)
    found = guard.decide(history, CAMPAIGN, NOON)
    if found.not_before is None:
        assert found.allowed or found.why is Why.ALREADY_ASKED
        return
    assert found.not_before > NOON
    assert guard.decide(history, CAMPAIGN, found.not_before).allowed
    for share in (1, 7, 50, 99):
        between = NOON + (found.not_before - NOON) * share / 100
        assert not guard.decide(history, CAMPAIGN, between).allowed


@given(policies, st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=60))
def test_whatever_is_asked_the_caps_hold(policy, steps):
    """Ask a member whenever the guard allows it: no span ever holds more askings than the policy allows."""
    now, history = NOON, MemberHistory()
    for wait, answers in steps:
        now += timedelta(hours=wait)
        if Guard(policy, SHANGHAI).decide(history, new_id(), now).allowed:
            history = MemberHistory((*history.askings, Asking(new_id(), now, answers)))
    times = [one.at for one in history.askings]
    span = timedelta(days=policy.per_days)
    for at in times:
        assert sum(at <= one < at + span for one in times) <= policy.per_member
    gaps = [after - before for before, after in pairwise(times)]
    assert all(gap >= timedelta(hours=policy.gap_hours) for gap in gaps)
