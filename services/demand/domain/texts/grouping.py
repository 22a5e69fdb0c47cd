"""``topics``: which texts are about the same, without being told how many subjects there are."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from services.demand.domain.texts._mixture import settle
from services.demand.domain.texts.bridge import abroad, crossed
from services.demand.domain.texts.folding import fold
from services.demand.domain.texts.index import TextIndex
from services.demand.domain.texts.lexicon import stem, words
from services.demand.domain.texts.pair import similarity

_NEAR = 20  # neighbours of a text in the graph of subjects
_ABROAD = 5  # neighbours of a text in the other language, by what they mean
_MEANT = 0.25  # below this two texts of two languages share a meaning by chance
_CLOSE = 6  # neighbours of a text that may say the same in other words
_RESOLUTION = 2.0  # of Louvain: how small the first groups are; the mixture then empties those that are none
_FEW = 500  # so few texts are in few groups: a resolution of 1 keeps these whole
_CHANCE = 0.05  # what two texts share by chance alone
_PRIOR = 0.4  # of the mixture: how many times each word is taken as seen in each group
_ROUNDS = 30
_HINTED = 0.3  # the edge between two texts of which people gave the same category
_HINT_WORDS = 3  # a category weighs as much as so many words
_HINT_EDGES = 3


def topics(
    texts: Sequence[str], hints: Sequence[str | None] | None = None, *, level: str = "subject", floor: float = 0.6
) -> list[int]:
    """Return for each text the number of its topic; the same for the same texts in whatever order they come.

    ``level`` "subject" groups texts about the same thing, "wording" those that ask the same in other words: the mean of
    their nearness and ``similarity`` is at least ``floor`` (used there only). ``hints`` are categories that people
    gave: evidence, not orders. Numbers begin at 0 and follow the order of the folded texts.

    A graph of near texts (``TextIndex``) is split by Louvain (Blondel et al. 2008); for subjects a Dirichlet
    multinomial mixture (Yin and Wang 2014, without its sampling) then moves each text among its neighbours' groups.
    """
    folded = [fold(text) for text in texts]
    given = list(hints) if hints is not None else [None] * len(folded)
    distinct = sorted({(text, hint or "") for text, hint in zip(folded, given, strict=True)})
    if not distinct:
        return []
    plain = [text for text, _ in distinct]
    numbers = _subjects(plain, [hint for _, hint in distinct]) if level == "subject" else _wordings(plain, floor)
    order = {old: new for new, old in enumerate(dict.fromkeys(numbers))}
    found = {key: order[number] for key, number in zip(distinct, numbers, strict=True)}
    return [found[text, hint or ""] for text, hint in zip(folded, given, strict=True)]


def _subjects(texts: list[str], hints: list[str]) -> list[int]:
    near, scores = _neighbours(texts, _NEAR)
    scores[scores < _CHANCE] = 0
    if len({text.isascii() for text in texts}) > 1:
        near, scores, texts = _bridged(texts, near, scores)
    near[scores == 0] = -1
    tied = _tied(hints)
    near = np.hstack([near, tied])
    scores = np.hstack([scores, np.where(tied >= 0, np.float32(_HINTED), np.float32(0))])
    communities = _communities(near, scores, 1.0 if len(texts) < _FEW else _RESOLUTION)
    groups = np.unique(communities, return_inverse=True)[1].astype(np.int64)
    begins, tokens, vocabulary = _tokens(texts, hints)
    settle(begins, tokens, vocabulary, groups, near, _PRIOR, _ROUNDS)
    return groups.tolist()


def _bridged(texts: list[str], near: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Add to the neighbours of each text those of the other language, and return what all texts mean in English."""
    other, nearness = abroad(texts, _ABROAD)
    nearness[nearness < _MEANT] = 0
    return np.hstack([near, other]), np.hstack([scores, nearness]), [crossed(text) for text in texts]


def _wordings(texts: list[str], floor: float) -> list[int]:
    near, scores = _neighbours(texts, _CLOSE)
    for text, at in zip(*np.nonzero(near >= 0), strict=True):
        if scores[text, at] >= 2 * floor - 1:  # else even a perfect likeness would not do
            alike = similarity(texts[text], texts[near[text, at]])
            scores[text, at] = (scores[text, at] + alike) / 2
    scores[scores < floor] = 0
    return _communities(near, scores, 1.0).tolist()


def _neighbours(texts: list[str], k: int) -> tuple[np.ndarray, np.ndarray]:
    index = TextIndex()
    index.stream(list(enumerate(texts)), 0)
    return index.neighbours(k)


def _tied(hints: list[str]) -> np.ndarray:
    """For each text some others with its hint: the next ones in a ring, so that all with one hint hang together."""
    rings: dict[str, list[int]] = {}
    for number, hint in enumerate(hints):
        if hint:
            rings.setdefault(hint, []).append(number)
    tied = np.full((len(hints), _HINT_EDGES), -1, np.int32)
    for ring in rings.values():
        for at, number in enumerate(ring):
            for step in range(1, min(_HINT_EDGES, len(ring) - 1) + 1):
                tied[number, step - 1] = ring[(at + step) % len(ring)]
    return tied


def _communities(near: np.ndarray, scores: np.ndarray, resolution: float) -> np.ndarray:
    from scipy.sparse import csr_matrix
    from sknetwork.clustering import Louvain  # its Leiden answers differently from run to run

    size = len(near)
    kept = (near >= 0) & (scores > 0)
    if not kept.any():
        return np.arange(size)
    rows = np.repeat(np.arange(size), kept.sum(axis=1))
    graph: Any = csr_matrix((scores[kept].astype(float), (rows, near[kept])), (size, size))
    return Louvain(resolution=resolution, modularity="newman", random_state=0).fit_predict(graph.maximum(graph.T))


def _tokens(texts: list[str], hints: list[str]) -> tuple[np.ndarray, np.ndarray, int]:
    """Words and ideographs of each text, once each, by number, one text after the other; only what two texts have."""
    held = [set(_terms(text)) for text in texts]
    counts: dict[str, int] = {}
    for term in chain.from_iterable(map(sorted, held)):
        counts[term] = counts.get(term, 0) + 1
    numbers: Mapping[str, int] = {
        term: number for number, term in enumerate(term for term, count in counts.items() if count > 1)
    }
    categories = {hint: len(numbers) + at for at, hint in enumerate(sorted({*hints} - {""}))}
    rows = [
        sorted(numbers[term] for term in terms if term in numbers) + ([categories[hint]] * _HINT_WORDS if hint else [])
        for terms, hint in zip(held, hints, strict=True)
    ]
    begins = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=begins[1:])
    return begins, np.fromiter(chain.from_iterable(rows), np.int64, int(begins[-1])), len(numbers) + len(categories)


def _terms(text: str) -> list[str]:
    terms = []
    for word in words(text):
        terms.append(stem(word) if word.isascii() else word)
        if not word.isascii():
            terms.extend(word)
    return terms
