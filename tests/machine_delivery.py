"""A course against a model: any order of holding, cancelling, scanning, correcting, leaving and delivering.

Members pay for what took place, to the fen, and each party counts once in each session.

The model is what a careful organiser would keep on paper. The machine runs on the fakes (tests/unit/campaign) and on a
real PostgreSQL (tests/integration/campaign).
"""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.kernel.errors import ConflictError
from services.kernel.ids import new_id
from tests.builders_delivery import Course
from tests.fakes.chassis import MONDAY

COUNT = 3
NUMBERS = range(1, COUNT + 1)
CONFIRMED, SESSION, DELIVERED = 2000, 5001, 999
PLAN = (("confirmed", CONFIRMED), ("session", SESSION), ("delivered", DELIVERED), ("accepted", 2000))
PRICE, NO_SHOW = 3335, 3333
RULE = {
    "steps": [{"hours_before": 72, "refund_bp": 10000}, {"hours_before": 24, "refund_bp": 5000}],
    "weather_bp": 10000,
    "illness_bp": 5000,
    "no_show_bp": NO_SHOW,
}
GOING = ("confirmed", "delivering")
DAY = timedelta(hours=12)


class Paper:
    """The model: the state of each session, and one line for each commitment."""

    def __init__(self):
        self.state = "confirmed"
        self.sessions = ["planned"] * COUNT
        self.lines = []
        self.counted = {}  # (line, session) -> seats
        self.said = {}  # (line, session) -> present, as somebody said last
        self.settles_at = None

    def plan(self):
        held = self.sessions.count("held")
        return {
            "confirmed": CONFIRMED,
            "delivering": CONFIRMED + SESSION * held // COUNT,
            "delivered": CONFIRMED + SESSION + DELIVERED,
            "settled": 10000,
        }[self.state]

    def release(self):
        for line in self.lines:
            line["released"] = max(line["released"], line["net"] * self.plan() // 10000)

    def gives_back(self, line, amount):
        line["net"] -= amount
        line["released"] = min(line["released"], line["net"])

    def present(self, line, number):
        if (line["at"], number) in self.said:
            return self.said[line["at"], number]
        return (line["at"], number) in self.counted

    def recorded(self, number):
        return any(session == number for _, session in (*self.counted, *self.said))

    def missed(self, line):
        held = [number for number in NUMBERS if self.sessions[number - 1] == "held"]
        return all(self.recorded(number) and not self.present(line, number) for number in held)

    def end_if_nothing_is_left(self):
        if set(self.sessions) != {"cancelled"}:
            return
        self.state = "cancelled"
        for line in self.lines:
            self.gives_back(line, line["net"])
            line["state"] = "refunded"

    def deliver(self):
        held = self.sessions.count("held")
        self.state = "delivered"
        for line in self.lines:
            self.gives_back(line, line["net"] - line["net"] * held // COUNT)
            if line["state"] == "paid":
                line["no_show"] = self.missed(line)
                if line["no_show"]:
                    self.gives_back(line, line["net"] - line["net"] * (10000 - NO_SHOW) // 10000)
                line["state"] = "delivered"
        self.release()


class DeliveryMachine(RuleBasedStateMachine):
    """Subclasses say which desk takes the requests."""

    def new_desk(self):
        raise NotImplementedError

    def proofs(self):
        """Return what does not add up below the answers: the fakes' and the database's own books."""
        raise NotImplementedError

    @initialize(hours=st.sampled_from([None, -30, -11, 0, 0, 0]))
    def form(self, hours):
        self.desk = self.new_desk()
        self.desk.clock.time = MONDAY
        shares = {"supplier_bp": 7001, "organiser_bp": 1000, "community_bp": 999, "platform_bp": 1000}
        options = {"tiers": ((1, f"{PRICE / 100:.2f}"),), "release": PLAN, "cancellation": RULE, "shares": shares}
        self.course = Course(self.desk, COUNT, **options)
        self.paper, self.kept, self.refused_late = Paper(), [], 0
        joined = self.course.form(3, 1, 2)
        for at, one in enumerate(joined):
            line = {"at": at, "answer": one, "seats": one["seats"], "state": "paid", "paid": one["seats"] * PRICE}
            codes = [(self.course.code(one), True)]
            self.paper.lines.append({**line, "net": line["paid"], "released": 0, "no_show": False, "codes": codes})
        self.paper.release()
        if hours is not None:  # most of what there is to see comes after the start
            self.course.go(1, hours=hours)

    def tries(self, allowed, act):
        """Do it and check that it is refused exactly when the model says so."""
        if allowed:
            return act()
        with pytest.raises(ConflictError) as refused:
            act()
        assert refused.value.detail["state"]
        self.refused_late += self.paper.state not in GOING
        return None

    @property
    def now(self):
        return self.desk.clock.now()

    def goes_on(self):
        return self.paper.state in GOING or self.refused_late < 6

    def begin(self):
        if self.paper.state == "confirmed":
            self.paper.state = "delivering"

    @rule(hours=st.sampled_from([-100, -30, -12, 0, 0, 1, 14]), before=st.booleans())
    def time_comes(self, hours, before):
        """Off-by-one lives at the edges: of the refund steps, of the day of a session, of its start."""
        edges = [self.course.start(n) + timedelta(hours=hours) - timedelta(microseconds=before) for n in NUMBERS]
        self.desk.clock.time = min((edge for edge in edges if edge > self.now), default=self.now)

    def some_session(self, data, anyone):
        """Draw a session: mostly one whose day it is, or which is over and still planned."""
        day = [number for number in NUMBERS if abs(self.now - self.course.start(number)) < DAY]
        over = [n for n in NUMBERS if self.paper.sessions[n - 1] == "planned" and self.now >= self.course.start(n)]
        return data.draw(st.sampled_from(NUMBERS if anyone else day or over or NUMBERS))

    @precondition(lambda self: self.goes_on())
    @rule(data=st.data(), anyone=st.booleans(), by_supplier=st.booleans())
    def hold(self, data, anyone, by_supplier):
        paper, course = self.paper, self.course
        number = self.some_session(data, anyone)
        planned = paper.sessions[number - 1] == "planned"
        allowed = paper.state in GOING and planned and self.now >= course.start(number)
        who = course.supplier() if by_supplier else course.organiser()
        if self.tries(allowed, lambda: course.hold(number, who)):
            paper.sessions[number - 1] = "held"
            self.begin()
            paper.release()

    @precondition(lambda self: self.goes_on())
    @rule(number=st.sampled_from(NUMBERS), reason=st.sampled_from(["weather", "illness", "supplier"]))
    def cancel(self, number, reason):
        paper = self.paper
        allowed = paper.state in GOING and paper.sessions[number - 1] == "planned"
        if self.tries(allowed, lambda: self.course.cancel(number, reason, self.course.supplier())):
            paper.sessions[number - 1] = "cancelled"
            paper.end_if_nothing_is_left()

    @precondition(lambda self: self.goes_on())
    @rule(data=st.data(), anyone=st.booleans(), seats=st.sampled_from([None, 1, 2]), online=st.booleans())
    def scan(self, data, anyone, seats, online):
        """A device scans a code, whoever shows it; it uploads what it has now or later."""
        line = data.draw(st.sampled_from(self.paper.lines))
        place = data.draw(st.integers(0, len(line["codes"]) - 1))
        number, more = self.some_session(data, anyone), {} if seats is None else {"seats": seats}
        item = self.course.scan(line["codes"][place][0], number, **more)
        self.kept.append((line, place, number, seats, self.now, item))
        if online:
            self.send(self.kept[-1:])

    @precondition(lambda self: self.kept and self.goes_on())
    @rule(data=st.data())
    def upload(self, data):
        """Any of what was ever scanned, in any order, as often as a device likes."""
        self.send(data.draw(st.lists(st.sampled_from(self.kept), min_size=1, max_size=4)))

    def send(self, chosen):
        allowed = self.paper.state in (*GOING, "delivered")
        items = [item for *_, item in chosen]
        answer = self.tries(allowed, lambda: self.course.upload(*items))
        if answer is None:
            return
        expected = [self.judge(*kept[:-1]) for kept in chosen]
        assert [one["refused"] or one["result"] for one in answer["items"]] == expected
        if "counted" in expected:
            self.begin()

    def judge(self, line, place, number, seats, at):
        paper, start = self.paper, self.course.start(number)
        if line["state"] not in ("paid", "delivered") or not line["codes"][place][1]:
            return "revoked"
        if paper.sessions[number - 1] == "cancelled":
            return "session_cancelled"
        if not start - DAY <= at < start + timedelta(hours=2) + DAY:
            return "other_time"
        if (seats or 0) > line["seats"]:
            return "too_many_seats"
        if (line["at"], number) in paper.counted:
            return "already"
        paper.counted[line["at"], number] = seats or line["seats"]
        self.find(line, number)
        return "counted"

    def find(self, line, number):
        if self.paper.state == "delivered" and self.paper.present(line, number):
            line["no_show"] = False

    @precondition(lambda self: self.goes_on())
    @rule(data=st.data(), anyone=st.booleans(), present=st.booleans())
    def correct(self, data, anyone, present):
        paper, line = self.paper, data.draw(st.sampled_from(self.paper.lines))
        number = self.some_session(data, anyone)
        in_time = paper.state in GOING or (paper.state == "delivered" and present)
        takes_place = paper.sessions[number - 1] != "cancelled" and self.now >= self.course.start(number)
        allowed = in_time and takes_place and line["state"] in ("paid", "delivered")
        if self.tries(allowed, lambda: self.course.correct(line["answer"], number, present)):
            paper.said[line["at"], number] = present
            self.begin()
            self.find(line, number)

    @precondition(lambda self: self.paper.state == "confirmed")
    @rule(data=st.data())
    def leave(self, data):
        line = data.draw(st.sampled_from(self.paper.lines))
        hours = (self.course.start(1) - self.now).total_seconds() / 3600
        allowed = hours > 0 and line["state"] == "paid"
        if self.tries(allowed, lambda: self.course.leave(line["answer"])):
            back = 10000 if hours >= 72 else 5000 if hours >= 24 else 0
            self.paper.gives_back(line, line["net"] - line["net"] * (10000 - back) // 10000)
            line["state"] = "refunded"

    @precondition(lambda self: self.paper.state == "confirmed")
    @rule(data=st.data())
    def hand_over(self, data):
        line, member_id = data.draw(st.sampled_from(self.paper.lines)), new_id()
        self.course.know(member_id)
        asked = {"commitment_id": line["answer"]["commitment_id"], "member_id": str(member_id)}
        allowed = self.now < self.course.start(1) and line["state"] == "paid"
        manager = self.course.organiser(UUID(line["answer"]["community_id"]))
        if self.tries(allowed, lambda: self.desk.do("hand_over", asked, **manager)):
            line["codes"] = [(code, False) for code, _ in line["codes"]] + [(self.course.code(line["answer"]), True)]

    @precondition(lambda self: self.goes_on())
    @rule(by_supplier=st.booleans())
    def deliver(self, by_supplier):
        paper, starts = self.paper, [self.course.start(number) for number in NUMBERS]
        open_ = [s for s, state in zip(starts, paper.sessions, strict=True) if state == "planned" and s > self.now]
        allowed = paper.state in GOING and self.now >= starts[0] and not open_
        who = self.course.supplier() if by_supplier else self.course.organiser()
        if self.tries(allowed, lambda: self.course.deliver(who)):
            paper.sessions = ["held" if state == "planned" else state for state in paper.sessions]
            paper.settles_at = self.now + timedelta(hours=48)
            paper.deliver()

    @rule(hours=st.sampled_from([1, 48]))
    def timers_fire(self, hours):
        self.desk.clock.pass_(hours=hours)
        self.desk.fire_due_timers()
        if self.paper.state == "delivered" and self.now >= self.paper.settles_at:
            self.paper.state = "settled"
            self.paper.release()

    @precondition(lambda self: hasattr(self, "paper"))
    @invariant()
    def the_campaign_is_that_of_the_model(self):
        seen, paper = self.course.see(), self.paper
        assert seen["state"] == paper.state
        assert [one["state"] for one in self.course.sessions()["sessions"]] == paper.sessions
        paid = sum(line["paid"] for line in paper.lines)
        net, released = (sum(line[name] for line in paper.lines) for name in ("net", "released"))
        money = {name: round(float(amount["amount"]) * 100) for name, amount in seen["money"].items()}
        expected = {"paid": paid, "refunded": paid - net, "released": released, "escrow": net - released}
        assert money == {**expected, "moved": 0, "owed": 0}
        assert released <= net

    @precondition(lambda self: hasattr(self, "paper"))
    @invariant()
    def each_commitment_is_that_of_the_model(self):
        for line in self.paper.lines:
            seen = self.course.commitment(line["answer"])
            back = round(float(seen["refunded"]["amount"]) * 100)
            assert (seen["state"], line["paid"] - back) == (line["state"], line["net"])
            attended = self.course.attended(line["answer"])
            if attended["outcome"] is not None:
                assert attended["outcome"]["attended"] is not line["no_show"]
            for session in attended["sessions"]:
                counted = self.paper.counted.get((line["at"], session["number"]))
                assert (session["checked_in_at"] is not None) == (counted is not None)
                present = self.paper.present(line, session["number"])
                assert session["present_seats"] == (counted or line["seats"] if present else 0)

    @precondition(lambda self: hasattr(self, "paper"))
    @invariant()
    def the_books_add_up(self):
        assert self.proofs() == []
