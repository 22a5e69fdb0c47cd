"""Why a match was proposed, in sentences for people."""

from dataclasses import dataclass

from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Sentence:
    """The same in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Parts:
    """What the rank of a match is made of. ``people`` are those served, as far as the reader may know."""

    price: Money
    distance_km: float | None
    score: float | None
    score_low: float | None
    people: int
    people_exact: bool
    standing: str | None = None


# In the order in which they rank at the same price.
STANDINGS = {
    "grade_a": Sentence("供应商等级 A", "Supplier of grade A"),
    "grade_b": Sentence("供应商等级 B", "Supplier of grade B"),
    "probation": Sentence("供应商在试用期", "Supplier on probation"),
    "grade_c": Sentence("供应商等级 C，同价时排在后面", "Supplier of grade C, behind others at the same price"),
}


def explain(parts: Parts) -> tuple[Sentence, ...]:
    """Return one sentence per part, the most important first."""
    sentences = [_of_people(parts), _of_price(parts)]
    if parts.distance_km is not None:
        km = f"{parts.distance_km:.1f}"
        sentences.append(Sentence(f"距需求中心 {km} 公里", f"{km} km from the centre of demand"))
    if parts.standing in STANDINGS:
        sentences.append(STANDINGS[parts.standing])
    sentences.append(_of_score(parts))
    return tuple(sentences)


def _of_people(parts: Parts) -> Sentence:
    if parts.people_exact:
        people = "person" if parts.people == 1 else "people"
        return Sentence(f"可服务 {parts.people} 人", f"Serves {parts.people} {people}")
    return Sentence(f"可服务至少 {parts.people} 人", f"Serves at least {parts.people} people")


def _of_price(parts: Parts) -> Sentence:
    zh = f"{parts.price.amount} 元" if parts.price.currency == "CNY" else str(parts.price)
    if parts.people_exact:
        people = "person" if parts.people == 1 else "people"
        return Sentence(f"{parts.people} 人时每人 {zh}", f"{parts.price} each for {parts.people} {people}")
    return Sentence(f"每人不超过 {zh}", f"At most {parts.price} each")


def _of_score(parts: Parts) -> Sentence:
    if parts.score is None or parts.score_low is None:
        return Sentence("暂无评价", "No reviews yet")
    score, low = f"{parts.score:.1f}", f"{parts.score_low:.1f}"
    return Sentence(f"信誉 {score} 分（至少 {low} 分）", f"Score {score} (at least {low})")
