"""A chat as an intake: suggestions are confirmed, corrected or thrown away, and that is learned from."""

import json

from tests.builders_intake import Desk, by_name, codes

CHAT = """2026-05-11 10:00 林
周六下午有人想一起做陶艺吗
2026-05-11 10:01 陈
我也想，两大一小
2026-05-11 10:02 王
+1
2026-05-11 10:30 赵
要是有人来教瑜伽就好了
2026-05-11 10:31 王
附议
2026-05-11 10:40 钱
谁拿错我的快递了
"""


def test_suggestions_come_with_their_evidence_and_one_row_for_each_who_shares_them():
    desk = Desk()
    shown = desk.get(desk.send(CHAT, "chat"))
    pottery, yoga = shown["groups"]
    assert (pottery["category"], yoga["category"]) == ("pottery", "yoga")
    assert [(one["line"], one["sender"]) for one in pottery["evidence"]] == [(1, "林"), (3, "陈"), (5, "王")]
    rows = [(row["group"], row["nickname"], row["people"]) for row in shown["rows"]]
    assert rows == [(1, "林", None), (1, "陈", 3), (1, "王", 1), (2, "赵", None), (2, "王", None)]
    assert pottery["windows"][0]["start"] == "2026-05-16T05:00:00Z"


def test_an_organiser_confirms_one_and_throws_another_away_and_it_does_not_come_again():
    desk = Desk()
    shown = desk.send(CHAT, "chat", people_rule="one")
    decided = desk.change(shown, groups=[{"number": 1, "accept": True}, {"number": 2, "drop": True}])
    done = desk.commit(decided)
    assert desk.waiting() == {"林": 1, "陈": 3, "王": 1}
    assert {row["outcome"] for row in done["rows"] if row["group"] == 2} == {None}
    again = desk.send(CHAT, "chat", people_rule="one")
    assert [group["category"] for group in again["groups"]] == ["pottery"]
    assert {row["change"] for row in again["rows"]} == {"unchanged"}
    other = Desk(desk.town)
    assert len(other.send(CHAT, "chat")["groups"]) == 2


def test_a_dropped_group_takes_all_its_rows_with_it():
    desk = Desk()
    shown = desk.send(CHAT, "chat", people_rule="one")
    done = desk.commit(desk.change(shown, groups=[{"number": 1, "drop": True}]))
    assert all(row["dropped"] for row in done["rows"] if row["group"] == 1)
    assert "林" not in desk.waiting()


def test_a_corrected_category_is_learned_as_an_example_of_the_right_one():
    desk = Desk()
    shown = desk.send(CHAT, "chat", people_rule="one")
    fixed = desk.change(
        shown,
        groups=[
            {"number": 1, "accept": True},
            {"number": 2, "category": "fitness", "when": "周日上午", "accept": True},
        ],
    )
    desk.commit(fixed)
    assert {one.category for one in desk.signals()} == {"pottery", "fitness"}
    (own,) = desk.uow.teachings.categories(desk.community.community_id)
    assert (own.category, own.examples) == ("fitness", ("要是有人来教瑜伽就好了",))


def test_what_is_unclear_is_asked_and_answered_for_the_whole_group():
    desk = Desk()
    shown = desk.send(CHAT, "chat")
    assert "missing_when" in codes(by_name(shown)["赵"])
    answered = desk.change(shown, groups=[{"number": 2, "when": "周日上午", "accept": True}], people_rule="one")
    assert codes(by_name(answered)["赵"]) == []


def test_the_words_of_a_chat_are_forgotten_with_the_commit_and_leave_the_community_in_no_event():
    desk = Desk()
    shown = desk.send(CHAT, "chat", people_rule="one")
    desk.commit(desk.change(shown, groups=[{"number": 1, "accept": True}, {"number": 2, "drop": True}]))
    (kept,) = desk.uow.intakes.rows.values()
    assert kept.raw is None
    assert all(group.evidence == () for group in kept.groups)
    told = json.dumps([data for _, _, data in desk.uow.outbox.events], ensure_ascii=False)
    assert not any(word in told for word in ("陶艺", "林", "附议"))


def test_a_chat_without_needs_is_an_intake_without_rows():
    desk = Desk()
    shown = desk.send("2026-05-11 10:00 林\n早\n2026-05-11 10:01 陈\n早上好\n", "chat")
    assert (shown["rows"], shown["groups"]) == ([], [])


def test_a_phone_number_in_a_chat_is_masked_in_the_signal():
    desk = Desk()
    chat = "2026-05-11 10:00 林\n周六下午有人想一起做陶艺吗，联系 13811112222\n2026-05-11 10:01 陈\n+1\n"
    desk.commit(desk.change(desk.send(chat, "chat", people_rule="one"), groups=[{"number": 1, "accept": True}]))
    assert len(desk.signals()) == 2
    assert all("13811112222" not in one.text for one in desk.signals())
