"""What a jielong (接龙, a sign-up chain of a group chat) says: values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

Quantity = int | Decimal


class Status(StrEnum):
    """What a row says of the person's taking part."""

    JOINED = "joined"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    CHANGED = "changed"


@dataclass(frozen=True)
class Question:
    """What only people can answer: a stable code, a sentence in both languages, and the words that it is about."""

    code: str
    zh: str
    en: str
    about: str = ""


@dataclass(frozen=True)
class Item:
    """What is wanted: the option's label, how much of it in which unit, and what was said of it (``24罐装``).

    ``quantity`` is None where the line does not say it clearly; it is never filled in.
    """

    label: str | None
    quantity: Quantity | None
    unit: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Contact:
    """Where to deliver and whom to ring: personal, kept apart so that it can be masked."""

    consignee: str | None = None
    phone: str | None = None
    address: str | None = None

    def __bool__(self) -> bool:
        return any((self.consignee, self.phone, self.address))


class Facts(NamedTuple):
    """What a row says, without where it stands and how well it was read: what two posts are compared by."""

    nickname: str
    household: str | None
    items: tuple[Item, ...]
    adults: int | None
    children: int | None
    people: int | None
    choice: str | None
    status: Status
    paid: bool | None
    remark: str


@dataclass(frozen=True)
class Row:
    """One person's line of a chain. ``line`` is the original text, all lines of it; ``line_numbers`` count from 1.

    ``number`` is the number shown, for display only; ``member`` a salted hash of the author's id where the native
    message gives one; ``confidence`` lies between 0 and 1 and is at most 0.5 while there is a question.
    """

    line: str
    line_numbers: tuple[int, ...]
    number: int | None = None
    nickname: str = ""
    household: str | None = None
    items: tuple[Item, ...] = ()
    adults: int | None = None
    children: int | None = None
    people: int | None = None
    choice: str | None = None
    status: Status = Status.JOINED
    paid: bool | None = None
    remark: str = ""
    contact: Contact = Contact()
    confidence: float = 1.0
    questions: tuple[Question, ...] = ()
    member: str | None = None
    posted_at: datetime | None = None

    @property
    def facts(self) -> Facts:
        """What the row says."""
        return Facts(*(getattr(self, name) for name in Facts._fields))


@dataclass(frozen=True)
class Chain:
    """One post of a chain, which is always a complete snapshot of it.

    ``options`` are the letters that the text explains; ``ignored`` the lines of quoted replies and older snapshots.
    Every line that is not blank is in exactly one of header, title, body, example, rows, tail and ignored.
    """

    header: str = ""
    title: str = ""
    body: tuple[str, ...] = ()
    example: str | None = None
    rows: tuple[Row, ...] = ()
    tail: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    warnings: tuple[Question, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    identity: str = ""
