"""Which category a text is of: a linear classifier over words, letters and dictionary meanings, fitted in a moment."""

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from services.demand.domain.taxonomy.model import NONE, Taxonomy, builtin
from services.demand.domain.texts.folding import fold
from services.demand.domain.texts.lexicon import meaning, stem, words

THRESHOLD = 0.2  # below this the text does not decide: people are asked
_SHARPNESS = 5.0  # from the margins of the classifier to confidences
_FITTED = 8  # taxonomies whose classifiers are kept; each is some ten megabytes


def features(text: str) -> Iterator[str]:
    """Yield words, pairs of words, runs of letters, and what the words mean in English.

    The meanings let an example of one language teach the other: 陶艺 and "ceramics" share a feature.
    """
    folded = fold(text)
    cut = [stem(word) if word.isascii() else word for word in words(text)]
    yield from cut
    yield from map("_".join, pairwise(cut))
    for word in dict.fromkeys(words(text)):
        yield from ("=" + part for part, share in meaning(word).items() if share > 0.25)
    for run in folded.split():
        padded = f" {run} "
        longest = 5 if run.isascii() else 3
        for size in range(2 if run.isascii() else 1, longest + 1):
            yield from ("." + padded[at : at + size] for at in range(len(padded) - size + 1))


class Classifier:
    """Fitted on (text, label) pairs; says for a text how sure it is of each label."""

    def __init__(self, examples: Iterable[tuple[str, str]]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        texts, labels = zip(*examples, strict=True)
        self._vectors = TfidfVectorizer(analyzer=lambda text: list(features(text)), sublinear_tf=True)
        self._machine = LinearSVC(C=1.0, random_state=0).fit(self._vectors.fit_transform(texts), labels)

    def rank(self, texts: Sequence[str]) -> list[list[tuple[str, float]]]:
        """Return for each text all labels with a confidence, best first; the confidences of a text sum to 1."""
        margins = self._machine.decision_function(self._vectors.transform(texts))
        return [self._confidences(row.tolist()) for row in margins]

    def _confidences(self, margins: list[float]) -> list[tuple[str, float]]:
        top = max(margins)
        weights = [math.exp(_SHARPNESS * (margin - top)) for margin in margins]
        whole = sum(weights)
        ranked = sorted(
            zip(weights, self._machine.classes_.tolist(), strict=True), key=lambda pair: (-pair[0], pair[1])
        )
        return [(label, weight / whole) for weight, label in ranked]


@lru_cache(_FITTED)
def _fitted(taxonomy: Taxonomy) -> Classifier:
    examples = [(text, category.key) for category in taxonomy.categories for text in category.texts]
    return Classifier(examples + list(taxonomy.corrections))


def classify(text: str, taxonomy: Taxonomy | None = None) -> list[tuple[str, float]]:
    """Return the categories of the taxonomy (the built-in one by default) with a confidence of 0 to 1, best first.

    What the classifier believes to want no service keeps its share, so the confidences can sum to less than 1. The
    first call for a taxonomy fits its classifier (below half a second), which is then kept.
    """
    return classify_many([text], taxonomy)[0]


def classify_many(texts: Sequence[str], taxonomy: Taxonomy | None = None) -> list[list[tuple[str, float]]]:
    """Return what ``classify`` returns for each of the texts, some times faster than one by one."""
    if not texts:
        return []
    taxonomy = taxonomy or builtin()
    corrections = dict(taxonomy.corrections)
    found = zip(texts, _fitted(taxonomy).rank(texts), strict=True)
    return [_corrected(corrections.get(text), [one for one in ranked if one[0] != NONE]) for text, ranked in found]


def _corrected(corrected: str | None, ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
    if corrected is None:
        return ranked
    return [(corrected, 1.0)] + [(key, 0.0) for key, _ in ranked if key != corrected]


def decide(text: str, taxonomy: Taxonomy | None = None) -> str | None:
    """Return the category that the text decides for, or None where it is not clear and people must say."""
    (best, sure), *_ = classify(text, taxonomy)
    return best if sure >= THRESHOLD else None
