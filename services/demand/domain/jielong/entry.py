"""The text of one row, without its number, to what it says."""

from dataclasses import replace

from services.demand.domain.jielong.context import Context
from services.demand.domain.jielong.draft import Draft, gather
from services.demand.domain.jielong.goods import take_goods
from services.demand.domain.jielong.lexer import lex
from services.demand.domain.jielong.model import Row, Status
from services.demand.domain.jielong.naming import take_name
from services.demand.domain.jielong.strict import read_strict

# Questions that already ask how much.
_ABOUT_QUANTITY = {
    *(
        "same_as_above",
        "each",
        "ambiguous_classes",
        "two_quantities",
        "vague_quantity",
        "either_option",
        "part_returned",
    ),
    *("part_added", "ambiguous_number", "glued_number", "unclear_number", "missing_quantity"),
}


def read_entry(text: str, context: Context, line: str, line_numbers: tuple[int, ...], number: int | None) -> Row:
    """Read a row; ``text`` is what stands behind its number, ``line`` the original with all its lines."""
    strict = read_strict(text)
    if strict is not None:
        draft = strict
    else:
        draft = gather(text, lex(text), context)
        take_name(draft, context)
        take_goods(draft, context)
        _open_parts(draft)
    unnamed = not draft.nickname and draft.household is None
    if unnamed and all(one.code != "missing_name" for one in draft.questions):
        draft.ask("missing_name")
    _ask_for_options(draft, context)
    _ask_for_quantities(draft)
    return Row(
        line=line,
        line_numbers=line_numbers,
        number=number,
        nickname=draft.nickname,
        household=draft.household and draft.household.text,
        items=tuple(draft.items),
        adults=draft.adults,
        children=draft.children,
        people=draft.people,
        choice=draft.choice,
        status=draft.status,
        paid=draft.paid,
        remark=draft.remark(),
        contact=draft.contact,
        confidence=confidence_of(len(draft.questions), draft.unsure),
        questions=tuple(draft.questions),
    )


def _open_parts(draft: Draft) -> None:
    """Where a part is given back or added, nobody can say whether what stands beside it is what remains."""
    if {one.code for one in draft.questions} & {"part_returned", "part_added"}:
        for place, item in enumerate(draft.items):
            said = f"{item.note} {item.quantity or ''}{item.unit or ''}".strip()
            draft.items[place] = replace(item, quantity=None, unit=None, note=said)


def confidence_of(questions: int, unsure: bool = False) -> float:
    """Return how sure a reading is: 1 clean, 0.8 where position decided, 0.5 and less with questions."""
    if questions:
        return max(0.1, (7 - 2 * questions) / 10)
    return 0.8 if unsure else 1.0


def _ask_for_options(draft: Draft, context: Context) -> None:
    """Ask where options are explained, or others are named in the same row, and a quantity has none."""
    unnamed = [one for one in draft.items if one.label is None and one.quantity is not None]
    if (
        unnamed
        and draft.status is not Status.CANCELLED
        and (len(context.options) > 1 or len(unnamed) < len(draft.items))
    ):
        draft.ask("missing_option", f"{unnamed[0].quantity}{unnamed[0].unit or ''}")


def _ask_for_quantities(draft: Draft) -> None:
    if draft.status is Status.CANCELLED:
        draft.questions = [one for one in draft.questions if one.code not in ("missing_quantity", "no_legend")]
        return
    asked = {one.code for one in draft.questions}
    open_items = [one for one in draft.items if one.quantity is None]
    if asked & _ABOUT_QUANTITY:
        return
    if open_items:
        for item in open_items:
            draft.ask("missing_quantity", item.label or "")
    elif not draft.items and draft.people is None:
        draft.ask("missing_quantity")
