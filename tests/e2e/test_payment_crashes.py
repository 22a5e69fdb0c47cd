"""kill -9 on the way between a payment order and its provider: a member is charged once and refunded once.

A payment provider runs beside each node, in a process of its own. As in test_crashes.py, a process dies at an exact
call and is started again as a supervisor would do it; then the provider's statement, the ledger and the seats agree.
"""

import secrets
import time

import pytest
import yaml

from services.campaign.providers.port import Kind, Status
from services.kernel.money import Money
from tests.e2e import town
from tests.e2e.nodes import RealNode, Sandbox
from tests.e2e.test_crashes import bomb, dies

pytestmark = pytest.mark.timeout(240)  # processes start a dozen times, on a machine that may be busy

ON_THE_WAY = ("services.chassis.courier:Courier._deliver", "before")
SENT = ("services.campaign.providers.sandbox:SandboxProvider.send", "after")
SETTLED = ("services.campaign.handlers.errands:PaymentErrands.settle", "after")
COMMITTED = ("services.chassis.courier:Courier._deliver", "after")
CALLBACK_APPLIED = ("services.campaign.handlers.errands:PaymentErrands.take_callback", "after")
CALLBACK_PASSED_ON = ("gateway.app:Gateway._pass_on", "after")
LEASE = 5  # seconds instead of thirty, after which others take up what a dead process had in hand
# A provider that ends an order at once and never calls: only the courier finds out what became of it.
SILENT = {"delay": {"charge": [0, 0], "refund": [0, 0]}, "callback": {"lost": 1}}
# One whose orders are under way for so long that it can be killed meanwhile, and that calls again every second.
CALLING = {"delay": {"charge": [3, 3], "refund": [3, 3]}, "retry": {"attempts": 100, "most_seconds": 1}}
PRICE = Money(12800, "CNY")


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """Five processes with a payment provider beside them; at the end their books agree."""
    folder = tmp_path_factory.mktemp("paying")
    sandbox = Sandbox(folder).start(mischief=profile(folder, SILENT))
    made = RealNode(folder, sandbox)
    try:
        yield made.start()
        made.pinlian("ledger", "reconcile", "--provider", "sandbox")  # fails if anything differs
    finally:
        made.stop()
        sandbox.stop()


def profile(folder, content):
    path = folder / "profile.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def behave(sandbox, content):
    """Let the provider behave so from now on; its orders are as they were."""
    if yaml.safe_load(sandbox.mischief.read_text()) != content:
        sandbox.kill()
        sandbox.start(mischief=profile(sandbox.folder, content))


class Group:
    """A campaign with seats that members hold, and what the node and the provider say of their money."""

    def __init__(self, node, seats):
        self.node, home = node, town.community(node)
        self.token = home["organiser_token"]
        self.path = f"/v1/campaigns/{town.campaign(node, home, minimum=9)['campaign_id']}"
        self.held = [self._reserve(town.member(node, home)) for _ in range(seats)]
        self.asked = []

    def _reserve(self, member):
        body = {"seats": 1, "member_id": member["member_id"]}
        made = self.node.must("POST", f"{self.path}/commitments", body, token=self.token)
        return f"/v1/commitments/{made['commitment_id']}"

    def charge(self, one, ask=None, **options):
        ask = ask or self.node.must
        return ask("POST", f"{one}/payment-orders", {"provider": "sandbox"}, token=self.token, **options)

    def call_off(self, ask=None, **options):
        ask = ask or self.node.must
        return ask("POST", f"{self.path}/cancel", {"reason": "老师病了"}, token=self.token, **options)

    def dies_of(self, *doing):
        """Do it as a client that asks until it is answered; the process that is the last argument dies of it."""
        do, *arguments, victim = doing
        key, status = secrets.token_hex(12), None
        self.asked.append((do, *arguments, key))
        while victim.popen.poll() is None and status not in (200, 201):
            try:
                status, _ = do(*arguments, self.node.call, key=key, timeout=10)
            except OSError:
                time.sleep(0.1)
        dies(victim)

    def are(self, state, which=None):
        """Repeat what was not answered; wait until commitments are in this state and nothing is under way any more."""
        while self.asked:
            do, *arguments, key = self.asked.pop()
            do(*arguments, key=key)
        for one in self.held if which is None else which:
            self.node.wait_for(one, lambda seen: seen["state"] == state, token=self.token)
            self.node.wait_for(f"{one}/payment-orders", nothing_open, token=self.token)

    def taken_and_lost(self, kind):
        """Kill the provider when it has taken an order of this kind for each commitment, and start it again."""
        sandbox, until = self.node.sandbox, time.monotonic() + 20
        while not all(lines := self.lines(kind)):
            assert time.monotonic() < until, f"the provider has only taken {lines}\n{self.node.logs()}"
            time.sleep(0.05)
        assert all(line.status is Status.PENDING for each in lines for line in each)
        sandbox.kill()
        sandbox.start()

    def lines(self, kind):
        """Return the lines of the provider's statement that are about our orders of this kind, by commitment."""
        told, found = self.node.sandbox.statement(), []
        for one in self.held:
            orders = self.node.must("GET", f"{one}/payment-orders", token=self.token)["items"]
            numbers = {order["number"] for order in orders}
            found.append([line for line in told if line.kind is kind and line.number in numbers])
        return found

    def moved(self, kind):
        """Return what the provider moved for each commitment, by its own word."""
        lines = self.lines(kind)
        assert all(line.status is Status.SUCCEEDED for each in lines for line in each)
        return [[line.amount for line in each] for each in lines]

    def posted(self, kind):
        """Return what was posted for each commitment, by our ledger."""
        ledger = self.node.must("GET", f"{self.path}/ledger", token=self.token)
        assert ledger["complete"]
        assert ledger["sum"]["amount"] == "0.00"
        done = [line for line in ledger["transfers"] if line["kind"] == kind and line["phase"] == "post"]
        mine = [[line for line in done if one.endswith(line["commitment_id"])] for one in self.held]
        return [[Money.from_wire(line["amount"]) for line in each] for each in mine]

    def agrees(self, *, refunded=False):
        """Assert that each member was charged once, and refunded once or not at all, whomever one asks."""
        once, back = [[PRICE]] * len(self.held), [[PRICE] if refunded else []] * len(self.held)
        assert (self.moved(Kind.CHARGE), self.posted("payment")) == (once, once)
        assert (self.moved(Kind.REFUND), self.posted("refund")) == (back, back)
        seen = self.node.must("GET", self.path, token=self.token)
        assert seen["paid_seats"] == len(self.held)  # that of a campaign that was called off stays what it was
        assert seen["reserved_seats"] == 0
        total = {"paid": PRICE * len(self.held), "refunded": PRICE * (len(self.held) if refunded else 0)}
        assert {name: Money.from_wire(seen["money"][name]) for name in total} == total
        assert self.node.must("GET", "/v1/ledger")["differences"] == []


def nothing_open(page):
    return all(order["state"] != "open" for order in page["items"])


def heard(node):
    """How many callbacks were answered, by the gateway's log."""
    return node.everything_logged().count("POST /v1/providers/sandbox/callbacks 200")


def hears(node, number, limit=30):
    until = time.monotonic() + limit
    while heard(node) < number:
        assert time.monotonic() < until, f"{heard(node)} of {number} callbacks came within {limit} s\n{node.logs()}"
        time.sleep(0.1)


def test_a_member_is_charged_once_and_refunded_once_wherever_the_courier_dies(node):
    """The provider has the order or not, the answer is noted or not; the next process takes up what was in hand."""
    behave(node.sandbox, SILENT)
    group = Group(node, 3)
    group.dies_of(group.charge, group.held[0], bomb(node, "campaign", ON_THE_WAY, 1, lease=LEASE))
    for number, point in enumerate((SENT, SETTLED), 1):
        # The first call is about the order that the process before has left.
        victim = bomb(node, "campaign", point, 2, lease=LEASE)
        group.are("paid", group.held[:number])
        group.dies_of(group.charge, group.held[number], victim)
    victim = bomb(node, "campaign", COMMITTED, 2, lease=LEASE)
    group.are("paid")
    group.agrees()
    # One refund is through, and the others are somewhere between here and the provider.
    group.dies_of(group.call_off, victim)
    node.restart("campaign")
    group.are("refunded")
    group.agrees(refunded=True)


def test_a_callback_that_a_process_died_of_comes_again(node):
    """Campaign dies of the one about a charge before the commit, the gateway of the one about a refund after it."""
    behave(node.sandbox, CALLING)
    group, before = Group(node, 1), heard(node)
    group.dies_of(group.charge, group.held[0], bomb(node, "campaign", CALLBACK_APPLIED, 1))
    node.restart("campaign")
    hears(node, before + 1)
    group.are("paid")
    group.agrees()
    group.dies_of(group.call_off, bomb(node, "gateway", CALLBACK_PASSED_ON, 1))
    node.restart("gateway")
    hears(node, before + 2)
    group.are("refunded")
    group.agrees(refunded=True)


def test_a_provider_that_died_between_taking_an_order_and_calling_back_does_so_when_it_is_there_again(node):
    behave(node.sandbox, CALLING)
    group, before = Group(node, 1), heard(node)
    group.charge(group.held[0])
    group.taken_and_lost(Kind.CHARGE)
    hears(node, before + 1)
    group.are("paid")
    group.agrees()
    group.call_off()
    group.taken_and_lost(Kind.REFUND)
    hears(node, before + 2)
    group.are("refunded")
    group.agrees(refunded=True)
