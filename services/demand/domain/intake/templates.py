"""What is asked of a demand of a category: the questions of a form, and the columns of a file."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.demand.domain.intake import cells
from services.kernel.errors import InvalidError

MAX_QUESTIONS = 30
MAX_OPTIONS = 50
# What a spreadsheet takes for a formula.
FORMULA = ("=", "+", "-", "@")


class AnswerType(StrEnum):
    """What kind of answer a question takes."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"
    TIME = "time"
    YES_NO = "yes_no"
    HEAD_COUNT = "head_count"


@dataclass(frozen=True, slots=True)
class Option:
    """One of several answers."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """A question of a form; ``least`` and ``most`` bound numbers and head counts."""

    key: str
    zh: str
    en: str
    type: AnswerType
    required: bool = False
    options: tuple[Option, ...] = ()
    least: float | None = None
    most: float | None = None

    def read(self, answer: Any) -> Any:
        """Return the answer in its own type; raise ``InvalidError`` that names ``answers.KEY`` and what would be right.

        Texts of a file are read as people of both languages write them; JSON values pass as they are.
        """
        field = f"answers.{self.key}"
        if self.type is AnswerType.CHOICE:
            return cells.choice(answer, field, {one.value: (one.zh, one.en) for one in self.options})
        if self.type is AnswerType.NUMBER:
            return _bounded(cells.number(answer, field), self, field)
        if self.type is AnswerType.HEAD_COUNT:
            return int(_bounded(cells.whole(answer, field), self, field))
        return {
            AnswerType.TEXT: cells.text,
            AnswerType.DATE: cells.day,
            AnswerType.TIME: cells.clock,
            AnswerType.YES_NO: cells.yes_no,
        }[self.type](answer, field)


def _bounded(value: float, question: FormQuestion, field: str) -> float:
    low, high = question.least, question.most
    if (low is not None and value < low) or (high is not None and value > high):
        span = f"from {low:g}" if high is None else f"up to {high:g}" if low is None else f"from {low:g} to {high:g}"
        raise InvalidError(field, f"{value:g} is out of range", f"a number {span}")
    return value


@dataclass(frozen=True, slots=True)
class Template:
    """The questions of a category."""

    category: str
    questions: tuple[FormQuestion, ...]

    def checked(self) -> "Template":
        """Return the template; raise ``InvalidError`` where two questions have one key or a choice has no options."""
        seen: set[str] = set(BASE_COLUMNS)
        for index, one in enumerate(self.questions):
            if one.key in seen:
                raise InvalidError(f"questions.{index}.key", f"{one.key!r} is taken", "a key of its own")
            seen.add(one.key)
            if (one.type is AnswerType.CHOICE) != bool(one.options):
                raise InvalidError(f"questions.{index}.options", "does not fit the type", "options for a choice only")
        return self

    def read(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers in their types; raise ``InvalidError`` for the first that is wrong, missing or unknown."""
        unknown = set(answers) - {one.key for one in self.questions}
        if unknown:
            known = ", ".join(one.key for one in self.questions) or "none"
            raise InvalidError(f"answers.{min(unknown)}", "is not asked here", f"one of {known}")
        read = {}
        for one in self.questions:
            value = answers.get(one.key)
            if value is None or value == "":
                if one.required:
                    raise InvalidError(f"answers.{one.key}", "is missing", f"an answer: {one.en}")
                continue
            read[one.key] = one.read(value)
        return read

    def csv(self, locale: str) -> str:
        """Return a file to fill in: the names of its columns in a language, and nothing else.

        It begins with a byte order mark, without which Excel reads Chinese wrongly, and no name is a formula there.
        """
        names = [texts[locale == "en"] for texts in BASE_COLUMNS.values()]
        names += [one.en if locale == "en" else one.zh for one in self.questions]
        out = io.StringIO()
        csv.writer(out).writerow(f"'{name}" if name.startswith(FORMULA) else name for name in names)
        return "\ufeff" + out.getvalue()


# The columns of every file, with their names in Chinese and English.
BASE_COLUMNS: dict[str, tuple[str, str]] = {
    "nickname": ("昵称", "name"),
    "household": ("门牌", "household"),
    "contact": ("联系电话", "phone"),
    "category": ("类别", "category"),
    "text": ("需求", "need"),
    "people": ("人数", "people"),
    "when": ("时间", "when"),
    "minutes": ("时长（分钟）", "minutes"),
    "ceiling": ("人均上限", "ceiling"),
}


def _q(key: str, zh: str, en: str, type: str, *options: tuple[str, str, str], **more: Any) -> FormQuestion:
    return FormQuestion(key, zh, en, AnswerType(type), options=tuple(Option(*one) for one in options), **more)


_LEVEL = _q(
    "level", "基础", "level", "choice",
    ("beginner", "零基础", "beginner"), ("some", "有一些基础", "some"), ("advanced", "进阶", "advanced"),
)  # fmt: skip
_AGE = _q("age", "孩子年龄", "age of the child", "number", least=0, most=18)
_AT_HOME = _q("at_home", "是否需要上门", "at home", "yes_no")
BUILT_IN: dict[str, tuple[FormQuestion, ...]] = {
    "appliance_cleaning": (
        _q(
            "appliance", "电器", "appliance", "choice",
            ("air_conditioner", "空调", "air conditioner"), ("range_hood", "油烟机", "range hood"),
            ("washing_machine", "洗衣机", "washing machine"), ("other", "其他", "other"),
        ),
        _q("units", "台数", "units", "number", least=1, most=50),
    ),
    "pottery": (_AGE,),
    "nature_camp": (
        _AGE,
        _q("overnight", "是否过夜", "overnight", "yes_no"),
        _q("allergies", "过敏", "allergies", "text"),
    ),
    "data_course": (_LEVEL,),
    "swimming": (_AGE, _LEVEL),
    "beauty": (_AT_HOME,),
}  # fmt: skip


def template_of(category: str, own: Template | None = None) -> Template:
    """Return the community's own template of a category, else the built-in one, else one without questions."""
    return own if own is not None else Template(category, BUILT_IN.get(category, ()))
