"""Grades on a real PostgreSQL: marks out of reviews, borders, and two who decide at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from services.kernel.errors import Refusal
from services.kernel.ids import new_id
from services.reputation import handlers, inbound, outbound, views
from services.reputation.domain.errors import (
    AppealDecidedError,
    AppealNotFoundError,
    PolicyChangedError,
    SupplierNotFoundError,
)
from services.reputation.storage.unit_of_work import ReputationUnitOfWork
from tests.fakes.chassis import request
from tests.unit.reputation.builders import Commitment, envelope, supplier_event


class Court:
    """The grades of the service, without its entrypoints."""

    def __init__(self, reputation):
        self.reputation, self.bus, self.clock = reputation, reputation.bus, reputation.clock
        self.supplier_id, self.community_id = new_id(), new_id()
        reputation.tell(supplier_event("supplier_registered.v1", self.supplier_id, self.community_id))
        self.supplier = {"role": "supplier", "supplier_id": self.supplier_id}
        self.supervisor = {"role": "quality_supervisor", "community_id": self.community_id}
        self.node = {"role": "node_operator"}

    def settle(self, lost=0, campaign_id=None, commitments=2):
        campaign_id = campaign_id or new_id()
        dispute = {"outcome": "decided", "refunded": {"amount": "9.00", "currency": "CNY"}}
        members = [{"disputes": [dispute] * lost if at == 0 else []} for at in range(commitments)]
        data = {"campaign_id": str(campaign_id), "supplier_id": str(self.supplier_id), "commitments": members}
        event = replace(envelope("campaign_settled.v1", data, subject=campaign_id), time=self.clock.pass_(hours=1))
        return self.bus.consume(event, inbound.grades.campaign_settled, handlers.note_settlement)

    def fall(self):
        self.settle(lost=1)
        self.settle(lost=1)

    def deliver(self, *marks):
        """A campaign is delivered, reviewed by its members, and settled."""
        campaign = new_id()
        ours = [Commitment(self.community_id, self.supplier_id, campaign) for _ in marks]
        self.reputation.tell(ours[0].delivered(*ours[1:]))
        for one, mark in zip(ours, marks, strict=True):
            self.reputation.write(one, quality=mark)
        self.settle(campaign_id=campaign, commitments=len(marks))

    def grade(self, **caller):
        asked = request({"supplier_id": str(self.supplier_id)}, **(caller or self.node))
        return self.bus.query(asked, inbound.by_id("supplier_id"), views.grades.get_supplier_grade)

    def appeal(self, **caller):
        asked = request({"supplier_id": str(self.supplier_id), "text": "请复核"}, **(caller or self.supplier))
        return self.bus.execute(asked, inbound.grades.appeal_grade, handlers.file_appeal, outbound.grades.appeal)

    def decide(self, appeal, outcome="overturned", grade="b", **caller):
        data = {"appeal_id": appeal["appeal_id"], "outcome": outcome, "grade": grade, "reason": "属实"}
        asked = request(data, **(caller or self.supervisor))
        read, write = inbound.grades.decide_grade_appeal, outbound.grades.appeal
        return self.bus.execute(asked, read, handlers.decide_appeal, write)

    def appeals(self, **caller):
        asked = request({"supplier_id": str(self.supplier_id)}, **caller)
        return self.bus.query(asked, inbound.by_id("supplier_id"), views.grades.list_grade_appeals)["items"]

    def put_policy(self, version, **figures):
        asked = request({"version": version, "policy": figures}, **self.node)
        read, write = inbound.grades.set_grade_policy, outbound.grades.policy
        return self.bus.execute(asked, read, handlers.set_grade_policy, write)

    def policy(self):
        asked = request({}, **self.node)
        return self.bus.query(asked, inbound.log.ask_log, views.grades.get_grade_policy)


@pytest.fixture
def court(reputation):
    return Court(reputation)


def test_deliveries_that_were_found_poor_bring_a_supplier_down_and_the_answer_says_why(court):
    court.deliver(1, 2, 3)
    assert court.grade()["grade"] == "probation"
    court.deliver(2, 2)
    seen = court.grade()
    assert (seen["grade"], seen["reason"]["code"]) == ("c", "bad_deliveries")
    assert seen["reason"]["data"] == {"bad": 2, "of": 2}
    assert [one["grade"] for one in seen["next"]] == ["b"]
    assert {need["code"]: need["met"] for need in seen["next"][0]["needs"]}["need_few_bad"] is True
    assert [(one["before"], one["grade"]) for one in seen["history"]] == [("probation", "c")]
    assert "supplier_grade_changed.v1" in [name for name, _ in court.reputation.outbox(court.supplier_id)]


def test_a_supplier_that_was_never_looked_at_is_on_probation(court):
    seen = court.grade()
    assert (seen["grade"], seen["since"], seen["history"]) == ("probation", None, [])
    assert {one["grade"] for one in seen["next"]} == {"a", "b"}


def test_many_settlements_at_once_count_each_once(court):
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: court.settle(lost=1), range(6)))
    grades = [(one["before"], one["grade"]) for one in reversed(court.grade()["history"])]
    assert grades == [("probation", "c"), ("c", "suspended")]


def test_two_decisions_about_an_appeal_at_once_are_one(court):
    court.fall()
    appeal = court.appeal()

    def attempt(outcome):
        try:
            return court.decide(appeal, outcome, "b" if outcome == "overturned" else None)["state"]
        except AppealDecidedError as refused:
            return refused.code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, ["overturned", "upheld"] * 2))
    assert answers.count("reputation.appeal_decided") == 3
    assert court.grade()["grade"] == ("b" if "overturned" in answers else "c")


def test_two_policies_at_once_are_one_after_the_other(court):
    version = court.policy()["version"]

    def attempt(days):
        try:
            return court.put_policy(version, least_days=days)["version"]
        except PolicyChangedError as refused:
            return refused.code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, (10, 11, 12, 13)))
    assert sorted(map(str, answers)) == sorted([str(version + 1), *["reputation.policy_changed"] * 3])
    court.put_policy(version + 1)  # as it comes with the program, for the other tests


def test_a_time_that_has_come_is_found_by_its_timer(court):
    court.fall()
    court.settle(lost=1)
    timers = ReputationUnitOfWork.tables.timers
    with court.reputation.engine.connect() as connection:
        query = timers.select().where(timers.c.key.like(f"look_at_grade:{court.supplier_id}:%"))
        (timer,) = connection.execute(query).all()
    assert timer.due_at == court.clock.now() + timedelta(days=365)
    court.clock.pass_(days=365)
    with ReputationUnitOfWork(court.reputation.engine, court.clock) as uow:
        handlers.TIMERS[timer.command](timer.payload, uow)
        uow.commit()
    assert court.grade()["grade"] == "removed"


class TestWhoSeesWhat:
    def strangers(self):
        yield {"role": "organiser", "community_id": new_id(), "member_id": new_id()}
        yield {"role": "member", "community_id": new_id(), "member_id": new_id()}
        yield {"role": "quality_supervisor", "community_id": new_id()}
        yield {"role": "partner", "community_id": new_id()}
        yield {"role": "supplier", "supplier_id": new_id()}

    def test_the_grade_of_a_supplier_is_seen_by_who_sees_the_supplier(self, court):
        court.fall()
        for caller in (
            court.supplier,
            court.supervisor,
            {"role": "quality_supervisor"},
            {"role": "member", "community_id": court.community_id, "member_id": new_id()},
        ):
            assert court.grade(**caller)["grade"] == "c"
        for stranger in self.strangers():
            with pytest.raises(SupplierNotFoundError):
                court.grade(**stranger)

    def test_appeals_are_read_by_the_supplier_those_who_decide_and_who_manages_its_community(self, court):
        court.fall()
        appeal = court.appeal()
        readers = (court.supplier, court.supervisor, {"role": "quality_supervisor"}, court.node)
        for caller in (*readers, {"role": "organiser", "community_id": court.community_id}):
            assert [one["appeal_id"] for one in court.appeals(**caller)] == [appeal["appeal_id"]]
        member = {"role": "member", "community_id": court.community_id, "member_id": new_id()}
        for stranger in (member, *self.strangers()):
            with pytest.raises(SupplierNotFoundError):
                court.appeals(**stranger)

    def test_what_is_not_there_and_what_is_not_yours_are_the_same(self, court):
        court.fall()
        appeal = court.appeal()
        for stranger in self.strangers():
            answers = []
            for one in (appeal, {"appeal_id": str(new_id())}):
                with pytest.raises(AppealNotFoundError) as refused:
                    court.decide(one, **stranger)
                answers.append(refused.value.message)
            assert answers[0] == answers[1]

    def test_nobody_else_appeals(self, court):
        court.fall()
        for caller in (court.supervisor, *self.strangers()):
            with pytest.raises(Refusal) as refused:
                court.appeal(**caller)
            assert refused.value.kind == "not_found"
