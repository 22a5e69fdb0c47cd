"""Numbers of people and ceilings: samples of our own, and how the readers of them do."""

import hashlib
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

from services.demand.domain.understanding import read_ceiling, read_heads

DATA = Path(__file__).resolve().parent / "data"


def half(text):
    """Return develop or judge, by a hash of the text."""
    return ("develop", "judge")[hashlib.sha256(text.encode()).digest()[0] % 2]


def lines(name):
    """Yield (text, expected) of a file of samples."""
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield tuple(line.split("\t"))


def heads(text, expected):
    """Return right, wrong, refused or asked for a number of people."""
    found = read_heads(text)
    if expected == "-":
        return "right" if found is None else "wrong"
    if expected == "?":
        return "right" if found is None or found.questions else "wrong"
    if found is None or found.questions:
        return "refused"
    people, *parts = re.findall(r"\d+", expected)
    said = not parts or (found.adults, found.children) == tuple(map(int, parts))
    return "right" if found.people == int(people) and said else "wrong"


def ceilings(text, expected):
    """Return right, wrong or refused for a ceiling."""
    found = read_ceiling(text)
    if expected == "-":
        return "right" if found is None else "wrong"
    if found is None:
        return "refused"
    unclear, (amount, currency, *per) = expected[0] == "?", expected.removeprefix("? ").split()
    meant = (Decimal(found.amount.amount), found.amount.currency, found.per)
    same = meant == (Decimal(amount), currency, per[0] if per else None)
    if unclear:
        return "right" if same and found.questions else "wrong"
    return "refused" if found.questions else "right" if same else "wrong"


def measured(show=None):
    """Return the counts of each outcome by what is read and by half."""
    figures = {}
    for name, judge in (("heads", heads), ("ceilings", ceilings)):
        for part in ("develop", "judge"):
            counts = Counter()
            for text, expected in lines(f"{name}.txt"):
                if half(text) != part:
                    continue
                result = judge(text, expected)
                counts[result] += 1
                if show == part and result != "right":
                    print(f"{result:8}{name:10}{text!r}: {expected}")
            figures[f"{name}_{part}"] = counts
    return figures
