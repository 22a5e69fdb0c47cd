"""Everything at once against a notebook: policies, parties, tolerance, a waiting list, cash and a provider that
misbehaves, drop-outs, disputes, refunds, time. The exact machines (machine_campaign.py, machine_dispute.py) predict
each answer of a part; this one lets all parts meet and keeps what a member would: what it was told, and its account.

While it runs: states move along the lines of the notebook only, nobody is asked for more than was quoted, seats are
never oversold, paid and waiting is never called formed, and every book adds up. When it ends, the provider is well
again and time passes: then each member's own account there, the provider's statement and the ledger say the same.
"""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.campaign.domain.orders import OrderState
from services.campaign.providers.port import Kind
from services.kernel.errors import Refusal
from services.kernel.ids import new_id
from tests.bank import QUICK
from tests.builders_campaign import DEADLINE, SLOT_START, Town, cny
from tests.fakes.chassis import MONDAY
from tests.statements import differences, worst_day

SEATS = 14
TIERS = ((6, "99.99"), (9, "90.01"), (12, "33.35"))
FALLBACK = ((2, "130.03"), (4, "110.07"))
SHARES = {"supplier_bp": 8500, "organiser_bp": 500, "community_bp": 600, "platform_bp": 400}
DAYS = 40

# From which state a commitment, and a campaign, may be seen to go to which; staying is always allowed. Between two
# looks several steps may lie.
COMMITMENT = {
    "waiting": {"reserved", "paid", "authorised", "cancelled", "expired", "refunded", "delivered"},
    "reserved": {"paid", "authorised", "cancelled", "expired", "refunded", "delivered"},
    "authorised": {"paid", "cancelled", "expired", "refunded", "delivered"},
    "paid": {"refunded", "delivered"},
    "delivered": set(),
    "cancelled": set(),
    "expired": set(),
    "refunded": set(),
}
CAMPAIGN = {
    "open": {"tipped", "confirmed", "delivered", "settled", "failed", "cancelled"},
    "tipped": {"open", "confirmed", "delivered", "settled", "failed", "cancelled"},
    "confirmed": {"delivered", "settled", "cancelled"},
    "delivered": {"settled"},
    "settled": set(),
    "failed": set(),
    "cancelled": set(),
}
POLICIES = (
    {"action": "fail"},
    {"action": "extend", "extend_hours": 24, "extend_times": 2},
    {"action": "smaller_tier"},
)
BEARERS = ({"bearer": "supplier"}, {"bearer": "dropouts", "deposit_bp": 2500}, {"bearer": "fund"})


def fen(money):
    return round(float(money["amount"]) * 100) if money else 0


class PromisesMachine(RuleBasedStateMachine):
    """Subclasses say which desk takes the requests, and what its books say."""

    def new_desk(self):
        raise NotImplementedError

    def proofs(self):
        raise NotImplementedError

    @initialize(
        profile=st.sampled_from([QUICK, worst_day()]),
        seed=st.integers(0, 999),
        missed=st.sampled_from(POLICIES),
        loss=st.sampled_from(BEARERS),
    )
    def open(self, profile, seed, missed, loss):
        self.desk = self.new_desk()
        self.desk.clock.time = MONDAY
        self.desk.with_bank(profile, seed=seed)
        options = {"seats": SEATS, "min_group": 6, "tiers": TIERS, "shares": SHARES, "fallback_tiers": FALLBACK}
        self.town = Town(self.desk, people=(9, 5), **options)
        if loss["bearer"] == "fund":
            self._fill_the_fund()
        self.town.open(on_missed=missed, tier_loss=loss, hold_minutes=60)
        self.notes = {}
        self.campaign = "open"
        self.cases = []

    def _fill_the_fund(self):
        gift = {"community_id": str(self.town.a), "amount": cny("50.00"), "receipt": str(new_id())}
        self.desk.do("contribute_to_fund", gift, **self.town.organiser())

    def attempt(self, act):
        """Do it, or be told why not: a refusal names the state where one is about it, and changes nothing."""
        before = self.town.see()
        try:
            return act()
        except Refusal:
            pass
        assert self.town.see()["version"] == before["version"], "a refusal changed something"
        return None

    def note(self, answer):
        if answer is not None:
            self.notes[answer["commitment_id"]] = {"state": answer["state"], "price": fen(answer["price"])}

    def some(self, data, *states):
        wanted = sorted(one for one, note in self.notes.items() if note["state"] in states)
        return self.town.commitment({"commitment_id": data.draw(st.sampled_from(wanted))}) if wanted else None

    # What people do

    @rule(seats=st.integers(1, 4), more=st.integers(0, 2), party=st.booleans(), second=st.booleans())
    def join(self, seats, more, party, second):
        who = self.town.member(self.town.b if second else self.town.a)
        data = {"campaign_id": self.town.campaign_id, "seats": seats, "wait": True}
        if party:
            data["party"] = {"adult": 1, "child": seats - 1} if seats > 1 else {"adult": 1}
        else:
            data["upto_seats"] = seats + more
        self.note(self.attempt(lambda: self.desk.do("reserve_seats", data, **who)))

    @rule(data=st.data(), later=st.booleans())
    def pay_online(self, data, later):
        one = self.some(data, "reserved")
        if one is not None:
            self.attempt(lambda: self.town.start_payment(one, later=later))
            self.desk.work()

    @rule(data=st.data())
    def pay_in_cash(self, data):
        one = self.some(data, "reserved")
        if one is not None:
            self.attempt(lambda: self.town.pay(one))

    @rule(data=st.data(), cause=st.sampled_from(["own", "own", "illness", "supplier"]))
    def leave(self, data, cause):
        one = self.some(data, "waiting", "reserved", "authorised", "paid")
        if one is not None:
            self.attempt(lambda: self.town.leave(one, cause=cause))

    @rule(data=st.data(), seats=st.integers(1, 4))
    def change(self, data, seats):
        one = self.some(data, "reserved", "paid")
        if one is not None:
            who = self.town.organiser(UUID(one["community_id"]))
            wanted = {"commitment_id": one["commitment_id"], "seats": seats}
            self.attempt(lambda: self.desk.do("change_seats", wanted, **who))

    @rule()
    def close_early(self):
        self.attempt(lambda: self.town.act("close_campaign"))
        self.desk.work()

    @precondition(lambda self: len(self.notes) > 6)
    @rule(weather=st.booleans())
    def call_off(self, weather):
        cause = {"cause": "weather"} if weather else {}
        self.attempt(lambda: self.town.act("cancel_campaign", reason="台风", **cause))
        self.desk.work()

    @rule()
    def deliver(self):
        self.attempt(lambda: self.town.act("deliver_campaign"))

    @precondition(lambda self: self.campaign == "delivered")
    @rule(data=st.data(), part=st.integers(1, 4))
    def dispute(self, data, part):
        one = self.some(data, "delivered")
        if one is None:
            return
        who = {"role": "member", "community_id": one["community_id"], "member_id": one["member_id"]}
        claim = max(1, (fen(one["paid"]) - fen(one["refunded"])) * part // 4)
        asked = {"commitment_id": one["commitment_id"], "reason": "quality", "text": "窑坏了"}
        asked["claim"] = cny(f"{claim / 100:.2f}")
        case = self.attempt(lambda: self.desk.do("open_dispute", asked, **who))
        if case is not None:
            self.cases.append(case["dispute_id"])
            offer = {"dispute_id": case["dispute_id"], "amount": asked["claim"]}
            told = self.attempt(lambda: self.desk.do("offer_settlement", offer, **self.town.supplier()))
            if told is not None and part % 2:
                accept = {"dispute_id": case["dispute_id"], "offer_id": told["offers"][-1]["offer_id"]}
                self.attempt(lambda: self.desk.do("accept_settlement", accept, **who))
            self.desk.work()

    @precondition(lambda self: self.cases)
    @rule(share=st.sampled_from([0, 3750, 10000]))
    def decide(self, share):
        """Nobody named a mediator, so the node operator has to decide."""
        for case in self.cases:
            decision = {"dispute_id": case, "share_bp": share, "text": "双方各有责任"}
            self.attempt(lambda asked=decision: self.desk.do("decide_dispute", asked, role="node_operator"))
            self.desk.work()

    # What the world does

    @rule(minutes=st.sampled_from([1, 10, 59, 61]))
    def time_passes(self, minutes):
        self.desk.pass_(minutes=minutes)

    @rule(early=st.booleans())
    def the_next_edge_comes(self, early):
        """Off-by-one lives where the deadline, the slot or the acceptance window ends."""
        seen, now = self.town.see(), self.desk.clock.now()
        edges = [DEADLINE, SLOT_START, SLOT_START + timedelta(hours=48)]
        edges = [edge - timedelta(seconds=1 if early else 0) for edge in edges]
        ahead = [edge for edge in edges if edge > now]
        if ahead and (seen["state"] not in ("open", "tipped") or len(self.notes) > 3):
            self.desk.pass_(seconds=(ahead[0] - now).total_seconds())

    @rule()
    def the_provider_comes_and_goes(self):
        self.desk.bank.away = not self.desk.bank.away
        self.desk.work()

    @rule()
    def a_refund_is_tried_again(self):
        for one in sorted(self.notes):
            seen = self.town.commitment({"commitment_id": one})
            if fen(seen["owed"]):
                self.retry(one)

    def retry(self, one):
        again = {"commitment_id": one}
        who = self.town.organiser(UUID(self.town.commitment(again)["community_id"]))
        self.attempt(lambda: self.desk.do("retry_refund", again, **who) and None)
        self.desk.work()

    # What must always be so

    @precondition(lambda self: hasattr(self, "notes"))
    @invariant()
    def the_promises_hold(self):
        seen, taken = self.town.see(), 0
        assert seen["state"] == self.campaign or seen["state"] in CAMPAIGN[self.campaign]
        self.campaign = seen["state"]
        for one, note in self.notes.items():
            told = self.town.commitment({"commitment_id": one})
            assert told["state"] == note["state"] or told["state"] in COMMITMENT[note["state"]], (note, told["state"])
            assert fen(told["price"]) <= note["price"] or note["state"] == "waiting"
            assert told["final_price"] is None or fen(told["final_price"]) <= fen(told["price"])
            if "成团" in told["status"]["zh"] and told["state"] == "paid":
                assert ("等待" in told["status"]["zh"]) == (self.campaign in ("open", "tipped"))
            note.update(state=told["state"], price=fen(told["price"]))
            taken += told["seats"] if told["state"] in ("reserved", "authorised", "paid", "delivered") else 0
        assert taken <= SEATS
        assert self.proofs() == []

    def teardown(self):
        if hasattr(self, "notes"):
            self.come_to_rest()
            self.everybody_has_what_is_theirs()
            self.the_promises_hold()

    def come_to_rest(self):
        """Let the provider be well, time pass, and refunds be tried again until nothing is owed."""
        self.desk.bank.away = False
        if self.desk.clock.now() < SLOT_START:
            self.desk.pass_(seconds=(SLOT_START - self.desk.clock.now()).total_seconds())
        if self.town.see()["state"] == "confirmed":
            self.town.act("deliver_campaign")
        for _ in range(DAYS):
            self.desk.pass_(days=1)
            self.a_refund_is_tried_again()
            self.decide(3750)
            if self.is_at_rest():
                break
        for one in self.notes:
            self.give_late_money_back(one)

    def is_at_rest(self):
        seen = self.town.see()
        moving = [order for order in self.orders() if order.state is OrderState.OPEN]
        return not moving and not fen(seen["money"]["owed"]) and seen["state"] in ("settled", "failed", "cancelled")

    def give_late_money_back(self, one):
        """A payment that came too late and whose return failed is returned at last."""
        for _ in range(DAYS):
            mine = [order for order in self.orders() if str(order.commitment_id) == one]
            late = [order for order in mine if order.kind is Kind.REFUND]
            if not late or late[-1].state is OrderState.SUCCEEDED:
                return
            self.retry(one)
            self.desk.pass_(hours=1)

    def orders(self):
        return [order for order in self.desk.orders() if str(order.campaign_id) == self.town.campaign_id]

    def everybody_has_what_is_theirs(self):
        seen = self.town.see()
        assert seen["state"] in ("settled", "failed", "cancelled"), seen["state"]
        assert fen(seen["money"]["escrow"]) == 0
        assert not [order.number for order in self.orders() if order.state is OrderState.OPEN]
        for one in self.notes:
            told = self.town.commitment({"commitment_id": one})
            cost = fen(told["paid"]) - fen(told["refunded"])
            assert fen(told["owed"]) == 0
            self.a_member_paid_what_it_should(told, cost, seen)
            if told["method"] == "sandbox":
                assert cost == self.at_the_bank(one)
            else:
                assert self.at_the_bank(one) == 0
        assert not differences(self.desk, self.orders())

    def a_member_paid_what_it_should(self, told, cost, seen):
        if seen["state"] in ("failed", "cancelled"):
            assert cost <= fen(told["kept"])
        elif told["state"] == "delivered":
            assert cost <= told["seats"] * min(fen(told["price"]), fen(seen["price"])) + fen(told["kept"])
        elif told["state"] in ("cancelled", "expired", "waiting"):
            assert cost == 0
        else:
            assert cost == fen(told["kept"])

    def at_the_bank(self, one):
        """What a member's own account says: what it paid by the provider for a commitment, less what came back."""
        mine = [order for order in self.orders() if str(order.commitment_id) == one and order.kind.is_payment]
        money = [self.desk.bank.money(order.number) for order in mine if order.sequence]
        return sum(each["paid"] - each["refunded"] for each in money)
