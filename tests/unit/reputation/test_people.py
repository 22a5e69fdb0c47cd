"""Points, honours and turns of duty: pure."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.reputation.domain.people.errors import TurnStateError
from services.reputation.domain.people.honours import HONOURS, Load, Organised, earned_honours, record_of
from services.reputation.domain.people.points import LEVELS, POINTS, Deed, level_of, next_level
from services.reputation.domain.people.rota import Rota, TurnState, plan, swapped
from tests.fakes.chassis import MONDAY

COMMUNITY = new_id()
ONE, TWO, THREE = new_id(), new_id(), new_id()


def organised(days_ago=10, seats=0, **ends):
    return Organised(new_id(), COMMUNITY, ONE, MONDAY - timedelta(days=days_ago), seats, **ends)


def rota(*members, days=7):
    return Rota(COMMUNITY, members or (ONE, TWO, THREE), days, MONDAY)


def test_every_deed_is_worth_something():
    assert set(POINTS) == set(Deed)
    assert min(POINTS.values()) > 0


@given(st.integers(0, 5000))
def test_a_level_is_reached_exactly_at_its_points_and_never_lost_by_more(points):
    level, above = level_of(points), next_level(points)
    assert level.points <= points
    assert above is None or points < above.points
    assert level_of(points + 1).points >= level.points
    assert (above is None) == (level is LEVELS[-1])


def test_only_what_was_settled_counts_for_honours_and_income():
    settled = organised(seats=60, settled_at=MONDAY, income_minor=500, currency="CNY")
    failed = organised(seats=90, ended_at=MONDAY, income_minor=900, currency="CNY")
    record = record_of([settled, failed], 0, MONDAY)
    assert (record.settled, record.failed, record.seats, record.income_minor) == (1, 1, 60, {"CNY": 500})
    assert [one.key for one in earned_honours(record)] == ["first_group"]


def test_honours_are_earned_by_work_and_duty_together():
    many = [organised(200, seats=20, settled_at=MONDAY) for _ in range(30)]
    assert {one.key for one in earned_honours(record_of(many, 5, MONDAY))} == {one.key for one in HONOURS}
    assert "relay" not in {one.key for one in earned_honours(record_of(many, 4, MONDAY))}


@pytest.mark.parametrize(
    ("running", "old", "load"), [(0, 0, Load.FREE), (1, 0, Load.NORMAL), (3, 0, Load.HEAVY), (0, 1, Load.FREE)]
)
def test_the_load_is_what_runs_and_what_was_opened_lately(running, old, load):
    ones = [organised() for _ in range(running)] + [organised(91, settled_at=MONDAY) for _ in range(old)]
    assert record_of(ones, 0, MONDAY).load is load


def test_turns_go_round_without_gaps():
    turns = plan(rota(), None, MONDAY)
    assert [one.member_id for one in turns] == [ONE, TWO, THREE] * 2
    assert all(before.ends_at == after.starts_at for before, after in pairwise(turns))
    assert [one.number for one in turns] == list(range(1, 7))


def test_a_new_rota_begins_behind_who_is_on_duty():
    first = plan(rota(), None, MONDAY)[1].take_over(MONDAY)
    turns = plan(rota(TWO, ONE), first, MONDAY)
    assert (turns[0].member_id, turns[0].number, turns[0].starts_at) == (ONE, first.number + 1, first.ends_at)


def test_a_turn_goes_through_its_states_in_order_only():
    turn = plan(rota(), None, MONDAY)[0]
    for step in (turn.finish, lambda: turn.hand_over("x", MONDAY)):
        with pytest.raises(TurnStateError):
            step()
    on_duty = turn.take_over(MONDAY)
    assert not on_duty.is_overdue(MONDAY)
    assert on_duty.is_overdue(turn.ends_at)
    done = on_duty.hand_over("两个团在跑", MONDAY).finish()
    assert done.state is TurnState.DONE
    with pytest.raises(TurnStateError):
        done.take_over(MONDAY)


def test_only_turns_ahead_are_swapped():
    one, other, *_ = plan(rota(), None, MONDAY)
    assert [turn.member_id for turn in swapped(one, other)] == [TWO, ONE]
    with pytest.raises(TurnStateError):
        swapped(one.take_over(MONDAY), other)


@pytest.mark.parametrize(
    ("members", "days", "field"), [((ONE, ONE), 7, "member_ids"), ((), 7, "member_ids"), ((ONE,), 0, "days")]
)
def test_a_rota_that_is_not_possible_is_refused_by_field(members, days, field):
    with pytest.raises(InvalidError) as refused:
        Rota(COMMUNITY, members, days, MONDAY)
    assert refused.value.detail["errors"][0]["field"] == field
