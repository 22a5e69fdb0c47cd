"""What others and logs may see of a chain: no phone, no address, no flat, no consignee."""

import re
from dataclasses import replace
from functools import singledispatch
from typing import TypeVar

from services.demand.domain.jielong.lexer import ADDRESS, CONTACT_KEY, PHONE
from services.demand.domain.jielong.model import Chain, Contact, Question, Row
from services.demand.domain.jielong.words import fold

T = TypeVar("T", str, Row, Chain, Contact)

_PHONES = re.compile(PHONE + r"|(?<!\d)\d{7,}(?!\d)")
_LINES = re.compile(rf"({CONTACT_KEY})(\s*:\s*)([^\n]*?)(?=\s*[,;]?\s*{CONTACT_KEY}\s*:|\n|$)")
_ADDRESSES = re.compile(ADDRESS)
_AREA = re.compile(r"^.*?(?:省|市|自治区|区|县)")
_HIDDEN = "***"


def masked(value: T) -> T:
    """Return a text, a contact, a row or a chain with phones, addresses, flats and consignees masked."""
    return _masked(value)


@singledispatch
def _masked(value: str) -> str:
    """Mask contact lines, addresses and phones in a text; everything else stays as it is."""
    folded = fold(value)
    spans = [
        (one.start(3), one.end(3), _line(one[1], value[one.start(3) : one.end(3)])) for one in _LINES.finditer(folded)
    ]
    spans += [(one.start(), one.end(), _address(one[0])) for one in _ADDRESSES.finditer(folded)]
    spans += [(one.start(), one.end(), _phone(one[0])) for one in _PHONES.finditer(folded)]
    parts, end = [], 0
    for start, stop, instead in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= end:
            parts += [value[end:start], instead]
            end = stop
    return "".join([*parts, value[end:]])


@_masked.register
def _(value: Contact) -> Contact:
    return Contact(
        consignee=value.consignee and value.consignee[0] + "**",
        phone=value.phone and _phone(value.phone),
        address=value.address and _address(value.address),
    )


@_masked.register
def _(value: Row) -> Row:
    household = value.household and _household(value.household)

    def text(words: str) -> str:
        for secret, shown in ((value.household, household), (value.contact.consignee, "***")):
            words = words.replace(secret, shown) if secret else words
        return _masked(words)

    return replace(
        value,
        line=text(value.line),
        nickname=text(value.nickname),
        household=household,
        items=tuple(replace(one, label=one.label and text(one.label), note=text(one.note)) for one in value.items),
        choice=value.choice and _masked(value.choice),
        remark=text(value.remark),
        contact=_masked(value.contact),
        questions=tuple(replace(one, about=text(one.about)) for one in value.questions),
    )


@_masked.register
def _(value: Chain) -> Chain:
    texts = {name: tuple(map(_masked, getattr(value, name))) for name in ("body", "tail", "ignored")}
    return replace(
        value,
        title=_masked(value.title),
        example=value.example and _masked(value.example),
        rows=tuple(map(_masked, value.rows)),
        warnings=tuple(map(_question, value.warnings)),
        options={letter: _masked(words) for letter, words in value.options.items()},
        **texts,
    )


def _question(value: Question) -> Question:
    return replace(value, about=_masked(value.about))


def _line(key: str, value: str) -> str:
    if re.search(r"址|addr", key.lower()):
        return _address(value)
    return _phone(value) if re.search(r"\d{4}", fold(value)) else value[:1] + "**"


def _phone(value: str) -> str:
    digits = re.sub(r"\D", "", fold(value))
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else _HIDDEN


def _address(value: str) -> str:
    area = _AREA.match(value)
    return (area[0] if area else "") + _HIDDEN


def _household(value: str) -> str:
    building = re.match(r"[^-]*?(?:栋|幢|座|号楼|號樓|弄|期|#|-)", value)
    if building and building.end() == len(value):
        return value
    return (building[0] if building else "") + _HIDDEN
