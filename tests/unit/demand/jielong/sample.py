"""Samples of chains with the rows that a careful reader finds, in a form that is short to write.

A sample is `=== name`, the text, a line `>>>` and what is expected: `title:`, `body:`, `tail:`, `example:` and
`warn:` lines, then a line for each row: `number | nickname | facts`. The facts, each optional: `@3栋1201` household,
`苹果=4斤(甜)` an item (`=2份` without a label, `A=?` without a quantity), `2a1c` adults and children, `p3` people,
`~周六` choice, `"…"` remark, `paid`, `unpaid`, `cancelled`, `waiting`, `changed`, `phone:…`, `address:…`,
`consignee:…`, `?code` a question.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from services.demand.domain.jielong import Contact, Facts, Item, Status

FOLDER = Path(__file__).parent / "samples"
_ITEM = re.compile(r"^(.*?)=(\?|\d+(?:\.\d+)?)([^(]*)(?:\((.*)\))?$")


@dataclass
class Sample:
    name: str
    text: str
    parts: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)


def samples(pattern="*.txt"):
    found = []
    for path in sorted(FOLDER.glob(pattern)):
        for block in path.read_text().split("\n=== ")[1:]:
            name, _, rest = block.partition("\n")
            text, _, expected = rest.partition("\n>>>\n")
            found.append(_sample(f"{path.stem} {name.strip()}", text, expected))
    return found


def _sample(name, text, expected):
    sample = Sample(name, text)
    for line in expected.strip().split("\n"):
        part = re.match(r"(title|body|tail|example|warn|ignored): (.*)", line)
        if part:
            sample.parts.setdefault(part[1], []).append(part[2])
        elif line:
            sample.rows.append(_row(line))
    return sample


def _row(line):
    number, nickname, *facts = (part.strip() for part in line.split("|"))
    said = dict.fromkeys(("household", "adults", "children", "people", "choice", "paid"))
    said |= {"remark": "", "items": (), "status": Status.JOINED, "nickname": "" if nickname == "-" else nickname}
    contact, questions = {}, []
    for fact in facts:
        _fact(fact, said, contact, questions)
    if said["adults"] is not None or said["children"] is not None:
        said["people"] = (said["adults"] or 0) + (said["children"] or 0)
    return None if number == "-" else int(number), Facts(**said), Contact(**contact), sorted(questions)


def _fact(fact, said, contact, questions):
    counts = re.match(r"^(?:(\d+)a)?(?:(\d+)c)?$", fact)
    key, _, value = fact.partition(":")
    if counts and fact:
        said["adults"], said["children"] = (None if one is None else int(one) for one in counts.groups())
    elif fact.startswith("?"):
        questions.append(fact[1:])
    elif fact.startswith("@"):
        said["household"] = fact[1:]
    elif fact.startswith("~"):
        said["choice"] = fact[1:]
    elif fact.startswith('"'):
        said["remark"] = fact[1:-1]
    elif fact in ("paid", "unpaid"):
        said["paid"] = fact == "paid"
    elif fact in ("cancelled", "waiting", "changed"):
        said["status"] = Status(fact)
    elif re.match(r"^p\d+$", fact):
        said["people"] = int(fact[1:])
    elif key in ("phone", "address", "consignee") and value:
        contact[key] = value
    else:
        said["items"] += (_item(fact),)


def _item(text):
    label, quantity, unit, note = _ITEM.match(text).groups()
    value = None if quantity == "?" else Decimal(quantity) if "." in quantity else int(quantity)
    return Item(label or None, value, unit or None, note or "")
