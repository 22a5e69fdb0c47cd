import pytest

from services.demand.domain.jielong import compare, merge_forks, read_chain
from services.kernel.errors import InvalidError

HEAD = "#接龙\n橙子团购\n\n"


def chain(*rows, head=HEAD):
    return read_chain(head + "\n".join(f"{number}. {row}" for number, row in enumerate(rows, 1)))


def names(rows):
    return [row.nickname for row in rows]


def test_pasting_the_same_post_again_changes_nothing():
    post = chain("张三 2份", "3栋1201 陈 1份", "同上", "我也要", "张三 1份")
    changes = compare(post, post)
    assert not changes
    assert len(changes.unchanged) == 5


def test_people_are_matched_by_name_and_household_whatever_their_number():
    old = chain("张三 2份", "李四 1份", "3栋1201 陈 1份", "5栋302 陈 2份")
    new = chain("5栋302 陈 2份", "李四 3份", "3栋1201 陈 1份", "王五 1份")
    changes = compare(old, new)
    assert names(changes.added) == ["王五"]
    assert names(changes.removed) == ["张三"]
    assert [(one.old.nickname, one.fields) for one in changes.changed] == [("李四", ("items",))]
    assert [row.household for row in changes.unchanged] == ["5栋302", "3栋1201"]


def test_a_household_that_is_told_later_is_no_new_person():
    changes = compare(chain("陈 1份"), chain("3栋1201 陈 1份"))
    assert [one.fields for one in changes.changed] == [("household",)]
    assert not changes.added


def test_of_two_rows_of_one_person_the_unchanged_one_finds_itself():
    changes = compare(chain("张三 2份", "张三 1份"), chain("张三 1份", "张三 5份"))
    assert [(one.old.items[0].quantity, one.new.items[0].quantity) for one in changes.changed] == [(2, 5)]


def test_two_people_who_answered_the_same_post_are_both_in_the_merged_chain():
    base = chain("张三 2份")
    merged = merge_forks(base, chain("张三 2份", "李四 1份"), chain("张三 2份", "王五 3份"))
    assert names(merged.chain.rows) == ["张三", "李四", "王五"]
    assert [row.number for row in merged.chain.rows] == [1, 2, 3]
    assert merged.conflicts == ()
    assert merged.chain.rows[2].line == "2. 王五 3份"


def test_what_only_one_post_changed_is_changed():
    base = chain("张三 2份", "李四 1份", "王五 1份")
    merged = merge_forks(base, chain("张三 5份", "李四 1份", "王五 1份"), chain("张三 2份", "李四 取消"))
    assert [row.items[0].quantity for row in merged.chain.rows if row.items] == [5]
    assert merged.chain.rows[1].status == "cancelled"
    assert names(merged.removed) == ["王五"]
    assert merged.conflicts == ()


def test_what_both_changed_differently_is_a_conflict_and_a_question():
    base = chain("张三 2份")
    merged = merge_forks(base, chain("张三 5份"), chain("张三 3份"))
    assert [one.code for one in merged.chain.rows[0].questions] == ["fork_conflict"]
    assert merged.chain.rows[0].confidence <= 0.5
    (conflict,) = merged.conflicts
    assert (conflict.a.items[0].quantity, conflict.b.items[0].quantity, conflict.fields) == (5, 3, ("items",))


def test_changed_in_one_and_deleted_in_the_other_is_a_conflict():
    merged = merge_forks(chain("张三 2份", "李四 1份"), chain("张三 5份", "李四 1份"), chain("李四 1份"))
    assert [one.b for one in merged.conflicts] == [None]


def test_without_a_base_nobody_is_lost_and_differences_are_conflicts():
    merged = merge_forks(None, chain("张三 2份", "李四 1份"), chain("张三 3份", "王五 1份"))
    assert names(merged.chain.rows) == ["张三", "李四", "王五"]
    assert len(merged.conflicts) == 1


def test_merging_the_same_post_gives_that_post():
    post = chain("张三 2份", "李四 1份")
    merged = merge_forks(post, post, post)
    assert merged.chain.rows == post.rows
    assert not merged.conflicts


def test_forks_of_different_chains_are_refused():
    with pytest.raises(InvalidError) as refused:
        merge_forks(None, chain("张三 2份"), chain("张三 2份", head="#接龙\n陶艺课\n\n"))
    assert "陶艺课" in refused.value.message
