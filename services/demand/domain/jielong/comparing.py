"""What changed between two posts of a chain: each is a complete snapshot, so the same post twice changes nothing."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from services.demand.domain.jielong.model import Chain, Facts, Row
from services.demand.domain.jielong.people import key_of, name_of


@dataclass(frozen=True)
class Change:
    """One person's row before and after, and which facts differ."""

    old: Row
    new: Row
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """What a new post changes; false when it says nothing new."""

    added: tuple[Row, ...] = ()
    removed: tuple[Row, ...] = ()
    changed: tuple[Change, ...] = ()
    unchanged: tuple[Row, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def compare(old: Chain, new: Chain) -> Changes:
    """Return what the new post changes. People are matched by nickname and household, whatever their number."""
    pairs = pairs_of(old.rows, new.rows)
    partner = {id(after): before for before, after in pairs}
    gone = {id(before) for before, _ in pairs}
    changed, unchanged = [], []
    for row in new.rows:
        before = partner.get(id(row))
        if before is None:
            continue
        if differing := fields_of(before, row):
            changed.append(Change(before, row, differing))
        else:
            unchanged.append(row)
    added = tuple(row for row in new.rows if id(row) not in partner)
    removed = tuple(row for row in old.rows if id(row) not in gone)
    return Changes(added, removed, tuple(changed), tuple(unchanged))


def fields_of(old: Row, new: Row) -> tuple[str, ...]:
    """Return the names of the facts in which two rows of a person differ."""
    names = [name for name in Facts._fields if getattr(old, name) != getattr(new, name)]
    return (*names, "contact") if old.contact != new.contact else tuple(names)


def pairs_of(old: Sequence[Row], new: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Return which rows are of the same person: by nickname and household, then by what is unique in both posts."""
    pairs: list[tuple[Row, Row]] = []
    left, right = list(old), list(new)
    # Equal rows first, so that of two rows of one person the one that did not change finds itself.
    _match(pairs, left, right, lambda row: (key_of(row), row.facts), alone=False)
    _match(pairs, left, right, key_of, alone=False)
    _match(pairs, left, right, name_of, alone=True, may=_household_missing)
    _match(pairs, left, right, lambda row: row.member, alone=True)
    return pairs


def _household_missing(old: Row, new: Row) -> bool:
    return old.household is None or new.household is None


def _match(
    pairs: list[tuple[Row, Row]],
    left: list[Row],
    right: list[Row],
    key: Callable[[Row], Hashable],
    *,
    alone: bool,
    may: Callable[[Row, Row], bool] = lambda old, new: True,
) -> None:
    groups: dict[Hashable, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((left, right)):
        for row in rows:
            if key(row):
                groups[key(row)][side].append(row)
    for olds, news in groups.values():
        if alone and (len(olds) != 1 or len(news) != 1):
            continue
        for old, new in zip(olds, news, strict=False):
            if may(old, new):
                pairs.append((old, new))
                _drop(left, old)
                _drop(right, new)


def _drop(rows: list[Row], row: Row) -> None:
    del rows[next(place for place, one in enumerate(rows) if one is row)]
