"""A price list on its way into offers: what a line of the file means, and what would come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.kernel.geo import Place
from services.kernel.ids import OfferId, SupplierId
from services.kernel.money import Money
from services.supplier.domain.errors import PriceListStateError
from services.supplier.domain.terms import Terms

MOST_LINES = 5000
KEPT = timedelta(days=1)  # how long a preview waits to be committed


class Kind(StrEnum):
    """What would come of a line."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DELISTED = "delisted"
    INVALID = "invalid"


class ListState(StrEnum):
    """previewed -> committed | discarded; a preview that was left alone expires."""

    PREVIEWED = "previewed"
    COMMITTED = "committed"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell, and what would be right."""

    column: str
    problem: str
    expected: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as a file says it. ``price`` is that of the smallest group; ``scales`` are (seats, price)."""

    line: int
    number: str
    title: str | None = None
    category: str | None = None
    delisted: bool = False
    price: Money | None = None
    scales: tuple[tuple[int, Money], ...] = ()
    fields: Mapping[str, Any] | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a file of goods lacks of a service: given with the file, used where neither file nor offer says it."""

    currency: str = "CNY"
    locale: str | None = None
    prices_are: str | None = None  # ``net`` or ``gross`` where the file has a column of taxes
    category: str | None = None
    categories: Mapping[str, str] | None = None  # words of the file -> keys of the taxonomy
    min_group: int | None = None
    max_group: int | None = None
    minutes: int | None = None
    where: str | None = None
    place: Place | None = None
    travel_km: float | None = None
    complete: bool = False  # whether what is not in the file is delisted


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an offer, as text for people, before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """What would come of one article. ``terms`` are what is published, or what an offer has from then on."""

    line: int | None
    kind: Kind
    number: str
    title: str
    offer_id: OfferId | None = None
    offer_version: int | None = None
    changes: tuple[Change, ...] = ()
    from_defaults: tuple[str, ...] = ()
    terms: Terms | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceList:
    """A file with its preview. Nothing of it holds before it is committed, exactly as it was shown."""

    list_id: UUID
    supplier_id: SupplierId
    file_name: str
    format: str
    ignored_columns: tuple[str, ...]
    lines: tuple[Line, ...]
    created_at: datetime
    state: ListState = ListState.PREVIEWED
    ended_at: datetime | None = None

    def end(self, state: ListState, now: datetime) -> "PriceList":
        """Commit or discard it; raise ``PriceListStateError`` where that was done, or the preview is too old."""
        if self.state is not ListState.PREVIEWED:
            raise PriceListStateError(f"the price list is {self.state}", state=str(self.state))
        if state is ListState.COMMITTED and now >= self.created_at + KEPT:
            raise PriceListStateError("the preview is too old; send the file again", state="expired")
        return replace(self, state=state, ended_at=now)

    def count(self, kind: Kind) -> int:
        """Return how many lines there are of a kind."""
        return sum(line.kind is kind for line in self.lines)
