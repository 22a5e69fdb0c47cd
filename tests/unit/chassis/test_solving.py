"""A search in a process of its own: its result, its progress, and what is told when it ends without one."""

import time

import pytest

from services.chassis.solving import SolverFailed, solve_aside


def test_the_result_and_the_progress_come_back():
    told = []
    answer = solve_aside("tests.solvers:double", {"number": 21, "signs": 100_000}, seconds=5, say=told.append)
    assert (answer["doubled"], len(answer["long"])) == (42, 100_000)
    assert told == [{"percent": 50}]


@pytest.mark.parametrize(
    ("what", "reason", "words"), [("stumble", "failed", "ValueError: nothing fits"), ("fall", "died", "SIGKILL")]
)
def test_a_search_that_ends_badly_is_told_in_a_word_and_a_line(what, reason, words):
    with pytest.raises(SolverFailed, match=words) as failed:
        solve_aside(f"tests.solvers:{what}", {}, seconds=5)
    assert failed.value.reason == reason


def test_a_search_that_does_not_end_is_killed():
    pids, begun = [], time.monotonic()
    with pytest.raises(SolverFailed) as failed:
        solve_aside("tests.solvers:sleep", {"seconds": 60}, seconds=0.2, say=pids.append, grace=0.3)
    assert failed.value.reason == "too_slow"
    assert time.monotonic() - begun < 5
