"""A campaign against a model: any order of joins, payments, drop-outs, endings and time must keep every promise.

The model knows nothing of tables, locks or transfers; it is what a careful organiser would keep on paper. The machine
runs on the fakes (tests/unit/campaign) and on a real PostgreSQL (tests/integration/campaign).
"""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.kernel.errors import ConflictError
from tests.builders_campaign import DEADLINE, SLOT_START, Town, news
from tests.fakes.chassis import MONDAY

SEATS, MINIMUM = 9, 4
TIERS = ((1, "99.99"), (4, "90.01"), (7, "33.35"))
PLAN = (("confirmed", 3333), ("delivered", 3334), ("accepted", 3333))
JOINING = ("open", "tipped")


def price_at(seats):
    return [round(float(price) * 100) for least, price in TIERS if least <= max(seats, 1)][-1]


class Paper:
    """The model: a list of commitments and the state, counted anew each time."""

    def __init__(self):
        self.state = "open"
        self.lines = []
        self.price = None
        self.settles_at = None

    def seats(self, *states):
        return sum(line["seats"] for line in self.lines if line["state"] in states)

    def joinable(self, now):
        return self.state in JOINING and now < DEADLINE

    def cross(self):
        self.state = "tipped" if self.seats("paid") >= MINIMUM else "open"
        if self.seats("paid") == SEATS:
            self.confirm()

    def confirm(self):
        self.state, self.price = "confirmed", price_at(self.seats("paid"))
        self.end("reserved", "expired")
        self.release(3333)

    def call_off(self, state, unpaid):
        self.state = state
        self.end("reserved", unpaid)
        self.end("paid", "refunded")

    def end(self, of, to):
        for line in self.lines:
            if line["state"] == of:
                line["state"] = to

    def money(self):
        """Return (paid, refunded, released) in fen."""
        paid = sum(line["seats"] * line["quote"] for line in self.lines if line["receipt"])
        nets = [
            line["fee"] if line["state"] == "refunded" else self.cost(line) for line in self.lines if line["receipt"]
        ]
        if self.price is None:
            return paid, paid - sum(nets), 0
        return paid, paid - sum(nets), self.released

    def cost(self, line):
        return line["seats"] * (line["quote"] if self.price is None else min(line["quote"], self.price))

    def release(self, share):
        """Let the receivers have ``share`` ten thousandths of everything that stays."""
        for line in self.lines:
            if line["receipt"]:
                net = line["fee"] if line["state"] == "refunded" else self.cost(line)
                line["released"] = max(line["released"], net * share // 10000)

    @property
    def released(self):
        return sum(line["released"] for line in self.lines)

    def give_up(self, line, now):
        """Leave a group that was formed: the later, the less comes back, and what was released of it does too."""
        hours, cost = (SLOT_START - now).total_seconds() / 3600, self.cost(line)
        back = 10000 if hours >= 72 else 5000 if hours >= 24 else 0
        line.update(state="refunded", fee=cost * (10000 - back) // 10000)
        line["released"] = min(line["released"], line["fee"])


def while_worthwhile(machine):
    """Once a campaign has ended, a few refusals are enough: the rest of the steps are for what comes after."""
    return machine.paper.state in JOINING or machine.refused_late < 3


class CampaignMachine(RuleBasedStateMachine):
    """Subclasses say which desk takes the requests."""

    def new_desk(self):
        raise NotImplementedError

    def proofs(self):
        """Return what does not add up below the answers: the fakes' and the database's own books."""
        raise NotImplementedError

    @initialize()
    def open(self):
        self.desk = self.new_desk()
        self.desk.clock.time = MONDAY
        options = {"seats": SEATS, "min_group": MINIMUM, "tiers": TIERS, "release": PLAN}
        self.town = Town(self.desk, people=(5, 4), **options)
        self.town.open(hold_minutes=30)
        self.paper = Paper()
        self.refused_late = 0

    def tries(self, allowed, act):
        """Do it and check that it is refused exactly when the model says so."""
        if allowed:
            return act()
        with pytest.raises(ConflictError) as refused:
            act()
        assert refused.value.detail["state"]
        self.refused_late += self.paper.state not in JOINING
        return None

    @property
    def now(self):
        return self.desk.clock.now()

    @precondition(while_worthwhile)
    @rule(seats=st.integers(1, 4), second=st.booleans(), at_once=st.booleans())
    def join(self, seats, second, at_once):
        paper, taken = self.paper, self.paper.seats("reserved", "paid")
        allowed = paper.joinable(self.now) and taken + seats <= SEATS
        who = self.town.organiser(self.town.b if second else self.town.a)
        data = {"campaign_id": self.town.campaign_id, "seats": seats}
        if at_once:
            data["payment"] = {"method": "offline", "receipt": f"{len(paper.lines)}-at-once-{self.town.campaign_id}"}
        answer = self.tries(allowed, lambda: self.desk.do("reserve_seats", data, **who))
        if answer is None:
            return
        until = min(self.now + timedelta(minutes=30), DEADLINE)
        line = {"answer": answer, "seats": seats, "quote": price_at(taken + seats), "until": until, "receipt": at_once}
        line |= {"fee": 0, "released": 0}
        paper.lines.append({**line, "state": "paid" if at_once else "reserved"})
        if at_once:
            paper.cross()

    @precondition(lambda self: self.paper.lines and while_worthwhile(self))
    @rule(data=st.data(), any_line=st.booleans())
    def pay(self, data, any_line):
        held = [line for line in self.paper.lines if line["state"] == "reserved"]
        line = data.draw(st.sampled_from(self.paper.lines if any_line or not held else held))
        allowed = self.paper.joinable(self.now) and line["state"] == "reserved" and self.now < line["until"]
        if self.tries(allowed, lambda: self.town.pay(line["answer"])):
            line.update(state="paid", receipt=True)
            self.paper.cross()

    @precondition(lambda self: len(self.paper.lines) > 1 and while_worthwhile(self))
    @rule(data=st.data())
    def leave(self, data):
        line = data.draw(st.sampled_from(self.paper.lines))
        formed = self.paper.state == "confirmed" and self.now < SLOT_START
        allowed = (self.paper.joinable(self.now) or formed) and line["state"] in ("reserved", "paid")
        if not self.tries(allowed, lambda: self.town.leave(line["answer"])):
            return
        if formed:
            self.paper.give_up(line, self.now)
        else:
            line["state"] = "refunded" if line["state"] == "paid" else "cancelled"
            self.paper.cross()

    @rule(minutes=st.sampled_from([1, 20]))
    def time_passes(self, minutes):
        self.desk.clock.pass_(minutes=minutes)

    @rule(data=st.data(), just_before=st.booleans())
    def time_comes_to_an_edge(self, data, just_before):
        """Off-by-one lives where a hold, the deadline, the slot or the acceptance window ends."""
        ends = {line["until"] for line in self.paper.lines if line["state"] == "reserved"}
        ends |= {DEADLINE} if self.paper.state in JOINING else {SLOT_START, self.paper.settles_at or SLOT_START}
        step = timedelta(microseconds=1 if just_before else 0)
        edges = sorted(end - step for end in ends if end - step > self.now)
        if edges:
            self.desk.clock.time = data.draw(st.sampled_from(edges))

    @rule()
    def timers_fire(self):
        self.desk.fire_due_timers()
        paper = self.paper
        if paper.state in JOINING:
            for line in paper.lines:
                if line["state"] == "reserved" and self.now >= line["until"]:
                    line["state"] = "expired"
            if self.now >= DEADLINE and paper.seats("paid") >= MINIMUM:
                paper.confirm()
            elif self.now >= DEADLINE:
                paper.call_off("failed", "expired")
        elif paper.state == "delivered" and self.now >= paper.settles_at:
            paper.state = "settled"
            paper.release(10000)

    @precondition(while_worthwhile)
    @rule()
    def close(self):
        if self.tries(self.paper.state == "tipped", lambda: self.town.act("close_campaign")):
            self.paper.confirm()

    @precondition(lambda self: len(self.paper.lines) > 4 and while_worthwhile(self))
    @rule(lapse=st.booleans())
    def call_off(self, lapse):
        if lapse:
            data = {"match_id": self.town.match_id, "pool_id": None, "reason": "hold_expired"}
            self.desk.hear(news("supplier", "match_expired.v1", self.town.match_id, data))
            ended = self.paper.state in JOINING
        else:
            ended = self.tries(self.paper.state in JOINING, lambda: self.town.act("cancel_campaign", reason="weather"))
        if ended:
            self.paper.call_off("cancelled", "cancelled")

    @rule(by_supplier=st.booleans())
    def deliver(self, by_supplier):
        allowed = self.paper.state == "confirmed" and self.now >= SLOT_START
        who = self.town.supplier() if by_supplier else self.town.organiser()
        if self.tries(allowed, lambda: self.town.act("deliver_campaign", who)):
            self.paper.state, self.paper.settles_at = "delivered", self.now + timedelta(hours=48)
            self.paper.end("paid", "delivered")
            self.paper.release(6667)

    @precondition(lambda self: hasattr(self, "paper"))
    @invariant()
    def the_answers_are_those_of_the_model(self):
        seen = self.town.see()
        assert seen["state"] == self.paper.state
        assert seen["reserved_seats"] == self.paper.seats("reserved")
        if self.paper.state not in ("failed", "cancelled"):
            assert seen["paid_seats"] == self.paper.seats("paid", "delivered")
        assert seen["paid_seats"] + seen["reserved_seats"] <= SEATS
        money = {name: round(float(amount["amount"]) * 100) for name, amount in seen["money"].items()}
        paid, refunded, released = self.paper.money()
        assert money == {
            "paid": paid,
            "refunded": refunded,
            "released": released,
            "moved": 0,
            "owed": 0,
            "escrow": paid - refunded - released,
        }

    @precondition(lambda self: hasattr(self, "paper"))
    @invariant()
    def each_commitment_is_that_of_the_model(self):
        for line in self.paper.lines:
            seen = self.town.commitment(line["answer"])
            assert seen["state"] == line["state"]
            assert round(float(seen["price"]["amount"]) * 100) == line["quote"]
            if seen["final_price"] is not None:
                assert float(seen["final_price"]["amount"]) * 100 <= line["quote"] + 0.001

    @precondition(lambda self: hasattr(self, "paper"))
    @invariant()
    def the_books_add_up(self):
        assert self.proofs() == []
