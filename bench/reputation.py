"""How far scores can be bought: attacks on the code of production, beside the scores of others.

    python bench/reputation.py [--quick] [--seeds N]

Worlds come from reputation_world.py: five operators, two hundred raters, a hundred suppliers, twenty of them attacked.
The error is that of the attacked suppliers, from 0 to 1. The seeds are others than those that anything was tuned on (0
to 11). The last line is one line of JSON. Exit code 1 if a bar is missed.
"""

import argparse
import json
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid5

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.reputation_world import RATERS, Attack, Honesty, Rating, world
from services.kernel.signing import new_key
from services.reputation.domain.model import Review, Scores
from services.reputation.domain.orders import Order
from services.reputation.domain.receipts import Issuer, evidence_of, issue
from services.reputation.domain.ringing import Heard, find_voices
from services.reputation.domain.score import Evidence, derive, yardsticks

TODAY, NOW = date(2026, 5, 11), datetime(2026, 5, 11, tzinfo=UTC)
FIRST_SEED = 1000
NAMES = UUID("0196c1a0-0000-7000-8000-000000000031")
OTHERS = {
    "raw mean": yardsticks.raw_mean,
    "Bayes": yardsticks.bayesian_average,
    "Wilson": yardsticks.wilson_low,
    "beta": yardsticks.plain_beta,
}
CAMOUFLAGED = {"camouflaged": True}
# name: (attack, what honest raters are like, the bar of the error, the bar of honest raters that are down-weighted)
ROWS = {
    "no attack": (Attack(), Honesty(), 0.06, 0.05),
    **{f"{part:.0%} naive": (Attack(part), Honesty(), 0.10, 0.05) for part in (0.1, 0.2, 0.3)},
    "30% ballot stuffing": (Attack(0.3, "push"), Honesty(), 0.10, 0.05),
    "30% bad-mouthing": (Attack(0.3, "smear"), Honesty(), 0.10, 0.05),
    "30% new names": (Attack(0.3, washed=True), Honesty(), 0.10, 0.05),
    **{f"{part:.0%} camouflaged": (Attack(part, **CAMOUFLAGED), Honesty(), 0.15, 0.05) for part in (0.1, 0.2, 0.3)},
    "30% camouflaged, half": (Attack(0.3, reach=0.5, **CAMOUFLAGED), Honesty(), 0.15, 0.05),
    "30% camouflaged, quarter": (Attack(0.3, reach=0.25, **CAMOUFLAGED), Honesty(), None, None),
    "groups of friends": (Attack(), Honesty(together=0.8, mood=0.1), None, 0.05),
    "mild marks": (Attack(), Honesty(worth=(0.6, 0.95), together=0.8, mood=0.1, lenient=0.1), None, 0.05),
    "a tenth always says 5": (Attack(), Honesty(lenient=0.1), None, None),
}
QUICK = ("no attack", "30% naive", "30% new names", "30% camouflaged")
MINTS = (2, 10, 50)
MINT_BAR = 0.10


def say(message):
    print(f"[{time.strftime('%H:%M:%S')}] {message}", file=sys.stderr, flush=True)


def supplier_id(number):
    return uuid5(NAMES, str(number))


def heard(ratings):
    """Return settled ratings as evidence, with the voices of the rings that are in it."""
    said = [
        Heard(
            supplier_id(one.supplier),
            Evidence(str(number), one.rater, str(one.operator), TODAY, (round(one.share * 4) + 1, None, None, None)),
        )
        for number, one in enumerate(ratings)
        if one.settled
    ]
    voices = {(voice.supplier_id, voice.rater): voice.ring for voice in find_voices(said)}
    found = {}
    for one in said:
        ring = voices.get((one.supplier_id, one.said.rater))
        found.setdefault(one.supplier_id, []).append(_as(one.said, ring))
    return found, {rater for _, rater in voices}


def _as(said, ring):
    return Evidence(said.order, said.rater, said.community, said.day, said.marks, voice=ring)


def ours(evidence, number):
    return derive(evidence.get(supplier_id(number), ()), TODAY).combined


def measure(attack, honesty, seeds):
    """Return errors by method, coverage of the interval, and which part of honest and of bad raters is in rings."""
    errors = {name: [] for name in (*OTHERS, "ours")}
    covered, honest, caught, worst = [], [], [], 0.0
    for seed in seeds:
        made = world(seed, attack, honesty)
        evidence, ringed = heard(made.ratings)
        honest.append(len(ringed & made.honest) / len(made.honest))
        if made.bad:
            caught.append(len({name.split("/")[0] for name in ringed} & made.bad) / len(made.bad))
        wrong = []
        for number in made.targets:
            worth, shares = made.worth[number], [one.share for one in made.of(number)]
            for name, method in OTHERS.items():
                errors[name].append(abs(method(shares) - worth))
            found = ours(evidence, number)
            wrong.append(abs(found.share - worth))
            covered.append(found.low <= worth <= found.high)
        errors["ours"] += wrong
        worst = max(worst, float(np.mean(wrong)))
    return {
        **{name: round(float(np.mean(found)), 3) for name, found in errors.items()},
        "worst seed": round(worst, 3),
        "covered": round(float(np.mean(covered)), 3),
        "honest": round(float(np.mean(honest)), 4),
        "caught": round(float(np.mean(caught)), 3) if caught else None,
    }


def minted(times, seeds):
    """Return how far a hostile operator moves the scores of its targets from where they are without it."""
    moved = {name: [] for name in (*OTHERS, "ours")}
    for seed in seeds:
        made = world(seed, Attack(mint=times))
        without = [one for one in made.ratings if one.operator != 0]
        (then, _), (now, _) = heard(without), heard(made.ratings)
        for number in made.targets:
            before = [one.share for one in without if one.supplier == number]
            after = [one.share for one in made.of(number)]
            for name, method in OTHERS.items():
                moved[name].append(abs(method(after) - method(before)))
            moved["ours"].append(abs(ours(now, number).share - ours(then, number).share))
    found = {name: round(float(np.mean(all_)), 3) for name, all_ in moved.items()}
    at = {"p95": float(np.quantile(moved["ours"], 0.95)), "most": max(moved["ours"])}
    return {**found, **{name: round(value, 3) for name, value in at.items()}}


def cost(seed, orders=(0, 1, 2, 5, 10, 20, 50, 100, 200), price=100, fee=0.03):
    """Return what a supplier worth 0.4 rises by ``n`` bought orders of the best mark, by how they are bought."""
    made = world(seed)
    number = min(made.targets, key=lambda one: abs(made.worth[one] - 0.4))
    start = ours(heard(made.ratings)[0], number).share
    ways = {
        "one buyer": lambda at: ("x", 0),
        "one community": lambda at: (f"x{at}", 0),
        "all communities": lambda at: (f"x{at}", at % 5),
        "known buyers": lambda at: (f"r{at % (5 * RATERS)}", at % (5 * RATERS) // RATERS),
    }
    rows = []
    for count in orders:
        row = {"orders": count, "fee": round(count * price * fee, 2), "locked": count * price}
        for name, way in ways.items():
            bought = [Rating(*way(at), number, 1.0) for at in range(count)]
            row[name] = round(ours(heard([*made.ratings, *bought])[0], number).share - start, 3)
        rows.append(row)
    return rows


def accepted_unsettled(count=1000):
    """Return how many reviews of orders that are not settled become evidence, through receipts."""
    issuer, key = Issuer(NAMES, b"s" * 32), new_key(NOW)
    accepted = 0
    for at in range(count):
        ids = [uuid5(NAMES, f"{kind}{at}") for kind in ("order", "campaign", "community", "member")]
        order = Order(*ids, supplier_id=NAMES, category="c", delivered_at=NOW)
        review = Review(ids[0], ids[0], ids[1], NAMES, ids[2], ids[3], Scores(5), "", NOW)
        accepted += evidence_of(issue(order, review, None, issuer, key, NOW)) is not None
    return accepted


def missed(figures):
    """Yield what misses its bar."""
    for name, row in figures["attacks"].items():
        _, _, error, honest = ROWS[name]
        if error is not None and row["ours"] > error:
            yield f"{name}: error {row['ours']} > {error}"
        if honest is not None and row["honest"] > honest:
            yield f"{name}: honest raters down-weighted {row['honest']} > {honest}"
    for times, row in figures["minted"].items():
        if row["ours"] > MINT_BAR:
            yield f"{times} times minted: moved by {row['ours']} > {MINT_BAR}"
    if figures["unsettled accepted"]:
        yield f"{figures['unsettled accepted']} ratings without a settled order were accepted"


def measured(seeds, rows=tuple(ROWS), mints=MINTS):
    """Return all figures."""
    figures = {"seeds": [seeds[0], seeds[-1]], "attacks": {}, "minted": {}}
    for name in rows:
        attack, honesty, *_ = ROWS[name]
        figures["attacks"][name] = row = measure(attack, honesty, seeds)
        say(f"{name}: error {row['ours']}, honest raters down-weighted {row['honest']:.1%}")
    for times in mints:
        figures["minted"][times] = row = minted(times, seeds)
        say(f"{times} times minted: moved by {row['ours']}, at most {row['most']}")
    figures["unsettled accepted"] = accepted_unsettled()
    return figures


def show(figures, console):
    columns = [*OTHERS, "ours", "worst seed", "covered", "honest", "caught"]
    table = Table("attack", *columns, title="Mean absolute error on the attacked suppliers, from 0 to 1")
    for name, row in figures["attacks"].items():
        table.add_row(name, *("-" if row[column] is None else f"{row[column]:.3f}" for column in columns))
    console.print(table)
    columns = [*OTHERS, "ours", "p95", "most"]
    table = Table("raters minted", *columns, title="How far one hostile operator of five moves a score")
    for times, row in figures["minted"].items():
        table.add_row(f"{times} x", *(f"{row[column]:.3f}" for column in columns))
    console.print(table)
    if "cost" in figures:
        table = Table(*figures["cost"][0], title="What bought orders at 100 CNY raise, fee 3 % (score from 0 to 1)")
        for row in figures["cost"]:
            table.add_row(*(f"{value:g}" for value in row.values()))
        console.print(table)
    console.print(f"ratings without a settled order that were accepted: {figures['unsettled accepted']} of 1000")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two seeds, the rows with the highest bars")
    parser.add_argument("--seeds", type=int, default=12)
    options = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + (2 if options.quick else options.seeds))
    figures = measured(seeds, QUICK, (10,)) if options.quick else measured(seeds)
    figures["cost"] = cost(FIRST_SEED)
    show(figures, Console(width=140))
    figures["missed"] = list(missed(figures))
    for line in figures["missed"]:
        say(f"MISSED: {line}")
    print(json.dumps(figures))
    return 1 if figures["missed"] else 0


if __name__ == "__main__":
    sys.exit(main())
