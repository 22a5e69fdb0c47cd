"""What an organiser says of rows and suggestions: corrected, accepted as read, or dropped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.demand.domain.intake.model import Group, Intake, Row, Want
from services.kernel.errors import InvalidError

# Fields of a row that stand in what it wants, and those that stand in the row itself.
WANTED = ("category", "windows", "minutes", "ceiling", "place", "radius_km")
OWN = ("nickname", "household", "contact", "people", "text", "answers")
_ANSWERS = {"windows": "when"}


@dataclass(frozen=True, slots=True)
class Correction:
    """What is said of the row or group with this ``number``; ``fields`` holds only what was named.

    ``accept``: what was read is right as it is shown. ``drop``: nothing is to become of it (None: as before).
    """

    number: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    accept: bool = False
    drop: bool | None = None


def corrected(intake: Intake, rows: Iterable[Correction], groups: Iterable[Correction]) -> Intake:
    """Return the intake with corrections; raise ``InvalidError`` naming a row or group that there is not."""
    found = {row.number: row for row in intake.rows}
    known = {group.number: group for group in intake.groups}
    for index, one in enumerate(groups):
        _require(one.number, known, f"groups.{index}.number")
        known[one.number] = _group(known[one.number], one)
        for row in [row for row in found.values() if row.group == one.number and row.outcome is None]:
            found[row.number] = _row_of_group(row, one)
    for index, one in enumerate(rows):
        _require(one.number, found, f"rows.{index}.number")
        if found[one.number].outcome is not None:
            raise InvalidError(f"rows.{index}.number", f"{one.number} is committed already", "a row that is open")
        found[one.number] = _row(found[one.number], one)
    return replace(intake, rows=tuple(found.values()), groups=tuple(known.values()))


def _require(number: int, known: Mapping[int, Any], name: str) -> None:
    if number not in known:
        expected = f"one of 1 to {max(known)}" if known else "nothing: there are none"
        raise InvalidError(name, f"{number} is not there", expected)


def _row(row: Row, one: Correction) -> Row:
    own = {name: one.fields[name] for name in OWN if name in one.fields}
    want = replace(row.want, **{name: one.fields[name] for name in WANTED if name in one.fields})
    dropped = row.dropped if one.drop is None else one.drop
    questions = () if one.accept else tuple(each for each in row.questions if not _answered(each.field, one.fields))
    return replace(row, **own, want=want, dropped=dropped, questions=questions)


def _answered(name: str | None, fields: Mapping[str, Any]) -> bool:
    return any(name in (each, _ANSWERS.get(each)) for each in fields)


def _row_of_group(row: Row, one: Correction) -> Row:
    # What is said of a group holds for its rows, also where they said something else before.
    want = replace(row.want, **{name: None for name in WANTED if name in one.fields})
    text = one.fields.get("text", row.text)
    return replace(_row(row, replace(one, fields={})), want=want, text=text, questions=_left(row, one))


def _left(row: Row, one: Correction) -> tuple:
    return () if one.accept else tuple(each for each in row.questions if not _answered(each.field, one.fields))


def _group(group: Group, one: Correction) -> Group:
    want: Want = replace(group.want, **{name: one.fields[name] for name in WANTED if name in one.fields})
    dropped = group.dropped if one.drop is None else one.drop
    return replace(group, want=want, dropped=dropped, text=one.fields.get("text", group.text))
