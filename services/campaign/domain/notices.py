"""What each person concerned is told: what changed for them, and what they can do. The playbook of texts.

A notice is an event of its own per commitment, and a line that its member and its organisers can read later.
"""

from dataclasses import dataclass
from datetime import datetime

from services.campaign.domain.model import Campaign, Commitment, Standing
from services.campaign.domain.saying import money_zh
from services.kernel.clock import format_time
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, DisputeId, MemberId, NoticeId, new_id
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Option:
    """Something that the person can do, named as the API names it, and until when."""

    action: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for one member about one of its commitments; for a mediator, about a dispute of somebody else's."""

    notice_id: NoticeId
    kind: str
    campaign_id: CampaignId
    commitment_id: CommitmentId | None
    community_id: CommunityId
    member_id: MemberId
    zh: str
    en: str
    options: tuple[Option, ...] = ()
    dispute_id: DisputeId | None = None


def notice(kind: str, one: Commitment, zh: str, en: str, *options: Option) -> Notice:
    """Return a message for the member of a commitment."""
    ids = (one.campaign_id, one.commitment_id, one.community_id, one.member_id)
    return Notice(NoticeId(new_id()), kind, *ids, zh, en, options)


def formed(campaign: Campaign, one: Commitment) -> Notice:
    """Tell that the group is formed, or that seats that were not paid are gone."""
    title = campaign.terms.title
    if one.state is not Standing.PAID or one.final_price is None:
        zh = f"“{title}”已截团，您未付款的 {one.seats} 席已释放，无需操作"
        return notice("seats_released", one, zh, f"“{title}” is closed; your {one.seats} unpaid seats were released")
    back_zh, back_en = _back(one.refunded)
    zh = f"“{title}”已成团：{one.seats} 席，每席 {money_zh(one.final_price)}{back_zh}"
    en = f"“{title}”: the group is formed, {one.seats} seats at {one.final_price} each{back_en}"
    return notice("group_formed", one, zh, en, Option("cancel_commitment", campaign.terms.start))


def _back(amount: Money) -> tuple[str, str]:
    return (f"，已退差价 {money_zh(amount)}", f"; {amount} comes back to you") if amount else ("", "")


def called_off(campaign: Campaign, one: Commitment, why: tuple[str, str], amount: Money) -> Notice:
    """Tell that it does not take place, why, and what comes back."""
    title = campaign.terms.title
    money = (
        (f"，退回 {money_zh(amount)}", f"; {amount} comes back to you")
        if amount
        else ("，您未付款", "; you paid nothing")
    )
    zh, en = f"“{title}”不举行：{why[0]}{money[0]}", f"“{title}” does not take place: {why[1]}{money[1]}"
    return notice("group_called_off", one, zh, en)


def extended(campaign: Campaign, one: Commitment) -> Notice:
    """Tell that the deadline has moved, and that leaving is free."""
    title, until = campaign.terms.title, campaign.deadline
    shown = format_time(until) if until else "-"
    zh = f"“{title}”人数未达最低，截止时间延到 {shown}。您无需重新下单；不愿等可免费退出、全额退款"
    en = f"“{title}” is below its minimum and stays open until {shown}. You need not order again; leaving is free"
    options = (Option("cancel_commitment", until),)
    if one.state is Standing.RESERVED:
        options = (Option("pay_commitment", one.hold_until), *options)
    return notice("deadline_extended", one, zh, en, *options)


def offered(campaign: Campaign, one: Commitment) -> Notice:
    """Tell one on the waiting list that seats are held for it, and until when."""
    shown = format_time(one.hold_until) if one.hold_until else "-"
    amount = money_zh(one.amount)
    zh = f"“{campaign.terms.title}”候补到位：为您保留 {one.seats} 席，请在 {shown} 前付款 {amount}，过时让给下一位"
    en = (
        f"“{campaign.terms.title}”: {one.seats} seats are held for you; pay {one.amount} before {shown} or they pass on"
    )
    return notice(
        "seats_offered",
        one,
        zh,
        en,
        Option("pay_commitment", one.hold_until),
        Option("cancel_commitment", one.hold_until),
    )


def not_served(campaign: Campaign, one: Commitment) -> Notice:
    """Tell one on the waiting list that no seat became free."""
    zh = f"“{campaign.terms.title}”已截止，候补的 {one.seats} 席未能满足"
    return notice("waiting_ended", one, zh, f"“{campaign.terms.title}” is closed and no {one.seats} seats became free")


def hold_over(campaign: Campaign, one: Commitment) -> Notice:
    """Tell that held seats were not paid in time."""
    zh = f"“{campaign.terms.title}”：您占的 {one.seats} 席未在时限内付款，已释放；仍想参加请重新占位"
    en = f"“{campaign.terms.title}”: your {one.seats} seats were not paid in time and are free again; join anew"
    return notice("hold_expired", one, zh, en, Option("reserve_seats", campaign.deadline))


def payment_declined(campaign: Campaign, one: Commitment) -> Notice:
    """Tell that a payment did not come about, and until when it can be tried again."""
    zh = f"“{campaign.terms.title}”：付款未成功，席位保留到期前可以再付一次"
    en = f"“{campaign.terms.title}”: the payment did not come about; try again while the seats are held"
    return notice("payment_declined", one, zh, en, Option("start_payment", one.hold_until))


def capture_declined(campaign: Campaign, one: Commitment) -> Notice:
    """Tell that the money that was authorised could not be taken."""
    zh = f"“{campaign.terms.title}”：成团扣款未成功，{one.seats} 席已释放"
    en = f"“{campaign.terms.title}”: the authorised payment could not be taken; {one.seats} seats were released"
    return notice("capture_declined", one, zh, en)


def returned(campaign: Campaign, one: Commitment, amount: Money) -> Notice:
    """Tell that a payment came when the seats were gone, and goes back."""
    zh = f"“{campaign.terms.title}”：付款 {money_zh(amount)} 到账时席位已失效，全额退回"
    en = f"“{campaign.terms.title}”: {amount} came when the seats were gone, and goes back in full"
    return notice("payment_returned", one, zh, en)


def left(campaign: Campaign, one: Commitment, seats: int, refund: Money, fee: Money, withheld: Money) -> Notice:
    """Confirm to one who leaves what comes back, what does not, and what waits for the reckoning."""
    parts = [(f"退回 {money_zh(refund)}", f"{refund} comes back to you")]
    if fee:
        parts.append((f"按取消规则扣 {money_zh(fee)}", f"{fee} is kept by the cancellation rule"))
    if withheld:
        parts.append((f"押金 {money_zh(withheld)} 待截团后结算", f"a deposit of {withheld} waits for the close"))
    zh = f"“{campaign.terms.title}”：已退出 {seats} 席，" + "，".join(part[0] for part in parts)
    en = f"“{campaign.terms.title}”: {seats} seats were given up; " + ", ".join(part[1] for part in parts)
    return notice("seats_given_up", one, zh, en)


def delivered(campaign: Campaign, one: Commitment) -> Notice:
    """Tell that it took place, and until when one may object."""
    until = campaign.settles_at
    shown = format_time(until) if until else "-"
    zh = f"“{campaign.terms.title}”已交付，如有问题请在 {shown} 前提出；到时自动结算"
    en = f"“{campaign.terms.title}” took place; object before {shown}, or it is settled"
    return notice("delivered", one, zh, en, Option("open_dispute", until), Option("write_review"))


def handed_over(campaign: Campaign, one: Commitment) -> Notice:
    """Tell a member that seats were handed over to it."""
    title = campaign.terms.title
    zh, en = f"“{title}”的 {one.seats} 席已转给您", f"“{title}”: {one.seats} seats were handed over to you"
    if one.state is Standing.RESERVED:
        return notice("handed_over", one, zh, en, Option("pay_commitment", one.hold_until))
    return notice("handed_over", one, zh, en, Option("cancel_commitment", campaign.terms.start))
