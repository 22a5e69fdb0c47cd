"""From files to instances; a mistake names its line, what is wrong and what would be right.

OR-Library's forms: https://people.brunel.ac.uk/~mastjjb/jeb/info.html (capacitated warehouse location, generalised
assignment); Holmberg, Rönnqvist and Yuan's single-source instances list capacity and cost of each facility, the
demands, and the costs facility by facility.
"""

import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from services.chassis.errors import StartupError
from services.kernel.errors import InvalidError

if TYPE_CHECKING:
    from services.supplier.domain.assignment import Problem

LARGEST = 50_000_000  # pairs of one instance; a larger number is a slip in the first line


@dataclass(frozen=True)
class Read:
    """An instance as lists: by facility, and by facility and customer. ``most``: the costs are profits."""

    capacity: list[float]
    opening: list[float]
    demand: list[list[float]]
    cost: list[list[float]]
    splittable: bool = False
    most: bool = False


def read_round(text: str, source: str) -> "Problem":
    """Read a round in our JSON; raise ``StartupError`` with the line or the field of what is wrong."""
    from services.supplier.domain.assignment import problem_from_wire

    try:
        said: Any = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise StartupError(f"{source}, line {line}: is no JSON ({getattr(error, 'msg', error)})") from None
    try:
        return problem_from_wire(said)
    except InvalidError as error:
        raise StartupError(f"{source}: {error.message}") from None


class _Numbers:
    """The numbers of a file, one after the other, each with its line."""

    def __init__(self, text: str, source: str) -> None:
        self.source = source
        self.words = [
            (word, number)
            for number, line in enumerate(text.splitlines(), 1)
            for word in line.replace("$", " ").split()
        ]
        self.at = 0

    def __len__(self) -> int:
        return len(self.words) - self.at

    def fail(self, line: int, problem: str) -> StartupError:
        return StartupError(f"{self.source}, line {line}: {problem}")

    def word(self, what: str) -> tuple[str, int]:
        if self.at == len(self.words):
            line = self.words[-1][1] if self.words else 1
            raise self.fail(line, f"the file ends where {what} should follow")
        self.at += 1
        return self.words[self.at - 1]

    def number(self, what: str) -> float:
        word, line = self.word(what)
        try:
            value = float(word)
        except ValueError:
            raise self.fail(line, f"{word[:40]!r} is no number; expected {what}") from None
        if not -1e12 < value < 1e12:
            raise self.fail(line, f"{word[:40]!r} is out of range; expected {what}")
        return value

    def count(self, what: str) -> int:
        value, line = self.number(what), self.words[self.at - 1][1]
        if value != int(value) or not 1 <= value <= LARGEST:
            raise self.fail(line, f"{value:g} is not possible; expected {what}, a whole number of at least 1")
        return int(value)

    def whole(self, what: str) -> float:
        value, line = self.number(what), self.words[self.at - 1][1]
        if value != int(value) or value < 0:
            raise self.fail(line, f"{value:g} is not possible; expected {what}, a whole number")
        return value

    def many(self, count: int, what: str) -> list[float]:
        return [self.number(f"{what} ({i + 1} of {count})") for i in range(count)]

    def size(self, of: str, by: str) -> tuple[int, int]:
        rows, columns = self.count(f"the number of {of}"), self.count(f"the number of {by}")
        if rows * columns > len(self):
            line = self.words[self.at - 1][1]
            raise self.fail(line, f"{rows} {of} and {columns} {by} need more numbers than the {len(self)} that follow")
        return rows, columns

    def end(self) -> None:
        if len(self):
            word, line = self.words[self.at]
            raise self.fail(line, f"{word[:40]!r} follows where the file should end")


def read_cap(text: str, source: str, capacity: float | None) -> list[Read]:
    """Read capacitated warehouse location. ``capacity`` stands for the word of that name in capa, capb and capc."""
    numbers = _Numbers(text, source)
    rows, columns = numbers.size("warehouses", "customers")
    capacities, opening = [], []
    for row in range(rows):
        capacities.append(_capacity(numbers, capacity, f"the capacity of warehouse {row + 1}"))
        opening.append(numbers.number(f"the fixed cost of warehouse {row + 1}"))
    demand, cost = [], [[] for _ in range(rows)]
    for column in range(columns):
        demand.append(numbers.number(f"the demand of customer {column + 1}"))
        for row, value in enumerate(numbers.many(rows, f"the costs of customer {column + 1}")):
            cost[row].append(value)
    numbers.end()
    return [Read(capacities, opening, [demand] * rows, cost, splittable=True)]


def _capacity(numbers: _Numbers, given: float | None, what: str) -> float:
    word, line = numbers.word(what)
    if word.lower() == "capacity":
        if given is None:
            raise numbers.fail(line, "the capacity is left open; give it by --capacity, such as 8000")
        return given
    numbers.at -= 1
    return numbers.number(what)


def read_sscflp(text: str, source: str) -> list[Read]:
    """Read single-source capacitated facility location, in whole demands and capacities."""
    numbers = _Numbers(text.replace("\0", " "), source)
    rows, columns = numbers.size("facilities", "customers")
    pairs = [
        (numbers.whole(f"the capacity of facility {i + 1}"), numbers.number(f"the fixed cost of facility {i + 1}"))
        for i in range(rows)
    ]
    demand = [numbers.whole(f"the demand of customer {j + 1}") for j in range(columns)]
    cost = [numbers.many(columns, f"the costs of facility {i + 1}") for i in range(rows)]
    numbers.end()
    return [Read([one for one, _ in pairs], [two for _, two in pairs], [demand] * rows, cost)]


def read_gap(text: str, source: str, most: bool) -> list[Read]:
    """Read generalised assignment, with or without the number of problems in front."""
    numbers = _Numbers(text, source)
    first = numbers.count("the number of problems")
    try:
        found = [_one_gap(numbers, most) for _ in range(first)]
        numbers.end()
    except StartupError:
        single = _Numbers(text, source)
        agents, jobs = single.count("the number of agents"), single.count("the number of jobs")
        if len(single) != 2 * agents * jobs + agents:
            raise
        single.at = 0
        found = [_one_gap(single, most)]
    return found


def _one_gap(numbers: _Numbers, most: bool) -> Read:
    agents, jobs = numbers.size("agents", "jobs")
    cost = [numbers.many(jobs, f"the costs of agent {i + 1}") for i in range(agents)]
    need = [[numbers.whole(f"what agent {i + 1} needs for a job") for _ in range(jobs)] for i in range(agents)]
    capacity = [numbers.whole(f"the capacity of agent {i + 1}") for i in range(agents)]
    return Read(capacity, [0.0] * agents, need, cost, most=most)


def is_most(source: str) -> bool | None:
    """Tell whether OR-Library's file of that name is to be maximised (gap1 … gap12); None for names that it has not."""
    name = PurePath(source).stem.lower()
    if name.startswith("gap") and name[3:].isdigit():
        return True
    return False if name[:4] in ("gapa", "gapb", "gapc", "gapd", "gape") else None
