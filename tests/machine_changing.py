"""A group that was formed against a model: its supplier is replaced, it is moved, people leave and answer, time passes.

The model knows nothing of tables, locks or transfers. The machine runs on the fakes and on a real PostgreSQL.
"""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.kernel.clock import format_time
from services.kernel.errors import ConflictError
from tests.builders_asking import SLOT_START, AskedTown
from tests.fakes.chassis import MONDAY

TIERS = ((4, "50.00"), (8, "40.01"))
PLAN = (("confirmed", 3333), ("delivered", 3334), ("accepted", 3333))
OFFERS = (
    {"tiers": ((2, "45.00"), (6, "39.99")), "min_group": 2},
    {"tiers": ((4, "60.00"), (7, "33.35")), "min_group": 4},
    {"tiers": ((1, "99.00"),), "min_group": 1},
    {"tiers": ((5, "40.01"),), "min_group": 5},
)
HOURS, MINIMUM = 48, 4


def price_at(tiers, seats):
    return [round(float(price) * 100) for least, price in tiers if least <= max(seats, tiers[0][0])][-1]


class ChangeMachine(RuleBasedStateMachine):
    """Subclasses say which desk takes the requests."""

    def new_desk(self):
        raise NotImplementedError

    def proofs(self):
        """Return what does not add up below the answers: the fakes' and the database's own books."""
        raise NotImplementedError

    @initialize(
        people=st.lists(st.integers(1, 3), min_size=4, max_size=6), first=st.sampled_from(["leave", "move", ""])
    )
    def open(self, people, first):
        self.desk = self.new_desk()
        self.desk.clock.time = MONDAY
        self.town = AskedTown(self.desk, tiers=TIERS, min_group=MINIMUM, seats=30, release=PLAN)
        self.town.open(ask_hours=HOURS)
        self.state, self.until, self.about, self.asked, self.start = "confirmed", None, None, None, SLOT_START
        self.minimum, self.match, self.settles_at = MINIMUM, self.town.match_id, None
        self.lines, taken = [], 0
        for seats in people:
            taken += seats
            quote = price_at(TIERS, taken)
            self.lines.append({"answer": self.town.join(seats), "seats": seats, "paid": quote * seats, "quote": quote,
                               "state": "paid", "kept": 0, "released": 0})  # fmt: skip
        self.town.act("close_campaign")
        for line in self.lines:
            line["price"] = min(line["quote"], price_at(TIERS, taken))
        self.release(3333)
        if first == "leave":
            self.withdraw()
        elif first == "move":
            self.move(60, True)

    def net(self, line):
        """What stays of a line: the price of its seats, or the fee that it paid for leaving."""
        return line["price"] * line["seats"] if line["state"] in ("paid", "delivered") else line["kept"]

    def release(self, share):
        for line in self.lines:
            line["released"] = max(line["released"], self.net(line) * share // 10000)

    @property
    def now(self):
        return self.desk.clock.now()

    @property
    def there(self):
        return [line for line in self.lines if line["state"] == "paid"]

    def seats(self, lines=None):
        return sum(line["seats"] for line in (self.there if lines is None else lines))

    def refund(self, lines):
        for line in lines:
            line.update(state="refunded", kept=0)
            line["released"] = 0

    def tries(self, allowed, act):
        if allowed:
            return act()
        with pytest.raises(ConflictError) as refused:
            act()
        assert refused.value.detail["state"]
        return None

    @precondition(lambda self: self.about is None or len(self.there) < 4)
    @rule()
    def withdraw(self):
        self.town.withdraw(self.match)
        if self.state == "confirmed" and self.about != "replacement":
            self.about, self.until, self.asked = "replacement", self.now + timedelta(hours=HOURS), None
            for line in self.lines:
                line["released"] = 0

    @precondition(lambda self: self.about == "replacement" and (not self.asked or len(self.asked["answers"]) > 1))
    @rule(offer=st.sampled_from(OFFERS), hours=st.sampled_from([1, 30, 100]), early=st.booleans())
    def propose(self, offer, hours, early):
        held, start = self.now + timedelta(hours=hours), self.now + timedelta(hours=20 if early else 90)
        slot = {"slot_id": self.match, "start": format_time(start), "end": format_time(start + timedelta(hours=2))}
        changes = {"held_until": format_time(held), "slot": {**slot, "sessions": []}, "release": PLAN}
        event = self.town.propose(self.match, **offer, **changes)
        self.asked = None  # of two the later one stands
        lowest = min((line["price"] for line in self.there), default=None)
        sizes = [offer["min_group"], *(seats for seats, _ in offer["tiers"] if seats > offer["min_group"])]
        least = next((n for n in sizes if lowest is None or price_at(offer["tiers"], n) <= lowest), None)
        ends = (self.until, self.now + timedelta(hours=24), held - timedelta(minutes=15), start - timedelta(hours=1))
        if least is not None and least <= self.seats() and min(ends) > self.now:
            self.ask("replacement", min(ends), least, offer=offer, start=start, held=held, event=event)

    def ask(self, about, term, least, **more):
        lines = [line for line in self.there]
        self.asked = {"about": about, "term": term, "least": least, "lines": lines, "answers": {}, **more}

    @precondition(lambda self: self.asked and self.asked["about"] == "replacement")
    @rule()
    def lose(self):
        self.town.lose(self.asked["event"])
        self.asked = None

    @precondition(lambda self: len(self.lines) > 0)
    @rule(hours=st.sampled_from([-20, 5, 60]), by_supplier=st.booleans())
    def move(self, hours, by_supplier):
        start = self.start + timedelta(hours=hours)
        term = min(self.now + timedelta(hours=HOURS), min(start, self.start) - timedelta(hours=1))
        allowed = self.state == "confirmed" and not self.about and self.now < self.start and term > self.now
        if start <= self.now or (self.about == "replacement" and by_supplier) or self.match != self.town.match_id:
            return  # the first is a wrong value, and the others are somebody else's supplier
        changes = {"start": format_time(start), "end": format_time(start + timedelta(hours=2))}
        who = {"role": "supplier", "supplier_id": self.town.supplier_id} if by_supplier else None
        more = {"even_if_fewer": True} if by_supplier else {}
        if self.tries(allowed, lambda: self.town.move(who, **changes, **more)):
            self.about, self.until = "move", term
            self.ask("move", term, 1 if by_supplier else self.minimum, start=start)
            self.settle_if_answered()

    @precondition(lambda self: self.asked)
    @rule(words=st.lists(st.sampled_from([True, True, True, True, False, None]), min_size=3, max_size=6))
    def several_answer(self, words):
        for line, accept in zip(list(self.asked["lines"]), words, strict=False):
            if self.asked and accept is not None:
                self.answer(line, accept)

    def answer(self, line, accept):
        allowed = line["state"] == "paid" and self.now < self.asked["term"]
        word = "accept" if accept else "refund"
        if self.tries(allowed, lambda: self.town.answer(line["answer"], word)):
            self.asked["answers"][id(line)] = accept
            self.settle_if_answered()

    def settle_if_answered(self):
        if self.asked and all(id(line) in self.asked["answers"] for line in self.there):
            self.conclude()

    @rule(data=st.data())
    def leave(self, data):
        line = data.draw(st.sampled_from(self.lines))
        free = self.about is not None
        open_ = self.about == "replacement" or self.now < self.start
        allowed = self.state == "confirmed" and line["state"] == "paid" and open_
        if not self.tries(allowed, lambda: self.town.leave(line["answer"])):
            return
        hours, net = (self.start - self.now).total_seconds() / 3600, self.net(line)
        back = 10000 if free or hours >= 72 else 5000 if hours >= 24 else 0
        line.update(state="refunded", kept=net * (10000 - back) // 10000)
        line["released"] = min(line["released"], line["kept"])
        if self.about:
            self.settle_if_answered()

    def conclude(self):
        asked, self.asked = self.asked, None
        stay = [line for line in self.there if asked["answers"].get(id(line))]
        if asked["about"] == "replacement" and self.now >= asked["held"]:
            return
        if self.seats(stay) < asked["least"] or not stay:
            if asked["about"] == "move":
                self.call_off()
            return
        self.refund([line for line in self.there if line not in stay])
        self.about = self.until = None
        self.start = asked["start"]
        if asked["about"] == "replacement":
            self.match, self.minimum = asked["event"].data["match_id"], asked["offer"]["min_group"]
            price = price_at(asked["offer"]["tiers"], self.seats())
            for line in stay:
                line["price"] = min(line["price"], price)
                line["released"] = max(line["released"], self.net(line) * 3333 // 10000)

    def call_off(self):
        self.state, self.about, self.until, self.asked = "cancelled", None, None, None
        self.refund(self.lines)

    @rule(hours=st.sampled_from([1, 12]))
    def time_passes(self, hours):
        self.desk.clock.pass_(hours=hours)

    @precondition(lambda self: self.asked is None or len(self.asked["answers"]) > 1)
    @rule(data=st.data(), just_before=st.booleans())
    def time_comes_to_an_edge(self, data, just_before):
        ends = {self.start, self.until or self.start, self.asked["term"] if self.asked else self.start}
        step = timedelta(microseconds=1 if just_before else 0)
        edges = sorted(end - step for end in ends if end - step > self.now)
        if edges:
            self.desk.clock.time = data.draw(st.sampled_from(edges))

    @rule()
    def timers_fire(self):
        while self.desk.fire_due_timers():
            pass
        if self.asked and self.now >= self.asked["term"]:
            self.conclude()
        if self.about == "replacement" and self.now >= self.until:
            self.call_off()
        if self.state == "delivered" and self.now >= self.settles_at:
            self.state = "settled"
            self.release(10000)

    @rule()
    def deliver(self):
        allowed = self.state == "confirmed" and not self.about and self.now >= self.start
        if self.tries(allowed, lambda: self.town.act("deliver_campaign")):
            self.state, self.settles_at = "delivered", self.now + timedelta(hours=48)
            for line in self.there:
                line["state"] = "delivered"
            self.release(6667)

    @precondition(lambda self: hasattr(self, "lines"))
    @invariant()
    def the_answers_are_those_of_the_model(self):
        seen = self.town.see()
        assert (seen["state"], seen["pause"] and seen["pause"]["about"]) == (self.state, self.about)
        assert seen["match_id"] == self.match
        if self.until:
            assert seen["pause"]["until"] == format_time(self.until)
        if self.state != "cancelled":
            held = [line for line in self.lines if line["state"] in ("paid", "delivered")]
            assert seen["paid_seats"] == self.seats(held)
            assert seen["slot"]["start"] == format_time(self.start)
        money = {name: round(float(seen["money"][name]["amount"]) * 100) for name in ("paid", "refunded", "released")}
        paid, nets = sum(line["paid"] for line in self.lines), sum(self.net(line) for line in self.lines)
        released = sum(line["released"] for line in self.lines)
        assert money == {"paid": paid, "refunded": paid - nets, "released": released}

    @precondition(lambda self: hasattr(self, "lines"))
    @invariant()
    def each_commitment_is_that_of_the_model(self):
        for line in self.lines:
            seen = self.town.commitment(line["answer"])
            assert seen["state"] == line["state"]
            assert round(float(seen["refunded"]["amount"]) * 100) == line["paid"] - self.net(line)
            assert float(seen["final_price"]["amount"]) <= float(seen["price"]["amount"])

    @precondition(lambda self: hasattr(self, "lines"))
    @invariant()
    def the_books_add_up(self):
        assert self.proofs() == []
