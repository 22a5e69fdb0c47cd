"""Which needs are alike: their texts decide, and a category that somebody gave is evidence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

ALIKE = 0.6  # of ``similarity``: enough to follow a text of another category
NEAR = 0.35  # enough where no category was given
UNNAMED = "text:"


@dataclass(frozen=True, slots=True)
class Stated:
    """What somebody said: a text, and a category or None."""

    text: str
    category: str | None


def batch_topics(stated: Sequence[Stated]) -> list[str]:
    """Return the topic of each, the same for the same in whatever order they come.

    Groups of like texts that mostly bear the same category are one topic, named by it; a group in which nobody gave
    one is named by the category that its texts are read as, else by its first text.
    """
    distinct = sorted({(one.text, one.category or "") for one in stated})
    numbers = _groups(distinct)
    group_of = dict(zip(distinct, numbers, strict=True))
    votes: dict[int, Counter] = {}
    for one in stated:
        group = group_of[one.text, one.category or ""]
        votes.setdefault(group, Counter())[one.category or ""] += 1
    first: dict[int, str] = {}
    for (text, _), group in group_of.items():
        first.setdefault(group, text)
    names = {group: _name(counted, first[group]) for group, counted in votes.items()}
    return [names[group_of[one.text, one.category or ""]] for one in stated]


def _groups(distinct: list[tuple[str, str]]) -> list[int]:
    from services.demand.domain.texts import topics

    return topics([text for text, _ in distinct], [given or None for _, given in distinct])


def _name(votes: Counter, text: str) -> str:
    given = sorted(((-count, category) for category, count in votes.items() if category))
    return given[0][1] if given else _read(text)


def _read(text: str) -> str:
    from services.demand.domain.taxonomy import decide

    return (decide(text) if text.strip() else None) or UNNAMED + text.strip()


class OnlineTopics:
    """Decides topics one by one, by the nearest of the texts that came before."""

    def __init__(self) -> None:
        from services.demand.domain.texts import TextIndex, similarity

        self._index = TextIndex()
        self._topic: dict[str, str] = {}
        # What reads texts takes seconds to load, which is no time of the first signal.
        self._decide(Stated("热身 warm up", None))
        self._index.add("", "热身")
        self._index.query("热身 warm up", 1)
        similarity("热身", "warm up")
        self._index.remove("")

    def topic(self, one: Stated) -> str:
        """Return the topic of what is stated now."""
        known = self._topic.get(one.text)
        if known is None:
            known = self._topic[one.text] = self._decide(one)
            self._index.add(one.text, one.text)
        return known

    def _decide(self, one: Stated) -> str:
        from services.demand.domain.texts import similarity

        best, score = None, 0.0
        for text, _ in self._index.query(one.text, 5):
            alike = similarity(one.text, text)
            if alike > score:
                best, score = text, alike
        if best is not None and score >= (ALIKE if one.category else NEAR):
            return self._topic[best]
        return one.category or _read(one.text)


def category_of(topic: str) -> str | None:
    """Return the category that a topic is, or None where it is only a text."""
    return None if topic.startswith(UNNAMED) else topic


def words_in_common(texts: Sequence[str], most: int = 5) -> list[str]:
    """Return the words that most of the texts share, the most frequent first."""
    counted: Counter = Counter()
    shown = list(dict.fromkeys(texts))[:50]
    for text in shown:
        counted.update(set(_words(text)))
    enough = [(-count, word) for word, count in counted.items() if count * 2 > len(shown)]
    return [word for _, word in sorted(enough)[:most]]


def _words(text: str) -> list[str]:
    """Return lower-case words of Latin script, and pairs of neighbouring Chinese signs."""
    found, run = [], ""
    for sign in text.lower() + " ":
        if sign.isascii() and sign.isalnum():
            run += sign
            continue
        if len(run) > 2:
            found.append(run)
        run = ""
    signs = [sign if "\u4e00" <= sign <= "\u9fff" else " " for sign in text]
    return found + [a + b for a, b in pairwise(signs) if a != " " and b != " "]
