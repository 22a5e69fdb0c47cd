"""Rounds of a made-up city, of any size: pools and offers around the same quarters, more people than seats near by."""

import time
from datetime import UTC, datetime, timedelta

import numpy as np

from services.kernel.geo import Area, Place
from services.kernel.timespan import Timespan
from services.supplier.domain.assignment.model import GRADES, Limit, OfferCard, PoolCard, Problem, SlotCard, Tier

DAY = datetime(2026, 6, 6, tzinfo=UTC)
KM = 1 / 111.195  # degrees
CATEGORIES = ("pottery", "cleaning", "tutoring", "swimming", "haircut", "repair", "yoga", "cooking")


def city(pools, offers, slots=3, seed=1, half_km=20):
    """Return a round: half of the offers are joint groups at the supplier's, others travel or serve pools apart."""
    random = np.random.default_rng(seed)
    quarters = random.uniform(-half_km, half_km, (max(4, pools // 120), 2))

    def place():
        at = quarters[random.integers(len(quarters))] + random.normal(0, 2.0, 2)
        return Place(31.2 + at[0] * KM, 121.4 + at[1] * KM / 0.855)

    return Problem(
        tuple(_pool(random, place(), number) for number in range(pools)),
        tuple(_offer(random, place(), number, slots) for number in range(offers)),
        limits={"probation": Limit(pools=6, people=20)},
    )


def _pool(random, place, number):
    days = sorted(random.choice(14, size=random.integers(3, 9), replace=False))
    windows = []
    for day in map(int, days):
        start = DAY + timedelta(days=day, hours=float(random.choice([0, 0, 1, 4, 9])))
        windows.append(Timespan(start, start + timedelta(hours=float(random.choice([5, 8, 12])))))
    people = {f"c{random.integers(200)}": int(1 + random.geometric(0.2)) for _ in range(random.integers(1, 4))}
    ceiling = None if random.random() < 0.4 else int(random.integers(60, 130)) * 100
    return PoolCard(
        f"p{number:05d}",
        str(random.choice(CATEGORIES)),
        people,
        Area(place, float(random.uniform(3, 8))),
        tuple(windows),
        int(random.choice([60, 90])),
        ceiling,
    )


def _offer(random, place, number, slots):
    least = int(random.integers(4, 10))
    most = least + int(random.integers(6, 24))
    price = int(random.integers(80, 140)) * 100
    tiers = (Tier(least, price), Tier(least + 4, int(price * 0.85)), Tier(least + 8, int(price * 0.7)))
    made = []
    for index in range(slots):
        start = DAY + timedelta(days=int(random.integers(14)), hours=float(random.choice([1, 2, 3, 6, 8, 11, 12])))
        made.append(SlotCard(f"o{number:05d}-{index}", Timespan(start, start + timedelta(hours=1.5)), most, after=30))
    kind = random.random()
    return OfferCard(
        id=f"o{number:05d}",
        supplier=f"s{number // 2:05d}",
        category=str(random.choice(CATEGORIES)),
        tiers=tiers,
        min_group=least,
        max_group=most,
        place=place,
        slots=tuple(made),
        travel_km=8.0 if kind < 0.2 else None,
        joint=kind < 0.8,
        grade=GRADES[number // 2 % len(GRADES)],
    )


def section(options):
    """Our own rounds: the gap that is proved in the time that is given, beside greedy; breaches are counted apart."""
    from bench.supply_table import Section, percent, say
    from services.supplier.domain.assignment import breaches
    from services.supplier.domain.assignment.columns import columns_of
    from services.supplier.domain.assignment.greedy import greedy
    from services.supplier.domain.assignment.hurdles import chances_of
    from services.supplier.handlers.solving import solve_in_process

    made = Section(
        "Matching rounds of a made-up city: proved gaps in people, then in cost",
        (
            "pools x offers x slots",
            "columns",
            "people",
            "at most",
            "gap",
            "cost gap",
            "seconds",
            "greedy",
            "its gap",
            "its cost",
        ),
    )
    sizes = ((60, 12, 10), (300, 60, 20), (5000, 1000, 60))
    for pools, offers, seconds in sizes[:2] if options.quick else sizes:
        problem = city(pools, offers, half_km=20 * (pools / 5000) ** 0.5)
        columns = columns_of(problem, chances_of(problem))
        quick = greedy(columns)
        begun = time.monotonic()
        result = solve_in_process(problem, seconds, lambda state: say(f"  {state}"))
        taken = time.monotonic() - begun
        lost = 1 - quick.served / result.served_bound
        name = f"{pools}x{offers}x3"
        shown = (percent(result.gap), percent(result.cost_gap), f"{result.seconds:.1f} ({taken:.1f} in all)")
        theirs = (quick.served, percent(lost), f"{quick.cost / result.cost:.3f} of ours")
        made.rows.append((name, len(columns), result.served, result.served_bound, *shown, *theirs))
        broken = breaches(problem, result)
        made.figures[name] = {
            "gap": round(result.gap, 5),
            "cost_gap": round(result.cost_gap, 5),
            "optimal": result.optimal,
            "seconds": result.seconds,
            "greedy_gap": round(lost, 5),
            "breaches": len(broken),
        }
        made.missed += [f"{name}: {len(broken)} breaches"] if broken else []
        made.missed += [f"{name}: gap {percent(result.gap)}, not 1 %"] if result.gap > 0.01 else []
    made.notes.append("cost gap: what could be saved at most without serving fewer people; greedy serves fewer")
    return made
