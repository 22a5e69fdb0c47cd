"""The facts of a campaign in words, in Chinese and in English: what a participant reads before it accepts."""

from services.campaign.domain.counting import threshold_of
from services.campaign.domain.model import Campaign
from services.campaign.domain.rules import Bearer, OnMissed
from services.campaign.domain.saying import measured, money_zh
from services.campaign.domain.terms import Cancellation, Tier

Sentence = tuple[str, str]


def in_words(campaign: Campaign) -> dict[str, list[str]]:
    """Return the sentences of both languages, in the same order."""
    said = [
        _prices(campaign.terms.tiers),
        _minimum(campaign),
        _missed(campaign),
        _leaving(campaign.terms.cancellation),
        _tier_loss(campaign),
        _release(campaign),
        *_limits(campaign),
        _disputes(campaign),
    ]
    return {"zh": [zh for zh, _ in said], "en": [en for _, en in said]}


def _prices(tiers: tuple[Tier, ...]) -> Sentence:
    zh = "，".join(f"满 {tier.seats} 席每席 {money_zh(tier.price)}" for tier in tiers)
    en = ", ".join(f"{tier.price} each from {tier.seats} seats" for tier in tiers)
    return f"价格：{zh}。多付的差额退还。", f"Price: {en}. What is paid beyond it comes back."


def _minimum(campaign: Campaign) -> Sentence:
    threshold, currency = threshold_of(campaign), campaign.terms.currency
    zh, en = measured(threshold.measure, threshold.minimum, currency)
    return f"成团最低：已付款 {zh}。", f"The group is formed from {en} paid."


def _missed(campaign: Campaign) -> Sentence:
    policy = campaign.rules.on_missed
    if policy.action is OnMissed.EXTEND:
        hours, times = f"{policy.extend_hours:g}", policy.extend_times
        zh = f"未达最低：截止延长 {hours} 小时，最多 {times} 次，不愿等可免费退出；仍未达到则全额退款。"
        en = f"Below it: the deadline moves by {hours} hours, {times} times at most; then everything is refunded."
        return zh, en
    return _MISSED[policy.action]


_MISSED = {
    OnMissed.FAIL: ("未达最低：全额退款。", "Below it: everything is refunded."),
    OnMissed.SMALLER_TIER: (
        "未达最低：按供应商给出的较小人数成团；达不到则全额退款。",
        "Below it: a smaller group that the supplier offered is formed, else everything is refunded.",
    ),
    OnMissed.MERGE: (
        "未达最低：征得同意后并入相容的拼团；不同意或不答复则全额退款。",
        "Below it: those who agree are merged into a campaign that fits; silence means a full refund.",
    ),
}


def _leaving(rule: Cancellation) -> Sentence:
    zh = "，".join(f"提前 {one.hours_before:g} 小时退 {_percent(one.refund_bp)}" for one in rule.steps)
    en = ", ".join(f"{_percent(one.refund_bp)} until {one.hours_before:g} hours before" for one in rule.steps)
    causes_zh = f"疾病至少退 {_percent(rule.illness_bp)}，天气至少退 {_percent(rule.weather_bp)}"
    causes_en = f"at least {_percent(rule.illness_bp)} for illness, {_percent(rule.weather_bp)} for the weather"
    return (
        f"成团后退出：{zh or '开始前不退'}，再晚不退；{causes_zh}。",
        f"Leaving a formed group, refunded: {en or 'nothing'}, later nothing; {causes_en}.",
    )


def _percent(bp: int) -> str:
    return f"{bp / 100:g}%"


def _tier_loss(campaign: Campaign) -> Sentence:
    loss = campaign.rules.tier_loss
    share = _percent(loss.deposit_bp)
    return {
        Bearer.SUPPLIER: ("有人退出而失去阶梯：由供应商承担。", "A tier lost by drop-outs: the supplier bears it."),
        Bearer.DROPOUTS: (
            f"有人退出而失去阶梯：由退出者以所付款的 {share} 为限承担。",
            f"A tier lost by drop-outs: they bear it, up to {share} of what they paid.",
        ),
        Bearer.FUND: (
            "有人退出而失去阶梯：由其社群的公共基金承担。",
            "A tier lost by drop-outs: the common funds of their communities bear it.",
        ),
    }[loss.bearer]


_STAGES = {
    "confirmed": ("成团时", "at the confirmation"),
    "session": ("各场次合计", "over the sessions"),
    "delivered": ("交付时", "at the delivery"),
    "accepted": ("验收期结束时", "after the acceptance window"),
}


def _release(campaign: Campaign) -> Sentence:
    stages = [
        (_STAGES.get(one.stage, (one.stage, one.stage)), _percent(one.share_bp)) for one in campaign.terms.release
    ]
    zh = "，".join(f"{name[0]} {share}" for name, share in stages)
    en = ", ".join(f"{share} {name[1]}" for name, share in stages)
    hours = f"{campaign.terms.acceptance_hours:g}"
    return f"款项结算：{zh}；验收期 {hours} 小时。", f"Paid out: {en}; the acceptance window is {hours} hours."


def _limits(campaign: Campaign) -> list[Sentence]:
    limits = campaign.rules.limits
    said = [
        (limit, zh, en)
        for limit, zh, en in ((limits.per_member, "每人", "a member"), (limits.per_household, "每户", "a household"))
        if limit is not None
    ]
    return [(f"{zh}最多 {limit} 席。", f"At most {limit} seats for {en}.") for limit, zh, en in said]


def _disputes(campaign: Campaign) -> Sentence:
    rule = campaign.rules.disputes
    hours = [f"{one:g}" for one in (rule.answer_hours, rule.consent_hours, rule.mediation_hours, rule.appeal_hours)]
    zh = "异议：供应商 {} 小时内答复，{} 小时内协商，之后由其他社群的调解人在 {} 小时内决定，{} 小时内可申诉一次。"
    en = (
        "Disputes: the supplier answers within {} hours, consent is sought for {} hours, then a mediator of another "
        "community decides within {} hours; one appeal within {} hours."
    )
    return zh.format(*hours), en.format(*hours)
