"""Kills with SIGKILL, in turn and at random moments, and starts again what was killed or has ended by itself."""

import json
import random
import threading
import time
from dataclasses import asdict, dataclass

LONGEST_PAUSE = 2.0  # seconds that a victim stays dead
MERCILESS = 0.25  # how often the next victim is killed before the last one has recovered
RESPITE = 4.0  # seconds at most that everybody is served for before the next kill
RECOVERY = 40  # seconds that are waited for it otherwise


@dataclass(frozen=True)
class Kill:
    victim: str
    at: float
    back_at: float


class Murderer(threading.Thread):
    def __init__(self, node, kills, times, seed):
        super().__init__(daemon=True)
        self.rng = random.Random(f"{seed} murderer")
        self.node, self.times, self.kills = node, times, []
        self.victims = node.victims(self.rng)
        self.order = self._order(kills)
        self.fallen, self.failure = [], None
        self.stopping, self.done = threading.Event(), threading.Event()

    def _order(self, kills):
        """Return who is killed when: each as often as the others, in an order that is drawn anew each round."""
        names, order = list(self.victims), []
        while len(order) < kills:
            self.rng.shuffle(names)
            order += names
        step = (self.times.kills_end - self.times.begin) / kills
        return [(self.times.begin + step * (i + self.rng.random()), name) for i, name in enumerate(order[:kills])]

    def run(self):
        try:
            for at, name in self.order:
                self._watch(at)
                if self.rng.random() > MERCILESS:
                    self._watch_until_served()
                if self.stopping.is_set():
                    return
                self._kill(name)
            self.done.set()
            self._watch(float("inf"))
        except Exception as error:
            self.failure = error

    def _watch(self, until):
        """Wait, and start what has ended by itself: a service that finds no database at its start says so and ends."""
        while time.time() < until and not self.stopping.wait(min(0.25, max(0.0, until - time.time()))):
            self.fallen += self.node.revive()

    def _watch_until_served(self):
        """Let the others recover first, so that a slow machine is not dead all the time."""
        end = time.time() + RECOVERY
        while time.time() < end and not self.stopping.is_set() and not self._is_served():
            self._watch(time.time() + 0.25)
        self._watch(time.time() + self.rng.uniform(0, RESPITE))

    def _is_served(self):
        """Whether somebody would be served now: gateway, campaign, broker and database work together for this."""
        try:
            return self.node.call("GET", "/v1/campaigns?limit=1", timeout=3)[0] == 200
        except OSError:
            return False

    def _kill(self, name):
        at = time.time()
        self.victims[name].kill()
        time.sleep(self.rng.uniform(0, LONGEST_PAUSE))
        self.victims[name].start()
        self.kills.append(Kill(name, at, time.time()))
        with (self.node.folder / "kills.jsonl").open("a") as file:
            file.write(json.dumps(asdict(self.kills[-1])) + "\n")

    def stop(self):
        self.stopping.set()
        self.join()
