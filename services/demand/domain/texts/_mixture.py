# ruff: noqa: ANN001, ANN202 - numba infers the types of all that it compiles
"""The inner loop of ``topics``: a mixture of word distributions, each text going where its words are most at home."""

import math

import numpy as np

from services.demand.domain.texts._grams import jit


@jit
def _slot(group, word, mask):
    """Where the count of a word in a group is kept; two that meet there add up, which a table this wide rarely sees."""
    key = np.uint64(group) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(word) * np.uint64(0xC2B2AE3D27D4EB4F)
    return (key ^ (key >> np.uint64(31))) & mask


@jit
def _move(counts, lengths, sizes, group, owned, by):
    mask = np.uint64(len(counts) - 1)
    for word in owned:
        counts[_slot(group, word, mask)] += by
    lengths[group] += by * len(owned)
    sizes[group] += by


@jit
def _home(counts, lengths, sizes, group, owned, vocabulary, prior):
    """Log of how well a text suits a group: how large the group is, and how often it has each of the words."""
    mask = np.uint64(len(counts) - 1)
    score = math.log(sizes[group] + 0.1)
    for place, word in enumerate(owned):
        score += math.log(max(counts[_slot(group, word, mask)], 0.0) + prior)
        score -= math.log(lengths[group] + vocabulary * prior + place)
    return score


@jit
def settle(begins, tokens, vocabulary, groups, near, prior, rounds) -> None:
    """Move each text to the best of its own group and its neighbours' groups, round by round, until few move."""
    width = 1024
    while width < 16 * len(tokens):
        width *= 2
    counts = np.zeros(width, np.float32)
    lengths, sizes = np.zeros(groups.max() + 1), np.zeros(groups.max() + 1)
    texts = len(groups)
    for text in range(texts):
        _move(counts, lengths, sizes, groups[text], tokens[begins[text] : begins[text + 1]], 1)
    for _ in range(rounds):
        moved = 0
        for text in range(texts):
            owned = tokens[begins[text] : begins[text + 1]]
            was = best = groups[text]
            _move(counts, lengths, sizes, was, owned, -1)
            highest = _home(counts, lengths, sizes, was, owned, vocabulary, prior)
            for other in near[text]:
                if other >= 0 and groups[other] != was and groups[other] != best:
                    score = _home(counts, lengths, sizes, groups[other], owned, vocabulary, prior)
                    if score > highest:
                        highest, best = score, groups[other]
            groups[text] = best
            _move(counts, lengths, sizes, best, owned, 1)
            moved += best != was
        if moved * 1000 <= texts:
            break
