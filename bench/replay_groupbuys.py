"""Replays real group buys through the gateway as campaigns, and checks their outcome from the API and the ledger.

    python bench/replay_groupbuys.py                       on an embedded platform of its own, with a virtual clock
    python bench/replay_groupbuys.py --url URL --token T   against a running deployment, in real time

The data are Beibei's (Zhang, Gao, Jin, Li, ICDE 2021): lines ``initiator<TAB>item[<TAB>participant...]``, one file of
groups that were formed and one of groups that were not. The first N groups are the first N/2 (rounded up) of the
successful file and, for the rest, the first of the failed file; where one file is too short the other makes it up.

An item is an offer, the initiator and the participants are members of one community, a group is a campaign. Of a
failed group the data say only that it failed, so its minimum is one more than its people; that of a successful group is
its people. Every campaign has one seat more than its people, so that none ends by being full: all are decided by the
timer of their deadline. The first to pay pays more than the rest, so that formed groups give a difference back.

Exits with 1 at any difference. The last line is one line of JSON.
"""

# ruff: noqa: E402 - the patch has to come before everything that it is to reach, the path before what it leads to
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from services.platform.cli import prepare

prepare()

import argparse
import json
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import eventlet

from services.chassis import logging as logs
from services.kernel.clock import VirtualClock
from services.platform.embedded import Embedded
from tests.api import Api, ApiError

DATA = ROOT.parent / "shared" / "data" / "beibei_groupbuying"
PLACE = {"lat": 30.2741, "lon": 120.1551}
START = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
ENDED = {"confirmed", "failed", "cancelled", "delivered", "settled"}


@dataclass
class Group:
    """One group of the data, and the campaign that replays it."""

    number: int
    item: str
    people: tuple[str, ...]
    formed: bool
    campaign_id: str = ""
    deadline: datetime = START

    @property
    def minimum(self):
        return len(self.people) + (0 if self.formed else 1)


def read_groups(success, failed, limit):
    """Return the first groups of both files, alternating, so that neither kind is played alone."""
    files = [(True, _lines(success, limit)), (False, _lines(failed, limit))]
    half = min(len(files[0][1]), max((limit + 1) // 2, limit - len(files[1][1])))
    taken = [(formed, lines[: half if formed else limit - half]) for formed, lines in files]
    rows = [(position, formed, line) for formed, lines in taken for position, line in enumerate(lines)]
    rows.sort(key=lambda row: row[0])
    groups = []
    for number, (_, formed, line) in enumerate(rows):
        initiator, item, *participants = line
        groups.append(Group(number, item, tuple(dict.fromkeys([initiator, *participants])), formed))
    return groups


def _lines(path, limit):
    lines = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            fields = line.split()
            if len(fields) < 2:
                raise SystemExit(f"{path}:{number}: expected initiator<TAB>item[<TAB>participant...]")
            lines.append(fields)
            if len(lines) == limit:
                break
    return lines


class VirtualTime:
    """The clock of an embedded platform: deadlines two days ahead, reached at once."""

    def __init__(self, platform):
        self.platform = platform

    def now(self):
        return self.platform.clock.now()

    def deadline(self, share):
        """Spread over a day, in steps of an hour, so that timers fire in an order."""
        return START + timedelta(days=2, hours=int(share * 24))

    def reach(self, last):
        self.platform.advance_to(last + timedelta(minutes=1))


class RealTime:
    """The machine's clock: short deadlines, waited for."""

    def __init__(self, seconds):
        self.seconds = seconds

    def now(self):
        return datetime.now(UTC)

    def deadline(self, share):
        return self.now() + timedelta(seconds=self.seconds)

    def reach(self, last):
        while (left := (last - self.now()).total_seconds()) > 0:
            time.sleep(min(1.0, left))


class Replay:
    """The run: members, offers, campaigns, deadlines, checks."""

    def __init__(self, operator, groups, clock, connections):
        self.operator, self.groups, self.clock = operator, groups, clock
        self.connections = connections
        self.members, self.offers = {}, {}
        self.commands, self.latencies, self.spent = 0, [], 0.0
        self.wrong = []

    def each(self, name, items, work):
        """Call ``work(api, item)`` for each item over several connections, with progress."""
        items, started = list(items), time.monotonic()
        idle = [self.organiser.another() for _ in range(self.connections)]
        apis, step = list(idle), max(1, len(items) // 10)

        def one(item):
            api = idle.pop()
            try:
                return work(api, item)
            finally:
                idle.append(api)

        for done, _ in enumerate(eventlet.GreenPool(self.connections).imap(one, items), 1):
            if done % step == 0 or done == len(items):
                seconds = time.monotonic() - started
                sent = sum(api.commands for api in apis)
                rate = f", {sent / seconds:.0f} commands/s" if sent else ""
                say(f"{name} {done}/{len(items)} in {seconds:.1f} s{rate}")
        self.commands += sum(api.commands for api in apis)
        self.latencies += [latency for api in apis for latency in api.latencies]
        self.spent += time.monotonic() - started if any(api.commands for api in apis) else 0

    def run(self):
        self.before = self.totals()
        self.set_up()
        people = dict.fromkeys(one for group in self.groups for one in group.people)
        self.each("members", people, self.add_member)
        by_item = {}
        for group in self.groups:
            by_item.setdefault(group.item, []).append(group)
        self.each("offers", by_item.items(), self.publish)
        self.each("groups", self.groups, self.play)
        say("reaching the deadlines")
        self.clock.reach(max(group.deadline for group in self.groups))
        self.each("checked", self.groups, self.check)
        self.check_totals()

    def set_up(self):
        """One community whose operator's own member records the payments, and one supplier."""
        body = {"name": "贝贝拼团", "kind": "parents", "place": PLACE, "time_zone": "Asia/Shanghai", "locale": "zh"}
        self.community = self.operator.post("/v1/communities", {**body, "merge_policy": "never"})["community_id"]
        roles = {"name": "团长", "roles": ["member", "organiser"]}
        member = self.operator.post(f"/v1/communities/{self.community}/members", roles)["member_id"]
        token = {"role": "organiser", "community_id": self.community, "member_id": member}
        self.organiser = self.operator.another(self.operator.post("/v1/tokens", token)["secret"])
        self.supplier = self.organiser.post("/v1/suppliers", {"name": "贝贝商家", "place": PLACE})["supplier_id"]

    def add_member(self, api, user):
        body = {"name": f"用户 {user}", "roles": ["member"]}
        self.members[user] = api.post(f"/v1/communities/{self.community}/members", body)["member_id"]

    def publish(self, api, item_and_groups):
        """An item is an offer whose price falls with the second seat."""
        item, groups = item_and_groups
        price = Decimal(10 + int(item) % 90)
        start = self.clock.now() + timedelta(days=10)
        tiers = [(1, price), (2, price - 1)]
        body = {
            "title": f"商品 {item}",
            "category": "groupbuy",
            "where": "supplier",
            "place": PLACE,
            "tiers": [{"seats": at, "price": {"amount": f"{each:.2f}", "currency": "CNY"}} for at, each in tiers],
            "min_group": min(group.minimum for group in groups),
            "max_group": max(len(group.people) for group in groups) + 1,
            "minutes": 60,
            "slots": [
                {
                    "start": wire(start),
                    "end": wire(start + timedelta(hours=2)),
                    "capacity": sum(len(group.people) + 1 for group in groups),
                }
            ],
        }
        self.offers[item] = api.post(f"/v1/suppliers/{self.supplier}/offers", body)

    def play(self, api, group):
        """Propose, open, and let everybody join and pay, the initiator first."""
        offer = self.offers[group.item]
        wanted = {"offer_id": offer["offer_id"], "slot_id": offer["slots"][0]["slot_id"]}
        match = api.post("/v1/matches", {**wanted, "seats": len(group.people) + 1})["match_id"]
        drafts = api.wait_for("/v1/campaigns", lambda page: page["items"], match_id=match)
        group.campaign_id = drafts["items"][0]["campaign_id"]
        group.deadline = self.clock.deadline(group.number / len(self.groups))
        opened = {"deadline": wire(group.deadline), "min_seats": group.minimum}
        api.post(f"/v1/campaigns/{group.campaign_id}/open", opened)
        for user in group.people:
            payment = {"method": "offline", "receipt": f"{group.number}-{user}"}
            body = {"seats": 1, "member_id": self.members[user], "payment": payment}
            api.post(f"/v1/campaigns/{group.campaign_id}/commitments", body)

    def check(self, api, group):
        """Compare one group with the data, and its money with its outcome."""
        path = f"/v1/campaigns/{group.campaign_id}"
        try:
            campaign = api.wait_for(path, lambda one: one["state"] in ENDED)
        except ApiError as error:
            self.wrong.append(f"group {group.number}: {error}")
            return
        expected = ("confirmed", None) if group.formed else ("failed", "minimum_missed")
        self.expect(group, "outcome", expected, (campaign["state"], campaign["reason"]))
        commitments = list(api.items(f"{path}/commitments"))
        wanted = Counter(self.members[user] for user in group.people)
        self.expect(group, "participants", wanted, Counter(one["member_id"] for one in commitments))
        self.expect(group, "seats", {1}, {one["seats"] for one in commitments})
        state = "paid" if group.formed else "refunded"
        self.expect(group, "states of commitments", {state}, {one["state"] for one in commitments})
        self.check_money(group, campaign, commitments, api.get(f"{path}/ledger"))

    def check_money(self, group, campaign, commitments, ledger):
        """A failed group gets all of it back; a formed one pays the final price and no more."""
        moved = Counter()
        for transfer in ledger["transfers"]:
            moved[transfer["kind"]] += amount(transfer["amount"])
        back = moved["refund"] + moved["tier_difference"]
        self.expect(group, "sum of the ledger", 0, amount(ledger["sum"]))
        self.expect(group, "payments", sum(amount(one["paid"]) for one in commitments), moved["payment"])
        self.expect(group, "refunds", sum(amount(one["refunded"]) for one in commitments), back)
        kept = amount(campaign["price"]) * len(group.people) if group.formed else 0
        self.expect(group, "payments less refunds", kept, moved["payment"] - back)
        escrow = sum(amount(one["balance"]) for one in ledger["accounts"] if one["account"].startswith("escrow:"))
        self.expect(group, "escrow", moved["payment"] - back - moved["release"], escrow)

    def expect(self, group, what, expected, seen):
        if expected != seen:
            self.wrong.append(f"group {group.number} ({group.campaign_id}): {what} {seen}, expected {expected}")

    def totals(self):
        """Return the node's ledger by currency, and remember what it says about itself."""
        ledger = self.operator.get("/v1/ledger")
        for difference in ledger.get("differences", []):
            self.wrong.append(f"the ledger reports a difference: {difference}")
        kinds = ("sum", "paid", "refunded", "released", "escrow")
        return {one["currency"]: {kind: amount(one[kind]) for kind in kinds} for one in ledger["currencies"]}

    def check_totals(self):
        """For each currency the ledger sums to zero and what is not given back or released is in escrow."""
        self.after = self.totals()
        for currency, one in self.after.items():
            if one["sum"] != 0:
                self.wrong.append(f"the ledger of {currency} sums to {one['sum']}, expected 0")
            if one["paid"] - one["refunded"] - one["released"] != one["escrow"]:
                self.wrong.append(f"the ledger of {currency} does not add up: {one}")

    def summary(self):
        ordered = sorted(self.latencies)
        zero = dict.fromkeys(("paid", "refunded", "released", "escrow"), Decimal(0))
        before, after = self.before.get("CNY", zero), self.after.get("CNY", zero)
        return {
            "bench": "replay_groupbuys",
            "groups": len(self.groups),
            "formed": sum(group.formed for group in self.groups),
            "failed": sum(not group.formed for group in self.groups),
            "members": len(self.members),
            "offers": len(self.offers),
            "commands": self.commands,
            "commands_per_second": round(self.commands / self.spent, 1),
            "median_ms": round(ordered[len(ordered) // 2] * 1000, 1),
            "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 1),
            "money_cny": {kind: str(after[kind] - before[kind]) for kind in zero},
            "ledger_sums": {currency: str(one["sum"]) for currency, one in self.after.items()},
            "differences": len(self.wrong),
        }


def amount(money):
    """Read money, or the bare amount of it; none is nothing."""
    return Decimal((money["amount"] if isinstance(money, dict) else money) or 0) if money is not None else Decimal(0)


def wire(moment):
    return moment.isoformat().replace("+00:00", "Z")


def say(message):
    print(f"[{time.strftime('%H:%M:%S')}] {message}", file=sys.stderr, flush=True)


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--success", type=Path, default=DATA / "success.txt", help="groups that were formed")
    parser.add_argument("--failed", type=Path, default=DATA / "failed.txt", help="groups that were not")
    parser.add_argument("--limit", type=int, default=2000, help="groups to play (2000)")
    parser.add_argument("--url", help="a running deployment; without it an embedded platform is started")
    parser.add_argument("--token", help="the token of a node operator of that deployment")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--deadline-seconds", type=float, default=30, help="with --url: from opening to deadline (30)")
    options = parser.parse_args(arguments)
    if options.url and not options.token:
        parser.error("--url needs --token, the token of a node operator")
    if options.limit < 1 or options.connections < 1:
        parser.error("--limit and --connections are to be 1 or more")
    for path in (options.success, options.failed):
        if not path.is_file():
            parser.error(f"{path} is not there; name the files with --success and --failed")
    return options


def main(arguments=None):
    options = options_of(arguments)
    groups = read_groups(options.success, options.failed, options.limit)
    with ExitStack() as stack:
        if options.url:
            operator, clock = Api(options.url, options.token), RealTime(options.deadline_seconds)
        else:
            say("starting an embedded platform")
            logs.set_up("WARNING", process="replay")
            platform = stack.enter_context(Embedded(clock=VirtualClock(START), rate_limit=1_000_000))
            operator, clock = Api(platform.url, platform.operator_token()), VirtualTime(platform)
        replay = Replay(operator, groups, clock, options.connections)
        started = time.monotonic()
        try:
            replay.run()
        except ApiError as error:
            print(f"WRONG: the replay could not be played to its end: {error}")
            return 1
        summary = {**replay.summary(), "seconds": round(time.monotonic() - started, 1)}
    for problem in replay.wrong[:20]:
        print(f"WRONG: {problem}")
    width = max(len(key) for key in summary)
    for key, value in summary.items():
        print(f"{key:{width}}  {value}")
    print(json.dumps({**summary, "mode": "url" if options.url else "embedded"}))
    return 1 if replay.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
