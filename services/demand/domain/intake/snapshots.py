"""What a source said when it was last committed, and what is new, changed or gone in what it says now.

Every post of a chain is a full snapshot, so whoever is missing in it is gone, unless two people answered the same post:
then the places of those who are missing are taken by others (a fork), and that is a question. Chats and files are no
snapshots; nobody is gone because a later one does not name them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from unicodedata import normalize
from uuid import UUID

from services.demand.domain.intake.model import Change, Intake, IntakeKind, Question, Row


@dataclass(frozen=True, slots=True)
class Entry:
    """One person's part of a source as it was committed: the signal it became, and a digest of what it said."""

    key: str
    number: int
    nickname: str
    household: str | None
    member_id: UUID
    signal_id: UUID
    digest: str


def folded(text: str | None) -> str:
    """Return a name or household as it is compared: width, case and white space make no difference."""
    return "".join(normalize("NFKC", text or "").casefold().split())


def digest_of(row: Row, intake: Intake) -> str:
    """Return a digest of what a row wants. Windows are left out: "Saturday" is another Saturday a week later."""
    want = intake.want_of(row)
    parts = (
        want.category,
        intake.people_of(row),
        [(one.option, one.quantity, one.unit) for one in row.items],
        row.text,
        row.status,
        sorted((key, str(value)) for key, value in row.answers.items()),
        None if want.ceiling is None else want.ceiling.to_wire(),
    )
    return sha256(repr(parts).encode()).hexdigest()[:32]


def keyed(intake: Intake) -> Intake:
    """Return the intake with a key for each row, the same whenever the same person is in the same source."""
    seen: dict[str, int] = {}
    rows = []
    for row in intake.rows:
        parts = [folded(row.nickname), folded(row.household)]
        if intake.kind is not IntakeKind.JIELONG:
            parts.append(intake.want_of(row).category or "")
        base = "|".join(parts)
        seen[base] = seen.get(base, 0) + 1
        rows.append(replace(row, key=base if seen[base] == 1 else f"{base}#{seen[base]}"))
    return replace(intake, rows=tuple(rows))


def compared(intake: Intake, before: Mapping[str, Entry]) -> Intake:
    """Return the intake with what changed since ``before``, the entries of its source by key."""
    intake = keyed(intake)
    rows = [_against(row, intake, before.get(row.key)) for row in intake.rows]
    if intake.kind is IntakeKind.JIELONG:
        there = {row.key for row in rows}
        rows += _gone([one for key, one in before.items() if key not in there], rows)
    return replace(intake, rows=tuple(rows))


def recompared(intake: Intake, before: Mapping[str, Entry]) -> Intake:
    """Return the intake after corrections, its open rows compared anew; who is gone stays gone."""
    again = keyed(intake)
    rows = [
        kept if old.outcome is not None or old.change is Change.REMOVED else _against(kept, again, before.get(kept.key))
        for old, kept in zip(intake.rows, again.rows, strict=True)
    ]
    rows = [old if old.change is Change.REMOVED else row for old, row in zip(intake.rows, rows, strict=True)]
    return replace(intake, rows=tuple(rows))


def _against(row: Row, intake: Intake, known: Entry | None) -> Row:
    if known is None:
        return replace(row, change=Change.NEW, member_id=None, signal_id=None)
    same = row.status != "cancelled" and known.digest == digest_of(row, intake)
    change = Change.UNCHANGED if same else Change.CHANGED
    return replace(row, change=change, member_id=known.member_id, signal_id=known.signal_id)


def _gone(missing: Iterable[Entry], rows: list[Row]) -> list[Row]:
    added = {row.number: row for row in rows if row.change is Change.NEW}
    gone = []
    for at, one in enumerate(sorted(missing, key=lambda entry: entry.number), len(rows) + 1):
        other = added.get(one.number)
        gone.append(
            Row(
                number=at,
                lines=(),
                source=None,
                nickname=one.nickname,
                household=one.household,
                questions=() if other is None else (_fork(one, other),),
                confidence=1.0 if other is None else 0.5,
                change=Change.REMOVED,
                key=one.key,
                member_id=one.member_id,
                signal_id=one.signal_id,
            )
        )
    return gone


def _fork(one: Entry, other: Row) -> Question:
    zh = (
        f"上一版第 {one.number} 行的“{one.nickname}”不在这一版里，这里现在是“{other.nickname}”："
        "退出了（确认），还是两人同时接龙（丢弃此行）？"
    )
    en = (
        f"“{one.nickname}”, line {one.number} of the last post, is missing and “{other.nickname}” stands there: "
        "gone (accept), or did two people answer the same post (drop this row)?"
    )
    return Question("fork_conflict", zh, en)
