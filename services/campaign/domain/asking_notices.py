"""What members are told when they are asked, and what became of it. Each question says what silence means."""

from collections.abc import Callable

from services.campaign.domain.asking import Inquiry
from services.campaign.domain.model import OFFLINE, About, Campaign, Commitment
from services.campaign.domain.notices import Notice, Option, notice
from services.campaign.domain.saying import money_zh
from services.campaign.domain.terms import Terms
from services.kernel.clock import format_time

Both = tuple[str, str]


def question(title: str, inquiry: Inquiry) -> Both:
    """Return what is asked, in both languages."""
    zh, en = _QUESTIONS[inquiry.about](inquiry)
    until = format_time(inquiry.term)
    return (
        f"“{title}”{zh}。请在 {until} 前答复：接受，或全额退款；不答复即全额退款",
        f"“{title}” {en}. Answer before {until}: accept, or be refunded in full; who does not answer is refunded",
    )


def _merge(inquiry: Inquiry) -> Both:
    terms, (price_zh, price_en) = inquiry.terms, _price(inquiry)
    return (
        f"未达最低人数，可并入另一个拼团“{terms.title}”（{_who(terms)}{price_zh}），已为您留位",
        f"missed its minimum; you can move to another group, “{terms.title}” ({_who(terms)}{price_en}), where seats "
        "are held for you",
    )


def _replacement(inquiry: Inquiry) -> Both:
    terms, (price_zh, price_en) = inquiry.terms, _price(inquiry)
    return (
        f"的供应商已退出，可改由“{terms.title}”（{_who(terms)}{price_zh}）",
        f"has lost its supplier; it can go on with “{terms.title}” ({_who(terms)}{price_en})",
    )


def _move(inquiry: Inquiry) -> Both:
    why_zh, why_en = REASONS.get(inquiry.reason or "", REASONS["organiser"])
    where, words = inquiry.terms.place, inquiry.text or ""
    place = f"{where.lat:.4f}, {where.lon:.4f}"
    few_zh, few_en = "", ""
    if not inquiry.even_if_fewer:
        few_zh = f"；接受的不足 {inquiry.minimum} 席则取消"
        few_en = f"; it is called off if fewer than {inquiry.minimum} seats accept"
    return (
        f"因{why_zh}（{words}）拟改到 {_when(inquiry.terms)}（{place}）{few_zh}",
        f"is to be moved to {_when(inquiry.terms)} ({place}) because of {why_en} ({words}){few_en}",
    )


_QUESTIONS: dict[About, Callable[[Inquiry], Both]] = {
    About.MERGE: _merge,
    About.REPLACEMENT: _replacement,
    About.MOVE: _move,
}
REASONS: dict[str, Both] = {
    "weather": ("天气", "the weather"),
    "illness": ("生病", "an illness"),
    "supplier": ("供应商的原因", "the supplier"),
    "organiser": ("组织者的原因", "the organiser"),
    "venue": ("场地", "the venue"),
}


def _who(terms: Terms) -> str:
    return f"{terms.supplier_name}, {_when(terms)}"


def _when(terms: Terms) -> str:
    return f"{format_time(terms.start)} – {format_time(terms.times[-1].end)}"


def _price(inquiry: Inquiry) -> Both:
    price = inquiry.price
    if price is None:
        return "", ""
    return f"，每席最多 {money_zh(price)}，不高于您已付的", f", {price} per seat or less, never more than you paid"


def asked(campaign: Campaign, inquiry: Inquiry, one: Commitment) -> Notice:
    """Ask a member."""
    zh, en = question(campaign.terms.title, inquiry)
    if one.provider != OFFLINE and inquiry.about is not About.MOVE:
        zh = f"{zh}。您是线上支付的：接受后原款退回，席位为您保留一天，请重新付款"
        en = f"{en}. You paid through a provider: if you accept, that comes back, and you pay anew for your seats"
    return notice(f"{inquiry.about}_asked", one, zh, en, Option("answer_inquiry", inquiry.term))


def no_room(campaign: Campaign, one: Commitment) -> Notice:
    """Tell one who cannot be asked that it is refunded: the other group has no room for it at what it paid."""
    title, amount = campaign.terms.title, one.refunded
    zh = f"“{title}”未成团，另一个拼团没有适合您的余位，已全额退款 {money_zh(amount)}"
    return notice(
        "group_called_off", one, zh, f"“{title}”: no group, and no room for you elsewhere; {amount} comes back"
    )


def moved(target: Campaign, left: Commitment, one: Commitment) -> Notice:
    """Tell a member that it takes part in the other group now."""
    title, back = target.terms.title, left.refunded
    zh, en = (f"，已退差价 {money_zh(back)}", f"; {back} comes back to you") if back else ("", "")
    return notice(
        "merged",
        one,
        f"您的 {one.seats} 席已并入“{title}”，每席最多 {money_zh(one.price)}{zh}；成团与否以该拼团截止为准",
        f"Your {one.seats} seats moved to “{title}” at {one.price} each or less{en}; whether it forms is decided there",
        Option("cancel_commitment", target.deadline),
    )


def pay_anew(campaign: Campaign, left: Commitment, one: Commitment) -> Notice:
    """Tell one who accepted and had paid through a provider that its seats are held and have to be paid anew."""
    title, until = campaign.terms.title, format_time(one.hold_until) if one.hold_until else "-"
    zh = f"“{title}”：为您保留 {one.seats} 席，请在 {until} 前付款 {money_zh(one.amount)}；原付款已全额退回"
    en = f"“{title}”: {one.seats} seats are held for you; pay {one.amount} before {until}. What you had paid comes back"
    options = (Option("start_payment", one.hold_until), Option("pay_commitment", one.hold_until))
    return notice("pay_anew", one, zh, en, *options, Option("cancel_commitment", one.hold_until))


def vacated(campaign: Campaign, one: Commitment) -> Notice:
    """Tell that the supplier has withdrawn, until when another is looked for, and that leaving is free."""
    title, until = campaign.terms.title, campaign.pause.until if campaign.pause else None
    shown = format_time(until) if until else "-"
    zh = f"“{title}”的供应商已退出，正在寻找替代；{shown} 前找不到即全额退款。不愿等可随时免费退出、全额退款"
    en = f"“{title}”: the supplier has withdrawn, another is looked for until {shown}, else everybody is refunded; "
    return notice("supplier_withdrew", one, zh, f"{en}leaving is free", Option("cancel_commitment", until))


def missing(campaign: Campaign, one: Commitment, reasons: dict[str, int]) -> Notice:
    """Tell that no other supplier fits at the moment, and why those that were looked at do not."""
    title, until = campaign.terms.title, campaign.pause.until if campaign.pause else None
    shown, why = format_time(until) if until else "-", ", ".join(f"{key} {count}" for key, count in reasons.items())
    zh = f"“{title}”暂无合适的替代供应商（{why}），继续寻找到 {shown}；不愿等可免费退出"
    en = f"“{title}”: no other supplier fits now ({why}); the search goes on until {shown}, leaving is free"
    return notice("replacement_missing", one, zh, en, Option("cancel_commitment", until))


def still_looking(campaign: Campaign, one: Commitment) -> Notice:
    """Tell that a proposal came to nothing and the search goes on."""
    title, until = campaign.terms.title, campaign.pause.until if campaign.pause else None
    shown = format_time(until) if until else "-"
    zh = f"“{title}”的替代方案未成（接受的人太少或供应商已不再保留），继续寻找到 {shown}；您的答复不再有效"
    en = f"“{title}”: nothing came of that supplier; the search goes on until {shown}, and your answer is void"
    return notice("replacement_not_taken", one, zh, en, Option("cancel_commitment", until))


def rematched(campaign: Campaign, one: Commitment) -> Notice:
    """Tell one who stays that another supplier comes, and at which price."""
    terms, price = campaign.terms, one.final_price or one.price
    zh = f"“{terms.title}”改由{_who(terms)}，您的 {one.seats} 席照旧，每席最多 {money_zh(price)}"
    en = f"“{terms.title}” goes on with {_who(terms)}; your {one.seats} seats stay, at {price} each or less"
    return notice("supplier_replaced", one, zh, en, Option("cancel_commitment", terms.start))


def relocated(campaign: Campaign, one: Commitment) -> Notice:
    """Tell one who stays when and where it is now."""
    title, when = campaign.terms.title, _when(campaign.terms)
    zh, en = f"“{title}”已改为 {when}，您的 {one.seats} 席照旧", f"“{title}” is at {when} now; your seats stay"
    return notice("slot_moved", one, zh, en, Option("cancel_commitment", campaign.terms.start))


def refunded(campaign: Campaign, one: Commitment) -> Notice:
    """Tell one who refused, or said nothing, that all it had paid comes back."""
    title, amount = campaign.terms.title, one.refunded
    zh = f"“{title}”：您未接受变更，{one.seats} 席已全额退款，共退回 {money_zh(amount)}"
    en = f"“{title}”: you did not accept the change; {one.seats} seats are refunded in full, {amount} in all"
    return notice("change_refused", one, zh, en)
