"""One client process: many members join, pay, change their minds, and write down what they were told.

    python -m tests.chaos.client PLAN.json HISTORY.jsonl

It is never killed; what is killed is everything that it talks to.
"""

import json
import random
import sys
import threading
import time
from pathlib import Path

from tests.chaos.asking import Asker, Notebook

OVER = ("campaign.full", "campaign.closed", "campaign.wrong_state")
STAYS = 0.15  # how often somebody still tries a campaign that was said to be over


class Buyer(threading.Thread):
    """One thread: a share of the joins, one after the other, spread over the time that there is."""

    def __init__(self, plan, number, notebook):
        super().__init__()
        self.rng = random.Random(f"{plan['seed']} {plan['name']} {number}")
        self.asker = Asker(plan["url"], f"{plan['name']}.{number}", notebook)
        self.campaigns, self.over, self.until = plan["campaigns"], set(), plan["until"]
        self.joins = plan["joins"] // plan["threads"] + (number < plan["joins"] % plan["threads"])

    def run(self):
        begun = time.time()
        for number in range(self.joins):
            planned = begun + (self.until - begun) * number / self.joins
            time.sleep(max(0.0, planned - time.time()) * self.rng.uniform(0.5, 1.0))
            self.buy()

    def buy(self):
        campaign = self._choose()
        self.ids = {"token": campaign["token"], "campaign": campaign["campaign_id"]}
        self.path = f"/v1/campaigns/{campaign['campaign_id']}/commitments"
        body = {"seats": self.rng.choice((1, 1, 1, 2, 2, 3)), "member_id": self.rng.choice(campaign["members"])}
        said = self._join_paid(body) if self.rng.random() < 0.78 else self._reserve(body)
        if said.code in OVER:
            self.over.add(campaign["campaign_id"])

    def _choose(self):
        running = [one for one in self.campaigns if one["campaign_id"] not in self.over or self.rng.random() < STAYS]
        return self.rng.choice(running or self.campaigns)

    def _join_paid(self, body):
        payment = {"method": "offline", "receipt": self._receipt()}
        again = self.rng.random() < 0.05
        said = self.asker.ask("join", self.path, {**body, "payment": payment}, again=again, **self.ids)
        if said.accepted and self.rng.random() < 0.12:
            if body["seats"] > 1 and self.rng.random() < 0.4:
                self._about(said, "seats", {"seats": body["seats"] - 1})
            else:
                self._about(said, "cancel", {})
        return said

    def _reserve(self, body):
        said = self.asker.ask("reserve", self.path, body, **self.ids)
        if not said.accepted:
            return said
        what = self.rng.choices(("charge", "authorise", "pay", "cancel", "seats", "nothing"), (30, 15, 20, 15, 10, 10))
        match what[0]:
            case "charge":
                self._about(said, "payment-orders", {"provider": "sandbox"})
            case "authorise":
                self._about(said, "payment-orders", {"provider": "sandbox", "later": True})
            case "pay":
                self._about(said, "payments", {"method": "offline", "receipt": self._receipt()})
            case "cancel":
                self._about(said, "cancel", {})
            case "seats":
                self._about(said, "seats", {"seats": body["seats"] + 1})
                self._about(said, "payments", {"method": "offline", "receipt": self._receipt()})
        return said

    def _about(self, said, op, body):
        one = said.answer["commitment_id"]
        again = self.rng.random() < 0.05
        return self.asker.ask(op, f"/v1/commitments/{one}/{op}", body, commitment=one, again=again, **self.ids)

    def _receipt(self):
        return f"{self.asker.client}-{self.rng.getrandbits(64):x}"


class Prober(threading.Thread):
    """Asks something small again and again, so that the time without an answer is known."""

    def __init__(self, plan, op, notebook):
        super().__init__()
        self.asker, self.op, self.plan = Asker(plan["url"], f"prober.{op}", notebook, timeout=6), op, plan

    def run(self):
        campaign = self.plan["probe"]
        ids = {"token": campaign["token"], "campaign": campaign["campaign_id"]}
        path, number = f"/v1/campaigns/{campaign['campaign_id']}", 0
        while time.time() < self.plan["until"]:
            if self.op == "get":
                self.asker.ask("get", path, method="GET", **ids)
            else:
                number += 1
                payment = {"method": "offline", "receipt": f"probe-{number}"}
                body = {"seats": 1, "member_id": campaign["members"][0], "payment": payment}
                self.asker.ask("join", f"{path}/commitments", body, **ids)
            time.sleep(self.plan["pace"])


def main():
    plan, notebook = json.loads(Path(sys.argv[1]).read_text()), Notebook(Path(sys.argv[2]))
    threads = [Buyer(plan, number, notebook) for number in range(plan["threads"])]
    if "probe" in plan:
        threads += [Prober(plan, op, notebook) for op in ("get", "join")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
