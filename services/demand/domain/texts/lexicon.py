"""The words of a text, how much each tells, and what it means: from two dictionaries, with no model and no training.

Words and their English meanings are CC-CEDICT's (through lindera), how common a Chinese word is comes from jieba's
dictionary, how common an English one is from the glosses of CC-CEDICT. Nothing is learned from the texts at hand, so
the answer for two texts never depends on a third.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from services.demand.domain.texts.folding import fold

_SENTENCE = 8  # words of a usual text: from how often a word is used to how many texts hold it
_COMMON = 1000  # a word of jieba's dictionary used so often counts for the statistics of the glosses
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_REFERENCE = re.compile(r"^(cl:|surname |variant of|old variant|see |see also|abbr\. for|used in )")
_ENGLISH = re.compile(r"[a-z]+")
_LATIN = re.compile(r"[a-z0-9\u00c0-\u024f]+")
_EMPTY = frozenset(
    re.findall(r"\w+", "a an the to of in on at for be is are or and etc sth sb one s with by from as it")
)
_FILLERS = frozenset(
    re.findall(
        r"\w+",
        """a an the to of in on at for be am is are was were been or and etc sth sb one s with by from as it its that
        this esp i you he she we they me my your his her our their do does did have has had will would can could not
        no so if there here what which who how when where some any all very too also just than then but up out into
        about""",
    )
)


@cache
def _tokenizer() -> Any:
    from lindera import TokenizerBuilder

    builder = TokenizerBuilder()
    builder.set_mode("normal")
    builder.set_dictionary("embedded://cc-cedict")
    return builder.build()


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(65536)
def stem(word: str) -> str:
    """Return the stem of an English word, in lower case."""
    return _stemmer().stemWord(word)


@cache
def _uses() -> tuple[Mapping[str, int], int]:
    """How often each Chinese word was counted for jieba's dictionary, and all of them together."""
    folder = find_spec("jieba").submodule_search_locations[0]
    uses = {}
    for line in (Path(folder) / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, _ = line.split(" ")
        uses[word] = int(count)
    return uses, sum(uses.values())


@lru_cache(65536)
def _tokens(text: str) -> tuple[str, ...]:
    """The words of a folded text as CC-CEDICT knows them; their glosses are noted in passing."""
    words = []
    for token in _tokenizer().tokenize(text):
        word = token.surface.strip()
        if any(letter.isalnum() for letter in word):
            if word not in _GLOSSES:
                _GLOSSES[word] = tuple(_senses(",".join(token.details[7:])))
            words.append(word)
    return tuple(words)


_GLOSSES: dict[str, tuple[tuple[str, ...], ...]] = {}


def _senses(gloss: str) -> Iterator[tuple[str, ...]]:
    for sense in gloss.lower().split("/"):
        if _REFERENCE.match(sense):
            continue
        words = tuple(stem(word) for word in _ENGLISH.findall(_ASIDE.sub(" ", sense)) if word not in _EMPTY)
        if words:
            yield words


def words(text: str) -> tuple[str, ...]:
    """Return the words of ``text`` in their order: folded, without punctuation, Chinese as a dictionary cuts it."""
    return _tokens(fold(text))


@cache
def _gloss_counts() -> tuple[Counter, int]:
    """In how many glosses of usual Chinese words each English stem is, and how many glosses there are."""
    counts: Counter = Counter()
    usual = [word for word, used in _uses()[0].items() if used >= _COMMON]
    for word in usual:
        if _tokens.__wrapped__(word) == (word,):
            counts.update({one for sense in _GLOSSES[word] for one in sense})
    return counts, len(usual)


@lru_cache(65536)
def weight(word: str) -> float:
    """Return how much a word tells: its inverse document frequency, about 1 (的) to 15 (never counted)."""
    if _LATIN.fullmatch(word):
        if word in _FILLERS:
            return 0.5
        counts, total = _gloss_counts()
        return math.log(1 + total / (counts[stem(word)] + 0.5))
    uses, total = _uses()
    return -math.log(1 - (1 - (uses.get(word, 0) + 5) / total) ** _SENTENCE)


@lru_cache(65536)
def meaning(word: str) -> Mapping[str, float]:
    """Return English stems that say what a word means, as a vector of length 1 (empty where nobody knows)."""
    counts, total = _gloss_counts()
    if _LATIN.fullmatch(word):
        return {stem(word): 1.0}
    if word not in _GLOSSES:
        _tokens(word)
    vector: Counter = Counter()
    for rank, sense in enumerate(_GLOSSES.get(word, ())):
        for one in sense:
            vector[one] += math.log(1 + total / (counts[one] + 0.5)) / (1 + 0.3 * rank) / math.sqrt(len(sense))
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {one: value / length for one, value in vector.items()}
