"""Times, numbers of people and ceilings in words: the share read right, wrong and refused, per kind, on free text.

    python bench/reading.py                measures the half that is kept apart; also shows the half for developing
    python bench/reading.py --show judge   lists what was read wrong or not at all in a half

Beside our reader run plain jionlp (for Chinese) and plain dateparser where they are installed, which `make
bench-reading` sees to. Each gets whole texts, finds times by itself and is judged by the same measure, which
bench/reading_specs.py describes. The texts are Microsoft's specs of Recognizers-Text, split by a hash of the text: the
reader was developed on one half. Numbers of people and ceilings are samples of our own. The last line is one line of
JSON.
"""

# ruff: noqa: E402 - this file is run as a script, so the root of the repository has to become importable first
import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import reading_counts
from bench import reading_specs as specs
from bench.reading_yardsticks import ours, yardsticks

KINDS = ("date", "daterange", "time", "timerange", "datetime", "datetimerange", "duration", "set", "holiday", "nothing")
OUTCOMES = ("right", "wrong", "refused")
VALUES = "values read right on whole texts"
BAR, GOAL = 0.70, 0.90


def say(message):
    print(f"[{time.strftime('%H:%M:%S')}] {message}", file=sys.stderr, flush=True)


def samples():
    """Return the samples by (language, what is known), or say which are missing."""
    if specs.CHINESE.exists():
        yield from specs.chinese()
    else:
        say(f"the Chinese specs are not at {specs.CHINESE}; only English is measured")
    if specs.ENGLISH.exists():
        yield from specs.english()
    else:
        say(f"the English specs are not at {specs.ENGLISH}; English is measured on samples of our own")
    yield from specs.own_english()


def measure(reader, chosen, show=None):
    """Return how often a reader was right, wrong and silent, by kind, and its answers about nothing."""
    counts, extras = defaultdict(Counter), 0
    for sample in chosen:
        answers = reader(sample)
        results, extra = specs.outcome(sample, answers)
        extras += extra
        for kind, result in results:
            counts[kind][result] += 1
            if show and result != "right":
                read = [(sample.text[one.start : one.end], str(one)) for one in answers]
                print(f"{result:8}{kind:14}{sample.text!r} at {sample.now}: {sample.expected} read {read}")
    return counts, extras


def total(counts):
    whole = sum(counts.values(), Counter())
    return {one: whole[one] for one in OUTCOMES} | {"share": round(whole["right"] / max(1, whole.total()), 3)}


def table(title, figures):
    print(f"\n{title}\n{'kind':14} {'n':>4} " + " ".join(f"{name:>22}" for name in figures))
    print(f"{'':19} " + " ".join(f"{'right  wrong refused':>22}" for _ in figures))
    kinds = [kind for kind in KINDS if any(one[0].get(kind) for one in figures.values())]
    for kind in [*kinds, "all"]:
        cells, n = [], 0
        for counts, _ in figures.values():
            one = counts[kind] if kind != "all" else sum(counts.values(), Counter())
            n = one.total() or n
            cells.append(" ".join(f"{one[name] / max(1, one.total()):6.3f}" for name in OUTCOMES).rjust(22))
        print(f"{kind:14} {n:4} " + " ".join(cells))
    print("answers about nothing expected: " + ", ".join(f"{name} {extra}" for name, (_, extra) in figures.items()))


def measured(options):
    """Return the figures of each part: language, what is known, half."""
    readers = [ours]
    for one in yardsticks():
        if isinstance(one, str):
            say(f"{one} is not installed and is left out: pip install '.[yardsticks]'")
        else:
            readers.append(one)
    everything = list(samples())
    figures = {}
    for language, known in (("zh", "value"), ("zh", "place"), ("en", "value"), ("en", "place"), ("en", "own")):
        for half in ("develop", "judge"):
            chosen = [one for one in everything if (one.language, one.kind, one.half) == (language, known, half)]
            if not chosen:
                continue
            say(f"{language} {known} {half}: {len(chosen)} texts")
            show = options.show == half
            found = {
                getattr(reader, "name", "ours"): measure(reader, chosen, show and reader is ours)
                for reader in readers
                if language in getattr(reader, "languages", ("zh", "en"))
            }
            told = {"value": VALUES, "place": "places found", "own": f"{VALUES}, samples of our own"}[known]
            table(f"{language}, {told}, {half} half", found)
            figures[f"{language}_{known}_{half}"] = {
                name: {**total(counts), "extra": extra, "kinds": {kind: dict(counts[kind]) for kind in counts}}
                for name, (counts, extra) in found.items()
            }
    return figures


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", choices=("develop", "judge"), help="list what was not read right in this half")
    options = parser.parse_args(arguments)
    figures = measured(options)
    print(f"\n{'people and prices':20}{'n':>4} {'right  wrong refused':>22}")
    for name, counts in reading_counts.measured(options.show).items():
        shares = " ".join(f"{counts[one] / counts.total():6.3f}" for one in OUTCOMES)
        print(f"{name:20}{counts.total():4} {shares:>22}")
        figures[name] = {"ours": total({"all": counts})}
    judged = {name: one["ours"]["share"] for name, one in figures.items() if name.endswith("judge")}
    print(json.dumps({"bench": "reading", "judged": judged, "bar": BAR, "goal": GOAL, **figures}, ensure_ascii=False))
    return 0 if all(share >= BAR for share in judged.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
