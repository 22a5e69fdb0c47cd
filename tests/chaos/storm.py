"""One run: set up, joins and kills together, the ends, quiet, and the check."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import create_engine

from tests.chaos import campaigns, history, report, verifier, world
from tests.chaos.asking import Asker, Notebook
from tests.chaos.murderer import Murderer
from tests.chaos.node import ChaosNode
from tests.e2e.nodes import ROOT, clean_environment

MOST_REPEATS = 200  # of stored answers, at the very end
ENDING = 480  # seconds that campaigns may need for their ends after the services have taken place
QUIET = 180  # seconds until nothing is under way any more
PACE = 0.2  # seconds between two questions of the prober


@dataclass(frozen=True)
class Outcome:
    """All that is known of a run."""

    times: campaigns.Times
    history: list
    world: world.World
    kills: list
    fallen: Counter
    quiet_after: float
    faults: list


class Storm:
    def __init__(self, folder: Path, chosen):
        self.folder, self.chosen = folder, chosen
        self.faults, self.clients = [], []

    def run(self):
        self.node = ChaosNode(self.folder, self.chosen.seed)
        try:
            self.node.start()
            return self._run()
        finally:
            for client in self.clients:
                client.kill()
            self.node.stop()

    def _run(self):
        report.say("servers and services are up, opening campaigns")
        chosen = self.chosen
        begin = time.time() + 10 + chosen.campaigns * 0.6
        times = campaigns.Times(begin, begin + chosen.seconds)
        opened = campaigns.open_all(self.node, chosen.campaigns, chosen.joins, times)
        times = replace(times, begin=time.time())
        self.murderer = Murderer(self.node, chosen.kills, times, chosen.seed)
        organisers = campaigns.Organisers(self.node, opened, times, self._notebook("organisers"))
        self._start_clients(opened, times)
        self.murderer.start()
        organisers.start()
        self._watch(organisers, times)
        organisers.stopping.set()
        quiet_after = self._wait_quiet()
        self.murderer.stop()
        said = self._remembered(history.read(self.folder))
        there = self._look()
        self.faults += verifier.check(said, there, opened)
        fallen = Counter(self.murderer.fallen)
        return Outcome(times, said, there, self.murderer.kills, fallen, quiet_after, self.faults)

    def _notebook(self, name):
        return Notebook(self.folder / f"{name}.history.jsonl")

    def _start_clients(self, opened, times):
        chosen, probe = self.chosen, next(one for one in opened if one.kind == campaigns.PROBE)
        shown = [vars(one) for one in opened if one is not probe]
        for number in range(chosen.clients):
            joins = chosen.joins // chosen.clients + (number < chosen.joins % chosen.clients)
            plan = {"url": self.node.url, "seed": chosen.seed, "name": f"client{number}", "until": times.until}
            plan |= {"joins": joins, "threads": chosen.threads, "campaigns": shown, "pace": PACE}
            self._start_client(plan)
        self._start_client({**plan, "name": "prober", "joins": 0, "threads": 0, "probe": vars(probe)})

    def _start_client(self, plan):
        path = self.folder / f"{plan['name']}.plan.json"
        path.write_text(json.dumps(plan))
        notes = self.folder / f"{plan['name']}.history.jsonl"
        command = [sys.executable, "-m", "tests.chaos.client", str(path), str(notes)]
        with (self.folder / f"{plan['name']}.log").open("ab") as log:
            self.clients.append(subprocess.Popen(command, env=clean_environment(), cwd=ROOT, stdout=log, stderr=log))

    def _watch(self, organisers, times):
        """Tell how it goes every few seconds, until clients and organisers are done or should have been."""
        tally, next_line = report.Tally(self.folder), 0.0
        while (waits := [one for one in self.clients if one.poll() is None]) or not self._is_over(organisers):
            if self.murderer.failure is not None:
                raise self.murderer.failure
            if time.time() > next_line:
                next_line = time.time() + 5
                tally.tell(times, self.murderer, waits)
            if time.time() > times.start + ENDING:
                what = f"{len(waits)} clients and {sum(map('ended'.__ne__, organisers.states.values()))} campaigns"
                self.faults.append(verifier.Fault("unfinished", "the run", what))
                break
            time.sleep(0.2)
        for client in self.clients:
            if client.poll() is None:
                client.kill()
            if client.wait():
                self.faults.append(verifier.Fault("unfinished", "a client", f"ended with {client.returncode}"))

    def _is_over(self, organisers):
        return self.murderer.done.is_set() and not organisers.is_alive()

    def _wait_quiet(self):
        """Wait until nothing is under way; return how many seconds that took."""
        begun, engine = time.monotonic(), create_engine(self.node.sql_url)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while (left := world.waiting(connection)) and time.monotonic() < begun + QUIET:
                report.say(f"waiting for {', '.join(f'{number} {what}' for what, number in left.items())}")
                time.sleep(3)
        engine.dispose()
        return time.monotonic() - begun

    def _remembered(self, said):
        """Repeat some requests with their keys, long after their answers: each gets the same one."""
        kept = [one for one in said if one.accepted and one.key]
        chosen = random.Random(self.chosen.seed).sample(kept, min(MOST_REPEATS, len(kept)))
        asker = Asker(self.node.url, "repeats", self._notebook("repeats"))
        again = {one.key: asker.repeat(one) for one in chosen}
        return [
            replace(one, again=one.again is not False and again[one.key].again) if one.key in again else one
            for one in said
        ]

    def _look(self):
        ledger, statement = (self._command(*words) for words in (("verify",), ("reconcile", "--provider", "sandbox")))
        engine = create_engine(self.node.sql_url)
        with engine.connect() as connection:
            there = world.look(connection, ledger, statement)
        engine.dispose()
        return there

    def _command(self, *words):
        """Run ``pinlian ledger``; that it ends with 1 when it finds differences is no failure of it."""
        return json.loads(self.node.pinlian("ledger", *words, "--json", codes=(0, 1)))
