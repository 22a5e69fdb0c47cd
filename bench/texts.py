"""Pair score, candidate search, bridge, categories and topics on public text sets, each beside its yardsticks.

    python bench/texts.py            about ten minutes; --quick leaves out the larger sets of topics

Methods were chosen on one half of each set and are judged here on the other; AFQMC and xiaobu were never looked at
while the pair score was chosen. The published yardsticks of the pair score are on test parts, and what is at hand are
validation parts: those of LCQMC are harder, so a plain char TF-IDF, whose test figures are known, stands beside them.
The last line is one line of JSON.
"""

# ruff: noqa: E402 - this file is run as a script, so the root of the repository has to become importable first
import argparse
import json
import sys
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from rich.console import Console
from rich.table import Table

from bench import texts_bridge, texts_search, texts_topics
from bench.texts_sets import DATA, JUDGE, SUBJECTS, WORDINGS, lines, pairs

PUBLISHED = {  # Spearman x100 on test parts: shibing624/text2vec
    "ATEC": (20.00, 18.42),
    "BQ": (31.49, 38.52),
    "LCQMC": (59.46, 63.96),
    "PAWSX": (2.57, 10.14),
    "STS-B": (55.78, 78.90),
}
CHAR_ON_TEST = {"ATEC": 25.80, "BQ": 39.48, "LCQMC": 59.94, "PAWSX": 6.10, "STS-B": 68.11}


def say(message):
    print(f"[{time.strftime('%H:%M:%S')}] {message}", file=sys.stderr, flush=True)


def table(title, head, rows):
    shown = Table(*head, title=title, title_justify="left")
    for row in rows:
        shown.add_row(*map(str, row))
    Console().print(shown)


def pair_score(say):
    from scipy.stats import spearmanr
    from sklearn.feature_extraction.text import TfidfVectorizer

    from services.demand.domain.texts import fold, similarity

    result = {}
    for name in [*PUBLISHED, "AFQMC", "xiaobu"]:
        rows = pairs(name, JUDGE if name in PUBLISHED else None)
        truth = [label for _, _, label in rows]
        begun = time.process_time()
        ours = spearmanr([similarity(one, other) for one, other, _ in rows], truth).statistic
        speed = len(rows) / (time.process_time() - begun)
        folded = [fold(text) for one, other, _ in rows for text in (one, other)]
        matrix = TfidfVectorizer(analyzer="char").fit_transform(folded)
        plain = spearmanr(matrix[::2].multiply(matrix[1::2]).sum(axis=1).A1, truth).statistic
        result[name] = {
            "ours": round(100 * float(ours), 2),
            "char": round(100 * float(plain), 2),
            "pairs_per_cpu_s": round(speed),
        }
        say(f"pair score, {name}: {result[name]}")
    head = ("set", "ours", "char TF-IDF here", "char TF-IDF on test", "word2vec on test", "MiniLM-L12 on test")
    rows = [
        (name, one["ours"], one["char"], CHAR_ON_TEST.get(name, "-"), *PUBLISHED.get(name, ("-", "-")))
        for name, one in result.items()
    ]
    table("Pair score: Spearman x100 on the judging half (AFQMC, xiaobu: whole, never looked at)", head, rows)
    return result


def categories(say):
    """In-scope accuracy on a fifth of CLINC150 by hash, and the built-in taxonomy's time to fit."""
    from services.demand.domain.taxonomy import Classifier, builtin

    rows = [line.split("\t") for line in lines("clinc150/utterances.tsv")]
    shares = {"known": [], "asked": []}
    for label, text in rows:
        shares["asked" if zlib.crc32(f"{label}\t{text}".encode()) % 100 >= 80 else "known"].append((text, label))
    begun = time.process_time()
    machine = Classifier(shares["known"])
    fitted = time.process_time() - begun
    ranked = machine.rank([text for text, _ in shares["asked"]])
    right = sum(found[0][0] == label for found, (_, label) in zip(ranked, shares["asked"], strict=True))
    begun = time.process_time()
    Classifier((text, category.key) for category in builtin().categories for text in category.texts)
    result = {
        "accuracy": round(right / len(ranked), 4),
        "asked": len(ranked),
        "intents": len({label for label, _ in rows}),
        "fit_cpu_s": round(fitted, 1),
        "builtin_fit_cpu_s": round(time.process_time() - begun, 2),
    }
    say(f"categories: {result}")
    table("Categories: CLINC150, 80/20 by hash (bar 0.93, goal 0.955)", result.keys(), [result.values()])
    return result


def topics(say, quick):
    names = ("GoogleNews", "LCQMC") if quick else SUBJECTS + WORDINGS
    result = {name: texts_topics.measure(name, say) for name in names}
    methods = ("ours", "k-means", "DBSCAN", "HDBSCAN")
    rows = [
        (name, one["texts"], one["groups"], *(f"{one[at]['f1']:.3f} / {one[at]['nmi']:.3f}" for at in methods))
        for name, one in result.items()
    ]
    table("Topics: B-cubed F1 / NMI on groups that were kept apart", ("set", "texts", "groups", *methods), rows)
    return result


def run(say=say, quick=False):
    """Measure everything and return the figures; where the public data is not at hand it returns nothing."""
    if not DATA.exists():
        say(f"the public text sets are not at {DATA}; nothing is measured")
        return {}
    figures = {"pairs": pair_score(say), "search": texts_search.measure(say), "bridge": texts_bridge.measure(say)}
    table("Candidate search", ("what", "figure"), figures["search"].items())
    table("Chinese with English", ("what", "figure"), figures["bridge"].items())
    return figures | {"categories": categories(say), "topics": topics(say, quick)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Text parts beside their yardsticks")
    parser.add_argument("--quick", action="store_true", help="two sets of topics only")
    print(json.dumps(run(quick=parser.parse_args().quick), ensure_ascii=False))
