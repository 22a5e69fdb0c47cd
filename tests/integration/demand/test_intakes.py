"""Intakes on a real PostgreSQL: kept, committed in one transaction, bound to their community."""

import json
import threading

import pytest

from services.demand.domain.errors import CommunityNotFoundError, IntakeNotFoundError
from services.demand.storage import intake_tables as tables
from services.kernel.errors import ForbiddenError, NotFoundError
from services.kernel.ids import new_id
from tests.fakes.chassis import request

WHEN = "5月23日10点到12点"


def chain(key, *rows):
    lines = "\n".join(f"{number}. {row}" for number, row in enumerate(rows, 1))
    return f"#接龙\n{key} 陶艺 {WHEN}\n\n{lines}\n"


def send(party, text, kind="jielong", **more):
    return party.ask("create_intake", kind=kind, text=text, **more)


def waiting(party):
    return {
        one["member_id"]: one["people"]
        for one in party.ask("list_signals")["items"]
        if one["state"] in ("open", "pooled")
    }


def test_a_chain_is_previewed_answered_committed_and_read_back(demand, category):
    party = demand.community()
    party.ask("add_category", category=(key := f"c{new_id().hex[:20]}"), zh="陶", en="Clay")
    shown = send(party, chain(category, "朵朵妈 1大1小", "李四"), defaults={"category": key})
    answered = party.ask(
        "change_intake", if_match='"1"', intake_id=shown["intake_id"], rows=[{"number": 2, "people": 2}]
    )
    done = party.ask("commit_intake", intake_id=answered["intake_id"])
    assert [row["outcome"] for row in done["rows"]] == ["placed", "placed"]
    assert party.ask("get_intake", intake_id=done["intake_id"])["rows"] == done["rows"]
    assert sorted(waiting(party).values()) == [2, 2]
    listed = party.ask("list_intakes", state="committed")["items"]
    assert [one["intake_id"] for one in listed] == [done["intake_id"]]
    demand.clock.pass_(minutes=2)
    demand.fire_due_timers()
    pools = {one["pool_id"] for one in party.ask("list_signals")["items"]}
    assert len(pools) == 1
    assert None not in pools


def test_what_was_pasted_is_gone_from_the_database_after_the_commit(demand, category):
    party = demand.community()
    shown = send(party, chain(category, "朵朵妈 1大1小 13811112222"), defaults={"category": "pottery"})

    def everything():
        with demand.new_uow() as uow:
            found = uow.connection.execute(tables.intakes.select()).mappings().all()
            answers = uow.connection.execute(uow.tables.answers.select()).mappings().all()
        row = next(one for one in found if str(one["intake_id"]) == shown["intake_id"])
        stored = [one["answer"] for one in answers if shown["intake_id"] in json.dumps(one["answer"])]
        return row["raw"], json.dumps([row["rows"], row["groups"], stored], ensure_ascii=False)

    raw, _ = everything()
    assert "13811112222" in raw
    party.ask("commit_intake", intake_id=shown["intake_id"])
    raw, kept = everything()
    assert raw is None
    assert "1. 朵朵妈" not in kept


def test_two_commits_of_one_source_at_once_place_everybody_once(demand, category):
    party = demand.community()
    text = chain(category, *(f"人{number} 1大" for number in "甲乙丙丁戊"))
    previews = [send(party, text, defaults={"category": "pottery"}) for _ in range(3)]
    failed = []

    def commit(preview):
        try:
            party.ask("commit_intake", intake_id=preview["intake_id"])
        except Exception as error:
            failed.append(error)

    racers = [threading.Thread(target=commit, args=(one,)) for one in previews]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert failed == []
    assert len(waiting(party)) == 5


def test_a_chat_is_learned_from_in_its_own_community(demand):
    party, other = demand.community(), demand.community()
    text = "2026-05-11 10:00 林\n周六下午有人想一起做陶艺吗\n2026-05-11 10:01 陈\n我也想，两大一小\n"
    shown = send(party, text, "chat")
    party.ask("change_intake", if_match='"1"', intake_id=shown["intake_id"], groups=[{"number": 1, "drop": True}])
    party.ask("commit_intake", intake_id=shown["intake_id"])
    assert send(party, text, "chat")["groups"] == []
    assert len(send(other, text, "chat")["groups"]) == 1


def test_forms_and_own_categories_are_kept(demand):
    party = demand.community()
    question = {"key": "age", "zh": "年龄", "en": "age", "type": "number", "least": 3, "most": 9}
    party.ask("set_template", category="pottery", questions=[question])
    assert party.ask("get_template", category="pottery")["questions"][0]["most"] == 9
    party.ask("add_category", category="lanterns", zh="灯笼", en="Lanterns", examples=["做灯笼"])
    party.ask("add_category", category="lanterns", examples=["扎兔子灯"])
    mine = {one["category"]: one for one in party.ask("list_categories")["items"]}
    assert mine["lanterns"]["examples"] == ["做灯笼", "扎兔子灯"]
    party.ask("remove_category", category="lanterns")
    assert "lanterns" not in {one["category"] for one in party.ask("list_categories")["items"]}


BY_ID = ("get_intake", "change_intake", "commit_intake", "discard_intake")
BY_COMMUNITY = {
    "create_intake": {"kind": "jielong", "text": chain("x", "张三 1大")},
    "list_intakes": {},
    "list_categories": {},
    "add_category": {"category": "x", "zh": "x", "en": "x"},
    "remove_category": {"category": "x"},
    "get_template": {"category": "pottery"},
    "set_template": {"category": "pottery", "questions": []},
    "understand": {"text": "想做陶艺"},
}


@pytest.mark.parametrize("role", ["organiser", "community_operator", "partner"])
def test_nobody_crosses_the_border_of_a_community_on_any_route(demand, role):
    mine, other = demand.community(), demand.community()
    shown = send(other, chain("border", "张三 1大"), defaults={"category": "pottery"})
    for name in BY_ID:
        with pytest.raises(IntakeNotFoundError):
            mine.ask(name, role, if_match='"1"', intake_id=shown["intake_id"])
    for name, data in BY_COMMUNITY.items():
        with pytest.raises(CommunityNotFoundError):
            mine.ask(name, role, **data, community_id=other.community_id)
    assert mine.ask("list_intakes", role)["items"] == []


def test_members_and_suppliers_take_nothing_in(demand):
    party = demand.community()
    shown = send(party, chain("roles", "张三 1大"), defaults={"category": "pottery"})
    for role in ("member", "supplier"):
        for name in ("create_intake", "list_intakes", "add_category", "remove_category", "set_template"):
            with pytest.raises(ForbiddenError):
                party.ask(name, role, **BY_COMMUNITY[name])
        for name in BY_ID:
            with pytest.raises((ForbiddenError, NotFoundError)):
                party.ask(name, role, if_match='"1"', intake_id=shown["intake_id"])


def test_the_node_operator_takes_in_for_a_community_that_it_names(demand):
    party = demand.community()
    data = {"community_id": party.community_id, "kind": "jielong", "text": chain("node", "张三 1大")}
    assert demand.call("create_intake", request(data))["community_id"] == party.community_id
