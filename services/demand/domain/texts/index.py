"""``TextIndex``: which of the texts that came so far are nearest to this one, while texts come and go."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from services.demand.domain.texts import _postings as inner
from services.demand.domain.texts.folding import fold

_BATCH = 2048
_GROWING = {  # array: the top that says how full it is, and how much one letter of a new text can need of it at most
    "df": (inner.GRAMS, 2),
    "seen": (inner.GRAMS, 2),
    "pair": (inner.GRAMS, 2),
    "start": (inner.GRAMS, 2),
    "room": (inner.GRAMS, 2),
    "mark": (inner.GRAMS, 2),
    "owned": (inner.OWNED, 2),
    "first": (inner.TEXTS, 1),
    "alive": (inner.TEXTS, 1),
    "acc": (inner.TEXTS, 1),
    "touched": (inner.TEXTS, 1),
}


def _empty() -> inner.State:
    kinds = {"keys": np.uint64, "start": np.int64, "first": np.int64, "tops": np.int64, "acc": np.float32,
             "mark": np.float32, "alive": np.bool_, "pair": np.bool_}  # fmt: skip
    arrays = {name: np.zeros(1024, kinds.get(name, np.int32)) for name in inner.State._fields}
    return inner.State(**arrays | {"ids": np.full(1024, -1, np.int32), "tops": np.zeros(5, np.int64)})


class TextIndex:
    """Texts under keys, and the nearest of them to a text: idf-weighted Jaccard over letters or words and their pairs.

    A streaming inverted index: the rarest grams of a text propose candidates, which are compared by all grams. Its
    statistics are those of the texts that it holds now. Chinese, English and mixed; both scripts of Chinese are one.
    Answers depend on the order of arrival only where a gram is in more than ``RING`` texts (its latest are kept) and
    where two texts are equally near (the earlier is first). Memory: about 100 bytes for each letter of text.
    """

    def __init__(self) -> None:
        self._state = _empty()
        self._keys: list[Hashable] = []
        self._numbers: dict[Hashable, int] = {}
        self._texts: dict[Hashable, str] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._numbers

    def add(self, key: Hashable, text: str) -> None:
        """Put ``text`` in under ``key``; a text that was there under the key is replaced."""
        self._stream([(key, text)], 0)

    def remove(self, key: Hashable) -> None:
        """Take the text of ``key`` out; nothing happens where there is none."""
        number = self._numbers.pop(key, None)
        if number is None:
            return
        del self._texts[key]
        inner.drop(self._state, number)
        if len(self._keys) > 64 and len(self._numbers) < len(self._keys) // 2:
            held = list(self._texts.items())
            self.__init__()
            self._stream(held, 0)

    def query(self, text: str, k: int = 10) -> list[tuple[Hashable, float]]:
        """Return the keys of at most ``k`` texts that share something with ``text``, nearest first; 0 < score <= 1."""
        near, scores = np.empty(k, np.int32), np.empty(k, np.float32)
        mine, rare = inner.number(self._state, _codes(fold(text)), False)
        inner.nearest(self._state, mine, rare, near, scores)
        return self._named(near, scores)

    def stream(self, items: Iterable[tuple[Hashable, str]], k: int = 10) -> list[list[tuple[Hashable, float]]]:
        """For each (key, text) in its order: what was nearest to it when it came; then it is put in.

        The same as ``query`` and ``add`` for each, many times faster.
        """
        return self._stream(list(items), k)

    def neighbours(self, k: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """Return two arrays, a row for each text in the order in which they came: places in that order, and scores.

        Of the ``k`` nearest to each among all others, best first; -1 and 0 where there are fewer. For an index from
        which nothing was taken out.
        """
        near, scores = np.empty((len(self._keys), k), np.int32), np.empty((len(self._keys), k), np.float32)
        inner.everyone(self._state, near, scores)
        return near, scores

    def _stream(self, items: Sequence[tuple[Hashable, str]], k: int) -> list[list[tuple[Hashable, float]]]:
        answers = []
        for begin in range(0, len(items), _BATCH):
            answers += self._put(items[begin : begin + _BATCH], k)
        return answers

    def _put(self, items: Sequence[tuple[Hashable, str]], k: int) -> list[list[tuple[Hashable, float]]]:
        if len({key for key, _ in items}) < len(items) or any(key in self._numbers for key, _ in items):
            return [self._replace(key, text, k) for key, text in items]
        folded = [fold(text)[: inner.LONGEST] for _, text in items]
        begins = np.zeros(len(items) + 1, np.int64)
        np.cumsum([len(text) for text in folded], out=begins[1:])
        self._reserve(int(begins[-1]), len(items))
        near = np.full((len(items), k), -1, np.int32)
        scores = np.zeros((len(items), k), np.float32)
        flat, done = _codes("".join(folded)), 0
        while (done := inner.stream(self._state, flat, begins, near, scores, done)) < len(items):
            self._widen_arena()
        for key, text in items:
            self._numbers[key] = len(self._keys)
            self._keys.append(key)
            self._texts[key] = text
        return [self._named(*found) for found in zip(near, scores, strict=True)] if k else []

    def _replace(self, key: Hashable, text: str, k: int) -> list[tuple[Hashable, float]]:
        self.remove(key)
        found = self._put([(key, text)], k)
        return found[0] if found else []

    def _named(self, near: np.ndarray, scores: np.ndarray) -> list[tuple[Hashable, float]]:
        return [
            (self._keys[number], score)
            for number, score in zip(near.tolist(), scores.tolist(), strict=True)
            if number >= 0 and score > 0
        ]

    def _reserve(self, letters: int, texts: int) -> None:
        """Make every array long enough for texts of so many letters in all."""
        state, wider = self._state, {}
        for name, (top, need) in _GROWING.items():
            array = getattr(state, name)
            needed = int(state.tops[top]) + need * (texts if top == inner.TEXTS else letters) + 2
            if needed > len(array):
                wider[name] = np.zeros(max(needed, 2 * len(array)), array.dtype)
                wider[name][: len(array)] = array
        grams = int(state.tops[inner.GRAMS]) + 2 * letters
        if 2 * grams > len(state.keys):
            size = 1 << (4 * grams - 1).bit_length()
            wider |= {"keys": np.zeros(size, np.uint64), "ids": np.full(size, -1, np.int32)}
            inner.rehash(state.keys, state.ids, wider["keys"], wider["ids"])
        self._state = state._replace(**wider)

    def _widen_arena(self) -> None:
        arena = self._state.arena
        wider = np.zeros(2 * len(arena) + 2 * inner.RING * inner.LONGEST, arena.dtype)
        wider[: len(arena)] = arena
        self._state = self._state._replace(arena=wider)


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
