"""Grades as they are decided, told, recorded and appealed."""

from datetime import timedelta

import pytest

from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from services.reputation import handlers, inbound
from services.reputation.domain.errors import (
    AppealDecidedError,
    AppealNotFoundError,
    NotAppealableError,
    PolicyChangedError,
    SupplierNotFoundError,
)
from services.reputation.domain.grading import Grade, Told
from services.reputation.domain.grading.appeals import AppealState
from services.reputation.domain.grading.commands import LookAtGrade
from tests.fakes.chassis import FakeClock, request
from tests.fakes.reputation import FakeReputationUnitOfWork
from tests.unit.reputation.builders import envelope

NODE = {"role": "node_operator"}


class Registry:
    """A supplier, what happens to it, and what it comes to."""

    def __init__(self):
        self.clock = FakeClock()
        self.uow = FakeReputationUnitOfWork(self.clock)
        self.supplier_id, self.community_id = new_id(), new_id()
        self.uow.grades.communities[self.supplier_id] = self.community_id
        self.supplier = {"role": "supplier", "supplier_id": self.supplier_id}
        self.standings = 0

    @property
    def grade(self):
        return self.uow.grades.states[self.supplier_id].grade

    def settle(self, *outcomes, campaign_id=None):
        """One campaign is settled; each outcome is of a dispute, with what came back."""
        campaign_id = campaign_id or new_id()
        money = {"currency": "CNY"}
        disputes = [{"outcome": one, "refunded": {"amount": back, **money}} for one, back in outcomes]
        data = {
            "campaign_id": str(campaign_id),
            "supplier_id": str(self.supplier_id),
            "commitments": [{"disputes": disputes}, {"disputes": []}],
        }
        event = envelope("campaign_settled.v1", data, subject=campaign_id)
        event = type(event)(
            **{**{name: getattr(event, name) for name in event.__slots__}, "time": self.clock.pass_(days=1)}
        )
        handlers.note_settlement(inbound.grades.campaign_settled(event), self.uow)
        return campaign_id

    def bad(self):
        return self.settle(("decided", "40.00"))

    def withdraw(self, campaign_id):
        data = {"campaign_id": campaign_id and str(campaign_id), "supplier_id": str(self.supplier_id)}
        event = envelope("supplier_withdrew.v1", data, source="supplier")
        handlers.note_withdrawal(inbound.grades.supplier_withdrew(event), self.uow)

    def score(self, score, low, reviews=20):
        self.uow.grades.scores[self.supplier_id] = Told(score, low, 5.0, reviews)
        handlers.look_at_grade(LookAtGrade(self.supplier_id), self.uow)

    def renew(self, version=None, reason="renewed"):
        self.standings = version or self.standings + 1
        data = {"supplier_id": str(self.supplier_id), "standing": "probation", "reason": {"code": reason}}
        event = envelope("supplier_standing_changed.v1", data, source="supplier", version=self.standings)
        handlers.note_standing(inbound.grades.standing_changed(event), self.uow)

    def fire(self):
        """Let everything be done that is due."""
        for key, (due, command, payload) in sorted(self.uow.timers.pending.items(), key=lambda one: one[1][0]):
            if due <= self.clock.now():
                del self.uow.timers.pending[key]
                handlers.TIMERS[command](payload, self.uow)

    def appeal(self, text="天气原因，请复核", **caller):
        data = {"supplier_id": str(self.supplier_id), "text": text}
        asked = request(data, **(caller or self.supplier))
        return handlers.file_appeal(inbound.grades.appeal_grade(asked), self.uow)

    def decide(self, appeal, outcome="upheld", grade=None, **caller):
        data = {"appeal_id": str(appeal.appeal_id), "outcome": outcome, "grade": grade, "reason": "记录属实"}
        asked = request(data, **(caller or {"role": "quality_supervisor", "community_id": self.community_id}))
        return handlers.decide_appeal(inbound.grades.decide_grade_appeal(asked), self.uow)

    def told(self):
        return [(one["before"], one["grade"], one["reason"]["code"]) for one in self.events()]

    def events(self):
        return self.uow.outbox.data_of("supplier_grade_changed.v1")

    def logged(self):
        return [entry.kind for entry in self.uow.log.waiting]


@pytest.fixture
def registry():
    return Registry()


class TestChanges:
    def test_two_bad_deliveries_on_probation_bring_a_supplier_down_and_one_more_suspends_it(self, registry):
        registry.bad()
        assert registry.grade is Grade.PROBATION
        registry.bad()
        registry.bad()
        assert registry.told() == [("probation", "c", "bad_deliveries"), ("c", "suspended", "bad_deliveries")]
        assert registry.logged() == ["grade", "grade"]

    def test_a_change_is_told_with_its_reason_in_both_languages_and_its_figures(self, registry):
        registry.score(3.1, 2.7)
        registry.bad()
        registry.bad()
        told = registry.events()[0]
        assert told["reason"]["data"] == {"bad": 2, "of": 2}
        assert "2 次交付中有 2 次不合格" in told["reason"]["zh"]
        assert "2 of the last 2 deliveries were bad" in told["reason"]["en"]
        assert (told["score"], told["low"], told["reviews"], told["policy_version"]) == (3.1, 2.7, 20, 0)

    def test_a_settlement_that_is_told_again_counts_once(self, registry):
        campaign = registry.bad()
        registry.settle(("decided", "40.00"), campaign_id=campaign)
        assert registry.told() == []

    @pytest.mark.parametrize("outcome", [("settled", "40.00"), ("withdrawn", "0.00"), ("decided", "0.00")])
    def test_a_dispute_that_was_settled_or_won_is_not_held_against_the_supplier(self, registry, outcome):
        for _ in range(3):
            registry.settle(outcome)
        assert registry.told() == []

    def test_who_withdraws_from_campaigns_delivers_badly_and_from_a_mere_match_does_not(self, registry):
        registry.withdraw(None)
        registry.withdraw(None)
        assert registry.told() == []
        registry.clock.pass_(days=1)
        registry.withdraw(new_id())
        registry.withdraw(new_id())
        assert registry.told() == [("probation", "c", "bad_deliveries")]

    def test_a_good_score_raises_a_supplier_when_the_least_time_is_over_by_itself(self, registry):
        for _ in range(4):
            registry.settle()
        registry.score(4.4, 3.6)
        assert registry.told() == []
        registry.clock.pass_(days=14)
        registry.fire()
        assert registry.told() == [("probation", "b", "promoted")]

    def test_a_suspension_that_nobody_renews_ends_in_a_removal_by_itself(self, registry):
        for _ in range(3):
            registry.bad()
        registry.clock.pass_(days=365)
        registry.fire()
        assert registry.told()[-1] == ("suspended", "removed", "not_renewed")

    def test_looking_again_changes_nothing_if_nothing_has_happened(self, registry):
        registry.bad()
        registry.bad()
        for _ in range(3):
            handlers.look_at_grade(LookAtGrade(registry.supplier_id), registry.uow)
        assert len(registry.told()) == 1


class TestRenewal:
    def suspended(self, registry):
        for _ in range(3):
            registry.bad()
        assert registry.grade is Grade.SUSPENDED

    def test_a_renewed_supplier_starts_on_probation_and_what_was_bad_has_had_its_effect(self, registry):
        self.suspended(registry)
        registry.renew()
        assert registry.told()[-1] == ("suspended", "probation", "renewed")
        registry.settle()
        registry.bad()
        assert registry.grade is Grade.PROBATION

    def test_news_that_come_again_or_late_renew_nobody(self, registry):
        registry.renew(version=5)
        self.suspended(registry)
        registry.renew(version=5)
        registry.renew(version=4)
        assert registry.grade is Grade.SUSPENDED

    def test_another_way_to_probation_is_no_renewal(self, registry):
        self.suspended(registry)
        registry.renew(reason="graded")
        assert registry.grade is Grade.SUSPENDED


class TestPolicy:
    def put(self, uow, version, figures, **caller):
        asked = request({"version": version, "policy": figures}, **(caller or NODE))
        return handlers.set_grade_policy(inbound.grades.set_grade_policy(asked), uow)

    def test_a_policy_is_replaced_in_versions_and_recorded(self, registry):
        assert self.put(registry.uow, 0, {"least_days": 30}).version == 1
        assert self.put(registry.uow, 1, {"least_days": 7}).least_days == 7
        assert registry.logged() == ["grade_policy", "grade_policy"]

    def test_who_read_an_older_one_is_told_so(self, registry):
        self.put(registry.uow, 0, {})
        with pytest.raises(PolicyChangedError) as refused:
            self.put(registry.uow, 0, {})
        assert refused.value.detail["version"] == 1

    @pytest.mark.parametrize("role", ["community_operator", "organiser", "quality_supervisor", "supplier", "partner"])
    def test_only_who_runs_the_node_sets_it(self, registry, role):
        with pytest.raises(ForbiddenError):
            self.put(registry.uow, 0, {}, role=role)


class TestAppeals:
    @pytest.fixture
    def down(self, registry):
        registry.bad()
        registry.bad()
        return registry

    def test_an_appeal_that_is_right_corrects_the_grade_and_holds_it_for_a_term(self, down):
        appeal = down.decide(down.appeal(), "overturned", "b")
        state = down.uow.grades.states[down.supplier_id]
        assert (appeal.state, state.grade) == (AppealState.OVERTURNED, Grade.B)
        assert state.held_until == down.clock.now() + timedelta(days=90)
        assert down.told()[-1] == ("c", "b", "overturned")
        assert down.logged() == ["grade", "appeal", "grade", "appeal_decided"]
        down.settle()
        down.settle()
        down.score(2.0, 1.5)
        assert down.grade is Grade.B

    def test_an_appeal_that_is_wrong_changes_nothing_and_is_recorded(self, down):
        appeal = down.decide(down.appeal())
        assert (appeal.state, down.grade, len(down.told())) == (AppealState.UPHELD, Grade.C, 1)
        assert down.logged()[-1] == "appeal_decided"

    def test_the_words_of_neither_side_are_in_log_or_events(self, down):
        down.decide(down.appeal("王小明当天没来"), "overturned", "b")
        said = str([entry.record for entry in down.uow.log.waiting]) + str(down.uow.outbox.events)
        assert "王小明" not in said
        assert "记录属实" not in said

    def test_one_that_nobody_decides_goes_to_those_who_watch_over_the_node(self, down):
        appeal = down.appeal()
        down.clock.pass_(days=14)
        down.fire()
        with pytest.raises(ForbiddenError):
            down.decide(appeal)
        assert down.decide(appeal, role="quality_supervisor").state is AppealState.UPHELD

    def test_one_that_was_decided_is_not_overdue_afterwards(self, down):
        appeal = down.decide(down.appeal())
        down.clock.pass_(days=14)
        down.fire()
        assert down.uow.grades.filed[appeal.appeal_id].state is AppealState.UPHELD

    def test_it_is_decided_once(self, down):
        appeal = down.appeal()
        down.decide(appeal)
        with pytest.raises(AppealDecidedError):
            down.decide(appeal, "overturned", "b")

    def test_a_change_is_appealed_once_in_time_and_only_if_it_was_for_the_worse(self, down):
        appeal = down.appeal()
        with pytest.raises(NotAppealableError) as refused:
            down.appeal()
        assert refused.value.detail["appeal_id"] == str(appeal.appeal_id)
        down.decide(appeal, "overturned", "b")
        with pytest.raises(NotAppealableError):
            down.appeal()

    def test_too_late_is_too_late(self, down):
        down.clock.pass_(days=30)
        with pytest.raises(NotAppealableError) as refused:
            down.appeal()
        assert refused.value.detail["until"] == down.clock.now().isoformat()

    def test_who_never_fell_has_nothing_to_appeal(self, registry):
        with pytest.raises(NotAppealableError):
            registry.appeal()

    @pytest.mark.parametrize("grade", ["c", "suspended"])
    def test_an_overturned_grade_is_better_than_the_one_that_was_given(self, down, grade):
        with pytest.raises(InvalidError):
            down.decide(down.appeal(), "overturned", grade)

    @pytest.mark.parametrize(("outcome", "grade"), [("upheld", "b"), ("overturned", None), ("ignored", None)])
    def test_a_decision_that_makes_no_sense_is_refused(self, down, outcome, grade):
        with pytest.raises(InvalidError):
            down.decide(down.appeal(), outcome, grade)

    def test_blank_words_are_none(self, down):
        with pytest.raises(InvalidError):
            down.appeal("  ")

    def test_only_the_supplier_itself_appeals(self, down):
        for caller in (
            {"role": "supplier", "supplier_id": new_id()},
            {"role": "community_operator", "community_id": down.community_id},
        ):
            with pytest.raises(SupplierNotFoundError):
                down.appeal(**caller)

    def test_who_may_not_know_of_an_appeal_is_told_that_there_is_none(self, down):
        appeal = down.appeal()
        for caller in (
            {"role": "quality_supervisor", "community_id": new_id()},
            {"role": "supplier", "supplier_id": new_id()},
            {"role": "organiser", "community_id": new_id()},
        ):
            with pytest.raises(AppealNotFoundError):
                down.decide(appeal, **caller)

    def test_who_may_know_of_it_and_not_judge_is_told_so(self, down):
        appeal = down.appeal()
        for caller in (down.supplier, {"role": "community_operator", "community_id": down.community_id}):
            with pytest.raises(ForbiddenError):
                down.decide(appeal, "overturned", "a", **caller)


@pytest.mark.parametrize("amount", ["nan", "inf", "1e2", "a lot", "40.001"])
def test_what_came_back_of_a_dispute_is_an_amount_of_money_or_refused_by_its_name(amount):
    with pytest.raises(InvalidError) as refused:
        Registry().settle(("decided", amount))
    assert refused.value.detail["errors"][0]["field"] == "disputes.refunded"
