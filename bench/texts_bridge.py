"""Chinese with English: of each Chinese sentence, is its translation the nearest of all English ones?

The pairs are the first of LASER's test set out of Tatoeba (sentences CC BY 2.0 FR, https://tatoeba.org), typed off into
bench/data/tatoeba_zh_en.tsv. How much a rare word counts was chosen on them, so the figure is slightly optimistic; and
to find one sentence among these few is easier than among the thousand of the whole set.
"""

from pathlib import Path

PAIRS = Path(__file__).parent / "data" / "tatoeba_zh_en.tsv"


def measure(say):
    from services.demand.domain.texts import Bridge, TextIndex, crossed

    rows = [line.split("\t") for line in PAIRS.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    ahead, back, index = Bridge(), Bridge(), TextIndex()
    for place, (chinese, english) in enumerate(rows):
        ahead.add(place, english)
        back.add(place, chinese)
        index.add(place, english)
    right = top(rows, lambda row: ahead.query(row[0], 10), 1)
    result = {
        "pairs": len(rows),
        "top1_zh_en": round(right, 4),
        "top10_zh_en": round(top(rows, lambda row: ahead.query(row[0], 10), 10), 4),
        "top1_en_zh": round(top(rows, lambda row: back.query(row[1], 10), 1), 4),
        "yardstick_gloss_letters_top1_zh_en": round(top(rows, lambda row: index.query(crossed(row[0]), 10), 1), 4),
    }
    say(f"Chinese with English: {result}")
    return result


def top(rows, ask, k):
    return sum(place in [key for key, _ in ask(row)[:k]] for place, row in enumerate(rows)) / len(rows)
