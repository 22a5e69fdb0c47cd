"""A jielong as an intake: preview, questions, commit; pasted again; forks."""

import json
from datetime import timedelta

import pytest

from services.demand.domain.errors import IntakeNotFoundError, IntakeOverError, StaleVersionError, TimeUnclearError
from services.demand.handlers import purge_intake
from services.kernel.errors import ForbiddenError, InvalidError
from tests.builders_intake import CHAIN, Desk, by_name, codes


def test_a_preview_shows_rows_their_lines_and_what_is_to_be_asked_and_places_nothing():
    desk = Desk()
    intake = desk.get(desk.send(CHAIN))
    rows = by_name(intake)
    assert (intake["state"], intake["title"]) == ("previewed", "陶艺亲子课 5月23日10点到12点")
    shown = [(one["people"], one["category"]) for one in rows.values()]
    assert shown == [(2, "pottery"), (3, "pottery"), (None, "pottery")]
    assert rows["Leo爸爸"]["source"] == "2. Leo爸爸 2大1小"
    assert codes(rows["李四"]) == ["missing_quantity"]
    assert rows["朵朵妈"]["windows"] == [{"start": "2026-05-23T02:00:00Z", "end": "2026-05-23T04:00:00Z"}]
    assert desk.signals() == []
    assert "signal_placed.v1" not in desk.uow.outbox.names()


def test_a_commit_places_the_clear_rows_and_leaves_the_others_listed():
    desk = Desk()
    done = desk.commit(desk.send(CHAIN))
    assert desk.waiting() == {"朵朵妈": 2, "Leo爸爸": 3}
    rows = by_name(done)
    assert (rows["朵朵妈"]["outcome"], rows["李四"]["outcome"]) == ("placed", None)
    assert done["summary"]["open"] == 1
    answered = desk.change(done, rows=[{"number": 3, "people": 1}])
    desk.commit(answered)
    assert desk.waiting() == {"朵朵妈": 2, "Leo爸爸": 3, "李四": 1}


def test_committing_twice_changes_nothing():
    desk = Desk()
    once = desk.commit(desk.send(CHAIN))
    events = len(desk.uow.outbox.events)
    assert desk.commit(once) == once
    assert len(desk.uow.outbox.events) == events


def test_a_row_is_the_member_of_that_name_and_household_and_made_only_if_new():
    desk = Desk()
    known = desk.town.member_of[desk.community.community_id]  # 李小明妈妈 of 3-2-501
    chain = "#接龙\n陶艺 5月23日10点到12点\n\n1. 李小明妈妈 1大1小\n2. 新来的 1大\n"
    done = desk.commit(desk.send(chain))
    assert by_name(done)["李小明妈妈"]["member_id"] == str(known.member_id)
    desk.commit(desk.send(chain.replace("1大\n", "2大\n")))
    names = [one.name for one in desk.uow.members.of_community(desk.community.community_id)]
    assert sorted(names) == ["新来的", "李小明妈妈"]


def test_pasting_again_changes_only_what_changed():
    desk = Desk()
    desk.commit(desk.send(CHAIN, people_rule="one"))
    again = desk.send(CHAIN, people_rule="one")
    assert [row["change"] for row in again["rows"]] == ["unchanged"] * 3
    before = [one.signal_id for one in desk.signals()]
    desk.commit(again)
    assert [one.signal_id for one in desk.signals()] == before
    newer = CHAIN.replace("2. Leo爸爸 2大1小", "2. Leo爸爸 1大1小").replace("3. 李四", "3. 李四\n4. 王五 2大")
    shown = desk.send(newer, people_rule="one")
    assert [row["change"] for row in shown["rows"]] == ["unchanged", "changed", "unchanged", "new"]
    desk.commit(shown)
    assert desk.waiting() == {"朵朵妈": 2, "Leo爸爸": 2, "李四": 1, "王五": 2}
    assert len(desk.signals()) == 4, "a change edits the signal that there is"


def test_two_previews_of_one_post_place_everybody_once():
    desk = Desk()
    first, second = desk.send(CHAIN, people_rule="one"), desk.send(CHAIN, people_rule="one")
    desk.commit(first)
    done = desk.commit(second)
    assert len(desk.signals()) == 3
    assert {row["change"] for row in done["rows"]} == {"unchanged"}


def test_who_is_gone_from_the_newest_post_or_cancels_is_withdrawn():
    desk = Desk()
    desk.commit(desk.send(CHAIN, people_rule="one"))
    shown = desk.send("#接龙\n陶艺亲子课 5月23日10点到12点\n\n1. 朵朵妈 1大1小\n2. Leo爸爸 取消\n", people_rule="one")
    changes = {name: row["change"] for name, row in by_name(shown).items()}
    assert changes == {"朵朵妈": "unchanged", "Leo爸爸": "changed", "李四": "removed"}
    done = desk.commit(shown)
    assert by_name(done)["李四"]["outcome"] == "withdrawn"
    assert desk.waiting() == {"朵朵妈": 2}
    assert desk.send(CHAIN, people_rule="one")["summary"]["new"] == 2


def test_two_answers_to_one_post_are_a_question_and_withdraw_nobody_by_themselves():
    desk = Desk()
    head = "#接龙\n陶艺亲子课 5月23日10点到12点\n\n1. 朵朵妈 1大1小\n"
    desk.commit(desk.send(head + "2. 张三 1大\n"))
    other = desk.send(head + "2. 李四 2大\n")
    assert codes(by_name(other)["张三"]) == ["fork_conflict"]
    done = desk.commit(other)
    assert desk.waiting() == {"朵朵妈": 2, "张三": 1, "李四": 2}
    gone = desk.change(done, rows=[{"number": by_name(done)["张三"]["number"], "accept": True}])
    desk.commit(gone)
    assert desk.waiting() == {"朵朵妈": 2, "李四": 2}


def test_a_fork_sent_along_is_merged_and_what_contradicts_is_asked():
    desk = Desk()
    head = "#接龙\n陶艺亲子课 5月23日10点到12点\n\n1. 朵朵妈 "
    shown = desk.send(head + "1大1小\n2. 张三 1大\n", fork=head + "2大1小\n2. 李四 2大\n")
    rows = by_name(shown)
    assert set(rows) == {"朵朵妈", "张三", "李四"}
    assert "fork_conflict" in codes(rows["朵朵妈"])
    with pytest.raises(InvalidError):
        desk.send(CHAIN, fork="#接龙\n鸡蛋团\n\n1. 王五 2份\n")


def test_defaults_say_what_rows_do_not_and_words_are_read_as_windows():
    desk = Desk()
    defaults = {"category": "yoga", "when": "5月30日下午2点到5点", "minutes": 90, "radius_km": 3.0}
    defaults["ceiling"] = {"amount": "88.00", "currency": "CNY"}
    desk.commit(desk.send("#接龙\n报名\n\n1. 张三 1大\n", defaults=defaults))
    (signal,) = desk.signals()
    assert (signal.category, signal.minutes, signal.radius_km, signal.ceiling.amount) == ("yoga", 90, 3.0, "88.00")
    (window,) = signal.windows
    assert window.to_wire() == {"start": "2026-05-30T06:00:00Z", "end": "2026-05-30T09:00:00Z"}
    with pytest.raises(TimeUnclearError) as refused:
        desk.send("#接龙\n报名\n\n1. 张三 1大\n", defaults={**defaults, "when": "改天吧"})
    assert refused.value.kind == "invalid"


def test_a_row_without_category_or_time_is_asked_and_a_past_time_stays_open():
    desk = Desk()
    shown = desk.send("#接龙\n报名\n\n1. 张三 1大\n")
    assert codes(shown["rows"][0]) == ["category_unclear", "missing_when"]
    past = [{"start": "2026-05-01T02:00:00Z", "end": "2026-05-01T04:00:00Z"}]
    late = desk.change(shown, rows=[{"number": 1, "category": "yoga", "windows": past}])
    done = desk.commit(late)
    assert codes(done["rows"][0]) == ["unservable"]
    assert desk.signals() == []


def test_a_choice_of_time_in_a_row_counts_for_that_row():
    desk = Desk()
    shown = desk.send("#接龙\n瑜伽课\n\n1. 王某 1大 周六上午\n2. 李某 1大 周日上午\n", defaults={"category": "yoga"})
    starts = [row["windows"] and row["windows"][0]["start"][:10] for row in shown["rows"]]
    assert starts == ["2026-05-16", "2026-05-17"]


@pytest.mark.parametrize("keep", [False, True])
def test_lines_and_contacts_are_forgotten_with_the_commit_unless_the_community_keeps_them(keep):
    desk = Desk(keep_raw=keep)
    shown = desk.send("#接龙\n陶艺 5月23日10点到12点\n\n1. 朵朵妈 1大1小 13800000000\n")
    assert "13800000000" not in json.dumps(shown), "answers of commands are kept for repeats"
    assert "13800000000" in json.dumps(desk.get(shown))
    desk.commit(shown)
    (kept,) = desk.uow.intakes.rows.values()
    assert (kept.raw is not None) == keep
    assert (kept.rows[0].source is not None) == keep
    assert "13800000000" not in desk.signals()[0].text


def test_a_preview_that_nobody_commits_is_forgotten_after_a_week():
    desk = Desk()
    shown = desk.send(CHAIN)
    due, command, payload = desk.uow.timers.pending[f"purge_intake:{shown['intake_id']}"]
    assert (due - desk.uow.clock.now(), command) == (timedelta(days=7), "purge_intake")
    purge_intake(payload, desk.uow)
    after = desk.get(shown)
    assert (after["state"], after["rows"][0]["source"]) == ("discarded", None)
    (kept,) = desk.uow.intakes.rows.values()
    assert kept.raw is None


def test_a_discarded_intake_places_nothing_and_cannot_be_changed():
    desk = Desk()
    shown = desk.ask("discard_intake", {"intake_id": desk.send(CHAIN)["intake_id"]})
    assert desk.commit(shown)["state"] == "discarded"
    assert desk.signals() == []
    with pytest.raises(IntakeOverError):
        desk.change(shown, rows=[{"number": 1, "drop": True}])


def test_a_dropped_row_places_nothing_and_an_old_version_is_refused():
    desk = Desk()
    shown = desk.send(CHAIN, people_rule="one")
    dropped = desk.change(shown, rows=[{"number": 2, "drop": True}])
    with pytest.raises(StaleVersionError):
        desk.change(shown, rows=[{"number": 1, "drop": True}])
    desk.commit(dropped)
    assert desk.waiting() == {"朵朵妈": 2, "李四": 1}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rows": [{"number": 9, "drop": True}]}, "rows.0.number"),
        ({"rows": [{"people": 2}]}, "rows.0.number"),
        ({"rows": [{"number": 1, "people": 0}]}, "rows.0.people"),
        ({"rows": [{"number": 1, "answers": {"age": "ten"}}]}, "rows.0.answers.age"),
        ({"rows": [{"number": 1, "answers": {"shoe": 4}}]}, "rows.0.answers.shoe"),
        ({"groups": [{"number": 1, "drop": True}]}, "groups.0.number"),
        ({"defaults": {"minutes": 0}}, "defaults.minutes"),
    ],
)
def test_a_wrong_correction_is_refused_by_the_name_of_its_field(changes, field):
    desk = Desk()
    with pytest.raises(InvalidError) as refused:
        desk.change(desk.send(CHAIN), **changes)
    assert refused.value.detail["errors"][0]["field"] == field


@pytest.mark.parametrize("name", ["get_intake", "change_intake", "commit_intake", "discard_intake"])
def test_another_community_finds_no_intake_and_a_member_may_not_ask(name):
    desk = Desk()
    shown = desk.send(CHAIN)
    stranger = Desk(desk.town)
    with pytest.raises(IntakeNotFoundError):
        stranger.ask(name, {"intake_id": shown["intake_id"], "rows": []}, if_match='"1"')
    for role in ("member", "supplier"):
        with pytest.raises(ForbiddenError):
            desk.ask(name, {"intake_id": shown["intake_id"]}, role=role, if_match='"1"')


def test_the_same_chain_in_two_communities_has_nothing_to_do_with_each_other():
    desk = Desk()
    desk.commit(desk.send(CHAIN, people_rule="one"))
    other = Desk(desk.town)
    assert {row["change"] for row in other.send(CHAIN)["rows"]} == {"new"}
