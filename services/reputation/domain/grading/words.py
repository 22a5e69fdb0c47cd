"""Why a grade changed, and what is needed for the next one, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NAMES = {
    "a": ("A 级", "A"),
    "b": ("B 级", "B"),
    "c": ("C 级", "C"),
    "probation": ("试用", "probation"),
    "suspended": ("暂停", "suspended"),
    "removed": ("移出", "removed"),
}

WORDS: Mapping[str, tuple[str, str]] = {
    # Reasons of changes.
    "promoted": (
        "评分下限 {low} 不低于 {need}，且上次变动后有 {deliveries} 次交付",
        "The score is {low} or more, at least {need} is asked for, after {deliveries} deliveries since the last change",
    ),
    "low_score": (
        "评分 {score} 低于 {limit}，且上次变动后有 {deliveries} 次交付",
        "The score {score} is below {limit}, after {deliveries} deliveries since the last change",
    ),
    "bad_deliveries": (
        "近期 {of} 次交付中有 {bad} 次不合格",
        "{bad} of the last {of} deliveries were bad",
    ),
    "suspended_often": ("第 {suspensions} 次被暂停，移出", "Suspended for the {suspensions}. time: removed"),
    "not_renewed": ("暂停 {days} 天内未重新申请，移出", "Not renewed within {days} days of suspension: removed"),
    "renewed": ("重新审核通过，回到试用", "Renewed after a review: back on probation"),
    "overturned": (
        "申诉成立，更正为{grade_zh}，保持一段时间",
        "The appeal was right: {grade_en}, held for a term",
    ),
    "registered": ("新登记，试用", "Registered: on probation"),
    # What is needed for the next grade.
    "need_low": ("评分下限 {have}，需要 {need}", "The lower bound of the score is {have}; {need} is needed"),
    "need_no_score": ("还没有评分，评分下限需要 {need}", "There is no score yet; a lower bound of {need} is needed"),
    "need_deliveries": (
        "上次变动后交付 {have} 次，需要 {need} 次",
        "{have} deliveries since the last change; {need} are needed",
    ),
    "need_few_bad": (
        "上次变动后不合格的占 {have_percent}，最多 {need_percent}",
        "{have_percent} of the deliveries since the last change were bad; {need_percent} at most are allowed",
    ),
    "need_time": ("最早 {need} 才能再升级", "Not before {need}"),
    "need_renewal": ("需要重新申请并通过审核", "A renewal, and its review, are needed"),
    # What would bring a supplier down.
    "risk_score": (
        "评分 {have}，低于 {limit} 会降为{grade_zh}",
        "The score is {have}; below {limit}: {grade_en}",
    ),
    "risk_bad": (
        "不合格交付 {have} 次，达到 {limit} 次且占 {share_percent} 会降为{grade_zh}",
        "{have} bad deliveries; {limit} of them, and {share_percent} of all: {grade_en}",
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: a stable code, the figures in it, and the sentence in Chinese and English."""

    code: str
    zh: str
    en: str
    data: Mapping[str, Any]


def reason(code: str, **data: Any) -> Reason:
    """Return a reason with its figures; what is None is no part of it."""
    known = {name: value for name, value in data.items() if value is not None}
    zh, en = sentence(code, known)
    return Reason(code, zh, en, known)


def sentence(code: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """Return the sentence of a code in Chinese and English; ``grade`` in ``data`` is named in both."""
    names = NAMES.get(str(data.get("grade")), ("", ""))
    zh, en = WORDS[code]
    words = {name: _figure(value) for name, value in data.items()} | {"grade_zh": names[0], "grade_en": names[1]}
    words |= {f"{name}_percent": f"{value:.0%}" for name, value in data.items() if isinstance(value, int | float)}
    return zh.format_map(words), en.format_map(words)


def _figure(value: Any) -> Any:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
