"""The parts of a ranking in sentences for people."""

from collections.abc import Callable, Mapping
from typing import Any

from services.supplier.domain.explanation import Sentence
from services.supplier.domain.tender_ranking import Part

Facts = Mapping[str, Any]
_GRADES_ZH = {"a": "A 级", "b": "B 级", "c": "C 级", "probation": "试用期"}
_GRADES_EN = {"a": "grade A", "b": "grade B", "c": "grade C", "probation": "on probation"}


def sentence_of(part: Part) -> Sentence:
    """Say what a part rests on."""
    return _WORDS[part.name](part.facts)


def _people(facts: Facts) -> Sentence:
    return Sentence(
        f"可服务 {facts['of']} 人中的 {facts['people']} 人", f"Serves {facts['people']} of {facts['of']} people"
    )


def _zh_price(price: Mapping[str, str]) -> str:
    return f"{price['amount']} 元" if price["currency"] == "CNY" else f"{price['amount']} {price['currency']}"


def _price_expected(facts: Facts) -> Sentence:
    price, people = facts["price"], facts["people"]
    return Sentence(
        f"预计 {people} 人时每人 {_zh_price(price)}",
        f"{price['amount']} {price['currency']} each for the expected {people}",
    )


def _price_minimum(facts: Facts) -> Sentence:
    price, people = facts["price"], facts["people"]
    return Sentence(
        f"只有 {people} 人成团时每人 {_zh_price(price)}",
        f"{price['amount']} {price['currency']} each where only {people} come",
    )


def _distance(facts: Facts) -> Sentence:
    return Sentence(f"距需求中心 {facts['km']:.1f} 公里", f"{facts['km']:.1f} km from the centre of demand")


def _slot(facts: Facts) -> Sentence:
    day = facts["start"][:10]
    return Sentence(
        f"{day} 开始，每次 {facts['minutes']} 分钟", f"Starts on {day}, {facts['minutes']} minutes each time"
    )


def _grade(facts: Facts) -> Sentence:
    grade = facts["grade"]
    if grade is None:
        return Sentence("尚未评级", "Not graded yet")
    return Sentence(f"评级：{_GRADES_ZH.get(grade, grade)}", f"Standing: {_GRADES_EN.get(grade, grade)}")


def _reliability(facts: Facts) -> Sentence:
    if facts["low"] is None:
        return Sentence("暂无评价", "No reviews yet")
    return Sentence(f"信誉至少 {facts['low']:.1f} 分", f"A score of at least {facts['low']:.1f}")


_WORDS: dict[str, Callable[[Facts], Sentence]] = {
    "people": _people,
    "price_expected": _price_expected,
    "price_minimum": _price_minimum,
    "distance": _distance,
    "slot": _slot,
    "grade": _grade,
    "reliability": _reliability,
}
