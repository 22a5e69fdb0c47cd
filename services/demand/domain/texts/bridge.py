"""From Chinese to English by a dictionary: what a text means in words that a text of the other language can share."""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from services.demand.domain.texts.folding import fold
from services.demand.domain.texts.lexicon import meaning, weight, words

_SHARE = 0.3  # meanings that are a smaller part of what a word means are left out of ``crossed``
_TELLING = 0.75  # how much more a rare word counts than a usual one
_LEAST = 1.5  # pronouns and the like tell a little when whole sentences are compared
_ROWS = 1000
_COMMON = 500  # a meaning that more texts hold (and more than a twentieth of all) is not looked for


@lru_cache(16384)
def crossed(text: str) -> str:
    """Return a text followed by the English meanings of its Chinese words, for whatever compares by letters."""
    folded = fold(text)
    if folded.isascii():
        return folded
    parts = [part for word in words(folded) if not word.isascii() for part, of in meaning(word).items() if of > _SHARE]
    return " ".join([folded, *dict.fromkeys(parts)])


@lru_cache(65536)
def concepts(text: str) -> Mapping[str, float]:
    """Return what a text means as a vector over English stems, of length 1 (empty where no word is known)."""
    vector: Counter = Counter()
    for word in words(text):
        for part, share in meaning(word).items():
            vector[part] = max(vector[part], share * max(weight(word), _LEAST) ** _TELLING)
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {part: value / length for part, value in vector.items()}


def abroad(texts: Sequence[str], k: int) -> tuple[np.ndarray, np.ndarray]:
    """For each text the places of at most ``k`` that mean most nearly the same in the other language, and cosines.

    Two arrays with a row for each text; -1 and 0 where there are fewer. A text with an ideograph is Chinese.
    """
    near, scores = np.full((len(texts), k), -1, np.int32), np.zeros((len(texts), k), np.float32)
    english = np.array([fold(text).isascii() for text in texts])
    sides = np.flatnonzero(english), np.flatnonzero(~english)
    if not len(sides[0]) or not len(sides[1]):
        return near, scores
    meanings = _matrix(texts)
    for mine, yours in (sides, sides[::-1]):
        theirs = meanings[yours].T.tocsr()
        for begin in range(0, len(mine), _ROWS):
            rows = mine[begin : begin + _ROWS]
            found = (meanings[rows] @ theirs).tocsr()
            for row, first, last in zip(rows, found.indptr, found.indptr[1:], strict=False):
                best = np.lexsort((found.indices[first:last], -found.data[first:last]))[:k]
                near[row, : len(best)] = yours[found.indices[first:last][best]]
                scores[row, : len(best)] = found.data[first:last][best]
    return near, scores


def _matrix(texts: Sequence[str]) -> Any:
    """The concepts of each text as a sparse row; those that too many texts hold tell nothing and cost most."""
    from sklearn.feature_extraction import DictVectorizer

    matrix = DictVectorizer(dtype=np.float32).fit_transform([concepts(text) for text in texts]).tocsc()
    held = np.diff(matrix.indptr)
    return matrix[:, held <= max(_COMMON, len(texts) // 20)].tocsr()


class Bridge:
    """Texts under keys, found from a text of the other language (or of the same) by what they mean."""

    def __init__(self, texts: Iterable[tuple[Hashable, str]] = ()) -> None:
        self._holders: dict[str, list[tuple[Hashable, float]]] = {}
        for key, text in texts:
            self.add(key, text)

    def add(self, key: Hashable, text: str) -> None:
        """Put ``text`` in under ``key``."""
        for part, value in concepts(text).items():
            self._holders.setdefault(part, []).append((key, value))

    def query(self, text: str, k: int = 10) -> list[tuple[Hashable, float]]:
        """Return at most ``k`` keys of texts that mean most nearly the same, best first, with 0 < score <= 1."""
        sums: dict[Hashable, float] = {}
        for part, value in concepts(text).items():
            for key, other in self._holders.get(part, ()):
                sums[key] = sums.get(key, 0.0) + value * other
        return sorted(sums.items(), key=lambda pair: -pair[1])[:k]
