"""A jielong as rows of an intake: what its reader leaves unclear, and what a row says of its time."""

from services.demand.domain.hearing import Hearing
from services.demand.domain.intake.model import Item, Question, Row, Want
from services.demand.domain.jielong import Chain
from services.demand.domain.jielong import Row as Line

# Which field of a row answers a question of the reader; the others are answered by accepting the row as it is shown.
_FIELDS = {
    "missing_name": "nickname",
    "missing_quantity": "people",
    "vague_quantity": "people",
    "two_quantities": "people",
    "part_returned": "people",
    "part_added": "people",
    "ambiguous_number": "people",
    "glued_number": "people",
}


def head_of(chain: Chain) -> str:
    """Return what the organiser wrote above the rows."""
    return "\n".join(one for one in (chain.title, *chain.body) if one)


def rows_of(chain: Chain, hearing: Hearing) -> tuple[Row, ...]:
    """Return the rows of a chain, each with its original lines, what was understood and what is to be asked."""
    return tuple(_row(number, line, hearing) for number, line in enumerate(chain.rows, 1))


def _row(number: int, line: Line, hearing: Hearing) -> Row:
    heard = hearing.hear(line.choice or "")
    contact = line.contact.phone if line.contact else None
    questions = [Question(one.code, one.zh, one.en, _FIELDS.get(one.code)) for one in line.questions]
    return Row(
        number=number,
        lines=line.line_numbers,
        source=line.line,
        nickname=line.nickname[:100],
        household=line.household,
        contact=contact,
        status=str(line.status),
        paid=line.paid,
        items=tuple(
            Item(one.label, None if one.quantity is None else str(one.quantity), one.unit) for one in line.items
        ),
        text=_text(line),
        people=line.people,
        want=Want(windows=heard.want.windows),
        readings=heard.readings,
        confidence=line.confidence,
        questions=(*questions, *heard.questions),
    )


def _text(line: Line) -> str:
    said = [
        " ".join(
            f"{one.label or ''}{'' if one.quantity is None else one.quantity}{one.unit or ''}" for one in line.items
        )
    ]
    said += [line.choice or "", line.remark]
    return " ".join(one for one in said if one)[:500]
