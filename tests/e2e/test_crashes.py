"""kill -9 at the points where others lose or repeat: nothing is lost, nothing has its effect twice.

Each test starts one process (or the one embedded process) with a bomb at an exact call, makes it go off with a payment,
starts the process again as a supervisor would, and looks at the money, the seats and what the other services know.
"""

import time

import pytest

from tests.e2e import town
from tests.e2e.nodes import CLI, EmbeddedNode

CRASH = (CLI[0], "-m", "tests.e2e.crash_at")
OUTBOX_COMMIT = ("services.chassis.unit_of_work:UnitOfWork.commit", "after")
PUBLISHED = {
    "real": ("services.chassis.carriers:ConfirmedCarrier.publish", "after"),
    "embedded": ("services.chassis.carriers:InProcessCarrier.publish", "after"),
}
BEFORE_ACK = ("services.chassis.entrypoints:EventSubscriber._finish", "before")
BEFORE_TIMER = ("services.chassis.scheduler:Scheduler._run", "before")
AFTER_TIMER = ("services.chassis.scheduler:Scheduler._run", "after")


def bomb(node, process, point, number, service=None, lease=None):
    """Start ``process`` (or the embedded node) so that it dies at the ``number``-th call of ``point``."""
    only = [f"{name}={value}" for name, value in (("SERVICE", service), ("LEASE", lease)) if value]
    if isinstance(node, EmbeddedNode):
        victim = node.process
        command = [*CRASH, *point, str(number), *only, "--", *victim.command[3:]]
        node.kill()
        node.process.start(command)
        return victim
    victim = node.own[process]
    victim.kill()
    victim.start([*CRASH, *point, str(number), *only, "--", "serve", process])
    return victim


def dies(victim, limit=30):
    until = time.monotonic() + limit
    while victim.popen.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    assert victim.popen.poll() == -9, "the process did not reach the point at which it was to die"


def in_order(node, home, course, *, paid, joined):
    """Assert that the campaign, its ledger and its reviews' rights agree with what was paid."""
    seen = node.must("GET", f"/v1/campaigns/{course['campaign_id']}", token=home["organiser_token"])
    assert seen["paid_seats"] == paid
    ledger = node.must("GET", f"/v1/campaigns/{course['campaign_id']}/ledger", token=home["organiser_token"])
    assert ledger["sum"]["amount"] == "0.00"
    payments = [transfer for transfer in ledger["transfers"] if transfer["kind"] == "payment"]
    assert len(payments) == joined
    return seen


@pytest.mark.parametrize("between", ["commit and publish", "publish and mark"])
def test_an_event_survives_the_death_of_the_campaign_service(node, between):
    """The minimum is reached in the commit that the process does not survive; the supplier still hears of it."""
    point, service = (OUTBOX_COMMIT, "campaign") if between == "commit and publish" else (PUBLISHED[node.kind], None)
    home = town.community(node)
    payer = town.member(node, home)
    course = town.campaign(node, home, minimum=1, maximum=1)
    town.known(node, home, course, payer)
    victim = bomb(node, "campaign", point, 1, service)
    path, key = f"/v1/campaigns/{course['campaign_id']}/commitments", "crash-1"
    body = {"seats": 1, "member_id": payer["member_id"], "payment": {"method": "offline", "receipt": "R-crash"}}
    first = None
    while victim.popen.poll() is None:
        try:
            first = node.call("POST", path, body, token=home["organiser_token"], key=key, timeout=10)
        except OSError:
            time.sleep(0.1)
    dies(victim)
    node.restart("campaign")
    answer = node.must("POST", path, body, token=home["organiser_token"], key=key)

    if first is not None and first[0] == 201:
        assert answer == first[1], "the repeat after the crash got another answer"
    in_order(node, home, course, paid=1, joined=1)
    offer = f"/v1/offers/{course['offer_id']}"
    sold = node.wait_for(offer, lambda o: o["slots"][0]["confirmed"] == 1, token=home["organiser_token"])
    assert sold["slots"][0]["held"] == 0


def test_an_event_has_its_effect_once_when_the_consumer_dies_before_it_acknowledges(node):
    """The supplier confirms the slot, dies before the acknowledgement, and is given the event again."""
    home = town.community(node)
    payer = town.member(node, home)
    course = town.campaign(node, home, minimum=1, maximum=3)
    town.known(node, home, course, payer)
    number = 1
    victim = bomb(node, "supplier", BEFORE_ACK, number, "supplier")
    status = None
    while victim.popen.poll() is None and status != 201:
        try:
            status, _ = town.join(node, home, course, payer, seats=3, key="ack-1", receipt="R-ack", timeout=10)
        except OSError:
            time.sleep(0.1)
    dies(victim)
    node.restart("supplier")
    town.join(node, home, course, payer, seats=3, key="ack-1", receipt="R-ack")

    offer = f"/v1/offers/{course['offer_id']}"
    sold = node.wait_for(offer, lambda o: o["slots"][0]["confirmed"] == 3, token=home["organiser_token"])
    assert sold["slots"][0]["held"] == 0
    in_order(node, home, course, paid=3, joined=1)


@pytest.mark.parametrize("point", [BEFORE_TIMER, AFTER_TIMER], ids=["during", "after-commit"])
def test_a_deadline_fires_once_through_the_death_of_its_process(node, point):
    """The deadline refunds everyone; the process dies while it does so, and again nobody is refunded twice."""
    home = town.community(node)
    payers = [town.member(node, home) for _ in range(3)]
    course = town.campaign(node, home, minimum=9, maximum=10, deadline=town.at(seconds=6))
    for payer in payers:
        town.known(node, home, course, payer)
        assert town.join(node, home, course, payer)[0] == 201
    victim = bomb(node, "campaign", point, 1, "campaign")
    dies(victim)
    node.restart("campaign")

    path = f"/v1/campaigns/{course['campaign_id']}"
    seen = node.wait_for(path, lambda c: c["state"] == "failed", token=home["organiser_token"])
    assert seen["money"]["refunded"] == seen["money"]["paid"]
    ledger = node.must("GET", f"{path}/ledger", token=home["organiser_token"])
    refunds = [transfer for transfer in ledger["transfers"] if transfer["kind"] == "refund"]
    assert len(refunds) == 3
    assert ledger["sum"]["amount"] == "0.00"


def test_every_process_may_be_killed_at_any_moment(node):
    """A short storm: payments go on with the same key until they are answered, while processes are killed in turn."""
    home = town.community(node)
    payer = town.member(node, home)
    course = town.campaign(node, home, minimum=5, maximum=40)
    victims = ["campaign", "gateway", "supplier", "campaign"] if node.kind == "real" else [None, None]
    for number in range(20):
        if number % 5 == 2 and victims:
            victim = victims.pop(0)
            node.kill(victim)
            node.restart(victim)
        body = {
            "seats": 1,
            "member_id": payer["member_id"],
            "payment": {"method": "offline", "receipt": f"storm-{number}"},
        }
        path = f"/v1/campaigns/{course['campaign_id']}/commitments"
        node.must("POST", path, body, token=home["organiser_token"], key=f"storm-{number}")
    seen = in_order(node, home, course, paid=20, joined=20)
    assert seen["state"] == "tipped"
