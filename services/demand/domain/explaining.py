"""Why signals are in one pool, what each community brings, and what sharing it gains: sentences for people.

Every function takes plain values: whoever calls it decides what may be known. What is said of prices follows from the
numbers that it is given and from published offers alone.
"""

import re
from collections.abc import Iterable, Sequence
from unicodedata import normalize
from uuid import UUID

from services.demand.domain.pool import Pool
from services.demand.domain.prices import PriceList
from services.demand.domain.sharing import Sentence
from services.kernel.geo import Area

MOST_WORDS = 3
LONGEST = 6  # characters of a Chinese word, or of a few together
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_LATIN = re.compile(r"[a-z][a-z'-]{2,}")
# With these a Chinese word neither begins nor ends, and these English ones say nothing of what is wanted.
_HOLLOW = frozenset(
    "的了吗呢吧啊呀和与及跟在是我你他她它们想要请求有没带去做一个这那也都就很太再到给让把被为能会可以不两几"
)
_EMPTY = frozenset(
    """the and for with who any are can could anyone would like want wants need needs looking some our your their this
    that there have has join please from you she they about""".split()  # noqa: SIM905 - words are read better like this
)


def explain(pool: Pool) -> tuple[Sentence, ...]:
    """Say why the signals of a pool are together. It names no community and no count of people."""
    waiting = [UNDECIDED] if pool.is_undecided else []
    return (_category(pool.category), _place(pool.area), _windows(len(pool.windows), pool.minutes), *waiting)


UNDECIDED: Sentence = {
    "zh": "有社群尚未同意合并；在其同意之前，其人数不计入。",
    "en": "A community has still to consent; until it does, its people are not counted.",
}


def _category(category: str) -> Sentence:
    return {
        "zh": f"池里的需求都属于“{category}”类。",
        "en": f'All signals in this pool are of the category "{category}".',
    }


def _place(area: Area) -> Sentence:
    # Three places show every point of the grids as it is, and no more of a centre that is on none of them.
    where = f"({area.centre.lat:.3f}, {area.centre.lon:.3f})"
    return {
        "zh": f"以 {where} 为中心、{area.radius_km:.1f} 公里以内的地点，每个人都能到达。",
        "en": f"Everybody reaches every place within {area.radius_km:.1f} km of {where}.",
    }


def _windows(count: int, minutes: int) -> Sentence:
    return {
        "zh": f"大家共有 {count} 个不短于 {minutes} 分钟的时段。",
        "en": f"Everybody has {count} window{'s' * (count > 1)} of at least {minutes} minutes in common.",
    }


def words_in_common(texts: Iterable[str]) -> tuple[str, ...]:
    """Return up to three words that all of ``texts`` (at least two) have in common, the longest first.

    A Chinese word is any run of characters that all have and that neither begins nor ends with a particle.
    """
    folded = sorted({normalize("NFKC", text).casefold() for text in texts})
    if len(folded) < 2:
        return ()
    shared = _words(folded[0])
    for text in folded[1:]:
        shared = {word for word in shared if word in text}
    chosen: list[str] = []
    for word in sorted(shared, key=lambda word: (-len(word.encode()), word)):
        if not any(word in longer for longer in chosen):
            chosen.append(word)
    return tuple(chosen[:MOST_WORDS])


def _words(text: str) -> set[str]:
    found = {word for word in _LATIN.findall(text) if word not in _EMPTY}
    for run in _HAN.findall(text):
        pieces = (run[start : start + size] for size in range(2, LONGEST + 1) for start in range(len(run) - size + 1))
        found |= {piece for piece in pieces if piece[0] not in _HOLLOW and piece[-1] not in _HOLLOW}
    return found


def say_words(words: Sequence[str]) -> tuple[Sentence, ...]:
    """Say which words the texts have in common, if there are any."""
    if not words:
        return ()
    zh, en = "、".join(f"“{word}”" for word in words), ", ".join(f'"{word}"' for word in words)
    return ({"zh": f"这些需求都提到：{zh}。", "en": f"All of these needs speak of {en}."},)


def say_shares(own: int, others: int, *, exact: bool) -> tuple[Sentence, ...]:
    """Say how many people the own community and the others bring; nothing while no others are to be told of."""
    if not others:
        return ()
    zh, en = ("", "") if exact else ("至少 ", "at least ")
    return (
        {
            "zh": f"本社群 {own} 人，其他社群{zh}{others} 人。",
            "en": f"The own community brings {own} people, the others {en}{others}.",
        },
    )


def say_gain(prices: PriceList, people: int, communities: Iterable[UUID], currency: str) -> tuple[Sentence, ...]:
    """Say what known offers mean for so many people: whether a group comes about, the price, and the next tier."""
    present = set(communities)
    price, least = prices.at(people, present, currency), prices.minimum(present)
    if price is None or least is None:
        return ()
    if people < least:
        zh, en = (
            f"再有 {least - people} 人就能成团，每人 {price}。",
            f"With {least - people} more people it comes about",
        )
        return ({"zh": zh, "en": f"{en}, for {price} each."},)
    now = {
        "zh": f"人数已够成团；按已知报价每人 {price}。",
        "en": f"They are enough; known offers come to {price} each.",
    }
    tier = prices.next_tier(people, present, currency)
    if tier is None:
        return (now,)
    seats, then = tier
    more = seats - people
    return (now, {"zh": f"再有 {more} 人，每人 {then}。", "en": f"With {more} more people it is {then} each."})
