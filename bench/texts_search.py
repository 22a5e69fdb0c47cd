"""Candidate search over 100 000 texts: inserts with queries a second and recall@10, beside exact sparse all-pairs.

Recall is the share of 8 000 pairs that mean the same of which the later text finds the earlier among its ten nearest.
Streaming, a text competes only with those that came before; all at once, with all others.
"""

import time
import zlib

from bench.texts_sets import PAIRS, half, lines, pairs

SIZE, ASKED, K = 100_000, 8_000, 10


def corpus():
    """Distinct texts in the order of a hash, and the pairs among them that mean the same and were not chosen on."""
    from services.demand.domain.texts import fold

    found, same = set(), []
    for name in PAIRS:
        for one, other, label in pairs(name):
            ends = fold(one), fold(other)
            found.update(ends)
            if label >= (4 if name == "STS-B" else 1) and ends[0] != ends[1] and name != "PAWSX":
                same.append(ends)
    for line in lines("zh_sts/STS-B.train.data"):  # as many distinct texts as there are at hand
        found.update(fold(text) for text in line.split("\t")[:2])
    texts = sorted(found, key=lambda text: (zlib.crc32(text.encode()), text))[:SIZE]
    places = {text: place for place, text in enumerate(texts)}
    known = {tuple(sorted((places[one], places[other]))) for one, other in same if {one, other} <= places.keys()}
    judged = sorted(pair for pair in known if half(f"{texts[pair[0]]}\t{texts[pair[1]]}"))
    return texts, judged[:: max(1, len(judged) // ASKED)][:ASKED]


def exact(texts, asked):
    """Recall of exact cosine over char 1-2 gram TF-IDF, (all at once, streaming), and texts a second."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    matrix = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), dtype=np.float32).fit_transform(texts)
    others = matrix.T.tocsr()
    begun, hits, streamed = time.process_time(), 0, 0
    for at in range(0, len(asked), 500):
        chunk = asked[at : at + 500]
        scores = (matrix[[later for _, later in chunk]] @ others).toarray()
        for row, (earlier, later) in zip(scores, chunk, strict=True):
            row[later] = 0
            hits += int((row > row[earlier]).sum() < K and row[earlier] > 0)
            streamed += int((row[:later] > row[earlier]).sum() < K and row[earlier] > 0)
    return hits / len(asked), streamed / len(asked), len(asked) / (time.process_time() - begun)


def measure(say):
    from services.demand.domain.texts import TextIndex

    texts, asked = corpus()
    TextIndex().stream([(0, "warm"), (1, "up")])
    index, begun, wall = TextIndex(), time.process_time(), time.perf_counter()
    found = index.stream(list(enumerate(texts)), K)
    seconds, wall = time.process_time() - begun, time.perf_counter() - wall
    streamed = sum(earlier in {key for key, _ in found[later]} for earlier, later in asked) / len(asked)
    near, _ = index.neighbours(K)
    whole = sum(earlier in near[later] for earlier, later in asked) / len(asked)
    say(f"candidate search: {len(texts) / seconds:.0f} texts a second of processor time; now exact all-pairs")
    all_at_once, in_stream, speed = exact(texts, asked)
    return {
        "texts": len(texts),
        "pairs": len(asked),
        "per_cpu_second": round(len(texts) / seconds),
        "per_wall_second": round(len(texts) / wall),
        "recall_streaming": round(streamed, 4),
        "recall_all_at_once": round(whole, 4),
        "exact_recall_streaming": round(in_stream, 4),
        "exact_recall_all_at_once": round(all_at_once, 4),
        "exact_per_cpu_second": round(speed),
    }
