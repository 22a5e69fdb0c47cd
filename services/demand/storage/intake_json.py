"""Parts of intakes as JSON and back."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from services.demand.domain.intake.model import Change, Group, Item, Outcome, PeopleRule, Question, Row, Want
from services.demand.domain.intake.templates import AnswerType, FormQuestion, Option
from services.kernel.geo import Place
from services.kernel.money import Money
from services.kernel.timespan import Timespan

Json = dict[str, Any]


def want_json(want: Want) -> Json:
    """Write what is wanted."""
    return {
        "category": want.category,
        "windows": None if want.windows is None else [one.to_wire() for one in want.windows],
        "minutes": want.minutes,
        "ceiling": None if want.ceiling is None else want.ceiling.to_wire(),
        "place": None if want.place is None else want.place.to_wire(),
        "radius_km": want.radius_km,
    }


def want_of(data: Json) -> Want:
    """Read what is wanted."""
    windows, ceiling, place = data["windows"], data["ceiling"], data["place"]
    return Want(
        category=data["category"],
        windows=None if windows is None else tuple(Timespan.from_wire(one) for one in windows),
        minutes=data["minutes"],
        ceiling=None if ceiling is None else Money.from_wire(ceiling),
        place=None if place is None else Place.from_wire(place),
        radius_km=data["radius_km"],
    )


def terms_json(defaults: Want, rule: PeopleRule) -> Json:
    """Write what holds for all rows."""
    return {"defaults": want_json(defaults), "people_rule": str(rule)}


def row_json(row: Row) -> Json:
    """Write a row."""
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        "lines": list(row.lines),
        "items": [asdict(one) for one in row.items],
        "want": want_json(row.want),
        "answers": dict(row.answers),
        "readings": list(row.readings),
        "questions": [asdict(one) for one in row.questions],
        "change": str(row.change),
        "member_id": None if row.member_id is None else str(row.member_id),
        "signal_id": None if row.signal_id is None else str(row.signal_id),
        "outcome": None if row.outcome is None else str(row.outcome),
    }


_PLAIN = (
    *("number", "source", "nickname", "household", "contact", "group", "status", "paid", "text", "people"),
    *("confidence", "key", "dropped"),
)


def row_of(data: Json) -> Row:
    """Read a row."""
    return Row(
        **{name: data[name] for name in _PLAIN},
        lines=tuple(data["lines"]),
        items=tuple(Item(**one) for one in data["items"]),
        want=want_of(data["want"]),
        answers=data["answers"],
        readings=tuple(data["readings"]),
        questions=tuple(Question(**{**one, "choices": tuple(one["choices"])}) for one in data["questions"]),
        change=Change(data["change"]),
        member_id=None if data["member_id"] is None else UUID(data["member_id"]),
        signal_id=None if data["signal_id"] is None else UUID(data["signal_id"]),
        outcome=None if data["outcome"] is None else Outcome(data["outcome"]),
    )


def group_json(group: Group) -> Json:
    """Write a group."""
    plain = ("number", "text", "confidence", "dropped", "taught")
    return {
        **{name: getattr(group, name) for name in plain},
        "want": want_json(group.want),
        **{name: list(getattr(group, name)) for name in ("ranked", "evidence", "cues", "shape", "readings")},
    }


def group_of(data: Json) -> Group:
    """Read a group."""
    pairs = {name: tuple(tuple(one) for one in data[name]) for name in ("ranked", "evidence")}
    lists = {name: tuple(data[name]) for name in ("cues", "shape", "readings")}
    return Group(**{**data, **pairs, **lists, "want": want_of(data["want"])})


def question_json(question: FormQuestion) -> Json:
    """Write a question of a form."""
    return {**asdict(question), "type": str(question.type), "options": [asdict(one) for one in question.options]}


def question_of(data: Json) -> FormQuestion:
    """Read a question of a form."""
    options = tuple(Option(**one) for one in data["options"])
    return FormQuestion(**{**data, "type": AnswerType(data["type"]), "options": options})
