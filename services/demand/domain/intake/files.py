"""CSV files and workbooks as rows of an intake: each row new or invalid, with line, column and what would be right."""

from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

from services.demand.domain.hearing import Hearing
from services.demand.domain.intake import cells
from services.demand.domain.intake.model import MAX_ROWS, Question, Row, Want
from services.demand.domain.intake.templates import BASE_COLUMNS, Template
from services.demand.domain.signals import MAX_MINUTES, MAX_PEOPLE
from services.kernel.errors import InvalidError
from services.kernel.money import EXPONENTS, Money
from services.sheets import lines_of

Cells = Mapping[str, Any]
_CELL = {
    "zh": "第 {line} 行“{column}”：{problem}；应为 {expected}",
    "en": "line {line}, {column}: {problem}; expected {expected}",
}


def table_of(data: bytes) -> list[tuple[int, list[Any]]]:
    """Return (line, cells) of a file; raise ``InvalidError`` for one that is none, is empty or has too many rows."""
    return lines_of(data, MAX_ROWS)


def rows_of(
    table: list[tuple[int, list[Any]]], hearing: Hearing, template: Template | None, currency: str
) -> tuple[Row, ...]:
    """Return the rows of a file; what is wrong in a row is a question that names line and column."""
    columns = _columns(table[0][1], template)
    rows = []
    for line, row in table[1:]:
        found = {name: row[at] for name, at in columns.items() if at < len(row) and row[at] not in (None, "")}
        rows.append(_Reader(line, found, hearing, template, currency).row(len(rows) + 1, row))
    return tuple(rows)


def _columns(header: list[Any], template: Template | None) -> dict[str, int]:
    """Return where each known column stands; raise ``InvalidError`` for one that is unknown, twice there or missing."""
    known = {name: (name, *names) for name, names in BASE_COLUMNS.items()}
    known |= {one.key: (one.key, one.zh, one.en) for one in (template.questions if template else ())}
    by_word = {_folded(word): name for name, words in known.items() for word in words}
    columns: dict[str, int] = {}
    for at, cell in enumerate(header):
        if cell is None or not str(cell).strip():
            continue
        name = by_word.get(_folded(str(cell).removeprefix("'")))
        if name is None:
            raise InvalidError("file", f"has an unknown column {str(cell)[:40]!r}", "only " + ", ".join(known))
        if name in columns:
            raise InvalidError("file", f"has the column {name} twice", "each column once")
        columns[name] = at
    if "nickname" not in columns:
        raise InvalidError(
            "file", "has no column for the name of the person", f"a column {BASE_COLUMNS['nickname'][0]} or name"
        )
    return columns


def _folded(word: str) -> str:
    return "".join(normalize("NFKC", word).casefold().split())


class _Reader:
    """Reads one row; what is wrong is kept, so that all of it is told at once."""

    def __init__(self, line: int, found: Cells, hearing: Hearing, template: Template | None, currency: str) -> None:
        self._line, self._cells, self._hearing = line, found, hearing
        self._template, self._currency = template, currency
        self._questions: list[Question] = []
        self._readings: list[dict[str, str]] = []

    def row(self, number: int, row: list[Any]) -> Row:
        """Return the row."""
        text, want = self._text("text") or "", Want()
        if text:
            heard = self._heard(text)
            want, people = heard.want, heard.people
        else:
            people = None
        want = Want(self._category(), self._windows(), self._minutes(), self._ceiling()).over(want)
        return Row(
            number=number,
            lines=(self._line,),
            source=" | ".join("" if one is None else str(one) for one in row)[:2000],
            nickname=(self._text("nickname") or "")[:100],
            household=self._text("household"),
            contact=self._text("contact"),
            text=text,
            people=self._people() or people,
            want=want,
            answers=self._answers(),
            readings=tuple(self._readings),
            confidence=0.5 if self._questions else 1.0,
            questions=tuple(self._questions),
        )

    def _heard(self, text: str) -> Any:
        heard = self._hearing.hear(text, times="when" not in self._cells)
        self._readings += heard.readings
        self._questions += heard.questions
        return heard

    def _wrong(self, column: str, error: InvalidError, field: str | None = None) -> None:
        first = error.detail["errors"][0]
        said = {"line": self._line, "column": column, "problem": first["problem"], "expected": first["expected"]}
        self._questions.append(
            Question("invalid_cell", _CELL["zh"].format(**said), _CELL["en"].format(**said), field or column)
        )

    def _text(self, name: str) -> str | None:
        if name not in self._cells:
            return None
        try:
            return cells.text(self._cells[name], name)
        except InvalidError as error:
            self._wrong(name, error)
            return None

    def _category(self) -> str | None:
        said = self._text("category")
        found = None if said is None else self._hearing.category_of(said)
        if said is not None and found is None:
            expected = "a category of GET /v1/categories, by its key or name"
            self._wrong("category", InvalidError("category", f"{said!r} is not known", expected))
        return found

    def _people(self) -> int | None:
        if "people" not in self._cells:
            return None
        value = self._cells["people"]
        named = self._hearing.people(str(value)) if isinstance(value, str) else None
        try:
            found = named or cells.whole(value, "people")
            if not 1 <= found <= MAX_PEOPLE:
                raise InvalidError("people", f"{found} is out of range", f"a whole number from 1 to {MAX_PEOPLE}")
            return found
        except InvalidError as error:
            self._wrong("people", error)
            return None

    def _minutes(self) -> int | None:
        if "minutes" not in self._cells:
            return None
        try:
            found = cells.whole(self._cells["minutes"], "minutes")
            if not 1 <= found <= MAX_MINUTES:
                raise InvalidError("minutes", f"{found} is out of range", f"a whole number from 1 to {MAX_MINUTES}")
            return found
        except InvalidError as error:
            self._wrong("minutes", error)
            return None

    def _ceiling(self) -> Money | None:
        if "ceiling" not in self._cells:
            return None
        try:
            amount = cells.number(self._cells["ceiling"], "ceiling")
            return (
                Money.parse(f"{amount:.{EXPONENTS[self._currency]}f}", self._currency, "ceiling")
                if amount > 0
                else None
            )
        except InvalidError as error:
            self._wrong("ceiling", error)
            return None

    def _windows(self) -> Any:
        if "when" not in self._cells:
            return None
        heard = self._hearing.hear(str(self._cells["when"]))
        self._readings += heard.readings
        self._questions += [one for one in heard.questions if one.field == "when"]
        if heard.want.windows is None and not any(one.field == "when" for one in self._questions):
            error = InvalidError(
                "when", f"{str(self._cells['when'])!r} is not understood", "a time such as 6月13日10点到12点"
            )
            self._wrong("when", error)
        return heard.want.windows

    def _answers(self) -> dict[str, Any]:
        answers = {}
        for one in self._template.questions if self._template else ():
            if one.key not in self._cells:
                if one.required:
                    self._wrong(one.key, InvalidError(one.key, "is missing", f"an answer: {one.en}"), "answers")
                continue
            try:
                answers[one.key] = one.read(self._cells[one.key])
            except InvalidError as error:
                self._wrong(one.key, error, "answers")
        return answers
