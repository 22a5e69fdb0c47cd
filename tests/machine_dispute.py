"""One dispute against a model: any order of words, offers, mediators, decisions and time must keep every promise.

The model knows nothing of tables, timers or transfers; it is what a clerk would keep on paper. The machine runs on the
fakes (tests/unit/campaign) and on a real PostgreSQL (tests/integration/campaign).
"""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.kernel.errors import ForbiddenError, NotFoundError, Refusal
from services.kernel.money import Money
from tests.builders_campaign import SLOT_START
from tests.builders_disputes import Court
from tests.fakes.chassis import MONDAY

PRICE, SEATS, JUDGES = 9999, 2, 3
NET = PRICE * SEATS
PLAN = (("confirmed", 3333), ("delivered", 3334), ("accepted", 3333))
ANSWER, CONSENT, TERM, APPEAL, WINDOW = (timedelta(hours=hours) for hours in (24, 48, 72, 48, 120))
TALKING = ("opened", "answered", "mediation", "appealed")


@dataclass
class Paper:
    """What the clerk keeps."""

    state: str
    opened: object
    claim: int
    due: object = None
    answered: bool = False
    offers: dict = field(default_factory=dict)
    judge: int | None = None  # which mediator has it; None is nobody, or the node operator
    had: set = field(default_factory=set)
    award: int = 0
    outcome: str | None = None
    back: int = 0

    def next_judge(self):
        """Give the case to the mediator with the lowest number who has not had it; none is the node operator."""
        if self.judge is not None:
            self.had.add(self.judge)
        self.judge = min(set(range(JUDGES)) - self.had, default=None)

    def close(self, back):
        self.outcome, self.state, self.back, self.due = self.state, "closed", back, None


class DisputeMachine(RuleBasedStateMachine):
    """Subclasses say which desk takes the requests."""

    def new_desk(self):
        raise NotImplementedError

    def proofs(self):
        """Return what does not add up below the answers."""
        raise NotImplementedError

    @initialize(before=st.booleans(), claim=st.integers(1, NET))
    def begin(self, before, claim):
        self.desk = self.new_desk()
        self.desk.clock.time = MONDAY
        tiers = ((1, "99.99"),)
        window = WINDOW.total_seconds() / 3600
        options = {"tiers": tiers, "min_group": 1, "release": PLAN, "acceptance_hours": window, "mediators": JUDGES}
        self.court = Court(self.desk, delivered=False, **options)
        self.order = sorted(self.court.judges, key=lambda one: one["member_id"])
        self.delivered = self.settled = False
        self.released = NET * 3333 // 10000
        self.desk.clock.time = SLOT_START
        self.desk.fire_due_timers()
        self.paper = Paper("closed", self.now, claim)
        if not before:
            self.deliver()
        self.court.open(Money(claim, "CNY").amount)
        self.paper.state, self.paper.due = "opened", self.now + ANSWER

    @property
    def now(self):
        return self.desk.clock.now()

    def who(self, side):
        return {"claimant": self.court.member, "supplier": self.court.town.supplier()}[side]

    def tries(self, allowed, act):
        """Do it and check that it is refused exactly when the model says so."""
        if allowed:
            return act()
        with pytest.raises(Refusal):
            act()
        return None

    def release(self, bp):
        """What the receivers have of the commitment when it is free to move."""
        self.released = max(self.released, (NET - self.paper.back) * bp // 10000)

    def close(self, back):
        paper = self.paper
        paper.close(back)
        self.released = min(self.released, NET - back)
        self.release(6667 if self.delivered else 3333)
        if self.delivered and self.now >= self.window:
            self.settled = True
            self.release(10000)

    @rule()
    def answer(self):
        paper = self.paper
        allowed = paper.state == "opened" and self.now < paper.opened + ANSWER
        if self.tries(allowed, self.court.answer):
            paper.state, paper.answered, paper.due = "answered", True, paper.opened + CONSENT

    @rule(side=st.sampled_from(["claimant", "supplier"]), part=st.floats(0, 1))
    def offer(self, side, part):
        amount = int(self.paper.claim * part)
        made = self.tries(
            self.paper.state in TALKING, lambda: self.court.offer(self.who(side), Money(amount, "CNY").amount)
        )
        if made:
            self.paper.offers[side] = (next(one["offer_id"] for one in made["offers"] if one["by"] == side), amount)

    @precondition(lambda self: self.paper.offers)
    @rule(side=st.sampled_from(["claimant", "supplier"]), by_the_other=st.booleans())
    def accept(self, side, by_the_other):
        paper = self.paper
        offer_id, amount = paper.offers.get(side, ("01a00000-0000-7000-8000-000000000000", 0))
        other = "supplier" if side == "claimant" else "claimant"
        allowed = by_the_other and side in paper.offers and paper.state in TALKING
        if self.tries(allowed, lambda: self.court.accept(self.who(other if by_the_other else side), offer_id)):
            paper.state = "settled"
            self.close(amount)

    @rule(side=st.sampled_from(["claimant", "supplier"]))
    def ask(self, side):
        paper = self.paper
        over = paper.answered or self.now >= paper.opened + ANSWER
        if self.tries(paper.state in ("opened", "answered") and over, lambda: self.court.ask(self.who(side))):
            self.mediate()

    def mediate(self):
        self.paper.state, self.paper.due = "mediation", self.now + TERM
        self.paper.next_judge()

    @rule(side=st.sampled_from(["claimant", "supplier"]))
    def evidence(self, side):
        self.tries(self.paper.state in TALKING, lambda: self.court.do("add_evidence", self.who(side), text="x"))

    @precondition(lambda self: self.paper.state != "opened")
    @rule(rightly=st.booleans())
    def withdraw(self, rightly):
        allowed = rightly and self.paper.state in ("answered", "mediation")
        if self.tries(allowed, lambda: self.court.withdraw(self.who("claimant" if rightly else "supplier"))):
            self.paper.state = "withdrawn"
            self.close(0)

    def judge(self, number):
        return {"role": "node_operator"} if number is None else self.order[number]

    @rule(part=st.integers(0, 10000), number=st.sampled_from([None, *range(JUDGES)]), any_judge=st.booleans())
    def decide(self, part, number, any_judge):
        paper = self.paper
        number = number if any_judge else paper.judge
        judging = paper.state in ("mediation", "appealed")
        in_term = paper.judge is None or (paper.due is not None and self.now < paper.due)
        allowed = judging and number == paper.judge and in_term
        if not self.tries(allowed, lambda: self.court.decide(self.judge(number), share_bp=part)):
            return
        # To the nearest fen, a tie to the member.
        paper.award = (2 * paper.claim * part + 10000) // 20000
        if paper.state == "mediation":
            paper.state, paper.due = "decided", self.now + APPEAL
        else:
            paper.state = "decided_finally"
            self.close(paper.award)

    @precondition(lambda self: self.paper.judge is not None)
    @rule()
    def decline(self):
        paper = self.paper
        allowed = paper.state in ("mediation", "appealed") and self.now < paper.due
        if self.tries(allowed, lambda: self.court.do("decline_case", self.judge(paper.judge))):
            paper.next_judge()
            paper.due = self.now + TERM

    @rule(side=st.sampled_from(["claimant", "supplier"]))
    def appeal(self, side):
        paper = self.paper
        allowed = paper.state == "decided" and self.now < paper.due
        if self.tries(allowed, lambda: self.court.appeal(self.who(side))):
            paper.state, paper.due = "appealed", self.now + TERM
            paper.next_judge()

    @rule(hours=st.sampled_from([1, 7, 60]))
    def time_passes(self, hours):
        self.desk.clock.pass_(hours=hours)

    @precondition(lambda self: self.paper.due is not None)
    @rule(just_before=st.booleans())
    def time_comes_to_an_edge(self, just_before):
        """Off-by-one lives where a term ends."""
        edge = self.paper.due - timedelta(microseconds=1 if just_before else 0)
        if edge > self.now:
            self.desk.clock.time = edge

    @rule()
    def timers_fire(self):
        self.desk.fire_due_timers()
        paper, now = self.paper, self.now
        if paper.state in ("opened", "answered") and now >= paper.opened + CONSENT:
            self.mediate()
        elif paper.state == "opened" and now >= paper.opened + ANSWER:
            paper.due = paper.opened + CONSENT
        elif paper.state in ("mediation", "appealed") and now >= paper.due:
            paper.next_judge()
            paper.due = now + TERM
        elif paper.state == "decided" and now >= paper.due:
            self.close(paper.award)
        if self.delivered and not self.settled and paper.state == "closed" and now >= self.window:
            self.settled = True
            self.release(10000)

    @rule(part=st.integers(0, 10000), side=st.sampled_from(["claimant", "supplier"]), wait=st.booleans())
    def the_usual_comes_next(self, part, side, wait):
        """Without this most runs would end early, in a settlement or a withdrawal."""
        state = self.paper.state
        if state == "opened":
            self.answer()
        elif state == "answered":
            self.ask(side)
        elif state in ("mediation", "appealed"):
            self.decide(part, None, False)
        elif state == "decided" and not wait:
            self.appeal(side)
        elif self.paper.due is not None:
            self.time_comes_to_an_edge(False)
            self.timers_fire()

    @precondition(lambda self: not self.delivered)
    @rule()
    def deliver(self):
        self.court.town.act("deliver_campaign")
        self.delivered, self.window = True, self.now + WINDOW
        if self.paper.state == "closed":  # nothing is frozen
            self.release(6667)

    @precondition(lambda self: hasattr(self, "paper"))
    @invariant()
    def the_case_is_that_of_the_paper(self):
        paper, seen = self.paper, self.court.see()
        assert (seen["state"], seen["outcome"]) == (paper.state, paper.outcome)
        assert seen["refunded"] == Money(paper.back, "CNY").to_wire()
        mediator = self.court.stored().mediator
        if paper.state in ("mediation", "decided", "appealed"):
            expected = None if paper.judge is None else self.order[paper.judge]["member_id"]
            assert (mediator and mediator.member_id) == expected

    @precondition(lambda self: hasattr(self, "paper"))
    @invariant()
    def the_money_is_that_of_the_paper(self):
        net, released, _ = self.court.money()
        assert (net, released) == (NET - self.paper.back, self.released)
        frozen = self.court.town.commitment(self.court.mine)["frozen"]
        assert frozen == (self.paper.state != "closed")
        assert (self.court.town.see()["state"] == "settled") == self.settled

    @precondition(lambda self: hasattr(self, "paper"))
    @invariant()
    def who_has_no_case_sees_none(self):
        for number, judge in enumerate(self.order):
            if number != self.paper.judge:
                with pytest.raises((NotFoundError, ForbiddenError)):
                    self.court.see(judge)

    @precondition(lambda self: hasattr(self, "paper"))
    @invariant()
    def the_books_add_up(self):
        assert self.proofs() == []
