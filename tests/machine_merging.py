"""Two campaigns against a model: whatever the order of joins, answers, endings and time, a merge keeps every promise.

The model knows nothing of tables, locks or transfers. The machine runs on the fakes and on a real PostgreSQL.
"""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.kernel.clock import format_time
from services.kernel.errors import ConflictError
from services.kernel.ids import new_id
from tests.builders_asking import DEADLINE, MERGE, AskedTown, know_supplier
from tests.builders_campaign import match_proposed
from tests.fakes.chassis import MONDAY

JOINING = ("open", "tipped")
SIZES = {"source": (12, 7), "target": (10, 5)}
TIERS = {
    "source": ((1, "50.00"), (3, "40.01")),
    "target": ((1, "45.00"), (4, "40.00"), (8, "33.35")),
}


class Side:
    """One campaign on paper."""

    def __init__(self, name, deadline):
        self.name, self.deadline, self.state, self.reason = name, deadline, "open", None
        self.seats, self.minimum = SIZES[name]
        self.lines, self.paused_until, self.vacant, self.price = [], None, False, None

    def price_at(self, seats):
        return [round(float(price) * 100) for least, price in TIERS[self.name] if least <= max(seats, 1)][-1]

    @property
    def paid(self):
        return sum(line["seats"] for line in self.lines if line["state"] == "paid")

    def joinable(self, now):
        return self.state in JOINING and now < self.deadline and not self.paused_until

    def cross(self):
        if self.state in JOINING:
            self.state = "tipped" if self.paid >= self.minimum else "open"
            if self.paid == self.seats and not self.vacant:
                self.confirm()

    def confirm(self):
        self.state, self.price = "confirmed", self.price_at(self.paid)
        for line in self.lines:
            if line["state"] == "paid":
                line["refunded"] = (line["quote"] - min(line["quote"], self.price)) * line["seats"]

    def refund_all(self, state, reason):
        self.state, self.reason, self.paused_until = state, reason, None
        for line in self.lines:
            if line["state"] == "paid":
                line.update(state="refunded", refunded=line["quote"] * line["seats"])


# Who has joined before anything else happens: mostly fewer than the minimum.
_PEOPLE = st.lists(st.integers(1, 3), min_size=1, max_size=3)


class MergeMachine(RuleBasedStateMachine):
    """Subclasses say which desk takes the requests."""

    def new_desk(self):
        raise NotImplementedError

    def proofs(self):
        """Return what does not add up below the answers: the fakes' and the database's own books."""
        raise NotImplementedError

    @initialize(
        hours=st.sampled_from([3, 30, 60]), here=_PEOPLE, there=_PEOPLE, late=st.sampled_from([True, True, False])
    )
    def open(self, hours, here, there, late):
        self.desk = self.new_desk()
        self.desk.clock.time = MONDAY
        ends = {"source": DEADLINE, "target": DEADLINE + timedelta(hours=hours)}
        category = f"pottery-{new_id()}"  # nothing else on the database can be moved to
        self.towns, self.sides, self.asked, self.count = {}, {}, None, 0
        for name, (seats, minimum) in SIZES.items():
            options = {"seats": seats, "min_group": minimum, "tiers": TIERS[name]}
            offer = {**match_proposed({new_id(): 1}, **options).data["offer"], "category": category}
            town = self.towns[name] = AskedTown(self.desk, offer=offer, seats=seats)
            know_supplier(self.desk, town.supplier_id)
            town.open(deadline=format_time(ends[name]), **(MERGE if name == "source" else {}))
            self.sides[name] = Side(name, ends[name])
        for name, people in (("source", here), ("target", there)):
            for seats in people:
                self.join(name, seats, False)
        if late:
            self.the_deadline_passes()

    @property
    def now(self):
        return self.desk.clock.now()

    @property
    def source(self):
        return self.sides["source"]

    @property
    def target(self):
        return self.sides["target"]

    @property
    def room(self):
        return sum(line["seats"] for line in self.asked["lines"]) if self.asked else 0

    def tries(self, allowed, act):
        if allowed:
            return act()
        with pytest.raises(ConflictError) as refused:
            act()
        assert refused.value.detail["state"]
        return None

    @rule(name=st.sampled_from(["source", "target", "target"]), seats=st.integers(1, 4), second=st.booleans())
    def join(self, name, seats, second):
        side, town, self.count = self.sides[name], self.towns[name], self.count + 1
        room = self.room if name == "target" else 0
        allowed = side.joinable(self.now) and side.paid + room + seats <= side.seats
        data = {"campaign_id": town.campaign_id, "seats": seats}
        data["payment"] = {"method": "offline", "receipt": f"{self.count}-{town.campaign_id}"}
        who = town.organiser(town.b if second else town.a)
        answer = self.tries(allowed, lambda: self.desk.do("reserve_seats", data, **who))
        if answer is not None:
            quote = side.price_at(side.paid + room + seats)
            side.lines.append({"answer": answer, "seats": seats, "quote": quote, "state": "paid", "refunded": 0})
            side.cross()

    @precondition(lambda self: any(side.lines for side in self.sides.values()))
    @rule(data=st.data())
    def leave(self, data):
        name, line = data.draw(st.sampled_from([(n, one) for n, side in self.sides.items() for one in side.lines]))
        side = self.sides[name]
        free = side.joinable(self.now) or (side.paused_until and side.vacant)
        if side.state == "confirmed" or line.get("newcomer"):
            return  # what leaving costs then is another machine's business
        if self.tries(free and line["state"] == "paid", lambda: self.towns[name].leave(line["answer"])):
            line.update(state="refunded", refunded=line["quote"] * line["seats"])
            side.cross()

    @precondition(lambda self: self.asked and self.source.lines)
    @rule(data=st.data(), accept=st.booleans())
    def answer(self, data, accept):
        line = data.draw(st.sampled_from([*self.source.lines, *self.asked["lines"]]))
        self._answer(line, accept)

    def _answer(self, line, accept):
        asked = self.asked
        allowed = line in asked["lines"] and self.now < asked["term"] and line["state"] == "paid"
        word = "accept" if accept else "refund"
        if self.tries(allowed, lambda: self.towns["source"].answer(line["answer"], word)):
            asked["answers"][id(line)] = accept
            if len(asked["answers"]) == len(asked["lines"]):
                self.conclude()

    @precondition(lambda self: self.asked and self.now < self.asked["term"])
    @rule(words=st.lists(st.sampled_from([True, True, True, False, None]), min_size=1, max_size=4))
    def several_answer(self, words):
        for line, accept in zip(list(self.asked["lines"]), words, strict=False):
            if self.asked and accept is not None and line["state"] == "paid":
                self._answer(line, accept)

    @precondition(lambda self: self.target.state in JOINING and len(self.target.lines) > 1)
    @rule()
    def close_target(self):
        accepted = sum(line["seats"] for line in self.accepting())
        side = self.target
        if side.paused_until or side.paid + accepted < side.minimum:
            return  # it is refused and undone, which the fakes cannot
        self.towns["target"].act("close_campaign")
        if self.asked and self.asked["open"]:
            self.conclude()
        if side.state in JOINING:
            side.confirm()

    @precondition(lambda self: self.count > 7)
    @rule(name=st.sampled_from(["source", "target"]))
    def cancel(self, name):
        side = self.sides[name]
        if self.tries(side.state in JOINING, lambda: self.towns[name].act("cancel_campaign", reason="x")):
            side.refund_all("cancelled", "organiser_cancelled")

    @precondition(lambda self: self.count > 7)
    @rule()
    def supplier_of_the_target_withdraws(self):
        side = self.target
        self.towns["target"].withdraw()
        if side.state in (*JOINING, "confirmed") and not side.vacant:
            side.vacant, side.paused_until = True, self.now + timedelta(hours=48)

    @precondition(lambda self: self.source.state == "open" and not self.source.paused_until and self.now < DEADLINE)
    @rule()
    def the_deadline_passes(self):
        self.desk.clock.time = DEADLINE
        self.timers_fire()

    @rule(hours=st.sampled_from([1, 20]))
    def time_passes(self, hours):
        self.desk.clock.pass_(hours=hours)

    @rule(data=st.data(), just_before=st.booleans())
    def time_comes_to_an_edge(self, data, just_before):
        ends = {DEADLINE, self.target.deadline, self.target.deadline - timedelta(hours=1)}
        ends |= {self.asked["term"]} if self.asked else set()
        step = timedelta(microseconds=1 if just_before else 0)
        edges = sorted(end - step for end in ends if end - step > self.now)
        if edges:
            self.desk.clock.time = data.draw(st.sampled_from(edges))

    @rule()
    def timers_fire(self):
        while self.desk.fire_due_timers():
            pass
        source, target = self.source, self.target
        if target.vacant and target.paused_until and self.now >= target.paused_until:
            target.refund_all("cancelled", "supplier_withdrew")
        if source.state == "open" and not source.paused_until and self.now >= DEADLINE:
            self.decide_source()
        elif source.state == "tipped" and self.now >= DEADLINE:
            source.confirm()
        if self.asked and (self.now >= self.asked["term"] or self.is_void()):
            self.conclude()
        if target.state in JOINING and not target.paused_until and self.now >= target.deadline:
            target.confirm() if target.state == "tipped" else target.refund_all("failed", "minimum_missed")

    def is_void(self):
        return self.source.state != "open" or self.target.state not in JOINING or self.target.paused_until is not None

    def decide_source(self):
        moving = self.fitting()
        if not moving:
            return self.source.refund_all("failed", "minimum_missed")
        for line in self.source.lines:
            if line["state"] == "paid" and line not in moving:
                line.update(state="refunded", refunded=line["quote"] * line["seats"])
        term = min(self.now + timedelta(hours=24), self.target.deadline - timedelta(hours=1))
        self.source.paused_until = term
        self.asked = {"lines": moving, "answers": {}, "term": term, "open": True}

    def fitting(self):
        target = self.target
        if not target.joinable(self.now) or target.deadline - timedelta(hours=1) <= self.now:
            return []
        willing = [line for line in self.source.lines if line["state"] == "paid"]
        while willing:
            found, free = [], target.seats - target.paid
            for line in willing:
                if line["seats"] <= free:
                    found.append(line)
                    free -= line["seats"]
            price = target.price_at(target.paid + sum(line["seats"] for line in found))
            if all(price <= line["quote"] for line in found):
                return found
            willing = [line for line in willing if price <= line["quote"]]
        return []

    def accepting(self):
        if not self.asked:
            return []
        return [line for line in self.asked["lines"] if self.asked["answers"].get(id(line))]

    def conclude(self):
        source, target, accepting, void = self.source, self.target, self.accepting(), self.is_void()
        self.asked = None
        if source.state != "open":
            return
        if void or not accepting:
            return source.refund_all("failed", "minimum_missed")
        price = target.price_at(target.paid + sum(line["seats"] for line in accepting))
        for line in accepting:
            pays = min(line["quote"], price)
            line.update(state="moved", refunded=(line["quote"] - pays) * line["seats"], moved=pays * line["seats"])
            fresh = {"seats": line["seats"], "quote": pays, "state": "paid", "refunded": 0, "newcomer": line["answer"]}
            target.lines.append(fresh)
        source.refund_all("failed", "merged")
        target.cross()

    @precondition(lambda self: hasattr(self, "sides"))
    @invariant()
    def the_answers_are_those_of_the_model(self):
        for name, side in self.sides.items():
            seen = self.towns[name].see()
            assert (seen["state"], seen["reason"] if side.reason else None) == (side.state, side.reason)
            assert (seen["pause"] is not None) == (side.paused_until is not None)
            if side.state not in ("failed", "cancelled"):
                assert seen["paid_seats"] == side.paid
            if name == "target" and side.state in JOINING:
                assert seen["reserved_seats"] == self.room
            assert seen["paid_seats"] + seen["reserved_seats"] <= side.seats
            money = {key: round(float(seen["money"][key]["amount"]) * 100) for key in ("paid", "refunded", "moved")}
            assert money == {
                "paid": sum(line["quote"] * line["seats"] for line in side.lines),
                "refunded": sum(line["refunded"] for line in side.lines),
                "moved": sum(line.get("moved", 0) for line in side.lines),
            }

    @precondition(lambda self: hasattr(self, "sides"))
    @invariant()
    def each_commitment_is_that_of_the_model(self):
        for name, side in self.sides.items():
            for line in side.lines:
                if "answer" in line:
                    seen = self.towns[name].commitment(line["answer"])
                    assert (seen["state"], round(float(seen["price"]["amount"]) * 100)) == (
                        line["state"],
                        line["quote"],
                    )

    @precondition(lambda self: hasattr(self, "sides"))
    @invariant()
    def the_books_add_up(self):
        assert self.proofs() == []
