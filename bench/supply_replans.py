"""Planning again: what a change does to an estate's day of forty homes, beside solving it anew.

    python -m bench.supply_replans     this section alone

Every case begins with a plan whose homes were told their hours. Then a home drops out, two are added, or a crew is late
by an hour and a half. ``anew`` solves the changed day from scratch, once bound by the promises and once not.
"""

import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import mean

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.supply_table import Options, Section, say
from services.kernel.timespan import Timespan
from services.supplier.domain.visits.model import Break
from services.supplier.domain.visits.promising import promised
from services.supplier.domain.visits.replanning import old_of, replan
from services.supplier.domain.visits.solving import solve
from tests.builders_visits import broken, crew, day, estate, flat, span

HEAD = ("change", "cases", "by", "homes lost", "promises broken", "homes with another crew", "s")
ITERATIONS = 1500  # the same on every machine
LATE = timedelta(minutes=90)


def section(options: Options) -> Section:
    """Change a day in three ways, and plan it again in three."""
    found = Section("Visits: forty homes planned again after a change (mean of the cases)", HEAD)
    base = day(estate(40), [crew(name, rest=Break(span(3.5, 5), 45)) for name in "甲乙丙丁"])
    before = solve(base, 60, most=ITERATIONS)
    told = promised(base, before)
    cases = 4 if options.quick else 12
    for name, changed in _changes(told, cases).items():
        for how, again in _ways(before).items():
            lines = [_measure(told, before, one, again) for one in changed]
            means = [round(mean(column), 2) for column in zip(*lines, strict=True)]
            found.rows.append((name, len(changed), how, *means))
            found.figures[f"{name}, {how}"] = dict(zip(("lost", "broken", "moved", "seconds"), means, strict=True))
        say(f"{name}: {len(changed)} cases")
    return found


def _changes(told, cases):
    first = told.homes[:: max(1, len(told.homes) // cases)][:cases]
    drops = [replace(told, homes=tuple(home for home in told.homes if home is not gone)) for gone in first]
    extra = [[flat(f"new{n}{k}", 1 + (n + k) % 6, 1 + (5 * n + k) % 18, "01") for k in range(2)] for n in range(cases)]
    adds = [replace(told, homes=(*told.homes, *new)) for new in extra]
    late = [_late(told, number) for number in range(len(told.crews))]
    return {"one drops out": drops, "two are added": adds, "a crew is late": late}


def _late(told, number):
    crews = list(told.crews)
    shift = crews[number].shift
    crews[number] = replace(crews[number], shift=Timespan(shift.start + LATE, shift.end))
    return replace(told, crews=tuple(crews))


def _ways(before):
    def free(changed):
        return solve(replace(changed, homes=tuple(replace(home, promised=None) for home in changed.homes)), 60,
                     most=ITERATIONS)  # fmt: skip

    return {
        "ours": lambda changed: replan(changed, old_of(before), 60, most=ITERATIONS).plan,
        "anew, bound": lambda changed: solve(changed, 60, most=ITERATIONS),
        "anew, free": free,
    }


def _measure(told, before, changed, again):
    import time

    begun = time.perf_counter()
    plan = again(changed)
    seconds = time.perf_counter() - begun
    starts, crews = plan.starts(), before.crew_of()
    promises = {home.home_id: home.promised for home in changed.homes if home.promised}
    kept = [one for one, span in promises.items() if one in starts and span.start <= starts[one] <= span.end]
    moved = sum(crews.get(one, crew) != crew for one, crew in plan.crew_of().items())
    faults = [fault for fault in broken(changed, plan) if "promise" not in fault]
    assert not faults, faults
    return len(plan.left_out), len(promises) - len(kept), moved, seconds


def main() -> int:
    """Run this section alone."""
    found = section(Options(quick="--quick" in sys.argv))
    found.show()
    print(json.dumps({"replans": found.figures}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
