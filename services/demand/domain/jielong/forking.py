"""Two people answered the same post: both answers become one chain, and what they contradict each other in is shown."""

from dataclasses import dataclass, replace

from services.demand.domain.jielong.comparing import fields_of, pairs_of
from services.demand.domain.jielong.model import Chain, Row
from services.demand.domain.jielong.questions import ask
from services.demand.domain.jielong.reading import asking
from services.kernel.errors import InvalidError

_OF_NUMBERS = {"missing_number", "duplicate_number"}


@dataclass(frozen=True)
class Conflict:
    """One person of whom the posts say different things; None where a post does not have the person any more."""

    base: Row | None
    a: Row | None
    b: Row | None
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Merged:
    """One chain of two, the contradictions in it, and who left in one of them."""

    chain: Chain
    conflicts: tuple[Conflict, ...] = ()
    removed: tuple[Row, ...] = ()


def merge_forks(base: Chain | None, a: Chain, b: Chain) -> Merged:
    """Merge two posts that both follow ``base``, or an unknown post; raise ``InvalidError`` for different chains.

    What only one post changed is changed; what both changed differently is a conflict: its row is that of ``a`` (or of
    the post that still has it) with a question, for people to decide. Without ``base`` nobody counts as removed.
    """
    for other in (b, *([base] if base else [])):
        if other.identity != a.identity:
            raise InvalidError(
                "fork", f"is another chain ({other.title or 'without a title'})", f"a post of {a.title!r}"
            )
    merge = _Merge(base, a, b)
    for row, other in merge.people():
        merge.decide(row, other)
    rows = tuple(replace(row, number=place) for place, row in enumerate(merge.rows, 1))
    warnings = tuple(one for one in dict.fromkeys((*a.warnings, *b.warnings)) if one.code not in _OF_NUMBERS)
    return Merged(replace(a, rows=rows, warnings=warnings), tuple(merge.conflicts), tuple(merge.removed))


class _Merge:
    def __init__(self, base: Chain | None, a: Chain, b: Chain) -> None:
        self.a, self.b = a, b
        self.before = {id(new): old for side in (a, b) if base for old, new in pairs_of(base.rows, side.rows)}
        self.rows: list[Row] = []
        self.conflicts: list[Conflict] = []
        self.removed: list[Row] = []

    def people(self) -> list[tuple[Row | None, Row | None]]:
        """Return everybody's row in a and in b: those of a in its order, then those of b alone."""
        partner = {id(row): other for row, other in pairs_of(self.a.rows, self.b.rows)}
        met = {id(other) for other in partner.values()}
        alone = [(None, other) for other in self.b.rows if id(other) not in met]
        return [*((row, partner.get(id(row))) for row in self.a.rows), *alone]

    def decide(self, row: Row | None, other: Row | None) -> None:
        """Keep what one post says, or note a conflict."""
        one = row if row is not None else other
        base = self.before.get(id(row)) or self.before.get(id(other))
        if row is not None and other is not None:
            self._both(base, row, other)
        elif base is None:
            self.rows.append(one)
        elif not fields_of(base, one):
            self.removed.append(base)
        else:
            self._conflict(base, row, other, fields_of(base, one))

    def _both(self, base: Row | None, row: Row, other: Row) -> None:
        differing = fields_of(row, other)
        if not differing or (base is not None and not fields_of(base, other)):
            self.rows.append(row)
        elif base is not None and not fields_of(base, row):
            self.rows.append(other)
        else:
            self._conflict(base, row, other, differing)

    def _conflict(self, base: Row | None, row: Row | None, other: Row | None, fields: tuple[str, ...]) -> None:
        self.conflicts.append(Conflict(base, row, other, fields))
        lines = [one.line.strip() if one is not None else "—" for one in (row, other)]
        self.rows.append(asking(row if row is not None else other, ask("fork_conflict", " / ".join(lines))))
