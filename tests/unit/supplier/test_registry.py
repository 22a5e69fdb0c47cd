"""The life of a supplier, step by step: the table, the page that shows it, and a small model that lives beside it."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.kernel.caller import Role
from services.kernel.ids import new_id
from services.reputation.contract import EVENTS as REPUTATION_EVENTS
from services.supplier.contract import EVENTS, RPCS
from services.supplier.domain.admission import ALLOWANCES, Limit
from services.supplier.domain.errors import StandingError, SuspensionNotYoursError
from services.supplier.domain.matches import ExpiryReason
from services.supplier.domain.registration import WHY, Authority, Hand, Registration
from services.supplier.domain.registry import SHOWN, TRANSITIONS, Act, Grade, Stage, SupplierStanding
from tests.builders_supplier import caller
from tests.effort import stories
from tests.fakes.chassis import MONDAY

PAGE = (Path(__file__).resolve().parents[3] / "services" / "supplier" / "REGISTRY.md").read_text()
NEW = Registration.new(new_id(), new_id(), MONDAY)
IN_WORK = replace(NEW, admitted=True)
SUSPENDED = {"hand": Hand.SUSPENDED, "authority": Authority.SUPERVISOR}
REMOVED = {"hand": Hand.REMOVED, "authority": Authority.SUPERVISOR}
IN = {
    Stage.REGISTERED: NEW,
    Stage.UNDER_REVIEW: replace(NEW, reviewing=True),
    Stage.PROBATION: IN_WORK,
    Stage.GRADE_A: replace(IN_WORK, grade=Grade.A),
    Stage.GRADE_B: replace(IN_WORK, grade=Grade.B),
    Stage.GRADE_C: replace(IN_WORK, grade=Grade.C),
    Stage.SUSPENDED_BY_HAND: replace(IN_WORK, grade=Grade.B, **SUSPENDED),
    Stage.SUSPENDED_BY_GRADE: replace(IN_WORK, grade=Grade.SUSPENDED),
    Stage.SUSPENDED_BY_BOTH: replace(IN_WORK, grade=Grade.SUSPENDED, **SUSPENDED),
    Stage.REMOVED_BY_HAND: replace(IN_WORK, grade=Grade.A, **REMOVED),
    Stage.REMOVED_BY_GRADE: replace(IN_WORK, grade=Grade.REMOVED),
    Stage.RENEWING: replace(IN_WORK, grade=Grade.B, reviewing=True, **SUSPENDED),
}


def take(it, act, grade=Grade.SUSPENDED):
    changes = {"grade": grade} if act is Act.GRADE else {}
    if act in (Act.SUSPEND, Act.REMOVE):
        changes = {"authority": Authority.SUPERVISOR}
    return it.take(act, MONDAY, **changes)


def test_every_stage_is_told_apart_and_shown_as_a_standing():
    assert {stage: one.stage for stage, one in IN.items()} == {stage: stage for stage in Stage}
    assert {stage: one.standing for stage, one in IN.items()} == SHOWN
    assert set(SHOWN.values()) == set(SupplierStanding)


@pytest.mark.parametrize(("stage", "act"), product(Stage, Act))
def test_every_step_from_every_stage_is_made_or_refused_with_what_is_possible_instead(stage, act):
    before = IN[stage]
    if (stage, act) not in TRANSITIONS:
        with pytest.raises(StandingError) as refused:
            take(before, act)
        assert refused.value.detail["state"] == str(before.standing)
        assert refused.value.detail["allowed"] == [str(one) for one in before.acts if one is not Act.GRADE]
        return
    after = take(before, act)
    assert after.stage in TRANSITIONS[stage, act].next
    assert after.version == before.version + 1


@pytest.mark.parametrize(("stage", "grade"), product(Stage, Grade))
def test_a_grade_moves_a_supplier_within_the_table_from_everywhere(stage, grade):
    after = take(IN[stage], Act.GRADE, grade)
    assert after.stage in TRANSITIONS[stage, Act.GRADE].next
    assert after.grade is grade


def test_lifting_what_was_done_by_hand_leaves_what_the_grade_has_done():
    both = IN[Stage.SUSPENDED_BY_BOTH]
    assert take(both, Act.LIFT).stage is Stage.SUSPENDED_BY_GRADE
    assert take(both, Act.GRADE, Grade.A).stage is Stage.SUSPENDED_BY_HAND
    assert take(take(both, Act.GRADE, Grade.A), Act.LIFT).stage is Stage.GRADE_A


def test_a_renewed_supplier_comes_back_on_probation_with_nothing_left_of_before():
    for stage in (Stage.SUSPENDED_BY_BOTH, Stage.REMOVED_BY_HAND, Stage.REMOVED_BY_GRADE):
        back = take(take(IN[stage], Act.RENEW), Act.APPROVE)
        assert (back.stage, back.grade, back.hand) == (Stage.PROBATION, Grade.PROBATION, Hand.NONE)


@pytest.mark.parametrize("stage", [one for one, act in TRANSITIONS if act is Act.RENEW])
def test_a_supplier_whose_renewal_is_rejected_stands_where_it_stood(stage):
    assert take(take(IN[stage], Act.RENEW), Act.REJECT).stage is stage


def test_what_a_higher_authority_has_decided_a_lower_one_does_not_take_back():
    ranked = [
        Authority.of(caller(Role.ORGANISER, community_id=new_id())),
        Authority.of(caller(Role.QUALITY_SUPERVISOR, community_id=new_id())),
        Authority.of(caller(Role.QUALITY_SUPERVISOR)),
    ]
    assert ranked == [Authority.COMMUNITY, Authority.SUPERVISOR, Authority.NODE]
    assert Authority.of(caller(Role.NODE_OPERATOR)) is Authority.NODE
    held = IN[Stage.SUSPENDED_BY_HAND]
    with pytest.raises(SuspensionNotYoursError):
        held.require_authority(Authority.COMMUNITY)
    held.require_authority(Authority.SUPERVISOR)
    held.require_authority(Authority.NODE)


def rows_of(heading):
    part = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_shows_the_table_of_steps_and_no_other():
    assert [tuple(row) for row in rows_of("Steps")] == [
        (str(stage), str(act), ", ".join(line.next), line.by) for (stage, act), line in TRANSITIONS.items()
    ]


def test_the_page_shows_every_stage_with_the_standing_that_others_see():
    assert {row[0]: row[1] for row in rows_of("Stages")} == {str(one): str(SHOWN[one]) for one in Stage}


def test_the_page_shows_what_each_standing_allows():
    told = {True: "yes", False: "no"}
    assert [tuple(row) for row in rows_of("What a standing allows")] == [
        (str(one), told[it.new_work], told[it.running], str(it.rank) if it.new_work else "-")
        for one, it in ALLOWANCES.items()
    ]


def test_the_table_and_the_page_name_only_what_there_is():
    causes = {cause for line in TRANSITIONS.values() for cause in line.by.split(", ")}
    assert causes <= {*RPCS, *REPUTATION_EVENTS}
    assert set(re.findall(r"`([a-z_]+\.v1)`", PAGE)) <= {*EVENTS, *REPUTATION_EVENTS}
    assert {"supplier_suspended"} <= set(ExpiryReason)
    assert {str(one) for one in Limit} == {"standing", "live_matches", "largest_group"}


def test_every_reason_is_told_in_both_languages():
    assert all(zh and en and zh != en for zh, en in WHY.values())


class Life(RuleBasedStateMachine):
    """A registration lives beside the simplest model of it: who has said what."""

    def __init__(self):
        super().__init__()
        self.it, self.at = NEW, 0
        self.admitted = self.reviewing = False
        self.hand, self.grade = None, "probation"

    def act(self, act, **changes):
        self.it = self.it.take(act, MONDAY, **changes)

    @property
    def out(self):
        return self.hand is not None or (self.admitted and self.grade in ("suspended", "removed"))

    @precondition(lambda self: not self.admitted and not self.reviewing and self.hand is None)
    @rule(open_=st.booleans())
    def submit(self, open_):
        self.act(Act.ADMIT if open_ else Act.SUBMIT)
        self.admitted, self.reviewing = open_, not open_
        self.grade = "probation" if open_ else self.grade

    @precondition(lambda self: self.reviewing)
    @rule(approved=st.booleans())
    def decide(self, approved):
        self.act(Act.APPROVE if approved else Act.REJECT)
        self.reviewing = False
        if approved:
            self.admitted, self.hand, self.grade = True, None, "probation"

    @rule(grade=st.sampled_from(Grade))
    def graded(self, grade):
        self.act(Act.GRADE, grade=grade)
        self.grade = str(grade)

    @precondition(lambda self: self.admitted and not self.reviewing and self.hand is None and self.grade != "removed")
    @rule()
    def suspend(self):
        self.act(Act.SUSPEND, authority=Authority.NODE)
        self.hand = "suspended"

    @precondition(lambda self: self.hand == "suspended" and not self.reviewing and self.grade != "removed")
    @rule()
    def lift(self):
        self.act(Act.LIFT)
        self.hand = None

    @precondition(lambda self: self.hand != "removed" or self.reviewing)
    @rule()
    def remove(self):
        self.act(Act.REMOVE, authority=Authority.NODE)
        self.hand, self.reviewing = "removed", False

    @precondition(lambda self: self.out and not self.reviewing)
    @rule()
    def renew(self):
        self.act(Act.RENEW)
        self.reviewing = True

    @rule(act=st.sampled_from(Act))
    def whatever_is_not_in_the_table_is_refused(self, act):
        if act not in self.it.acts:
            with pytest.raises(StandingError):
                self.it.require(act)

    @invariant()
    def it_stands_where_the_model_says(self):
        if self.reviewing:
            expected = "under_review"
        elif self.hand == "removed" or (self.admitted and self.grade == "removed"):
            expected = "removed"
        elif not self.admitted:
            expected = "registered"
        elif self.hand or self.grade == "suspended":
            expected = "suspended"
        else:
            expected = self.grade if self.grade == "probation" else f"grade_{self.grade}"
        assert str(self.it.standing) == expected
        assert ALLOWANCES[self.it.standing].new_work == (expected in ("probation", "grade_a", "grade_b", "grade_c"))


TestLife = Life.TestCase
TestLife.settings = stories(40, 20)
