"""Words that several texts share, in Chinese and in English."""

from services.campaign.domain.model import About, Campaign
from services.campaign.domain.rules import Measure
from services.kernel.clock import format_time
from services.kernel.money import Money

Texts = dict[str, str]


def money_zh(money: Money) -> str:
    """Write an amount as Chinese readers expect it: 108.00 元."""
    return f"{money.amount} 元" if money.currency == "CNY" else str(money)


def measured(measure: Measure, count: int, currency: str) -> tuple[str, str]:
    """Write so much of a measure: seats, households, or an amount in minor units of ``currency``."""
    if measure is Measure.AMOUNT:
        money = Money(count, currency)
        return money_zh(money), str(money)
    zh, one, many = _UNITS[measure]
    return f"{count} {zh}", f"{count} {one if count == 1 else many}"


_UNITS = {Measure.SEATS: ("席", "seat", "seats"), Measure.HOUSEHOLDS: ("户", "household", "households")}


def because(campaign: Campaign, full: bool, due: bool) -> tuple[str, str]:
    """Say what closed a campaign: a full house, its deadline, or its organiser."""
    if full:
        return "名额已满", "It is full"
    return ("截止时间已到", "The deadline has come") if due else ("组织者提前截团", "The organiser closes early")


def paused_for(campaign: Campaign) -> tuple[str, str] | None:
    """Say what a campaign waits for; None when it does not."""
    if campaign.pause is None:
        return None
    (zh, en), until = _PAUSES[campaign.pause.about], format_time(campaign.pause.until)
    return f"{zh}，至 {until}", f"{en} until {until}"


_PAUSES = {
    About.MERGE: ("未达最低，正在询问成员是否并入另一个拼团", "the minimum was missed; members are asked to move"),
    About.REPLACEMENT: ("供应商已退出，正在寻找替代", "the supplier has withdrawn; another one is looked for"),
    About.MOVE: ("拟改期，正在询问成员是否接受", "a move is proposed; members are asked"),
}
