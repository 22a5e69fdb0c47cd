"""How merging grows: signals per second in batch and online, p50 and p99 of one signal online, and peak memory.

    python bench/merge_scale.py [--sizes 10000,100000,1000000] [--alone]

Each size runs in a process of its own, on the same cities and communities. Signals come in bursts, as rows of a chain
do: up to a dozen people of one community want the same on the same day, each with their own place, reach and times.
With --alone each comes by itself: then of 10 000 hardly two fit, and of a million nearly all, so that growth measures
how dense they become. Topics are given, because what reading texts costs is measured by texts.py. The last line is
one line of JSON. Exit code 1 if a bar is missed.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import threading
import time
from datetime import timedelta
from math import cos, radians
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich.console import Console
from rich.table import Table

from bench import world
from services.demand.domain.pooling import Book, Need, Rules, solve, violations
from services.kernel.geo import Place
from services.kernel.timespan import Timespan
from services.platform.forked import forked_map

COMMUNITIES, TOPICS, OF_ONE, DAYS, BURST = 1000, 60, 5, 28, 12
ONLINE = 100_000  # signals that are taken online at most: what comes on top of as many is timed
MOST_SECONDS, MOST_KB, MOST_P99_MS = 600, 4 * 1024**2, 50


def say(message):
    print(f"[{time.strftime('%H:%M:%S')}] {message}", file=sys.stderr, flush=True)


def needs_of(size, burst, seed=5):
    """Yield needs of communities that each have a home district; most of their people live within a few kilometres."""
    random = Random(seed)
    cities = world.districts()
    homes = [random.choice(random.choice(cities)) for _ in range(COMMUNITIES)]
    wanted = [random.sample(range(TOPICS), OF_ONE) for _ in range(COMMUNITIES)]
    days = [[_window(day, hour, hours) for hour in (1, 2, 5, 6, 11) for hours in (2, 3, 4)] for day in range(DAYS)]
    left = 0
    for number in range(size):
        if not left:
            community, left = random.randrange(COMMUNITIES), random.randint(1, burst)
            topic, day = f"t{random.choice(wanted[community])}", random.choice(days)
        left -= 1
        lat, lon = homes[community]
        north, east = random.gauss(0, 2) * world.KM, random.gauss(0, 2) * world.KM / cos(radians(lat))
        place, radius = Place(lat + north, lon + east), random.choice((2.0, 3.0, 5.0, 8.0))
        chosen = {random.choice(day), *random.sample(random.choice(days), random.choice((0, 0, 1)))}
        people, minutes = random.choice((1, 1, 2, 3)), random.choice((60, 90, 120))
        yield Need(number, f"c{community}", topic, people, place, radius, tuple(sorted(chosen)), minutes)


def _window(day, hour, hours):
    start = world.FIRST_DAY + timedelta(days=day, hours=hour)
    return Timespan(start, start + timedelta(hours=hours))


class Memory:
    """The largest resident memory of this process and its children together, looked at four times a second."""

    def __init__(self):
        self.most, self._on = 0, True
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        while self._on:
            self.most = max(self.most, sum(_resident(one) for one in _family()))
            time.sleep(0.25)

    def stop(self):
        self._on = False
        return max(self.most, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _family():
    own = os.getpid()
    try:
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    except OSError:
        children = []
    return [own, *map(int, children)]


def _resident(process):
    """Kilobytes, of pages shared by several processes each its part."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def batch(needs):
    def seen(done):
        if time.monotonic() - seen.told > 20:
            seen.told = time.monotonic()
            say(f"  {done} topics of {TOPICS}")

    seen.told = time.monotonic()
    begin = time.perf_counter()
    solution = solve(needs, Rules(), mapper=lambda work, groups: forked_map(work, groups, os.cpu_count() or 1, seen))
    seconds = time.perf_counter() - begin
    return solution, seconds


def online(needs):
    """Add needs one by one; what is timed is the last tenth, which meets the others in the book."""
    book, taken = Book(Rules()), []
    for need in needs:
        begin = time.perf_counter()
        book.add(need)
        taken.append(time.perf_counter() - begin)
    last = sorted(taken[-max(1, len(taken) // 10) :])
    return {
        "online_open": len(needs),
        "online_per_second": round(len(taken) / sum(taken)),
        "p50_ms": round(1000 * last[len(last) // 2], 3),
        "p99_ms": round(1000 * last[int(len(last) * 0.99)], 3),
        "max_ms": round(1000 * last[-1], 3),
    }


def one_size(size, burst):
    needs = list(needs_of(size, burst))
    memory = Memory()
    solution, seconds = batch(needs)
    peak = memory.stop()
    known = {need.id: need for need in needs}
    some = Random(1).sample(solution.pools, min(20_000, len(solution.pools)))
    figures = {
        "size": size,
        "batch_seconds": round(seconds, 1),
        "batch_per_second": round(size / seconds),
        "peak_mb": round(peak / 1024),
        "pools": len(solution.pools),
        "served": round(solution.served / sum(need.people for need in needs), 4),
        "violations": sum(len(violations(pool, known, Rules())) for pool in some),
        **online(needs[:ONLINE]),
    }
    print(json.dumps(figures), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--alone", action="store_true", help="no two signals belong together by intent")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if not world.DATA.exists():
        sys.exit(f"this bench reads public data in {world.DATA}, which is not there")
    if chosen.size:
        one_size(chosen.size, 1 if chosen.alone else BURST)
        return
    figures, alone = [], ["--alone"] if chosen.alone else []
    for size in map(int, chosen.sizes.split(",")):
        say(f"{size} signals")
        done = subprocess.run(
            [sys.executable, __file__, "--size", str(size), *alone], stdout=subprocess.PIPE, check=True
        )
        figures.append(json.loads(done.stdout))
    show(figures)
    growth = figures[-1]["batch_per_second"] and figures[0]["batch_per_second"] / figures[-1]["batch_per_second"]
    missed = [f"{one['size']}: {what}" for one in figures for what in missed_by(one)]
    missed += [f"time per signal grew {growth:.2f} times"] if growth > 2 else []
    print(json.dumps({"sizes": figures, "growth": round(growth, 2), "missed": missed}), flush=True)
    sys.exit(bool(missed))


def missed_by(one):
    if one["batch_seconds"] > MOST_SECONDS:
        yield f"{one['batch_seconds']} s in batch"
    if one["peak_mb"] * 1024 > MOST_KB:
        yield f"{one['peak_mb']} MB"
    if one["p99_ms"] > MOST_P99_MS:
        yield f"p99 {one['p99_ms']} ms"
    if one["violations"]:
        yield f"{one['violations']} violations"


def show(figures):
    table = Table(*figures[0], title="merging by size")
    for one in figures:
        table.add_row(*map(str, one.values()))
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
