"""Random stories of a tender with its negotiations, beside a small model that knows the rules and nothing else."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.kernel.errors import Refusal
from services.supplier import handlers
from services.supplier.domain import commands
from services.supplier.domain.agreements import is_untouched
from services.supplier.domain.tender_commands import CloseTender
from services.supplier.domain.tender_rules import TenderRules
from tests.builders_tender import Fair, attempt
from tests.effort import stories

MOST = 4
PRICES = st.sampled_from([90, 100, 110, 120])


def steps(price):
    return ((10, f"{price}.00"),)


class TenderMachine(RuleBasedStateMachine):
    """The model: who has which bid, whose turn it is with which price until when, and what was agreed."""

    def __init__(self):
        super().__init__()
        self.fair = Fair(rules=TenderRules(bid_hours=10, decide_hours=20, offers=MOST), bidders=3)
        self.fair.ready()
        self.state, self.bids, self.talks = "bidding", {}, {}
        self.agreed = None

    @property
    def now(self):
        return self.fair.uow.clock.now()

    def expect(self, code, work):
        """Run the work; it is refused with the code, or with nothing where the code is None."""
        result, refused = None, None
        try:
            result = work()
        except Refusal as refusal:
            refused = refusal.code
        assert refused == code
        return result

    # Time.

    @rule(hours=st.integers(1, 8))
    def wait(self, hours):
        self.fair.uow.clock.pass_(hours=hours)
        self.fire()

    @rule(hours=st.integers(1, 8))
    def wait_with_late_timers(self, hours):
        self.fair.uow.clock.pass_(hours=hours)

    @rule()
    def fire(self):
        self.fair.fire()
        if self.state == "bidding" and self.now >= self.fair.tender.deadline:
            self.state = "deciding" if self.bids else "failed"
        # The timer that opens the bids sets the next one, which may be due at once.
        self.fair.fire()
        self.expire()
        if self.state == "deciding" and self.now >= self.fair.tender.decide_by:
            self.agree(*min((price, index) for index, price in self.bids.items()))

    def expire(self):
        for talk in self.talks.values():
            if talk["turn"] in ("supplier", "community") and self.now >= talk["until"]:
                talk["turn"] = "idle"

    def agree(self, price, index):
        self.state, self.agreed = "agreed", (index, price)
        for other in self.talks.values():
            if other["turn"] in ("supplier", "community", "idle"):
                other["turn"] = "accepted" if other is self.talks.get(index) and other.get("took") else "closed"

    # Bids.

    @rule(index=st.integers(0, 2), price=PRICES)
    def bid(self, index, price):
        # Each bidder has prices of its own, so that no two bids tie.
        price += index
        open_ = self.state == "bidding" and self.now < self.fair.tender.deadline
        code = None if open_ else "supplier.bids_closed"
        bidder = self.fair.bidders[index]
        made = self.expect(code, lambda: bidder.bid(self.fair.tender, *steps(price)))
        if made:
            self.bids[index] = price
            bidder.bid_id = made.bid.bid_id

    @precondition(lambda self: self.bids)
    @rule(data=st.data())
    def take_back(self, data):
        index = data.draw(st.sampled_from(sorted(self.bids)))
        open_ = self.state == "bidding" and self.now < self.fair.tender.deadline
        bidder = self.fair.bidders[index]
        if self.expect(None if open_ else "supplier.bids_closed", lambda: bidder.withdraw(bidder.bid_id)):
            del self.bids[index]

    # Decisions.

    @precondition(lambda self: self.bids)
    @rule(data=st.data(), reason=st.booleans())
    def choose(self, data, reason):
        index = data.draw(st.sampled_from(sorted(self.bids)))
        best = min(self.bids, key=self.bids.get) == index
        code = None
        if self.state != "deciding":
            code = "supplier.tender_state"
        elif not best and not reason:
            code = "kernel.invalid"
        bid_id = self.fair.bidders[index].bid_id
        if self.expect(code, lambda: self.fair.choose(bid_id, "熟悉" if reason else None)):
            self.agree(self.bids[index], index)

    @rule()
    def close(self):
        live = self.state in ("bidding", "deciding")
        command = CloseTender(self.fair.organiser, self.fair.tender.tender_id)
        code = None if live else "supplier.tender_state"
        if self.expect(code, lambda: attempt(handlers.close_tender, command, self.fair.uow)):
            self.end("failed")

    @rule()
    def dissolve(self):
        live = self.state in ("bidding", "deciding")
        handlers.dissolve_pool(commands.DissolvePool(self.fair.pool.pool_id, "pottery", 9), self.fair.uow)
        if live:
            self.end("cancelled")

    def end(self, state):
        self.expire()
        self.state = state
        for talk in self.talks.values():
            if talk["turn"] in ("supplier", "community", "idle"):
                talk["turn"] = "closed"

    # Negotiations.

    @precondition(lambda self: self.bids)
    @rule(data=st.data(), price=PRICES, hours=st.integers(1, 6))
    def start(self, data, price, hours):
        index = data.draw(st.sampled_from(sorted(self.bids)))
        bidder = self.fair.bidders[index]
        too_late = self.now + timedelta(hours=hours) > self.fair.tender.decide_by
        code = None
        if self.fair.uow.bids.find(bidder.bid_id).state != "open":
            code = "supplier.bid_not_found"
        elif self.state != "deciding":
            code = "supplier.tender_state"
        elif index in self.talks:
            code = "supplier.negotiation_state"
        elif too_late:
            code = "kernel.invalid"
        options = {"reason": "离得近", "hours": hours}
        talk = self.expect(code, lambda: self.fair.negotiate(bidder, bidder.bid_id, *steps(price), **options))
        if talk:
            until = self.now + timedelta(hours=hours)
            self.talks[index] = {"turn": "supplier", "price": price, "until": until, "offers": 1, "talk": talk}

    @precondition(lambda self: self.talks)
    @rule(data=st.data(), price=PRICES, hours=st.integers(1, 6), side=st.sampled_from(["supplier", "community"]))
    def counter(self, data, price, hours, side):
        index = data.draw(st.sampled_from(sorted(self.talks)))
        talk, bidder = self.talks[index], self.fair.bidders[index]
        expired = talk["turn"] in ("supplier", "community") and self.now >= talk["until"]
        turn = "idle" if expired else talk["turn"]
        code = None
        if self.state != "deciding":
            code = "supplier.tender_state"
        elif self.now + timedelta(hours=hours) > self.fair.tender.decide_by:
            code = "kernel.invalid"
        elif turn not in ("supplier", "community", "idle"):
            code = "supplier.negotiation_state"
        elif turn not in (side, "idle"):
            code = "supplier.not_your_turn"
        elif talk["offers"] >= MOST:
            code = "supplier.rounds_exhausted"
        if side == "supplier":
            made = self.expect(code, lambda: bidder.counter(talk["talk"], *steps(price), hours=hours))
        else:
            made = self.expect(code, lambda: self.fair.counter(bidder, talk["talk"], *steps(price), hours=hours))
        if made:
            other = {"supplier": "community", "community": "supplier"}[side]
            talk.update(turn=other, price=price, until=self.now + timedelta(hours=hours), offers=talk["offers"] + 1)

    @precondition(lambda self: self.talks)
    @rule(data=st.data(), side=st.sampled_from(["supplier", "community"]), last=st.booleans())
    def accept(self, data, side, last):
        index = data.draw(st.sampled_from(sorted(self.talks)))
        talk = self.talks[index]
        number = talk["offers"] if last else talk["offers"] + 1
        code = None
        if not last:
            code = "supplier.offer_superseded"
        elif talk["turn"] not in ("supplier", "community", "idle"):
            code = "supplier.negotiation_state"
        elif talk["turn"] == "idle" or self.now >= talk["until"]:
            code = "supplier.offer_expired"
        elif talk["turn"] != side:
            code = "supplier.not_your_turn"
        by = self.fair.bidders[index].caller if side == "supplier" else self.fair.organiser
        if self.expect(code, lambda: self.fair.accept(talk["talk"], number, by=by)):
            talk["took"] = True
            self.agree(talk["price"], index)

    @precondition(lambda self: self.talks)
    @rule(data=st.data(), side=st.sampled_from(["supplier", "community"]))
    def leave(self, data, side):
        index = data.draw(st.sampled_from(sorted(self.talks)))
        talk = self.talks[index]
        by = self.fair.bidders[index].caller if side == "supplier" else self.fair.organiser
        open_ = talk["turn"] in ("supplier", "community", "idle")
        if self.expect(None if open_ else "supplier.negotiation_state", lambda: self.fair.leave(talk["talk"], by=by)):
            talk["turn"] = "left"

    # What is always so.

    @invariant()
    def the_tender_is_where_the_model_says(self):
        assert self.fair.tender.state == self.state

    @invariant()
    def nothing_of_a_bid_is_read_before_the_deadline(self):
        for bid in self.fair.uow.bids.of(self.fair.tender.tender_id):
            assert (bid.proposal is None) == (bid.state == "sealed")
            assert bid.state == "sealed" or self.now >= self.fair.tender.deadline
            assert bid.proposal is None or bid.is_as_sealed

    @invariant()
    def there_is_one_agreement_with_its_match_or_none(self):
        agreement = self.fair.agreement
        rested = [one for one in self.fair.uow.matches.all() if one.agreement_id]
        assert (agreement is not None) == (self.state == "agreed") == bool(rested)
        if agreement:
            assert is_untouched(agreement.document, agreement.hash)
            assert [one.agreement_hash for one in rested] == [agreement.hash]
            index, price = self.agreed
            assert rested[0].supplier_id == self.fair.bidders[index].supplier.supplier_id
            assert rested[0].offer.terms.tiers[0].price.minor == price * 100

    @invariant()
    def negotiations_are_where_the_model_says(self):
        for talk in self.talks.values():
            found = self.fair.uow.negotiations.find(talk["talk"].negotiation_id)
            late = self.now >= talk["until"]
            assert found.state == talk["turn"] or (talk["turn"] == "idle" and late)
            assert len(found.offers) == talk["offers"] <= MOST


TestTenderMachine = TenderMachine.TestCase
TestTenderMachine.settings = stories(15, 30)
