"""The one line that tells members how a campaign stands. It never says "formed" before the group is confirmed."""

from dataclasses import dataclass

from services.campaign.domain.counting import counted, threshold_of
from services.campaign.domain.model import JOINING, Campaign, State
from services.campaign.domain.pricing import next_tier
from services.campaign.domain.rules import Measure
from services.campaign.domain.saying import Texts, measured, money_zh, paused_for
from services.campaign.domain.terms import Tier


@dataclass(frozen=True, slots=True)
class Progress:
    """What is missing, counted from the paid seats that the reader may see (``exact`` tells if that is all)."""

    paid_seats: int
    missing_for_minimum: int | None
    next_tier: Tier | None
    missing_for_next_tier: int | None
    texts: Texts


def progress_of(campaign: Campaign, seen: int, exact: bool) -> Progress:
    """Return how the campaign stands for a reader who sees ``seen`` paid seats.

    Where some are hidden, ``seen`` is a lower bound and what is missing an upper bound, and the texts say so.
    """
    if campaign.pause is not None:
        return Progress(seen, None, None, None, _paused(campaign, seen, exact))
    if campaign.state not in JOINING:
        return Progress(seen, None, None, None, _ended(campaign, seen, exact))
    tier = next_tier(campaign)
    missing = None if tier is None else tier.seats - seen
    return Progress(seen, _missing_seats(campaign, seen), tier, missing, _running(campaign, seen, exact, tier))


def _paused(campaign: Campaign, seen: int, exact: bool) -> Texts:
    zh, en = paused_for(campaign) or ("", "")
    least, more = ("", "joined") if exact else ("至少 ", "or more joined")
    return {"zh": f"已参团 {least}{seen} 人；{zh}", "en": f"{seen} {more}; {en}"}


def _missing_seats(campaign: Campaign, seen: int) -> int | None:
    """Return how many seats are missing; None where the threshold counts something else."""
    if threshold_of(campaign).measure is not Measure.SEATS:
        return None
    return 0 if campaign.state is State.TIPPED else max(campaign.min_seats - seen, 0)


def _running(campaign: Campaign, seen: int, exact: bool, tier: Tier | None) -> Texts:
    least, most = ("", "") if exact else ("至少 ", "最多")
    gap_zh, gap_en = _gap(campaign, seen, exact)
    zh = [f"已参团 {least}{seen} 人，{gap_zh}"]
    en = [f"{seen} {'joined' if exact else 'or more joined'}, {gap_en}"]
    if tier is not None:
        missing = tier.seats - seen
        zh.append(f"{most}再来 {missing} 人降到 {money_zh(tier.price)}")
        en.append(f"{_up_to(str(missing), exact)} more bring the price down to {tier.price}")
    return {"zh": "；".join(zh), "en": "; ".join(en)}


def _gap(campaign: Campaign, seen: int, exact: bool) -> tuple[str, str]:
    """Say what is missing for the minimum; of households and money only to those who see everything."""
    if campaign.state is State.TIPPED:
        return "已达最低人数，等待截止确认", "the minimum is reached, to be confirmed"
    threshold, missing = threshold_of(campaign), _missing_seats(campaign, seen)
    if missing is not None:
        return (
            f"{'' if exact else '最多'}还差 {missing} 人成团",
            f"{_up_to(str(missing), exact)} more to form the group",
        )
    if not exact:
        return "未达成团条件", "the minimum is not reached yet"
    short = max(threshold.minimum - counted(campaign, threshold.measure), 0)
    if not short:  # then it is the supplier's least number of seats that is missing
        seats = campaign.min_seats - campaign.paid_seats
        return f"还差 {seats} 人成团", f"{seats} more to form the group"
    zh, en = measured(threshold.measure, short, campaign.terms.currency)
    return f"还差 {zh}成团", f"{en} more to form the group"


def _up_to(count: str, exact: bool) -> str:
    return count if exact else f"at most {count}"


def _ended(campaign: Campaign, seen: int, exact: bool) -> Texts:
    price = campaign.price or campaign.terms.tiers[0].price
    zh_count = f"{'共' if exact else '至少'} {seen} 人，每席最多 {money_zh(price)}"
    en_count = f"{seen} {'people' if exact else 'or more people'} at {price} per seat or less"
    zh, en = {
        State.DRAFT: ("尚未开团", "Not open yet"),
        State.CONFIRMED: (f"已成团，{zh_count}", f"The group is formed: {en_count}"),
        State.DELIVERING: (f"服务进行中，{zh_count}", f"Under way: {en_count}"),
        State.DELIVERED: (f"已交付，{zh_count}，待验收结算", f"Delivered: {en_count}; waiting for acceptance"),
        State.SETTLED: (f"已结算，{zh_count}", f"Settled: {en_count}"),
        State.FAILED: _FAILED.get(campaign.reason or "", _FAILED["minimum_missed"]),
        State.CANCELLED: ("已取消，已付款项全部退回", "Cancelled; everything paid was refunded"),
    }[campaign.state]
    return {"zh": zh, "en": en}


_FAILED = {
    "minimum_missed": ("未成团，已付款项全部退回", "No group was formed; everything paid was refunded"),
    "merged": (
        "未成团：接受者已并入另一个拼团，其余全额退款",
        "No group was formed: who accepted has moved to another group, the others were refunded",
    ),
}
