"""The routes section of ``make bench-supply``: Solomon's instances beside their best known solutions and greedy rules.

    python -m bench.supply_routes [--quick] [--seconds 10]     this section alone

Each instance gets its seconds on one core, with one seed and one run; two run side by side, in processes of their own.
Gaps are of the distance, times ten and cut, to the best known solution (``.sol``); how many vehicles does not count.
"""

import argparse
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.supply_table import Options, Section, percent, say
from services.chassis.solvers import run_solver
from services.supplier.domain.visits import solomon
from services.supplier.domain.visits.worker import MODULE

SECONDS = 10.0
BAR = 0.005
QUICK = ("C101", "R101", "R112", "RC101", "RC108")
HEAD = (
    "instance",
    "best known",
    "ours",
    "vehicles",
    "gap",
    "s",
    "insertion",
    "gap",
    "s",
    "nearest",
    "gap",
    "OR-Tools",
    "gap",
)


def section(options: Options, seconds: float = SECONDS, or_tools: bool = False) -> Section:
    """Solve the instances; with ``or_tools`` also by OR-Tools routing (guided local search), for as long."""
    found = Section(f"Visits: Solomon's class 1 in {seconds:g} s each, distance against the best known", HEAD)
    folder = options.data / "vrptw_solomon"
    names = [path.stem for path in sorted(folder.glob("*.txt")) if not options.quick or path.stem in QUICK]
    if not names:
        found.missed.append(f"no instances in {folder}")
        return found
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        lines = list(pool.map(lambda name: _measure(folder, name, seconds, or_tools), names))
    for name, line in zip(names, lines, strict=True):
        found.rows.append(_row(name, line))
    gaps = [line["gap"] for line in lines]
    found.figures = {
        "instances": len(lines),
        "seconds": seconds,
        "mean_gap": round(mean(gaps), 5),
        "max_gap": round(max(gaps), 5),
        "at_best_known": sum(gap <= 0 for gap in gaps),
        "insertion_mean_gap": round(mean(line["insertion_gap"] for line in lines), 5),
        "nearest_mean_gap": round(mean(line["nearest_gap"] for line in lines), 5),
    }
    if or_tools:
        solved = [line["or_tools_gap"] for line in lines if "or_tools_gap" in line]
        found.figures |= {
            "or_tools_solved": len(solved),
            "or_tools_mean_gap": round(mean(solved), 5) if solved else None,
        }
    told = " · ".join(
        f"{name} {percent(found.figures[name])}"
        for name in found.figures
        if name.endswith("gap") and found.figures[name] is not None
    )
    found.notes.append(f"{told} · at the best known {found.figures['at_best_known']} of {len(lines)}")
    if mean(gaps) > BAR:
        found.missed.append(f"mean gap {percent(mean(gaps))}, the bar is {percent(BAR)}")
    return found


def _measure(folder, name, seconds, or_tools):
    text = (folder / f"{name}.txt").read_text()
    instance = solomon.read(text)
    best = float((folder / f"{name}.sol").read_text().split()[-1])
    begun = time.perf_counter()
    ours = run_solver(MODULE, {"solomon": text, "seconds": seconds}, seconds)
    line = {"best": best, "ours": ours["distance"], "vehicles": len(ours["routes"]), "s": time.perf_counter() - begun}
    _require_right(instance, ours["routes"], ours["distance"])
    rules = {"insertion": solomon.cheapest_insertion, "nearest": solomon.nearest_neighbour}
    for rule, construct in rules.items():
        begun = time.perf_counter()
        routes = construct(instance)
        line[rule] = solomon.told(instance, routes)["distance"]
        line[f"{rule}_s"] = time.perf_counter() - begun
        _require_right(instance, routes, line[rule])
    if or_tools:
        line["or_tools"] = run_solver("bench.supply_routes_ortools", {"text": text, "seconds": seconds}, seconds)[
            "distance"
        ]
    for whose in ("ours", "insertion", "nearest", "or_tools"):
        if line.get(whose) is not None:
            line["gap" if whose == "ours" else f"{whose}_gap"] = line[whose] / best - 1
    say(f"{name}: {line['ours']} of {best}, {percent(line['gap'])}")
    return line


def _require_right(instance, routes, distance):
    """Check an answer by other code than found it: everybody once, every window and load kept, the length as told."""
    visited = sorted(customer for route in routes for customer in route)
    assert visited == list(range(1, len(instance.demand))), "not everybody is visited once"
    assert len(routes) <= max(instance.vehicles, len(instance.demand))
    total = 0
    for route in routes:
        now, here, load = 0, 0, 0
        for there in [*route, 0]:
            way = int(instance.distances[here][there])
            now, total, load = (
                max(now + way, int(instance.ready[there])),
                total + way,
                load + int(instance.demand[there]),
            )
            assert now <= int(instance.due[there]), f"{there} is reached too late"
            now, here = now + int(instance.service[there]), there
        assert load <= instance.capacity, "a vehicle carries too much"
    assert round(total / 10, 1) == round(distance, 1), "the length is not as told"


def _row(name, line):
    other = (line["or_tools"], percent(line["or_tools_gap"])) if "or_tools_gap" in line else ("-", "-")
    return (
        *(name, line["best"], line["ours"], line["vehicles"], percent(line["gap"]), f"{line['s']:.1f}"),
        *(line["insertion"], percent(line["insertion_gap"]), f"{line['insertion_s']:.2f}"),
        *(line["nearest"], percent(line["nearest_gap"]), *other),
    )


def main() -> int:
    """Run this section alone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="five instances")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--or-tools", action="store_true", help="OR-Tools routing beside it, for as long")
    asked = parser.parse_args()
    found = section(Options(quick=asked.quick), asked.seconds, asked.or_tools)
    found.show()
    print(json.dumps({"routes": found.figures, "missed": found.missed}))
    return 1 if found.missed else 0


if __name__ == "__main__":
    sys.exit(main())
