"""A copy of a log, spoiled in every way, and what the auditor says of it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kernel.ids import new_id
from services.reputation.domain.log_audit import CopiedEntry, Rolling, audit
from services.reputation.domain.log_entries import commitment_of
from services.reputation.domain.merkle import leaf_hash, root_of
from services.reputation.domain.notes import Checkpoint, new_key, signed
from tests.effort import EFFORT
from tests.fakes.chassis import MONDAY

SOME = settings(max_examples=max(1, round(60 * EFFORT)), deadline=None, suppress_health_check=list(HealthCheck))
KEY = new_key("pinlian/test", MONDAY)


def said(number):
    return f'{{"body":"{number}"}}', bytes([number % 256]) * 32


def entry(index, number=None):
    record, salt = said(index if number is None else number)
    return CopiedEntry(index, commitment_of(salt, record), record, salt)


def entries(count):
    return [entry(index) for index in range(count)]


def numbered_anew(changed):
    return [CopiedEntry(index, one.commitment, one.record, one.salt) for index, one in enumerate(changed)]


def commitments(of):
    return [one.commitment for one in of]


def head(of, key=KEY):
    root = root_of([leaf_hash(one.commitment) for one in of])
    return signed(Checkpoint(key.origin, len(of), root), key)


def heads(of, every=10):
    return [head(of[:size]) for size in range(every, len(of) + 1, every)]


def codes(report):
    return [(one.code, one.data.get("index", one.data.get("size"))) for one in report.findings]


def look(notes, copy, **kept):
    return audit([KEY.verifier], notes, copy, **kept)


def test_a_good_log_has_no_findings():
    good = entries(35)
    report = look(heads(good), good, kept_notes=[head(good[:7])], kept_commitments=commitments(good[:20]))
    assert report.findings == []
    assert (report.entries, report.readable, report.heads, report.latest.size) == (35, 35, 4, 30)
    assert report.root == root_of([leaf_hash(one.commitment) for one in good])


def test_an_empty_log_is_good():
    assert look([head([])], []).findings == []


def test_a_log_whose_records_may_not_be_read_is_still_checked():
    good = [CopiedEntry(one.index, one.commitment) for one in entries(20)]
    report = look(heads(good), good)
    assert (report.findings, report.readable) == ([], 0)
    assert codes(look(heads(good), good[:19]))[0] == ("removed_end", 20)


class TestWithoutAnythingKept:
    def test_a_record_that_is_not_what_its_leaf_holds_is_named(self):
        spoiled = entries(20)
        spoiled[7] = CopiedEntry(7, spoiled[7].commitment, '{"body":"8"}', spoiled[7].salt)
        assert codes(look(heads(entries(20)), spoiled)) == [("rewritten", 7)]

    def test_an_entry_that_was_rewritten_with_its_leaf_is_narrowed_down_by_the_heads(self):
        good, spoiled = entries(40), entries(40)
        spoiled[23] = entry(23, 99)
        report = look(heads(good), spoiled)
        assert codes(report) == [("changed", 30)]
        assert (report.findings[0].data["first"], report.findings[0].data["last"]) == (20, 29)
        assert "20 to 29" in report.findings[0].en
        assert "第 20 至 29 条" in report.findings[0].zh

    def test_a_hole_in_the_numbers_is_named(self):
        good = entries(20)
        assert ("gap", 5) in codes(look(heads(good), good[:5] + good[6:]))

    def test_an_end_that_was_cut_off_is_noticed(self):
        assert codes(look(heads(entries(20)), entries(15))) == [("removed_end", 20)]

    def test_a_head_that_nobody_known_signed_is_none(self):
        other = new_key("pinlian/test", MONDAY)
        assert codes(look([head(entries(3), other)], entries(3))) == [("bad_head", None)]

    def test_two_heads_of_one_size_are_a_fork(self):
        good, other = entries(10), entries(10)
        other[3] = entry(3, 77)
        assert ("forked", 10) in codes(look([head(good), head(other)], good))

    def test_the_head_of_another_log_is_told(self):
        other = new_key("pinlian/other", MONDAY)
        good = entries(10)
        report = audit([KEY.verifier, other.verifier], [head(good), head(good[:4], other)], good)
        assert [one.code for one in report.findings] == ["other_log"]


class TestAgainstWhatWasKept:
    """The log is wrong throughout and signed again; only who kept something finds out."""

    def test_a_head_that_was_kept_finds_a_log_that_was_rewritten_and_signed_again(self):
        before, now = entries(20), entries(40)
        now[3] = entry(3, 99)
        assert look(heads(now), now).findings == []
        report = look(heads(now), now, kept_notes=[head(before)])
        assert codes(report) == [("changed_since", 20)]

    def test_a_log_that_became_shorter_than_a_kept_head_is_found(self):
        now = entries(10)
        assert codes(look(heads(now), now, kept_notes=[head(entries(20))])) == [("removed_end", 20)]

    def test_a_kept_copy_says_which_entry_was_rewritten(self):
        now = entries(20)
        now[13] = entry(13, 99)
        assert codes(look(heads(now), now, kept_commitments=commitments(entries(15)))) == [("rewritten", 13)]

    def test_a_kept_copy_says_which_entry_was_removed(self):
        now = entries(20)
        del now[4]
        now = numbered_anew(now)
        assert codes(look(heads(now), now, kept_commitments=commitments(entries(15)))) == [("removed", 4)]

    def test_a_kept_copy_says_which_entry_was_moved_and_where(self):
        now = entries(20)
        now.insert(9, now.pop(2))
        now = numbered_anew(now)
        report = look(heads(now), now, kept_commitments=commitments(entries(15)))
        assert codes(report) == [("reordered", 2)]
        assert report.findings[0].data["now"] == 9

    def test_a_kept_copy_says_what_was_put_in_between(self):
        now = entries(20)
        now.insert(5, entry(5, 99))
        now = numbered_anew(now)
        assert codes(look(heads(now), now, kept_commitments=commitments(entries(15)))) == [("inserted", 5)]

    def test_of_very_many_findings_some_are_listed_and_all_are_counted(self):
        now = [entry(index, index + 1000) for index in range(300)]
        report = look([], now, kept_commitments=commitments(entries(300)))
        assert (len(report.findings), report.counts) == (100, {"rewritten": 300})


@SOME
@given(st.integers(1, 60), st.data())
def test_whatever_is_done_to_the_past_is_found_by_head_and_by_copy_and_told_by_its_kind(count, data):
    before, now = entries(count), entries(count + data.draw(st.integers(0, 20)))
    what = data.draw(st.sampled_from(("rewritten", "removed", "reordered") if count > 1 else ("rewritten",)))
    # The last one that was kept, removed, is no different from one that was rewritten: another has its place.
    at = data.draw(st.integers(0, count - 1 - (what == "removed")))
    if what == "rewritten":
        now[at] = entry(at, 500)
    elif what == "removed":
        del now[at]
    else:
        now.insert(data.draw(st.integers(0, count - 1).filter(lambda place: place != at)), now.pop(at))
    now = numbered_anew(now)
    kept = look(heads(now), now, kept_notes=[head(before)]).findings
    assert [one.code for one in kept] in (["changed_since"], ["removed_end"])
    assert {one.code for one in look(heads(now), now, kept_commitments=commitments(before)).findings} == {what}


@SOME
@given(st.integers(0, 300))
def test_a_root_that_grows_leaf_by_leaf_is_the_root(count):
    rolling, leaves = Rolling(), [leaf_hash(new_id().bytes) for _ in range(count)]
    for leaf in leaves:
        rolling.add(leaf)
    assert (rolling.root, rolling.size) == (root_of(leaves), count)


@pytest.mark.parametrize("every", [1, 3])
def test_every_head_is_looked_at(every):
    good = entries(9)
    assert look(heads(good, every), good).heads == 9 // every
