"""Why a pool got its slot in a round, or why none, in sentences for people. They tell nothing of other communities."""

from collections.abc import Mapping

from services.supplier.domain.explanation import Sentence
from services.supplier.domain.matching import Reason
from services.supplier.domain.rounds import Why

_REASONS = {
    Reason.NO_OFFER: ("没有该类服务的报价", "there is no offer of this category"),
    Reason.NOT_SHARED: ("供应商未对这些社群开放", "its supplier is not shared with these communities"),
    Reason.OUT_OF_REACH: ("距离太远", "it is too far away"),
    Reason.GROUP_TOO_SMALL: ("人数不足以成团", "the people are fewer than its smallest group"),
    Reason.NOT_QUALIFIED: ("供应商缺少有效资质", "its supplier lacks a paper that is needed"),
    Reason.OTHER_CURRENCY: ("币种不同", "its prices are in another currency"),
    Reason.NO_SLOT: ("没有时间合适且名额足够的时段", "it has no slot with room at a time that suits"),
    Reason.TOO_EXPENSIVE: ("价格高于上限", "its price is above the ceiling"),
    Reason.LIMITED: ("供应商目前不能再接单", "its supplier may take on no more now"),
}
CHANGED = Why(
    "pool_changed", Sentence("需求在计算期间有变，进入下一轮", "The pool changed meanwhile; it is in the next round")
)
TAKEN = Why(
    "taken_meanwhile",
    Sentence(
        "分到的时段在计算期间已被占用或有变，进入下一轮",
        "The slot was taken or changed meanwhile; on to the next round",
    ),
)
GONE = Why(
    "not_waiting",
    Sentence("该需求已不再等待匹配轮", "The pool no longer waits for a round"),
)


def why_assigned(km: float, possible: int) -> Why:
    """Say what the pool got; how many people and what they pay is told by its match, to whom it may be told."""
    zh = f"分到一个时段：距需求中心 {km:.1f} 公里，是 {possible} 个合适时段之一；按人数最多、其次花费最少分配"
    en = f"Got a slot {km:.1f} km away, one of {possible} that suit; rounds serve most people, then cost least"
    return Why("assigned", Sentence(zh, en), {"km": round(km, 2), "possible": possible})


def why_nothing_fits(reasons: Mapping[str, int]) -> Why:
    """Say what ruled out most offers; among equals the hurdle that is tried last, which comes closest to a fit."""
    order = list(_REASONS)
    code = Reason(max(reasons, key=lambda one: (reasons[one], order.index(Reason(one)))))
    zh, en = _REASONS[code]
    if code is Reason.NO_OFFER:
        return Why(str(code), Sentence(f"未分到：{zh}", f"No slot: {en}"), {"offers": 0})
    of = sum(reasons.values())
    share = f"{reasons[code]}/{of}"
    sentence = Sentence(
        f"没有合适的报价：{zh}（{share}）", f"No offer fits; of most of them, {en} ({reasons[code]} of {of})"
    )
    return Why(str(code), sentence, {"offers": of})
