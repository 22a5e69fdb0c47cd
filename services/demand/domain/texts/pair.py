"""How alike two texts are. One fixed method, chosen once, for Chinese, English and one beside the other."""

import re
from collections import Counter
from functools import lru_cache

from services.demand.domain.texts.folding import fold
from services.demand.domain.texts.lexicon import meaning, weight, words

_BY_MEANING = 0.9  # two words of which a dictionary says that they mean the same
_BY_LETTERS = 0.7  # two words with the same letters in another order
_ORDER = 0.3  # how much it counts that the same letters come in the same order
_UNIT = re.compile(r"[a-z0-9\u00c0-\u024f]+|\w")


@lru_cache(262144)
def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    letters = 2 * sum((Counter(one) & Counter(other)).values()) / (len(one) + len(other))
    mine, yours = meaning(one), meaning(other)
    if len(mine) > len(yours):
        mine, yours = yours, mine
    means = sum(value * yours.get(part, 0.0) for part, value in mine.items())
    return max(_BY_MEANING * means, 0.0 if one.isascii() or other.isascii() else _BY_LETTERS * letters)


def _covered(mine: tuple[str, ...], yours: tuple[str, ...]) -> float:
    """Which part of what ``mine`` tells is also in ``yours``: each word against the most alike of the others."""
    whole = sum(weight(word) for word in mine)
    return sum(weight(word) * max(_alike(word, other) for other in yours) for word in mine) / whole


def _in_order(one: str, other: str) -> float:
    """Of the letters and words that both texts have, how many come in the same order in both: 0 to 1."""
    from rapidfuzz.distance import LCSseq

    mine, yours = _UNIT.findall(one), _UNIT.findall(other)
    shared = sum((Counter(mine) & Counter(yours)).values())
    return LCSseq.similarity(mine, yours) / shared if shared else 1.0


def similarity(one: str, other: str) -> float:
    """Return how alike two texts are, 0 (nothing in common) to 1 (the same words in the same order); symmetric.

    A soft F-measure: each word is held against the most alike of the other text, by dictionary meaning and letters,
    weighed by how much it tells (the greedy matching of Mihalcea et al. 2006 and BERTScore, with a dictionary instead
    of vectors); times how far what is shared comes in the same order, which tells paraphrases from mere permutations.
    """
    mine, yours = words(one), words(other)
    if not mine or not yours:
        return float(fold(one) == fold(other))
    ahead, back = _covered(mine, yours), _covered(yours, mine)
    if ahead + back == 0.0:
        return 0.0
    return 2 * ahead * back / (ahead + back) * _in_order(fold(one), fold(other)) ** _ORDER
