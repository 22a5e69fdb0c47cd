"""What a community adds to the taxonomy, and the taxonomy as one community has it.

What classifies is imported when it is first needed, because what it rests on takes a while to load.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

from services.kernel.errors import InvalidError

MAX_EXAMPLES = 200
# From where on a category is clear without a word for it: its confidence, and how many times that of the second.
CLEAR, FAR = 0.15, 4.0
# How sure a category is that is called by a word.
NAMED = 0.5
# A word is overruled by a category that the classifier holds for so much likelier.
OVER, LITTLE = 1.5, 0.05


@dataclass(frozen=True, slots=True)
class OwnCategory:
    """A category of one community. ``zh`` and ``en`` are None where it only adds examples to a built-in one."""

    category: str
    zh: str | None
    en: str | None
    examples: tuple[str, ...] = ()

    def with_examples(self, examples: tuple[str, ...]) -> "OwnCategory":
        """Return it with more examples; the oldest are forgotten beyond ``MAX_EXAMPLES``."""
        added = dict.fromkeys((*self.examples, *(one for one in examples if one)))
        return replace(self, examples=tuple(added)[-MAX_EXAMPLES:])

    def named(self, zh: str | None, en: str | None, *, built_in: bool) -> "OwnCategory":
        """Return it with names; one that is not built in needs both, so that everybody can read it."""
        after = replace(self, zh=zh or self.zh, en=en or self.en)
        for field, name in (("zh", after.zh), ("en", after.en)):
            if not built_in and name is None:
                raise InvalidError(field, "is missing", "a name in both languages for a category of your own")
        return after


class Taxonomy(Protocol):
    """The categories of one community; ``names`` are those in Chinese and English."""

    names: Mapping[str, tuple[str, str]]

    def classify(self, texts: Sequence[str]) -> list[Sequence[tuple[str, float]]]:
        """Return for each text its likeliest categories, the best first; none where it does not decide."""
        ...

    def rank(self, text: str) -> Sequence[tuple[str, float]]:
        """Return the likeliest categories, whether or not one is likely enough."""
        ...


def taxonomy_of(own: Sequence[OwnCategory]) -> Taxonomy:
    """Return the built-in taxonomy with what a community adds."""
    return _taxonomy_of(tuple(own))


@lru_cache(64)
def _taxonomy_of(own: tuple[OwnCategory, ...]) -> Taxonomy:
    from services.demand.domain import taxonomy

    added = [taxonomy.Category(one.category, one.zh or "", one.en or "", (), one.examples) for one in own]
    return _Whole(taxonomy.builtin().extended(added))


class _Whole:
    """A taxonomy as one community has it.

    The classifier is sure of few short remarks in a long sentence. Where it is not, a category that the text calls by
    one of its words counts, and one that stands far above all others.
    """

    def __init__(self, whole: Any) -> None:
        self._whole = whole
        found = [whole.find(key) for key in whole.keys]
        self.names = {one.key: (one.zh, one.en) for one in found}
        self._words = [(word, one.key) for one in found for word in _words_of((one.zh, one.en, *one.words))]

    def classify(self, texts: Sequence[str]) -> list[Sequence[tuple[str, float]]]:
        from services.demand.domain.taxonomy import classify_many

        found = zip(texts, classify_many(texts, self._whole), strict=True)
        return [self._decided(text, ranked[:5]) if text.strip() else () for text, ranked in found]

    def rank(self, text: str) -> Sequence[tuple[str, float]]:
        from services.demand.domain.taxonomy import classify

        return tuple(classify(text, self._whole)[:5]) if text.strip() else ()

    def _decided(self, text: str, ranked: Sequence[tuple[str, float]]) -> Sequence[tuple[str, float]]:
        from services.demand.domain.taxonomy import THRESHOLD

        if not ranked or ranked[0][1] >= THRESHOLD:
            return ranked
        named = self._named(text)
        sure = dict(ranked)
        best = max(named, key=lambda key: sure.get(key, 0.0)) if named else ranked[0][0]
        if ranked[0][1] > OVER * sure.get(best, 0.0) and ranked[0][0] not in named and ranked[0][1] > LITTLE:
            best = ranked[0][0]
        clear = len(ranked) < 2 or (ranked[0][1] >= CLEAR and ranked[0][1] >= FAR * ranked[1][1])
        if not named and not clear:
            return ()
        return ((best, NAMED), *(one for one in ranked if one[0] != best))

    def _named(self, text: str) -> list[str]:
        """Return the categories that a text calls by a word; a longer word takes away what a shorter one in it says."""
        from services.demand.domain.texts.folding import fold

        folded = fold(text)
        spoken = [(word, key) for word, key in self._words if _stands_in(word, folded)]
        longest = [one for one in spoken if not any(one[0] != other[0] and one[0] in other[0] for other in spoken)]
        return list(dict.fromkeys(key for _, key in longest))


def _words_of(words: Sequence[str]) -> list[str]:
    from services.demand.domain.texts.folding import fold

    return [folded for folded in map(fold, words) if len(folded) >= (4 if folded.isascii() else 2)]


def _stands_in(word: str, text: str) -> bool:
    return word in text and (not word.isascii() or f" {word}" in f" {text}")
