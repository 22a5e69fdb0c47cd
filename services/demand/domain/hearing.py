"""How the words of a community are heard: its categories, and times, head counts and ceilings in its time zone.

This is the one place where intake meets the taxonomy and the understanding of texts; both are imported when they are
first needed, because what they rest on takes a while to load.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from services.demand.domain.intake.model import Question, Sentence, Want
from services.demand.domain.model import Community
from services.demand.domain.own_categories import Taxonomy, taxonomy_of
from services.demand.domain.signals import MAX_WINDOWS
from services.kernel.timespan import Timespan

_PAST = Question("past", "说的时间已经过去了，改到什么时候？", "That time is past: when should it be?", "when")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text says; ``readings`` are how it was understood, ``questions`` what it leaves unclear."""

    want: Want
    people: int | None
    readings: tuple[Sentence, ...]
    questions: tuple[Question, ...]


NOTHING = Heard(Want(), None, (), ())


def preload() -> None:
    """Load and fit all that reads texts; otherwise the first text waits for it, which takes some seconds."""
    taxonomy_of(()).classify(["陶艺"])


class Hearing:
    """Hears texts in the name of one community, at one time."""

    def __init__(self, community: Community, taxonomy: Taxonomy, now: datetime, currency: str = "CNY") -> None:
        self._taxonomy, self._now, self._currency = taxonomy, now, currency
        self._zone = ZoneInfo(community.time_zone)
        self._locale = str(community.locale)
        self._categories: dict[str, Sequence[tuple[str, float]]] = {}
        self._heard: dict[tuple[str, datetime | None, bool], Heard] = {}

    def prepare(self, texts: Iterable[str]) -> None:
        """Read the categories of many texts at once, which is some times faster than one by one."""
        new = [text for text in dict.fromkeys(texts) if text not in self._categories]
        self._categories.update(zip(new, self._taxonomy.classify(new), strict=True))

    def categories(self, text: str) -> Sequence[tuple[str, float]]:
        """Return the likeliest categories of a text, the best first; none where the text does not decide."""
        self.prepare([text])
        return self._categories[text]

    def suggestions(self, text: str) -> Sequence[tuple[str, float]]:
        """Return the likeliest categories of a text even where none is likely enough."""
        return self._taxonomy.rank(text)[:3]

    def knows(self, category: str) -> bool:
        """Tell whether the community has a category."""
        return category in self._taxonomy.names

    def category_of(self, word: str) -> str | None:
        """Return the category that a word is the key or a name of, None where it is none."""
        asked = word.strip().casefold()
        called = ((key, (key, *names)) for key, names in self._taxonomy.names.items())
        return next((key for key, words in called if asked in (one.casefold() for one in words)), None)

    def names(self, category: str) -> dict[str, str]:
        """Return the names of a category in both languages."""
        zh, en = self._taxonomy.names.get(category, (category, category))
        return {"zh": zh, "en": en}

    def people(self, text: str) -> int | None:
        """Return how many people a text names, None where it names none or is unclear."""
        heads = self._read_heads(text)
        return None if heads is None or heads.questions else heads.people

    def hear(self, text: str, at: datetime | None = None, *, times: bool = True) -> Heard:
        """Return what a text says that was written ``at`` (local time, None for now); categories are not decided here.

        Windows that have begun are left out; where none is left, that is a question.
        """
        if not text.strip():
            return NOTHING
        if (text, at, times) not in self._heard:
            self._heard[text, at, times] = self._hear(text, at, times)
        return self._heard[text, at, times]

    def _hear(self, text: str, at: datetime | None, times: bool) -> Heard:
        said = at.replace(tzinfo=self._zone) if at is not None else self._now.astimezone(self._zone)
        found = self._understand(text, said, self._zone, self._locale, currency=self._currency)
        questions = list(_questions(found, times))
        windows = self._coming(found.windows) if times else None
        if times and found.windows and not windows:
            questions.append(_PAST)
        ceiling = found.ceiling
        fits = ceiling is not None and ceiling.per in (None, "person")
        want = Want(windows=windows or None, minutes=found.minutes, ceiling=ceiling.amount if fits else None)
        heads = None if found.heads is None or found.heads.questions else found.heads.people
        return Heard(want, heads, tuple(_readings(found, found.times if times else ())), tuple(questions))

    def _coming(self, windows: Sequence[Timespan]) -> tuple[Timespan, ...]:
        return tuple(one for one in windows if one.start > self._now)[:MAX_WINDOWS]

    @cached_property
    def _understand(self) -> Any:
        from services.demand.domain.understanding import understand

        return understand

    @cached_property
    def _read_heads(self) -> Any:
        from services.demand.domain.understanding import read_heads

        return read_heads


def _questions(found: Any, times: bool) -> list[Question]:
    asked = []
    for question in found.questions:
        name = next((name for name in ("heads", "ceiling") if question in _of(getattr(found, name))), "when")
        if times or name != "when":
            field = {"heads": "people"}.get(name, name)
            asked.append(Question(question.code, question.zh, question.en, field, tuple(question.choices)))
    return asked


def _of(part: Any) -> Sequence[Any]:
    return () if part is None else part.questions


def _readings(found: Any, times: Sequence[Any]) -> list[Sentence]:
    readings = [
        {
            "zh": f"“{one.text}”读作{one.words['zh']}{'以外' if one.denied else ''}",
            "en": f"“{one.text}” was read as {'not ' if one.denied else ''}{one.words['en']}",
        }
        for one in times
    ]
    if (heads := found.heads) is not None:
        readings.append(
            {"zh": f"“{heads.text}”读作{heads.people}人", "en": f"“{heads.text}” was read as {heads.people} people"}
        )
    if (place := found.place) is not None:
        readings.append({"zh": f"提到的地点：{place.name}", "en": f"a place is mentioned: {place.name}"})
    if (ceiling := found.ceiling) is not None:
        amount = f"{ceiling.amount.amount} {ceiling.amount.currency}"
        readings.append(
            {"zh": f"“{ceiling.text}”读作不超过 {amount}", "en": f"“{ceiling.text}” was read as at most {amount}"}
        )
    return readings
