"""Intakes, categories and forms as answers. Nothing of them leaves their community, so no event is about them.

The answers of commands are kept for repeats, longer than what was sent in may be: they hold no lines and no contacts.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from services.demand.domain.hearing import Heard
from services.demand.domain.intake.asking import questions_of
from services.demand.domain.intake.model import Change, Group, Intake, Question, Row, Want
from services.demand.domain.intake.templates import BASE_COLUMNS, Template
from services.kernel.clock import format_time

if TYPE_CHECKING:
    from services.demand.views.intakes import CategoryAsSeen

Wire = dict[str, Any]


def intake(one: Intake) -> Wire:
    """Return an intake without the lines that it was read from."""
    return _intake(one, sources=False)


def intake_with_sources(one: Intake) -> Wire:
    """Return an intake with the lines that it was read from, for those who check it."""
    return _intake(one, sources=True)


def intake_line(one: Intake) -> Wire:
    """Return an intake as an item of a list."""
    open_rows = [row for row in one.rows if questions_of(row, one)]
    return {
        "intake_id": str(one.intake_id),
        "community_id": str(one.community_id),
        "kind": str(one.kind),
        "state": str(one.state),
        "title": one.title,
        "summary": {
            **{str(change): sum(row.change is change for row in one.rows) for change in Change},
            "rows": len(one.rows),
            "dropped": sum(row.dropped for row in one.rows),
            "open": len(open_rows),
            "questions": sum(len(questions_of(row, one)) for row in open_rows),
            "people": sum(_people(row, one) or 0 for row in one.rows if not row.dropped),
        },
        "version": one.version,
        "created_at": format_time(one.created_at),
        "decided_at": None if one.decided_at is None else format_time(one.decided_at),
    }


def _intake(one: Intake, *, sources: bool) -> Wire:
    return {
        **intake_line(one),
        "defaults": _want(one.defaults),
        "people_rule": str(one.people_rule),
        "warnings": [dict(each) for each in one.warnings],
        "groups": [_group(each, sources) for each in one.groups],
        "rows": [_row(each, one, sources) for each in one.rows],
    }


def _people(row: Row, one: Intake) -> int | None:
    gone = row.change is Change.REMOVED or row.status == "cancelled"
    return None if gone else one.people_of(row)


def _row(row: Row, one: Intake, sources: bool) -> Wire:
    return {
        "number": row.number,
        "lines": list(row.lines),
        "source": row.source if sources else None,
        "nickname": row.nickname,
        "household": row.household,
        "contact": row.contact if sources else None,
        "group": row.group,
        "status": row.status,
        "paid": row.paid,
        "items": [asdict(item) for item in row.items],
        "text": row.text,
        "people": _people(row, one),
        **_want(one.want_of(row)),
        "answers": dict(row.answers),
        "readings": [dict(each) for each in row.readings],
        "confidence": row.confidence,
        "questions": [_question(each) for each in questions_of(row, one)],
        "change": str(row.change),
        "dropped": row.dropped,
        "member_id": None if row.member_id is None else str(row.member_id),
        "signal_id": None if row.signal_id is None else str(row.signal_id),
        "outcome": None if row.outcome is None else str(row.outcome),
    }


def _group(group: Group, sources: bool) -> Wire:
    names = ("line", "sender", "text", "kind")
    return {
        "number": group.number,
        "text": group.text,
        **_want(group.want),
        "suggestions": [{"category": name, "confidence": round(value, 3)} for name, value in group.ranked],
        "evidence": [dict(zip(names, each, strict=True)) for each in group.evidence] if sources else [],
        "readings": [dict(each) for each in group.readings],
        "confidence": group.confidence,
        "dropped": group.dropped,
    }


def _want(want: Want) -> Wire:
    return {
        "category": want.category,
        "windows": None if want.windows is None else [one.to_wire() for one in want.windows],
        "minutes": want.minutes,
        "ceiling": None if want.ceiling is None else want.ceiling.to_wire(),
        "place": None if want.place is None else want.place.to_wire(),
        "radius_km": want.radius_km,
    }


def _question(question: Question) -> Wire:
    return {
        "code": question.code,
        "zh": question.zh,
        "en": question.en,
        "field": question.field,
        "choices": list(question.choices),
    }


def heard(found: Heard) -> Wire:
    """Return how a text was understood."""
    want = _want(found.want)
    return {
        "people": found.people,
        **{name: want[name] for name in ("windows", "minutes", "ceiling")},
        "readings": [dict(one) for one in found.readings],
        "questions": [_question(one) for one in found.questions],
    }


def category(one: "CategoryAsSeen") -> Wire:
    """Return a category."""
    return {"category": one.category, "zh": one.zh, "en": one.en, "own": one.own, "examples": list(one.examples)}


def own_template(one: Template) -> Wire:
    """Return a form that was set."""
    return template(one, "zh")


def template(one: Template, locale: str) -> Wire:
    """Return the questions of a form, and a file to fill in by the same questions."""
    return {
        "category": one.category,
        "questions": [
            {
                "key": each.key,
                "zh": each.zh,
                "en": each.en,
                "type": str(each.type),
                "required": each.required,
                "options": [asdict(option) for option in each.options],
                "least": each.least,
                "most": each.most,
            }
            for each in one.questions
        ],
        "columns": [*BASE_COLUMNS, *(each.key for each in one.questions)],
        "csv": one.csv(locale),
    }
