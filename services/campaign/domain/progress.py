"""The one line that tells members how a campaign stands. It never says "formed" before the group is confirmed."""

from dataclasses import dataclass

from services.campaign.domain.model import Campaign, State, Tier
from services.campaign.domain.pricing import next_tier
from services.kernel.money import Money

Texts = dict[str, str]


def money_zh(money: Money) -> str:
    """Write an amount as Chinese readers expect it: 108.00 元."""
    return f"{money.amount} 元" if money.currency == "CNY" else str(money)


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
    if campaign.state not in (State.OPEN, State.TIPPED):
        return Progress(seen, None, None, None, _ended(campaign, seen, exact))
    tier = next_tier(campaign)
    minimum = 0 if campaign.state is State.TIPPED else campaign.min_seats - seen
    missing = None if tier is None else tier.seats - seen
    return Progress(seen, minimum, tier, missing, _running(campaign, seen, exact, minimum, tier))


def _running(campaign: Campaign, seen: int, exact: bool, minimum: int, tier: Tier | None) -> Texts:
    least, most = ("", "") if exact else ("至少 ", "最多")
    zh = [f"已参团 {least}{seen} 人，" + (f"{most}还差 {minimum} 人成团" if minimum else "已达最低人数，等待截止确认")]
    en = [
        f"{seen} {'joined' if exact else 'or more joined'}, "
        + (f"{_up_to(minimum, exact)} more to form the group" if minimum else "the minimum is reached, to be confirmed")
    ]
    if tier is not None:
        missing = tier.seats - seen
        zh.append(f"{most}再来 {missing} 人降到 {money_zh(tier.price)}")
        en.append(f"{_up_to(missing, exact)} more bring the price down to {tier.price}")
    return {"zh": "；".join(zh), "en": "; ".join(en)}


def _up_to(count: int, exact: bool) -> str:
    return str(count) if exact else f"at most {count}"


def _ended(campaign: Campaign, seen: int, exact: bool) -> Texts:
    price = campaign.price or campaign.terms.tiers[0].price
    zh_count = f"{'共' if exact else '至少'} {seen} 人，每席最多 {money_zh(price)}"
    en_count = f"{seen} {'people' if exact else 'or more people'} at {price} per seat or less"
    zh, en = {
        State.DRAFT: ("尚未开团", "Not open yet"),
        State.CONFIRMED: (f"已成团，{zh_count}", f"The group is formed: {en_count}"),
        State.DELIVERED: (f"已交付，{zh_count}，待验收结算", f"Delivered: {en_count}; waiting for acceptance"),
        State.SETTLED: (f"已结算，{zh_count}", f"Settled: {en_count}"),
        State.FAILED: ("未成团，已付款项全部退回", "No group was formed; everything paid was refunded"),
        State.CANCELLED: ("已取消，已付款项全部退回", "Cancelled; everything paid was refunded"),
    }[campaign.state]
    return {"zh": zh, "en": en}
