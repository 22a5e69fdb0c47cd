"""Personal data and abuse in what people write: masked, with a trace of what was masked and why, and never deleted.

A mask keeps the length of what it hides, so that a trace (kind, start, length) names it. Masking twice changes nothing.
The patterns are those of numbers as they are written in mainland China, and of addresses of the net. Words of abuse are
a short list in both languages that a community can extend.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

HIDDEN = "＊"


class Hidden(StrEnum):
    """What was masked."""

    PHONE = "phone"
    IDENTITY = "identity_number"
    EMAIL = "email"
    ACCOUNT = "account"
    CARD = "bank_card"
    ABUSE = "abuse"
    OTHER = "other"  # by hand


@dataclass(frozen=True, slots=True)
class Mask:
    """Which part of a text is hidden, and why; ``by`` is None where it was found by itself."""

    kind: Hidden
    start: int
    length: int
    by: str | None = None
    reason: str | None = None


_APART = r"[\s\-—.·()（）]{0,3}"
_EDGE, _END = r"(?<![0-9０-９])", r"(?![0-9０-９])"


def _digits(count: str) -> str:
    return rf"[0-9０-９](?:{_APART}[0-9０-９]){{{count}}}"


# In their order: what one has hidden the others do not see.
_PATTERNS: tuple[tuple[Hidden, re.Pattern], ...] = (
    (
        Hidden.EMAIL,
        re.compile(r"[A-Za-z0-9._%+\-]{1,64}\s{0,2}[@＠]\s{0,2}[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})+"),
    ),
    (Hidden.IDENTITY, re.compile(rf"{_EDGE}{_digits('16')}{_APART}[0-9０-９XxＸｘ](?![0-9０-９A-Za-z])")),
    (Hidden.CARD, re.compile(rf"{_EDGE}[3-6３-６]{_APART}{_digits('14,17')}{_END}")),
    (Hidden.PHONE, re.compile(rf"{_EDGE}(?:[+＋]?86{_APART})?[1１]{_APART}[3-9３-９]{_APART}{_digits('8')}{_END}")),
    (Hidden.PHONE, re.compile(rf"{_EDGE}0[1-9]\d{{1,2}}{_APART}[2-9]\d{{6,7}}{_END}")),
    (Hidden.PHONE, re.compile(r"(?<![\d+])\+\d{1,3}[\s\-]?\d{2,4}(?:[\s\-]?\d{2,4}){1,4}(?!\d)")),
    (
        Hidden.ACCOUNT,
        re.compile(
            r"(?:微信号?|薇信|威信|vx|wx|wechat|weixin|qq)\s{0,2}(?:号|id)?\s{0,2}(?:[:：=是]|\s)\s{0,2}"
            r"([A-Za-z][A-Za-z0-9_\-]{5,19}|[1-9]\d{4,11})",
            re.I,
        ),
    ),
)
ABUSE = (
    *("傻逼", "傻比", "煞笔", "妈的", "他妈", "操你", "滚蛋", "王八蛋", "混蛋", "狗日", "婊子", "贱人", "脑残", "去死"),
    *("fuck", "fucking", "shit", "bitch", "asshole", "bastard", "motherfucker", "cunt"),
)


def found(text: str, more_abuse: Iterable[str] = ()) -> tuple[Mask, ...]:
    """Return what of a text is to be masked, in the order of its places; parts never overlap."""
    masks: list[Mask] = []
    covered = list(text)
    for kind, pattern in (*_PATTERNS, (Hidden.ABUSE, _abuse(more_abuse))):
        for match in pattern.finditer("".join(covered)):
            start, end = match.span(1) if pattern.groups and match.group(1) else match.span()
            masks.append(Mask(kind, start, end - start))
            covered[start:end] = HIDDEN * (end - start)
    return tuple(sorted(masks, key=lambda one: one.start))


def masked(text: str, masks: Iterable[Mask]) -> str:
    """Return a text with these parts hidden."""
    signs = list(text)
    for one in masks:
        signs[one.start : one.start + one.length] = HIDDEN * len(signs[one.start : one.start + one.length])
    return "".join(signs)


def _abuse(more: Iterable[str]) -> re.Pattern:
    words = sorted({*ABUSE, *(word.casefold() for word in more)}, key=len, reverse=True)
    # A word of letters is one only where it stands alone: a Scunthorpe is a town.
    parts = (rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word) for word in words)
    return re.compile("|".join(parts), re.I)
