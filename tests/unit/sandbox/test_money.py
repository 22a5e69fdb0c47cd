"""Any order of requests and time against pots on paper: money is neither made nor lost, and no rule is bent.

The paper knows nothing of stages, rows or transactions. It moves coins between pots when the provider says that an
order has ended, and says for each request beforehand whether it must be accepted.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.builders_sandbox import Merchant
from tests.effort import stories

SHARE_BP, SPLITS, PERSON_MONTH = 6_000, 4, 1_000
PROFILE = {
    "delay": {
        kind: [0, 2]
        for kind in ("charge", "authorise", "capture", "void", "unfreeze", "refund", "split", "split_return")
    },
    "decline": {"charge": 0.02, "authorise": 0.02, "capture": 0.3, "refund": 0.3, "split": 0.3, "split_return": 0.3},
    "limits": {"share_bp": SHARE_BP, "splits_per_payment": SPLITS, "receiver_month": PERSON_MONTH},
}
COLLECTIONS = {"refund": "refunds", "split": "splits", "split_return": "split-returns", "unfreeze": "unfreezes"}
RECEIVERS = ("merchant:a", "merchant:b", "personal:c")
# All of what may be had is where rules begin to matter, and one more is where they begin to refuse.
shares = st.sampled_from(("all", "more", "half", "third", "tenth", "tenth"))


def part(share, whole):
    """An amount of at least one, as a share of a whole."""
    divisor = {"half": 2, "third": 3, "tenth": 10}.get(share, 1)
    return max(1, whole // divisor + (share == "more"))


class Paper:
    """Pots of one payment, and the orders that have not ended."""

    def __init__(self, amount):
        self.pots = {"payer": amount, "frozen": 0, "payee": 0, "receivers": 0, "moving": 0}
        self.open = {}
        self.paid = 0
        self.freed = False
        self.splits = 0
        self.shared = 0
        self.held = {}  # (split, receiver) -> what the receiver has and has not promised back

    def move(self, amount, source, target):
        assert amount <= self.pots[source], f"{amount} of {source}, which has {self.pots[source]}"
        self.pots[source] -= amount
        self.pots[target] += amount

    @property
    def splittable(self):
        return self.paid > 0 and not self.freed


class MoneyMachine(RuleBasedStateMachine):
    """One payment, with an authorisation first or without."""

    @initialize(amount=st.integers(1_000, 10_000), authorise=st.booleans(), seed=st.integers(0, 10_000))
    def begin(self, amount, authorise, seed):
        self.merchant = Merchant(PROFILE, seed=seed)
        self.amount, self.authorise = amount, authorise
        self.paper = Paper(amount)
        self.number = 0
        self.reserved = False
        self.merchant.charge("c", amount, mode="authorise" if authorise else "pay_now")
        self.paper.open["c"] = "charges"

    def next_number(self):
        self.number += 1
        return f"n{self.number}"

    def expect(self, answer, allowed):
        assert (answer[0] == 200) is bool(allowed), (allowed, answer)
        return allowed

    # What happens

    @rule(seconds=st.integers(1, 2))
    def time_passes(self, seconds):
        self.merchant.wait(seconds=seconds)
        self.look()

    @rule()
    def much_time_passes(self):
        self.time_passes(10)

    @precondition(lambda self: self.authorise)
    @rule(share=shares)
    def capture(self, share):
        number, amount = self.next_number(), part(share, self.amount)
        answer = self.merchant.about("capture", number, "c", amount=amount, currency="CNY")
        if self.expect(answer, self.reserved and amount <= self.amount):
            self.paper.open[number], self.reserved = "captures", False
        self.look()

    @precondition(lambda self: self.authorise)
    @rule()
    def void(self):
        number = self.next_number()
        if self.expect(self.merchant.about("void", number, "c"), self.reserved):
            self.paper.open[number], self.reserved = "voids", False
        self.look()

    @rule(share=shares)
    def refund(self, share):
        number, pots = self.next_number(), self.paper.pots
        amount = part(share, pots["frozen"] + pots["payee"])
        answer = self.merchant.refund(number, amount, "c")
        if self.expect(answer, self.paper.paid and amount <= pots["frozen"] + pots["payee"]):
            from_frozen = min(amount, pots["frozen"])
            self.paper.move(from_frozen, "frozen", "moving")
            self.paper.move(amount - from_frozen, "payee", "moving")
            self.paper.open[number] = ("refund", from_frozen, amount - from_frozen)
        self.look()

    @precondition(lambda self: self.paper.paid)
    @rule(receivers=st.sets(st.sampled_from(RECEIVERS), min_size=1), share=shares)
    def split(self, receivers, share):
        number, paper = self.next_number(), self.paper
        total = part(share, min(paper.paid * SHARE_BP // 10_000 - paper.shared, paper.pots["frozen"]))
        first, *others = sorted(receivers)
        parts = {receiver: max(1, total // len(receivers)) for receiver in others}
        parts = {first: max(1, total - sum(parts.values())), **parts}
        total = sum(parts.values())
        answer = self.merchant.split(number, *parts.items(), charge="c")
        allowed = (
            paper.splittable
            and paper.splits < SPLITS
            and paper.shared + total <= paper.paid * SHARE_BP // 10_000
            and total <= paper.pots["frozen"]
        )
        if self.expect(answer, allowed):
            paper.move(total, "frozen", "moving")
            paper.splits += 1
            paper.shared += total
            paper.open[number] = ("split", parts)
        self.look()

    @precondition(lambda self: self.paper.held)
    @rule(data=st.data(), share=shares)
    def give_back(self, data, share):
        split, receiver = data.draw(st.sampled_from(sorted(self.paper.held)))
        number, has = self.next_number(), self.paper.held[split, receiver]
        amount = part(share, has)
        answer = self.merchant.split_return(number, split, receiver, amount)
        if self.expect(answer, not receiver.startswith("personal:") and amount <= has):
            self.paper.held[split, receiver] -= amount
            self.paper.open[number] = ("split_return", split, receiver, amount)
        self.look()

    @precondition(lambda self: self.paper.paid and self.number % 3 == 0)
    @rule()
    def unfreeze(self):
        number = self.next_number()
        if self.expect(self.merchant.about("unfreeze", number, "c"), self.paper.splittable):
            self.paper.open[number] = ("unfreeze",)
        self.look()

    # What the paper learns when an order has ended

    def look(self):
        ended = []
        for number, entry in self.paper.open.items():
            kind = entry if isinstance(entry, str) else COLLECTIONS[entry[0]]
            order = self.merchant.get(kind, number)
            if order["status"] != "pending":
                ended.append((order["at"], number, entry, order))
        for _, number, entry, order in sorted(ended, key=lambda each: each[:2]):
            del self.paper.open[number]
            self.note(number, entry, order)

    def note(self, number, entry, order):
        ok, paper = order["status"] == "succeeded", self.paper
        match entry:
            case "charges" if self.authorise:
                self.reserved = ok
            case "charges" if ok:
                self.pay(order["amount"])
            case "captures":
                self.reserved = not ok
                if ok:
                    self.pay(order["amount"])
            case ("refund", from_frozen, from_payee) if ok:
                paper.move(from_frozen + from_payee, "moving", "payer")
            case ("refund", from_frozen, from_payee):
                paper.move(from_payee, "moving", "payee")
                paper.move(from_frozen, "moving", "payee" if paper.freed else "frozen")
            case ("split", parts):
                self.note_split(number, parts, order)
            case ("split_return", split, receiver, amount):
                if ok:
                    paper.move(amount, "receivers", "payee")
                else:
                    paper.held[split, receiver] += amount
            case ("unfreeze",) if ok:
                assert order["amount"] == paper.pots["frozen"]
                paper.move(paper.pots["frozen"], "frozen", "payee")
                paper.freed = True

    def note_split(self, number, parts, order):
        paper = self.paper
        for line in order["receivers"]:
            amount = parts[line["receiver"]]
            if line["status"] == "succeeded":
                paper.move(amount, "moving", "receivers")
                paper.held[number, line["receiver"]] = amount
            else:
                paper.move(amount, "moving", "payee" if paper.freed else "frozen")
                paper.shared -= amount

    def pay(self, amount):
        self.paper.paid = amount
        self.paper.move(amount, "payer", "frozen")

    # What must always hold

    @invariant()
    def money_is_where_the_paper_says(self):
        if not hasattr(self, "paper"):
            return
        money = self.merchant.money("c")
        pots = ("frozen", "payee", "receivers", "moving")
        assert {name: money[name] for name in pots} == {name: self.paper.pots[name] for name in pots}
        assert money["paid"] == self.paper.paid == sum(money[name] for name in (*pots, "refunded"))
        assert min(money[name] for name in (*pots, "refunded", "reserved")) >= 0
        got = sum(has for (_, receiver), has in self.paper.held.items() if receiver.startswith("personal:"))
        assert got <= PERSON_MONTH

    def teardown(self):
        if hasattr(self, "merchant"):
            self.merchant.close()


TestMoney = MoneyMachine.TestCase
TestMoney.settings = stories(40, 40)
