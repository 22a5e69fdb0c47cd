# ruff: noqa: ANN001, ANN202 - numba infers the types of all that it compiles
"""The inner loops of ``TextIndex``, compiled: grams of a text, postings, candidates and their exact order.

Everything lives in flat numpy arrays so that numba compiles it to plain loops; ``index.py`` owns the arrays and makes
them larger between batches. A posting list is a ring of the latest ``cap`` texts of a gram, contiguous in one arena: it
doubles until it is ``cap`` long and from then on the oldest are written over, so the work of a query is bounded however
common a gram becomes. Which texts are *worth looking at* is decided by the rarest grams; how near they are by all.
"""

from collections import namedtuple

import numpy as np

from services.demand.domain.texts._grams import BIGRAM_SALT, gram_id, grams_of, jit

RAREST = 12  # grams of a text that propose candidates
RING = 512  # latest texts of a gram that are kept
RERANKED = 64  # candidates that are compared by all their grams
PAIR = np.float32(0.8)  # what a pair of neighbours weighs, beside a single unit of the same rarity
LONGEST = 2000  # letters of a text that are read

# keys, ids: open addressing from a gram to its number. Of each gram: df (texts that hold it now), seen (ever), pair,
# start, room (its ring in arena). Of each text: first (where its grams begin in owned), alive.
# tops: how much is in use.
State = namedtuple("State", "keys ids df seen pair start room arena owned first alive acc mark touched tops")
GRAMS, ARENA, OWNED, TEXTS, ALIVE = range(5)


@jit
def _weight(state, gram):
    """Inverse document frequency, smoothed; nothing for what nearly every text holds."""
    rarity = np.log((state.tops[ALIVE] + 2.0) / (state.df[gram] + 0.5))
    return np.float32(max(rarity, 0.0)) * (PAIR if state.pair[gram] else np.float32(1.0))


@jit
def _highest(values, size):
    best = 0
    for i in range(1, size):
        if values[i] > values[best]:
            best = i
    return best


@jit
def _lowest(values, size):
    least = 0
    for i in range(1, size):
        if values[i] < values[least]:
            least = i
    return least


@jit
def _gather(state, mine, weights):
    """Add up, for each text that shares one of the rarest grams, what it shares of them; returns how many there are."""
    found = 0
    left = weights.copy()
    for i in range(len(mine)):
        if mine[i] >= 0 and state.df[mine[i]] == 0:
            left[i] = 0.0
    for _ in range(min(RAREST, len(mine))):
        i = _highest(left, len(left))
        if left[i] <= 0.0:
            break
        left[i], gram = 0.0, mine[i]
        begin = state.start[gram]
        for at in range(begin, begin + min(state.seen[gram], state.room[gram])):
            text = state.arena[at]
            if state.acc[text] == 0.0:
                state.touched[found] = text
                found += 1
            state.acc[text] += weights[i]
    return found


@jit
def _best(state, found, chosen):
    """Keep the most promising of the gathered texts and clear the sums; returns how many were kept."""
    kept, least = 0, 0
    scores = np.empty(RERANKED, np.float32)
    for i in range(found):
        text = state.touched[i]
        length = state.first[text + 1] - state.first[text]
        score = state.acc[text] / (np.float32(50.0) + length)
        state.acc[text] = 0.0
        if not state.alive[text]:
            continue
        if kept < RERANKED:
            scores[kept], chosen[kept] = score, text
            least = kept if score < scores[least] else least
            kept += 1
        elif score > scores[least]:
            scores[least], chosen[least] = score, text
            least = _lowest(scores, kept)
    return kept


@jit
def _shared(state, text, whole):
    """Idf-weighted Jaccard of the marked grams, which weigh ``whole`` together, and those of ``text``."""
    common, other = np.float32(0.0), np.float32(0.0)
    for at in range(state.first[text], state.first[text + 1]):
        gram = state.owned[at]
        other += _weight(state, gram)
        common += state.mark[gram]
    return common / (whole + other - common + np.float32(1e-9))


@jit
def nearest(state, mine, rare, near, scores):
    """Fill ``near`` and ``scores`` with the nearest texts to one of the grams ``mine``, best first; -1 where none.

    ``rare`` is what grams weigh together that no text holds yet.
    """
    weights = np.zeros(len(mine), np.float32)
    whole = np.float32(rare)
    for i in range(len(mine)):
        if mine[i] >= 0:
            weights[i] = state.mark[mine[i]] = _weight(state, mine[i])
            whole += weights[i]
    chosen = np.empty(RERANKED, np.int32)
    kept = _best(state, _gather(state, mine, weights), chosen)
    exact = np.empty(kept, np.float32)
    for i in range(kept):
        exact[i] = _shared(state, chosen[i], whole)
    near[:], scores[:] = -1, 0.0
    for rank in range(min(len(near), kept)):
        best = _highest(exact, kept)
        near[rank], scores[rank] = chosen[best], exact[best]
        exact[best] = -1.0
    for gram in mine:
        if gram >= 0:
            state.mark[gram] = 0.0


@jit
def _post(state, gram, text):
    """Write ``text`` at the end of the ring of ``gram``; a full ring doubles, the longest writes over its oldest."""
    size = min(state.seen[gram], state.room[gram])
    if size == state.room[gram] and size < RING:
        room, begin = max(4, 2 * size), state.tops[ARENA]
        state.arena[begin : begin + size] = state.arena[state.start[gram] : state.start[gram] + size]
        state.start[gram], state.room[gram] = begin, room
        state.tops[ARENA] += room
    state.arena[state.start[gram] + state.seen[gram] % state.room[gram]] = text
    state.seen[gram] += 1
    state.df[gram] += 1


@jit
def number(state, codes, new):
    """Return the numbers of the grams of a text, and how much its unknown ones weigh; ``new`` numbers these too."""
    units, grams = np.empty(len(codes), np.uint64), np.empty(2 * len(codes), np.uint64)
    count = grams_of(codes, units, grams)
    mine = np.empty(count, np.int32)
    rare = 0.0
    for i in range(count):
        top = state.tops[GRAMS] if new else -1
        mine[i] = gram_id(state.keys, state.ids, grams[i], top)
        pair = grams[i] >= BIGRAM_SALT
        if new and mine[i] == top:
            state.pair[top] = pair
            state.tops[GRAMS] += 1
        if mine[i] < 0:
            rare += np.log((state.tops[ALIVE] + 2.0) / 0.5) * (PAIR if pair else 1.0)
    return mine, rare


@jit
def stream(state, flat, begins, near, scores, done):
    """Put each text in after asking for what is nearest to it; without room in ``near`` it only puts them in.

    Begins with text ``done`` and returns how many are in: fewer than all where the arena must first be made larger.
    """
    for i in range(done, len(begins) - 1):
        if len(state.arena) - state.tops[ARENA] < 2 * RING * (begins[i + 1] - begins[i]):
            return i
        mine, rare = number(state, flat[begins[i] : begins[i + 1]], True)
        if near.shape[1]:
            nearest(state, mine, rare, near[i], scores[i])
        text = state.tops[TEXTS]
        for gram in mine:
            _post(state, gram, text)
            state.owned[state.tops[OWNED]] = gram
            state.tops[OWNED] += 1
        state.alive[text] = True
        state.first[text + 1] = state.tops[OWNED]
        state.tops[TEXTS] += 1
        state.tops[ALIVE] += 1
    return len(begins) - 1


@jit
def everyone(state, near, scores):
    """Fill, for each text in the order in which they came, what is nearest to it of all the others."""
    found, values = np.empty(near.shape[1] + 1, np.int32), np.empty(near.shape[1] + 1, np.float32)
    for text in range(state.tops[TEXTS]):
        nearest(state, state.owned[state.first[text] : state.first[text + 1]], 0.0, found, values)
        at = 0
        for rank in range(len(found)):
            if found[rank] != text and at < near.shape[1]:
                near[text, at], scores[text, at] = found[rank], values[rank]
                at += 1


@jit
def drop(state, text):
    """Take a text out: it is found no more and weighs no more; its places in the rings are left to be passed over."""
    state.alive[text] = False
    state.tops[ALIVE] -= 1
    for at in range(state.first[text], state.first[text + 1]):
        state.df[state.owned[at]] -= 1


@jit
def rehash(keys, ids, wider_keys, wider_ids):
    """Move all grams into a wider table."""
    for slot in range(len(ids)):
        if ids[slot] >= 0:
            gram_id(wider_keys, wider_ids, keys[slot], ids[slot])
