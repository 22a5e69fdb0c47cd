"""Each number of a score in words, in Chinese and in English: what counted, what was capped, and why."""

from dataclasses import dataclass
from typing import Any

from services.reputation.domain.score.combining import PRIOR_MEAN, PRIOR_WEIGHT, REACH
from services.reputation.domain.score.deriving import Derived
from services.reputation.domain.score.scale import mark_of

METHOD = {
    "zh": "评分 = 各社群声音与先验的稳健平均（Huber，截断 1 个标准差）。"
    "每个社群一个声音：该社群已结清订单总评的加权平均；一人多单有上限，互相串通的一组人合计一票，任何社群的分量不超过各社群的中位数",
    "en": "score = robust mean (Huber, cut at 1 standard deviation) of the voices of the communities and the prior. "
    "Each community has one voice, the weighted mean of its settled orders; one rater is capped, a ring counts as "
    "one order, and no community weighs more than the middle one",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One number, and what it means."""

    code: str
    value: float
    zh: str
    en: str

    def to_wire(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        return {"code": self.code, "value": self.value, "text": {"zh": self.zh, "en": self.en}}


def explain(derived: Derived) -> list[Part]:
    """Return what led to the score, in the order in which it was reckoned."""
    return [*_counted(derived), *_lessened(derived), *_combined(derived)]


def _counted(derived: Derived) -> list[Part]:
    found, days = derived.weighed, derived.weights.half_life_days
    faded = round(found.faded, 2)
    silent = found.settled - found.counted
    return [
        Part(
            "settled_orders",
            found.settled,
            f"资金已结清的订单 {found.settled} 单；没有结清的订单一律不计",
            f"{found.settled} orders whose money is settled; no other order counts",
        ),
        Part(
            "counted_orders",
            found.counted,
            f"其中 {found.counted} 单有评价或经争议退过款；另外 {silent} 单没有表态，不算好评也不算差评",
            f"{found.counted} of them were reviewed or refunded after a dispute; {silent} say nothing, "
            "which is neither praise nor blame",
        ),
        Part(
            "after_decay",
            faded,
            f"按时间衰减（每 {days} 天减半）后，相当于 {faded} 单新订单",
            f"with decay (half after {days} days) they weigh as much as {faded} fresh orders",
        ),
    ]


def _lessened(derived: Derived) -> list[Part]:
    found, cap = derived.weighed, derived.weights.rater_cap
    parts = []
    if found.blamed:
        parts.append(
            Part(
                "refunded_after_dispute",
                found.blamed,
                f"{found.blamed} 单经争议退过款：得分不超过没有退的那部分；没有评价的按其一半计",
                f"{found.blamed} orders were refunded after a dispute: each is worth at most the part that was not "
                "refunded, and half of it where nobody reviewed",
            )
        )
    if found.over_rater_cap:
        parts.append(
            Part(
                "capped_raters",
                found.over_rater_cap,
                f"{found.over_rater_cap} 单来自下单很多的人：每人合计最多算 {cap:g} 单",
                f"{found.over_rater_cap} orders are of raters with many: all of one rater count as {cap:g} at most",
            )
        )
    if found.in_rings:
        weight = round(found.ring_weight, 2)
        parts.append(
            Part(
                "in_rings",
                found.in_rings,
                f"{found.in_rings} 单来自 {found.rings} 组彼此高度一致、又与其他人明显相反的评价者：每组合计最多一票，"
                f"共 {weight} 票",
                f"{found.in_rings} orders are of {found.rings} group(s) of raters who agree with each other and "
                f"contradict everybody else: each group has one voice, {weight} in all",
            )
        )
    return parts


def _combined(derived: Derived) -> list[Part]:
    found, combined = derived.weighed, derived.combined
    parts = []
    capped = [voice for voice in found.voices if voice.weight < voice.uncapped]
    if capped:
        most = round(max(voice.weight for voice in capped), 2)
        parts.append(
            Part(
                "capped_communities",
                len(capped),
                f"{len(capped)} 个社群的订单多于中位社群：分量以 {most} 单为限，多造评价者买不来分量",
                f"{len(capped)} communities have more orders than the middle one: they weigh {most} orders at most, so "
                "that more raters buy no more weight",
            )
        )
    cut = sum(combined.cut[1:])
    if cut:
        parts.append(
            Part(
                "cut_voices",
                cut,
                f"{cut} 个社群离其他声音太远（超过 {REACH:g} 个标准差）：拉力有上限，仍然计入",
                f"{cut} communities are far from the other voices (over {REACH:g} standard deviation): they still "
                "count, and what they pull is limited",
            )
        )
    pull = round(100 * combined.pulls[0])
    parts.append(
        Part(
            "prior",
            mark_of(PRIOR_MEAN),
            f"先验 {mark_of(PRIOR_MEAN):g} 分相当于 {PRIOR_WEIGHT:g} 单新订单，占本评分的 {pull}%",
            f"the prior of {mark_of(PRIOR_MEAN):g} weighs as much as {PRIOR_WEIGHT:g} fresh orders, {pull} % of "
            "this score",
        )
    )
    return parts
