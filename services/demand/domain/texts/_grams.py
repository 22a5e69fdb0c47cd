# ruff: noqa: ANN001, ANN202 - numba infers the types of all that it compiles
"""From a text to its grams, compiled: single ideographs or (stems of) words, and pairs of neighbours."""

import os

import numpy as np
from numba import njit

BIGRAM_SALT = np.uint64(1 << 63)
WORD_SALT = np.uint64(1 << 62)
STEM = 6  # letters of a word of an alphabet that count: "computer" and "computing" are one gram


def _cacheable() -> bool:
    """Compiled code is kept beside this file, or in the user's cache; where neither can be written, not at all."""
    places = (os.path.dirname(__file__), os.environ.get("NUMBA_CACHE_DIR"), os.path.expanduser("~"))
    return any(place and os.access(place, os.W_OK) for place in places)


jit = njit(cache=_cacheable(), nogil=True)


@jit
def _letter(code):
    """Letters and digits of alphabets; ideographs stand for themselves."""
    return 48 <= code <= 57 or 97 <= code <= 122 or 0xC0 <= code < 0x2E80


@jit
def _ideograph(code):
    return 0x3400 <= code <= 0x9FFF or 0x3040 <= code <= 0x30FF or 0xAC00 <= code <= 0xD7A3 or code >= 0x20000


@jit
def units_of(codes, units):
    """Ideographs and (stems of) words in their order; returns how many. ``units`` is as long as ``codes``."""
    count, i, size = 0, 0, len(codes)
    while i < size:
        code = codes[i]
        if _ideograph(code):
            units[count] = np.uint64(code)
            count += 1
            i += 1
        elif _letter(code):
            letters, key = 0, np.uint64(14695981039346656037)
            while i < size and _letter(codes[i]):
                digit = codes[i] <= 57
                if digit or letters < STEM:
                    key = (key ^ np.uint64(codes[i])) * np.uint64(1099511628211)
                letters += 0 if digit else 1
                i += 1
            units[count] = (key >> np.uint64(3)) | WORD_SALT
            count += 1
        else:
            i += 1
    return count


@jit
def sort(values, size):
    """Sort the first ``size`` values (Shell 1959): short to compile, and texts are short."""
    gap = size // 2
    while gap > 0:
        for i in range(gap, size):
            value, at = values[i], i
            while at >= gap and values[at - gap] > value:
                values[at] = values[at - gap]
                at -= gap
            values[at] = value
        gap //= 2


@jit
def grams_of(codes, units, grams):
    """Units and pairs of neighbours, each once, sorted; returns how many. ``grams`` is twice as long as ``codes``."""
    count = units_of(codes, units)
    for i in range(count):
        grams[i] = units[i]
    for i in range(count - 1):
        pair = units[i] * np.uint64(0x9E3779B97F4A7C15) + units[i + 1] * np.uint64(0xC2B2AE3D27D4EB4F)
        grams[count + i] = pair | BIGRAM_SALT
    total = max(0, 2 * count - 1)
    sort(grams, total)
    kept = 0
    for i in range(total):
        if i == 0 or grams[i] != grams[i - 1]:
            grams[kept] = grams[i]
            kept += 1
    return kept


@jit
def gram_id(keys, ids, key, new):
    """Return the number of a gram; a gram not seen before becomes number ``new``, or -1 where ``new`` is negative."""
    mask = np.uint64(len(keys) - 1)
    slot = (key ^ (key >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    slot = (slot ^ (slot >> np.uint64(32))) & mask
    while ids[slot] >= 0:
        if keys[slot] == key:
            return ids[slot]
        slot = (slot + np.uint64(1)) & mask
    if new >= 0:
        keys[slot] = key
        ids[slot] = new
    return new
