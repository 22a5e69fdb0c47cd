"""How well needs are merged: against planted truth, against the best possible, and beside common clusterings.

    python bench/merge.py [--quick] [--no-texts]

Worlds come from world.py, the best possible from exact.py, the measurements of texts by themselves from texts.py. The
last line is one line of JSON. Exit code 1 if a bar is missed.
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from rich.console import Console
from rich.table import Table

from bench import exact, world
from services.demand.domain.pooling import Book, Prices, Rules, Stated, Tier, batch_topics, solve, violations
from services.kernel.money import Money

TIERS = Prices({"t": [Tier(n, Money(p * 100, "CNY")) for n, p in ((4, 120), (8, 90), (20, 60))]})
SETTINGS = {
    "two signals": (Rules(), False),
    "8 people": (Rules(minimum=8), False),
    "15 people": (Rules(minimum=15), False),
    "prices": (Rules(prices=TIERS), True),
    "prices, 8 people": (Rules(minimum=8, prices=TIERS), True),
}


def say(message):
    print(f"[{time.strftime('%H:%M:%S')}] {message}", file=sys.stderr, flush=True)


def bcubed(found, truth):
    """Return precision, recall and F1 of B-cubed (Bagga and Baldwin 1998)."""
    both, ours, theirs = Counter(zip(found, truth, strict=True)), Counter(found), Counter(truth)
    precision = sum(n * n / ours[f] for (f, _), n in both.items()) / len(truth)
    recall = sum(n * n / theirs[t] for (_, t), n in both.items()) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def labels_of(pools, needs):
    where = {one: number for number, pool in enumerate(pools) for one in pool.needs}
    return [where[need.id] for need in needs]


def broken(pools, needs, rules):
    known = {need.id: need for need in needs}
    return sum(len(violations(pool, known, rules)) for pool in pools)


def against_the_best(seeds, seconds):
    """Return for each setting the share of the best possible that is served, the worst world, and what went wrong."""
    found = {}
    for name, (rules, priced) in SETTINGS.items():
        served = best = wrong = unproved = 0
        worst = 1.0
        for seed in range(seeds):
            needs = world.small(1000 + seed, priced=priced)
            solution = solve(needs, rules)
            wrong += broken(solution.pools, needs, rules)
            possible = exact.best_possible(needs, rules, seconds)
            if possible is None:
                unproved += 1
                continue
            served, best = served + solution.served, best + possible
            worst = min(worst, solution.served / possible if possible else 1.0)
        share = served / best if best else 1.0
        found[name] = {"share": round(share, 4), "worst": round(worst, 3), "unproved": unproved, "violations": wrong}
        say(f"best possible, {name}: {share:.4f} of {best} people, worst world {worst:.3f}")
    return found


def features(one):
    """Return texts as TF-IDF of letters and words, reduced by SVD, and the same with place and time beside them."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    table = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), sublinear_tf=True).fit_transform(
        [n.text for n in one.needs]
    )
    texts = normalize(TruncatedSVD(min(100, table.shape[1] - 1), random_state=0).fit_transform(table))
    km = np.array([(n.place.lat / world.KM, n.place.lon / world.KM * 0.85) for n in one.needs]) / 10
    hours = np.array([[(n.windows[0].start - world.FIRST_DAY).total_seconds() / 3600 / 6] for n in one.needs])
    return {"texts": texts, "texts, place, time": np.hstack([texts, np.clip(km, -1e4, 1e4), hours])}


def yardsticks(one):
    """Yield names and labels of others: k-means is told k, DBSCAN the eps that is best for it by the truth."""
    from sklearn.cluster import DBSCAN, HDBSCAN, KMeans

    count = len(set(one.groups))
    for name, table in features(one).items():
        yield f"k-means, right k ({name})", KMeans(count, n_init=1, random_state=0).fit_predict(table)
        tried = [_apart(DBSCAN(eps, min_samples=2).fit_predict(table)) for eps in (0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)]
        yield f"DBSCAN, best eps ({name})", max(tried, key=lambda labels: bcubed(labels, one.groups)[2])
        yield f"HDBSCAN ({name})", _apart(HDBSCAN(2, copy=True).fit_predict(table))
    yield "exact category", [need.topic or need.id for need in one.needs]
    cell = [(round(n.place.lat * 10), round(n.place.lon * 10), n.windows[0].start.date()) for n in one.needs]
    yield "exact category, cell, day", [(n.topic or n.id, at) for n, at in zip(one.needs, cell, strict=True)]


def _apart(labels):
    """Noise is a cluster for each."""
    return [f"noise {i}" if label == -1 else label for i, label in enumerate(labels)]


def planted(seed, size):
    """Return the figures of one world, ours and theirs."""
    one = world.world(seed, **size)
    begin = time.perf_counter()
    topics = batch_topics([Stated(need.text, need.topic or None) for need in one.needs])
    read = time.perf_counter() - begin
    needs = world.with_topics(one.needs, topics)
    solution = solve(needs, Rules())
    ours = {"Pinlian": labels_of(solution.pools, needs)}
    exactly = world.with_topics(one.needs, [need.topic or need.id for need in one.needs])
    given = solve(exactly, Rules())
    others = {"exact category, then our engine": labels_of(given.pools, one.needs), **dict(yardsticks(one))}
    truth = solve(world.with_topics(one.needs, one.topics), Rules())
    table = {name: _scores(labels, one.groups) for name, labels in {**ours, **others}.items()}
    figures = {"needs": len(needs), "seconds_topics": round(read, 2), "table": table, **proposals(one, topics)}
    figures["violations"] = broken(solution.pools, needs, Rules()) + broken(given.pools, exactly, Rules())
    figures["served_of_true_topics"] = round(solution.served / truth.served, 4)
    return figures, needs


def _scores(labels, truth):
    from sklearn.metrics import normalized_mutual_info_score

    nmi = normalized_mutual_info_score(truth, [str(label) for label in labels])
    return {"f1": round(bcubed(labels, truth)[2], 4), "nmi": round(nmi, 4)}


def proposals(one, topics):
    """Return the share of the pairs of one group that were proposed, being of one topic, and how true topics are."""
    by_group = defaultdict(list)
    for group, topic in zip(one.groups, topics, strict=True):
        by_group[group].append(topic)
    pairs = sum(len(found) * (len(found) - 1) // 2 for found in by_group.values())
    same = sum(n * (n - 1) // 2 for found in by_group.values() for n in Counter(found).values())
    return {"pairs_proposed": round(same / pairs, 4), "topics_f1": round(bcubed(topics, one.topics)[2], 4)}


def stability(needs, orders):
    """Return what orders of input and of arrival change: the batch, and the book before and after it is reoptimised."""
    random = Random(4)
    base = solve(needs, Rules())
    batch = _pairs(base.pools)
    found = {"batch_same": True, "batch_share": 1.0, "book_agreement": 1.0, "book_before": 1.0, "violations": 0}
    books = []
    for _ in range(orders):
        shuffled = random.sample(needs, len(needs))
        found["batch_same"] &= _pairs(solve(shuffled, Rules()).pools) == batch
        book = Book()
        for need in shuffled:
            book.add(need)
        before = sum(pool.people for _, pool in book.pools() if pool.served) / base.served
        found["book_before"] = round(min(found["book_before"], before), 4)
        book.reoptimise()
        pools = [pool for _, pool in book.pools()]
        found["violations"] += broken(pools, needs, Rules())
        share = sum(pool.people for pool in pools if pool.served) / base.served
        found["batch_share"] = round(min(found["batch_share"], share), 4)
        books.append(_pairs(pools))
    for one, other in zip([batch, *books], books, strict=False):
        found["book_agreement"] = round(min(found["book_agreement"], 2 * len(one & other) / (len(one) + len(other))), 4)
    return found


def _pairs(pools):
    return {tuple(sorted((a, b))) for pool in pools for a in pool.needs for b in pool.needs if a < b}


def show(figures):
    console = Console(width=120)
    table = Table(
        "planted worlds",
        *(f"world {seed}: F1 / NMI" for seed in figures["worlds"]),
        title="B-cubed F1 and NMI against the truth",
    )
    for name in next(iter(figures["worlds"].values()))["table"]:
        cells = [one["table"][name] for one in figures["worlds"].values()]
        table.add_row(name, *(f"{cell['f1']:.3f} / {cell['nmi']:.3f}" for cell in cells))
    console.print(table)
    table = Table("small worlds", "share of the best possible", "worst world", "unproved", "violations")
    for name, one in figures["best"].items():
        table.add_row(name, f"{one['share']:.4f}", f"{one['worst']:.3f}", str(one["unproved"]), str(one["violations"]))
    console.print(table)
    console.print("stability", figures["stability"])


def bars(figures):
    """Return the bars that are missed."""
    missed = [f"best possible, {name}" for name, one in figures["best"].items() if one["share"] < 0.95]
    wrong = sum(
        one["violations"] for one in [*figures["best"].values(), *figures["worlds"].values(), figures["stability"]]
    )
    missed += [f"{wrong} violations"] if wrong else []
    for seed, one in figures["worlds"].items():
        ours = one["table"]["Pinlian"]["f1"]
        missed += [
            f"world {seed}: {name}" for name, cell in one["table"].items() if name != "Pinlian" and cell["f1"] >= ours
        ]
    for name, one in figures.get("texts", {}).get("topics", {}).items():
        theirs = {other: found["f1"] for other, found in one.items() if isinstance(found, dict) and other != "ours"}
        missed += [f"{name}: {other}" for other, f1 in theirs.items() if f1 >= one["ours"]["f1"]]
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer and smaller worlds, no texts by themselves")
    parser.add_argument("--no-texts", action="store_true", help="leave out the public text sets by themselves")
    chosen = parser.parse_args()
    if not world.DATA.exists():
        sys.exit(f"this bench reads public data in {world.DATA}, which is not there")
    size = {"topics": 20, "groups": 100} if chosen.quick else {"topics": 60, "groups": 480}
    figures = {"best": against_the_best(6 if chosen.quick else 20, 30), "worlds": {}}
    for seed in (11,) if chosen.quick else (11, 12, 13):
        figures["worlds"][seed], needs = planted(seed, size)
        ours = figures["worlds"][seed]["table"]["Pinlian"]
        say(f"world {seed}: {len(needs)} needs, F1 {ours['f1']}, NMI {ours['nmi']}")
    figures["stability"] = stability(needs, 2 if chosen.quick else 5)
    show(figures)
    if not (chosen.quick or chosen.no_texts):
        if find_spec("bench.texts") is None:
            sys.exit("bench/texts.py, which measures the texts by themselves, is not there; leave it out by --no-texts")
        figures["texts"] = import_module("bench.texts").run(say)
    figures["missed"] = bars(figures)
    print(json.dumps(figures, ensure_ascii=False), flush=True)
    sys.exit(bool(figures["missed"]))


if __name__ == "__main__":
    main()
