"""The campaigns of a run: of every kind of end, each with an organiser who closes, calls off, delivers and repays."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

from tests.chaos.asking import Asker
from tests.e2e import town

ENDS = ("settled", "failed", "cancelled")
SEATS = 1.7  # that one join asks for, on average
COMMUNITIES, MEMBERS = 5, 12
ACCEPTANCE_HOURS = 0.001
SHARES = {"supplier_bp": 9000, "organiser_bp": 600, "platform_bp": 400}
PROBE = "probe"


@dataclass(frozen=True)
class Kind:
    """How a campaign is to go: ``most`` and ``least`` are its seats, in parts of what is asked for on average.

    ``deadline`` and ``act`` are in parts of the time of the joins; without a deadline it comes after all of them.
    """

    name: str
    of_fifty: int
    most: float
    least: float
    deadline: float | None = None
    missed: dict = field(default_factory=lambda: {"action": "fail"})
    act: float | None = None


KINDS = (
    Kind("full house", 14, 0.6, 0.2),
    Kind("tiers", 14, 2.5, 0.3),
    Kind("closed early", 5, 2.5, 0.1, act=0.5),
    Kind("timely", 4, 2.5, 0.1, deadline=0.7),
    Kind("missed", 4, 4.0, 3.5, deadline=0.5),
    Kind("extended", 3, 4.0, 3.5, deadline=0.6, missed={"action": "extend", "extend_times": 1}),
    Kind("smaller tier", 3, 4.0, 3.5, deadline=0.8, missed={"action": "smaller_tier"}),
    Kind("called off", 3, 2.5, 0.1, act=0.6),
)


def kinds_of(count):
    """Return the kind of each of ``count`` campaigns, each kind at least once, in the shares of fifty."""
    even = sorted((number / kind.of_fifty, kind.name, kind) for kind in KINDS for number in range(kind.of_fifty))
    return [kind for _, _, kind in (even * (count // len(even) + 1))[:count]]


@dataclass(frozen=True)
class Times:
    """When what happens, in seconds since the epoch: joins from ``begin`` to ``until``, the services at ``start``."""

    begin: float
    until: float

    @property
    def start(self):
        return self.until + 10

    @property
    def kills_end(self):
        return self.start + 8

    def part(self, share):
        return self.begin + (self.until - self.begin) * share


@dataclass(frozen=True)
class Opened:
    """A campaign, as the clients need it; ``deadline`` is the one that it was opened with."""

    campaign_id: str
    kind: str
    token: str
    members: list
    deadline: float
    act_at: float | None


def _tier(seats, price):
    return {"seats": max(1, seats), "price": {"amount": price, "currency": "CNY"}}


def _open(node, homes, number, kind, times, asked):
    home = homes[number % len(homes)]
    most, least = max(4, int(asked * kind.most)), max(2, int(asked * kind.least))
    deadline = times.part(kind.deadline) if kind.deadline else times.until + 1 + number % 4
    missed = dict(kind.missed)
    if missed["action"] == "extend":
        missed["extend_hours"] = (times.until - times.begin) * 0.15 / 3600
    smaller = {"fallback_tiers": [_tier(2, "140.00")]} if missed["action"] == "smaller_tier" else {}
    made = town.campaign(
        node,
        home,
        minimum=least,
        maximum=most,
        deadline=town.at(seconds=deadline - time.time()),
        opening={"hold_minutes": 1, "grace_minutes": 1 if kind.deadline else 0, "on_missed": missed},
        starts=timedelta(seconds=times.start - time.time()),
        tiers=[_tier(least, "128.00"), _tier((least + most) // 2, "118.00"), _tier(most, "108.50")],
        acceptance_hours=ACCEPTANCE_HOURS,
        shares=SHARES,
        **smaller,
    )
    act_at = times.part(kind.act) if kind.act else None
    return Opened(made["campaign_id"], kind.name, home["organiser_token"], home["people"], deadline, act_at)


def open_all(node, count, joins, times):
    """Open the campaigns of a run, and one more for the prober, several at a time."""
    homes = [town.community(node) for _ in range(COMMUNITIES)]
    for home in homes:
        home["people"] = [town.member(node, home)["member_id"] for _ in range(MEMBERS)]
    kinds = [*kinds_of(count), Kind(PROBE, 0, 0, 0)]
    asked = [joins * SEATS / count] * count + [0]

    def one(number):
        kind = kinds[number]
        if kind.name == PROBE:
            kind = Kind(PROBE, 0, most=10_000, least=2)
            return _open(node, homes, number, kind, times, 1)
        return _open(node, homes, number, kind, times, asked[number])

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, range(len(kinds))))


class Organisers(threading.Thread):
    """All organisers in one: ends each campaign as its kind says, under the same kills as everybody else."""

    def __init__(self, node, campaigns, times, notebook):
        super().__init__(daemon=True)
        self.asker, self.campaigns, self.times = Asker(node.url, "organiser", notebook), campaigns, times
        self.states = {}
        self.stopping = threading.Event()

    def run(self):
        acting = sorted((one for one in self.campaigns if one.act_at), key=lambda one: one.act_at)
        for one in acting:
            if self.stopping.wait(max(0.0, one.act_at - time.time())):
                return
            op, body = ("close", {}) if one.kind == "closed early" else ("cancel", {"reason": "下雨"})
            self._post(one, op, body)
        self.stopping.wait(max(0.0, self.times.start + 1 - time.time()))
        while not self.stopping.is_set() and not all([self._ended(one) for one in self.campaigns]):
            self.stopping.wait(0.5)

    def _ended(self, one):
        """Bring a campaign nearer to its end; return whether it is there and owes nothing."""
        if self.states.get(one.campaign_id) == "ended":
            return True
        seen = self.asker.ask(
            "look", f"/v1/campaigns/{one.campaign_id}", method="GET", token=one.token, campaign=one.campaign_id
        ).answer
        state, owed = seen.get("state"), seen.get("money", {}).get("owed", {}).get("amount")
        if state == "confirmed":
            self._post(one, "deliver", {})
        if owed not in (None, "0.00"):
            self._repay(one)
        self.states[one.campaign_id] = "ended" if state in ENDS and owed == "0.00" else state
        return self.states[one.campaign_id] == "ended"

    def _repay(self, one):
        """Try again what the provider could not give back."""
        path, cursor = f"/v1/campaigns/{one.campaign_id}/commitments?limit=100", ""
        while cursor is not None:
            page = self.asker.ask("list", path + cursor, method="GET", token=one.token, campaign=one.campaign_id).answer
            for found in page.get("items", ()):
                if found["owed"]["amount"] != "0.00":
                    about = {"token": one.token, "campaign": one.campaign_id, "commitment": found["commitment_id"]}
                    path_of_one = f"/v1/commitments/{found['commitment_id']}/refunds/retry"
                    self.asker.ask("refunds/retry", path_of_one, {}, **about)
            cursor = page.get("next_cursor") and f"&cursor={page['next_cursor']}"

    def _post(self, one, op, body):
        return self.asker.ask(
            f"campaign {op}", f"/v1/campaigns/{one.campaign_id}/{op}", body, token=one.token, campaign=one.campaign_id
        )
