"""Whether a provider's statement and our ledger tell the same: each difference is listed, nothing is put right."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from services.campaign.providers.port import Kind, Status
from services.kernel.money import Money

# Between an instruction and its result lie seconds, or days when a provider is in trouble.
GRACE = timedelta(hours=1)


class Line(Protocol):
    """An order as one of the two sides knows it; a ``StatementLine`` is one."""

    @property
    def number(self) -> str:
        """Ours, and unique."""

    @property
    def kind(self) -> Kind:
        """What was asked for."""

    @property
    def amount(self) -> Money:
        """How much."""

    @property
    def receiver(self) -> str | None:
        """Whose account, of a split or its return."""

    @property
    def status(self) -> Status:
        """How far it is."""

    @property
    def at(self) -> datetime:
        """When it ended, or began if it has not."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """An order as our ledger knows it."""

    number: str
    kind: Kind
    amount: Money
    receiver: str | None
    status: Status
    at: datetime


class Fault(StrEnum):
    """In which way the two differ."""

    MISSING_AT_PROVIDER = "missing_at_provider"
    MISSING_IN_LEDGER = "missing_in_ledger"
    TWICE_AT_PROVIDER = "twice_at_provider"
    TWICE_IN_LEDGER = "twice_in_ledger"
    OTHER_KIND = "other_kind"
    OTHER_AMOUNT = "other_amount"
    OTHER_RECEIVER = "other_receiver"
    OTHER_STATUS = "other_status"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; what each side says, or None where it says nothing."""

    number: str
    fault: Fault
    ledger: str | None
    provider: str | None

    @property
    def zh(self) -> str:
        """The sentence for people, in Chinese."""
        return f"订单 {self.number}：{_ZH[self.fault].format(ledger=self.ledger, provider=self.provider)}"

    @property
    def en(self) -> str:
        """The sentence for people, in English."""
        return f"Order {self.number}: {_EN[self.fault].format(ledger=self.ledger, provider=self.provider)}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found: differences, the numbers of orders that are still open, and how many orders agree."""

    differences: tuple[Difference, ...]
    open: tuple[str, ...]
    agreed: int


def compare(ledger: Iterable[Line], statement: Iterable[Line], now: datetime, grace: timedelta = GRACE) -> Comparison:
    """Compare the two, order by order, in the order of their numbers.

    An order that is pending on both sides, or pending with us and not yet known there, is open for ``grace`` and
    overdue, or missing, after that. Both sides have to tell of the same time: an order that ended at its edge may
    stand on one side only.
    """
    ours, theirs = list(ledger), list(statement)
    our, their = _by_number(ours), _by_number(theirs)
    differences = [*_twice(ours, Fault.TWICE_IN_LEDGER), *_twice(theirs, Fault.TWICE_AT_PROVIDER)]
    for number in {*our, *their}:
        differences += _differences(our.get(number), their.get(number), now - grace)
    right = sorted({*our, *their} - {each.number for each in differences})
    still_open = tuple(number for number in right if our[number].status is Status.PENDING)
    by_number = sorted(differences, key=lambda each: (each.number, each.fault))
    return Comparison(tuple(by_number), still_open, len(right) - len(still_open))


def _by_number(lines: Sequence[Line]) -> dict[str, Line]:
    """Return the first line of each number; that there are more is a difference of its own."""
    return {line.number: line for line in reversed(lines)}


def _twice(lines: Sequence[Line], fault: Fault) -> list[Difference]:
    counts = Counter(line.number for line in lines)
    ledger = fault is Fault.TWICE_IN_LEDGER
    return [
        Difference(number, fault, str(count) if ledger else None, None if ledger else str(count))
        for number, count in counts.items()
        if count > 1
    ]


def _differences(ours: Line | None, theirs: Line | None, overdue_before: datetime) -> list[Difference]:
    if theirs is None:
        assert ours is not None, "a number comes from one of the two"
        waits = ours.status is Status.PENDING and ours.at > overdue_before
        return [] if waits else [Difference(ours.number, Fault.MISSING_AT_PROVIDER, _said(ours), None)]
    if ours is None:
        return [Difference(theirs.number, Fault.MISSING_IN_LEDGER, None, _said(theirs))]
    found = [
        Difference(ours.number, fault, str(getattr(ours, name)), str(getattr(theirs, name)))
        for name, fault in _COMPARED
        if getattr(ours, name) != getattr(theirs, name)
    ]
    if not found and ours.status is Status.PENDING and ours.at <= overdue_before:
        found.append(Difference(ours.number, Fault.OVERDUE, _said(ours), _said(theirs)))
    return found


def _said(line: Line) -> str:
    to = f" {line.receiver}" if line.receiver else ""
    return f"{line.kind} {line.amount}{to} ({line.status})"


_COMPARED = (
    ("kind", Fault.OTHER_KIND),
    ("amount", Fault.OTHER_AMOUNT),
    ("receiver", Fault.OTHER_RECEIVER),
    ("status", Fault.OTHER_STATUS),
)
_ZH = {
    Fault.MISSING_AT_PROVIDER: "账本有 {ledger}，支付机构没有",
    Fault.MISSING_IN_LEDGER: "支付机构有 {provider}，账本没有",
    Fault.TWICE_AT_PROVIDER: "在支付机构的对账单中出现 {provider} 次",
    Fault.TWICE_IN_LEDGER: "在账本中出现 {ledger} 次",
    Fault.OTHER_KIND: "类型不同，账本 {ledger}，支付机构 {provider}",
    Fault.OTHER_AMOUNT: "金额不同，账本 {ledger}，支付机构 {provider}",
    Fault.OTHER_RECEIVER: "接收方不同，账本 {ledger}，支付机构 {provider}",
    Fault.OTHER_STATUS: "状态不同，账本 {ledger}，支付机构 {provider}",
    Fault.OVERDUE: "双方都未完成，且已超过宽限时间：{ledger}",
}
_EN = {
    Fault.MISSING_AT_PROVIDER: "the ledger has {ledger}, the provider does not",
    Fault.MISSING_IN_LEDGER: "the provider has {provider}, the ledger does not",
    Fault.TWICE_AT_PROVIDER: "it stands {provider} times in the provider's statement",
    Fault.TWICE_IN_LEDGER: "it stands {ledger} times in the ledger",
    Fault.OTHER_KIND: "the kinds differ, {ledger} in the ledger, {provider} at the provider",
    Fault.OTHER_AMOUNT: "the amounts differ, {ledger} in the ledger, {provider} at the provider",
    Fault.OTHER_RECEIVER: "the receivers differ, {ledger} in the ledger, {provider} at the provider",
    Fault.OTHER_STATUS: "the statuses differ, {ledger} in the ledger, {provider} at the provider",
    Fault.OVERDUE: "it is still pending on both sides after the time of grace: {ledger}",
}
