"""The time without service is what lies between two answers, and belongs to whoever was killed in it."""

from tests.chaos import outage
from tests.chaos.campaigns import KINDS, kinds_of
from tests.chaos.murderer import Kill
from tests.unit.chaos.test_verifier import said


def answered(*moments, **more):
    return [said(at=moment - 0.1, took=0.1, **more) for moment in moments]


def test_the_longest_time_without_an_answer_is_found_and_begin_and_end_count():
    history = answered(2.0, 3.0, 9.5)
    assert outage.longest(outage.gaps(history, outage.WRITES, 0.0, 10.0)) == 6.5
    assert outage.longest(outage.gaps(history, outage.WRITES, 0.0, 20.0)) == 10.5


def test_refusals_are_service_and_silence_is_none():
    refused, silent = answered(5.0, status=409), answered(7.0, status=0)
    assert outage.longest(outage.gaps([*refused, *silent], outage.WRITES, 0.0, 10.0)) == 5.0


def test_reads_and_writes_are_told_apart():
    history = [*answered(1.0, 2.0, 3.0), *answered(1.0, op="get")]
    assert outage.longest(outage.gaps(history, outage.READS, 0.0, 3.0)) == 2.0
    assert outage.longest(outage.gaps(history, outage.WRITES, 0.0, 3.0)) == 1.0


def test_a_time_without_service_belongs_to_those_who_were_dead_in_it():
    found = outage.gaps(answered(1.0, 2.0, 6.0, 6.5), outage.WRITES, 0.0, 7.0)
    kills = [Kill("broker", 2.1, 4.0), Kill("redis", 6.1, 6.2)]
    assert outage.of_victims(found, kills) == {"broker": 4.0, "redis": 0.5}


def test_every_kind_of_campaign_is_in_a_short_run_and_fifty_are_as_the_table_says():
    assert {kind.name for kind in kinds_of(10)} == {kind.name for kind in KINDS}
    assert [kinds_of(50).count(kind) for kind in KINDS] == [kind.of_fifty for kind in KINDS]
