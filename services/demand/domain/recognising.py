"""Recognising a person who signs in two communities, without knowing who it is.

A contact, a phone number or an e-mail address, becomes a keyed hash (HMAC-SHA-256, RFC 2104). Without the key of the
node nobody can try out numbers; with it one can, so the key stays in the database of this service, and so does the
hash. Only members of communities that want it (``recognise``) get one. What follows is a number: by how much the people
of a pool are fewer than those of its communities together. See PRIVACY.md.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from unicodedata import normalize

from services.demand.domain.signals import Signal
from services.kernel.ids import CommunityId, MemberId

Persons = Mapping[MemberId, str]
NOBODY_KNOWN: Persons = {}
COUNTRY = "86"
_EMAIL = re.compile(r"[^\s@<>(),;:\"]+@[^\s@<>(),;:\"]+\.[^\s@<>(),;:\"]+")
# Digits with what people write between them; at most one of each, so that two numbers do not run into one.
_PHONE = re.compile(r"(?<![\w.+])(?:\+|00)?\d(?:[ \-.()]{0,2}\d){6,16}(?!\w)")


def normalised(contact: str | None) -> str | None:
    """Return a phone number or else an e-mail address in the one form of all its spellings, or None without either.

    Width, case, spaces and dashes make no difference, and neither does the country code of China. Anything else, such
    as a name, may be that of many and is nobody's.
    """
    text = normalize("NFKC", contact or "").casefold()
    if (phone := _PHONE.search(text)) is not None:
        return _number(phone.group())
    address = _EMAIL.search(text)
    return None if address is None else address.group().rstrip(".")


def _number(written: str) -> str | None:
    digits = re.sub(r"\D", "", written)
    abroad = written.startswith(("+", "00"))
    digits = digits.removeprefix("00") if abroad else digits
    mobile = digits.removeprefix(COUNTRY)
    if len(mobile) == 11 and mobile.startswith("1"):
        return mobile
    if abroad and digits.startswith(COUNTRY):
        return "0" + mobile.removeprefix("0")  # a line of a town, as it is called within the country
    return f"+{digits}" if abroad else digits


def person_of(secret: bytes, contact: str | None) -> str | None:
    """Return the keyed hash of a contact, or None where nobody can be recognised by it."""
    text = normalised(contact)
    return None if text is None else hmac.new(secret, f"person:{text}".encode(), hashlib.sha256).hexdigest()


def counted_twice(signals: Iterable[Signal], persons: Persons, counting: Iterable[CommunityId]) -> int:
    """Return how many people are in ``signals`` of more than one of the ``counting`` communities.

    Of a person who signs in several, the largest number counts: a family is as large in one as in the other.
    """
    who: dict[str, dict[CommunityId, int]] = {}
    allowed = set(counting)
    for signal in signals:
        person = persons.get(signal.member_id)
        if person is not None and signal.community_id in allowed:
            heads = who.setdefault(person, {})
            heads[signal.community_id] = heads.get(signal.community_id, 0) + signal.people
    return sum(sum(heads.values()) - max(heads.values()) for heads in who.values())
