"""Why needs are in a pool together, and why others are not: sentences in Chinese and English."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from services.demand.domain.pooling.model import Need, NeedId, Pool, Rules
from services.demand.domain.pooling.near import Near
from services.kernel.clock import format_time

Sentence = dict[str, str]
TOLD = 5  # of those who are left out of a pool, the nearest
LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class Leftover:
    """A need that is not in a pool, and why."""

    need: NeedId
    why: Sentence


def why(pool: Pool, members: Sequence[Need], rules: Rules, words: Sequence[str] = ()) -> Sentence:
    """Return why ``members`` are one pool: words in common, place, time, price, who brings what, what is reached."""
    parts = [_words(words), _where(pool, members), _when(pool), _price(pool), _brings(pool), _reached(pool, rules)]
    said = [part for part in parts if part is not None]
    return {"zh": "".join(one["zh"] for one in said), "en": " ".join(one["en"] for one in said)}


def left_out(pool: Pool, members: Sequence[Need], others: Iterable[Need], rules: Rules) -> list[Leftover]:
    """Return why ``others`` are not in a pool, those nearest to its place first, at most ``TOLD`` of them."""
    inside = set(pool.needs)
    found = [(one.place.distance_km(pool.place), one) for one in others if one.id not in inside]
    found.sort(key=lambda item: (item[0], item[1].content()))
    return [Leftover(one.id, reason(pool, members, one, rules)) for _, one in found[:TOLD]]


class Others:
    """Needs by topic and place, for the question who is left out of a pool."""

    def __init__(self, needs: Iterable[Need]) -> None:
        self._near: dict[str, Near] = {}
        self._needs: dict[NeedId, Need] = {}
        for need in needs:
            self._needs[need.id] = need
            self._near.setdefault(need.topic, Near()).put(need.id, need.place, need.radius_km)

    def around(self, pool: Pool) -> list[Need]:
        """Return needs of the pool's topic that are not in it and not far from it."""
        inside = set(pool.needs)
        found = (one for one in self._near[pool.topic].around(pool.place, 1.0) if one not in inside)
        return [self._needs[one] for one in islice(found, LOOKED_AT)]


def reason(pool: Pool, members: Sequence[Need], need: Need, rules: Rules) -> Sentence:
    """Return why one need is not in a pool: the first of place, time and money that does not fit, else what does."""
    away = need.place.distance_km(pool.place)
    if away > need.radius_km:
        return {
            "zh": f"服务地点离其 {away:.1f} 公里，超出其 {need.radius_km:g} 公里的可达范围。",
            "en": f"The place is {away:.1f} km away, and its reach is {need.radius_km:g} km.",
        }
    longest = max(pool.span.length, timedelta(minutes=need.minutes))
    if not any(window.contains(pool.span) and window.length >= longest for window in need.windows) or (
        need.minutes * 60 > pool.span.length.total_seconds()
    ):
        minutes = int(longest.total_seconds() // 60)
        return {
            "zh": f"没有与大家共同的、不短于 {minutes} 分钟的时段。",
            "en": f"It has no window of {minutes} minutes in common with the others.",
        }
    return _money_or_better(pool, members, need, rules)


def _money_or_better(pool: Pool, members: Sequence[Need], need: Need, rules: Rules) -> Sentence:
    named = {one.ceiling.currency for one in members if one.ceiling is not None}
    if need.ceiling is not None and named and need.ceiling.currency not in named:
        return {"zh": "币种不同。", "en": "It names another currency."}
    price = rules.prices.at(pool.topic, pool.people + need.people)
    if price and need.ceiling and price.currency == need.ceiling.currency and need.ceiling < price:
        return {
            "zh": f"其最高出价 {need.ceiling} 低于此人数时的价格 {price}。",
            "en": f"Its ceiling {need.ceiling} is below the price {price} at this head count.",
        }
    return ELSEWHERE


ELSEWHERE: Sentence = {
    "zh": "也合适，但在另一个池里能让更多人成行。",
    "en": "It would fit, but more people are served with it in another pool.",
}


def _words(words: Sequence[str]) -> Sentence | None:
    if not words:
        return None
    listed = ", ".join(words)
    return {"zh": f"共同的词：{'、'.join(words)}。", "en": f"Words in common: {listed}."}


def _where(pool: Pool, members: Sequence[Need]) -> Sentence:
    farthest = max(one.place.distance_km(pool.place) for one in members)
    place = f"({pool.place.lat:.4f}, {pool.place.lon:.4f})"
    return {
        "zh": f"地点 {place} 在每个人的可达范围内，最远 {farthest:.1f} 公里。",
        "en": f"Everybody reaches {place}, {farthest:.1f} km at most.",
    }


def _when(pool: Pool) -> Sentence:
    start, end = format_time(pool.span.start), format_time(pool.span.end)
    return {"zh": f"大家在 {start} 至 {end} 都有空。", "en": f"Everybody is free from {start} to {end}."}


def _price(pool: Pool) -> Sentence | None:
    if pool.price is None:
        return None
    return {
        "zh": f"{pool.people} 人时每人 {pool.price}，不超过任何人的上限。" if pool.served else f"每人 {pool.price}。",
        "en": f"At {pool.people} people it is {pool.price} each{', under every ceiling' if pool.served else ''}.",
    }


def _brings(pool: Pool) -> Sentence:
    shown = "; ".join(f"{community}: {people}" for community, people in pool.communities)
    return {"zh": f"共 {pool.people} 人（{shown}）。", "en": f"{pool.people} people ({shown})."}


def _reached(pool: Pool, rules: Rules) -> Sentence:
    least = rules.least(pool.topic)
    need = "2 份需求" if least is None else f"{least} 人"
    wanted = "2 signals" if least is None else f"{least} people"
    tiers = [tier for tier in rules.prices.tiers(pool.topic) if tier.seats > pool.people]
    zh = f"，再多 {tiers[0].seats - pool.people} 人降到 {tiers[0].price}" if tiers else ""
    en = f"; {tiers[0].seats - pool.people} more bring it to {tiers[0].price}" if tiers else ""
    if pool.served:
        return {"zh": f"已达到最低 {need}{zh}。", "en": f"The minimum of {wanted} is reached{en}."}
    return {"zh": f"尚未达到最低 {need}{zh}。", "en": f"The minimum of {wanted} is not reached yet{en}."}
