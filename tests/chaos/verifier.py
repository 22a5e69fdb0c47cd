"""Holds what clients were told against what there is at the end. Pure: a history and a world in, faults out.

Every rule can fail: tests/unit/chaos/test_verifier.py plants one fault of each kind.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from tests.chaos.campaigns import ENDS
from tests.chaos.intervals import Timeline

FAULTS = ("lost", "double", "oversold", "untrue", "unbalanced", "unreconciled", "unfinished")
SLACK = 0.5  # seconds between the clock of a client's answer and that of the service's decision

# Why a request may be refused, and nothing else: any other refusal has to be explained first.
REFUSALS = {
    *("campaign.full", "campaign.closed", "campaign.wrong_state", "campaign.commitment_state"),
    *("campaign.hold_expired", "campaign.payment_open", "campaign.below_minimum", "campaign.too_late"),
}
# In which states a campaign that was in such a state may have ended.
LEADS_TO = {
    "failed": {"failed"},
    "cancelled": {"cancelled"},
    "settled": {"settled"},
    "delivered": {"settled"},
    "confirmed": {"settled", "cancelled"},
}
# In which states a commitment that was last told to be in such a state may be, once its campaign has ended so.
ENDED_AS = {
    ("paid", "settled"): {"delivered"},
    ("paid", "failed"): {"refunded"},
    ("paid", "cancelled"): {"refunded"},
}


@dataclass(frozen=True)
class Fault:
    kind: str
    subject: str
    what: str


def check(history, world, campaigns):
    """Return all faults; ``campaigns`` are the opened ones, of ``tests.chaos.campaigns``."""
    rules = (
        answers, joins, refusals, doubles, seats, money, ledger, statement, ends, supplier, reputation, leftovers,
    )  # fmt: skip
    opened = {one.campaign_id: one for one in campaigns}
    return [fault for rule in rules for fault in rule(history, world, opened)]


def answers(history, world, opened):
    """Every request got a definite answer, and a repeat with its key the same one."""
    for said in history:
        if not said.status:
            yield Fault("untrue", said.path, f"{said.op} of {said.client} was never answered: {said.answer}")
        if said.again is False:
            yield Fault("untrue", said.path, f"{said.op} of {said.client}: the repeat of {said.key} differs")


def _told(history):
    """Return what clients were last told of each commitment: the answers that are one, in their order."""
    told = defaultdict(list)
    for said in history:
        if said.accepted and "commitment_id" in said.answer and "seats" in said.answer:
            told[said.answer["commitment_id"]].append(said)
    return told


def _asked_provider(history):
    return {said.commitment_id for said in history if said.op == "payment-orders" and said.accepted}


def joins(history, world, opened):
    """Every commitment that a client was told of is there, as it was told."""
    online = _asked_provider(history)
    for commitment_id, saids in _told(history).items():
        last, there = saids[-1].answer, world.commitments.get(commitment_id)
        if there is None:
            yield Fault("lost", commitment_id, f"{saids[0].client} was told {last['state']} and it is not there")
            continue
        if there.campaign_id != last["campaign_id"] or there.seats != last["seats"]:
            yield Fault("lost", commitment_id, f"told {last['seats']} seats, there are {there.seats}")
        end = world.campaigns[there.campaign_id].state
        if end not in ENDS:
            continue  # that it has not ended is a fault of its own
        allowed = _allowed(last["state"], end, commitment_id in online)
        if there.state not in allowed:
            what = f"told {last['state']}, and it is {there.state} in a campaign that is {end}"
            yield Fault("lost" if last["state"] == "paid" else "untrue", commitment_id, what)


def _allowed(state, end, online):
    if state == "reserved":
        unpaid = {"cancelled", "expired"}
        return unpaid | ENDED_AS.get(("paid", end), set()) if online else unpaid
    return ENDED_AS.get((state, end), {state})


def refusals(history, world, opened):
    """Who was refused has nothing, and was told a true reason."""
    receipts = {one.receipt: one.commitment_id for one in world.commitments.values() if one.receipt}
    timeline = Timeline(history, world)
    for said in history:
        if not said.refused:
            continue
        receipt = ((said.body or {}).get("payment") or said.body or {}).get("receipt")
        if receipt in receipts:
            yield Fault("untrue", receipts[receipt], f"{said.client} was told {said.code} and has it: {receipt}")
        elif said.code not in REFUSALS:
            yield Fault("untrue", said.path, f"{said.op} of {said.client} was refused: {said.status} {said.answer}")
        elif problem := _untrue(said, world, opened, timeline):
            yield Fault("untrue", said.path, f"{said.client} was told {said.code}, but {problem}")


def _untrue(said, world, opened, timeline):
    campaign = world.campaigns[said.campaign_id]
    if said.code == "campaign.closed" and said.until + SLACK < opened[said.campaign_id].deadline:
        return "the deadline was still ahead"
    if said.code == "campaign.wrong_state":
        state = said.answer.get("state")
        if campaign.state not in LEADS_TO.get(state, {campaign.state}):
            return f"it was never {state}: it ended {campaign.state}"
    if said.code == "campaign.full" and said.op in ("join", "reserve"):
        most = timeline.most_held(said.campaign_id, said.at, said.until)
        if most + said.body["seats"] <= campaign.max_seats:
            return f"at most {most} of {campaign.max_seats} seats were taken"
    return None


def doubles(history, world, opened):
    """Nothing is there that nobody was told of, and each effect is there once."""
    made = Counter(said.answer["commitment_id"] for said in history if said.accepted and said.op in ("join", "reserve"))
    for commitment_id, times in made.items():
        if times > 1:
            yield Fault("double", commitment_id, f"{times} requests were told of the same commitment")
    for commitment_id in world.commitments.keys() - made.keys():
        yield Fault("double", commitment_id, "nobody was told of it")
    for commitment_id, times in Counter(payment.commitment_id for payment in world.payments).items():
        if times > 1:
            yield Fault("double", commitment_id, f"it was paid {times} times")


def seats(history, world, opened):
    """No campaign ever had more seats taken than there are."""
    timeline = Timeline(history, world)
    for campaign_id, campaign in world.campaigns.items():
        held = sum(
            one.seats
            for one in world.commitments.values()
            if one.campaign_id == campaign_id and one.state in ("reserved", "authorised", "paid", "delivered")
        )
        most = max(held, timeline.surely_held(campaign_id))
        if most > campaign.max_seats:
            yield Fault("oversold", campaign_id, f"{most} of {campaign.max_seats} seats")


def money(history, world, opened):
    """What was paid is what was told, once, and all of it went to somebody."""
    paid = Counter()
    for payment in world.payments:
        paid[payment.commitment_id] += payment.amount_minor
    told = {
        said.answer["commitment_id"]: _minor(said.answer["paid"])
        for said in history
        if said.accepted and said.answer.get("paid")
    }
    for commitment_id, one in world.commitments.items():
        if one.paid_minor != paid[commitment_id]:
            yield Fault("unbalanced", commitment_id, f"{one.paid_minor} paid, the transfers say {paid[commitment_id]}")
        if told.get(commitment_id, one.paid_minor) != one.paid_minor:
            yield Fault("lost", commitment_id, f"told {told[commitment_id]} were paid, and it is {one.paid_minor}")
        if one.paid_minor != one.refunded_minor + one.released_minor or one.owed_minor:
            parts = f"{one.refunded_minor} refunded, {one.released_minor} released, {one.owed_minor} owed"
            yield Fault("unbalanced", commitment_id, f"of {one.paid_minor} paid {parts}")


def _minor(amount):
    return int(amount["amount"].replace(".", ""))


def ledger(history, world, opened):
    """The ledger adds up by its own reckoning, sums to zero and holds nothing for anybody."""
    for one in world.ledger["differences"]:
        yield Fault("unbalanced", one["subject"], f"{one['kept']} is kept, {one['recomputed']} is recomputed")
    for one in world.ledger["currencies"]:
        for name in ("sum", "escrow", "pending"):
            if _minor(one[name]):
                yield Fault("unbalanced", one["currency"], f"{name} is {one[name]['amount']}")


def statement(history, world, opened):
    """The provider's statement and the ledger tell the same of each order."""
    for one in world.statement["differences"]:
        yield Fault(
            "unreconciled", one["number"], f"{one['fault']}: ledger {one['ledger']}, provider {one['provider']}"
        )
    for number in world.statement["open"]:
        yield Fault("unreconciled", str(number), "is still under way")


def ends(history, world, opened):
    """All campaigns have ended, none but those that were opened, and as their organisers were told."""
    for campaign_id, campaign in world.campaigns.items():
        if campaign.state not in ENDS:
            yield Fault("unfinished", campaign_id, f"is {campaign.state}")
    for campaign_id in opened.keys() ^ world.campaigns.keys():
        there = campaign_id in world.campaigns
        yield Fault("double" if there else "lost", campaign_id, "a campaign that nobody opened" if there else "is gone")
    for said in history:
        state = said.answer.get("state") if said.accepted and said.op.startswith("campaign ") else None
        if state in LEADS_TO and world.campaigns[said.campaign_id].state not in LEADS_TO[state]:
            end = world.campaigns[said.campaign_id].state
            yield Fault("untrue", said.campaign_id, f"{said.op} was answered with {state}, and it ended {end}")


def supplier(history, world, opened):
    """The supplier has sold what was confirmed, and holds nothing for campaigns that have ended."""
    for campaign in world.campaigns.values():
        match = world.matches.get(campaign.match_id)
        sold = world.sold.get(campaign.match_id, 0) if campaign.state == "settled" else 0
        if match is None:
            yield Fault("lost", campaign.campaign_id, "the supplier does not know its match")
        elif (match.held, match.confirmed) != (0, sold):
            seen = f"{match.held} held and {match.confirmed} sold"
            yield Fault("unfinished", campaign.campaign_id, f"{sold} seats were sold, the supplier has {seen}")


def reputation(history, world, opened):
    """Whoever was served may write a review, nobody else, and with the seats that were delivered."""
    served = {one.commitment_id: one.seats for one in world.commitments.values() if one.state == "delivered"}
    for commitment_id in served.keys() | world.receipts.keys():
        if served.get(commitment_id) != world.receipts.get(commitment_id):
            told = f"{served.get(commitment_id)} seats delivered, reputation has {world.receipts.get(commitment_id)}"
            yield Fault("lost" if commitment_id in served else "double", commitment_id, told)


def leftovers(history, world, opened):
    """Nothing waits: no event, no order, no dead letter."""
    for what, number in world.waiting.items():
        yield Fault("unfinished", what, f"{number} left")
