"""The state of a chain as V1 text to post again. What is rendered here is read back exactly.

Each row is written as people write it, and read; a row that would be read otherwise is written strictly (strict.py).
"""

from dataclasses import replace
from decimal import Decimal

from services.demand.domain.jielong.marking import mark_of
from services.demand.domain.jielong.model import Chain, Item, Quantity, Row, Status
from services.demand.domain.jielong.reading import read_chain
from services.demand.domain.jielong.strict import write_strict

HEADER = "#接龙"
_MARKS = {Status.WAITING: "候补", Status.CANCELLED: "取消"}
# These belong to the post a row was read from, not to what it says.
_OF_THE_POST = {"no_number", "fork_conflict", "duplicate_person"}
# These only say that a row does not tell something, however it is written.
_OF_GAPS = {"missing_name", "missing_quantity", "missing_option", "no_legend", "unknown_option"}


def render(chain: Chain, *, contacts: bool = False) -> str:
    """Return the chain as text to post; ``contacts`` adds consignees, phones and addresses, which are left out else."""
    chain = _numbered(chain)
    forms = [_forms(row) for row in chain.rows]
    chosen = [0] * len(forms)
    beside = False
    while True:
        text = _text(chain, [form[place] for form, place in zip(forms, chosen, strict=True)], contacts, beside)
        back = read_chain(text)
        wrong = _misread(chain, back)
        if back.title != chain.title and not beside:
            beside = True
        elif all(chosen[place] == len(forms[place]) - 1 for place in wrong):
            return text
        for place in wrong:
            chosen[place] = min(chosen[place] + 1, len(forms[place]) - 1)


def _misread(chain: Chain, back: Chain) -> list[int]:
    if len(back.rows) != len(chain.rows):
        return list(range(len(chain.rows)))
    pairs = zip(chain.rows, back.rows, strict=True)
    return [place for place, (row, read) in enumerate(pairs) if row.facts != read.facts or _codes(row) != _codes(read)]


def _codes(row: Row) -> set[str]:
    return {one.code for one in row.questions} - _OF_THE_POST - _OF_GAPS


def _numbered(chain: Chain) -> Chain:
    """Keep the numbers that are shown if they can be shown again, else count anew."""
    numbers = [row.number for row in chain.rows]
    if None in numbers or numbers != sorted(set(numbers)) or any(not 0 < number < 1000 for number in numbers):
        return replace(chain, rows=tuple(replace(row, number=place) for place, row in enumerate(chain.rows, 1)))
    return chain


def _text(chain: Chain, rows: list[str], contacts: bool, beside: bool) -> str:
    header = f"{chain.header or HEADER} {chain.title}" if beside else chain.header or HEADER
    head = [header, *([chain.title] if chain.title and not beside else []), *chain.body, chain.example or ""]
    lines = [line for line in head if line.strip()]
    lines.append("")
    for row, words in zip(chain.rows, rows, strict=True):
        lines.append(f"{row.number}. {words}")
        lines += _contact(row) if contacts else []
    return "\n".join([*lines, *(["", *chain.tail] if chain.tail else [])]) + "\n"


def _contact(row: Row) -> list[str]:
    known = (("收件人", row.contact.consignee), ("联系电话", row.contact.phone), ("地址", row.contact.address))
    return [f"   {word}：{value}" for word, value in known if value]


def _forms(row: Row) -> list[str]:
    """Return how the row may be written, from the most natural to the one that cannot be misread."""
    plain = " ".join(part for part in _parts(row) if part)
    mark = mark_of(row.line)
    said = row.line[mark.end :].strip() if mark and "\n" not in row.line and not row.contact else plain
    return [plain, said, write_strict(row.facts)]


def _parts(row: Row) -> list[str]:
    named = row.household and row.household in row.nickname
    people = f"{row.people}人" if row.people is not None else ""
    if row.adults is not None or row.children is not None:
        people = (f"{row.adults}大" if row.adults is not None else "") + (f"{row.children}小" if row.children else "")
    items = " ".join(map(_item, row.items))
    if row.status is Status.CHANGED:
        items = f"改成{items}" if items else "改"
    paid = {True: "已付", False: "未付", None: ""}[row.paid]
    household = "" if named else row.household or ""
    return [household, row.nickname, people, items, row.choice or "", _MARKS.get(row.status, ""), paid, row.remark]


def _item(item: Item) -> str:
    note = f"（{item.note}）" if item.note else ""
    if item.quantity is None:
        return f"{item.label or ''}{note}"
    amount = _amount(item.quantity, item.unit or "")
    if item.label and item.label[-1].isdigit():
        return f"{item.label}{note} {amount}"
    return f"{item.label or ''}{note}{amount}"


def _amount(quantity: Quantity, unit: str) -> str:
    """Write a quantity; halves as people write them, which is no decimal to ask about."""
    if unit and quantity == Decimal("0.5"):
        return f"半{unit}"
    if unit and quantity % 1 == Decimal("0.5"):
        return f"{int(quantity)}{unit}半"
    return f"{quantity}{unit}"
