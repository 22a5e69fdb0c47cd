"""What a phrase means: days, hours of each, and what of it is open."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.demand.domain.understanding.grammar import Phrase
from services.demand.domain.understanding.model import Frame, Question
from services.demand.domain.understanding.values import Bare, Clock, Day, Every, Length, Now, Part


@dataclass(frozen=True, slots=True)
class Meaning:
    """``days`` are when, in order; ``start`` and ``end`` seconds of each of them after its midnight, where said.

    A point in time has no ``end``; a span from hours of one day to hours of another has ``until`` as its last day.
    ``part`` is the part of the day that was said instead of hours; ``mod`` is after or before.
    """

    kind: str
    value: str
    days: tuple[Day, ...] = ()
    start: int | None = None
    end: int | None = None
    until: date | None = None
    part: Part | None = None
    mod: str | None = None
    every: Every | None = None
    length: Length | None = None
    questions: tuple[Question, ...] = ()
    doubt: bool = False
    confidence: float = 1.0

    def asking(self, *questions: Question, confidence: float | None = None) -> "Meaning":
        """Return the same with questions."""
        return replace(
            self,
            questions=(*self.questions, *questions),
            confidence=min(self.confidence, confidence or self.confidence),
        )


def listed(phrase: Phrase, name: str) -> tuple[Day, ...]:
    """Return the days of one part of a phrase."""
    return tuple(token.value for token in phrase.parts.get(name, ()) if token.letter in "DR")


def days_of(phrase: Phrase) -> tuple[Day, ...]:
    """Return the days of a phrase, said before its hour or behind it."""
    return listed(phrase, "d1") or listed(phrase, "e1")


def part_of(phrase: Phrase, number: int) -> Part | None:
    """Return the part of the day that was said with the first or the second hour."""
    found = next((one for name in "pqr" if (one := phrase.value(f"{name}{number}"))), None)
    return found if isinstance(found, Part) else None


def mod_of(phrase: Phrase) -> str | None:
    """Return after or before, if that was said."""
    said = phrase.parts.get("mod") or phrase.parts.get("mod2")
    return {"m": "after", "b": "before"}[said[0].letter.lower()] if said else None


def asked_of(found: tuple[Day, ...]) -> tuple[Question, ...]:
    """Return the questions that the days bring along."""
    return tuple(question for day in found for question in day.questions)


def clock_of(value: object, frame: Frame) -> Clock | None:
    """Return the hour that a token says, a bare number or now included."""
    if isinstance(value, Bare):
        return Clock(value.hour) if value.hour <= 24 else None
    if isinstance(value, Now):
        at = moment_of(value, frame)
        return Clock(at.hour, at.minute, at.second or None, exact=True)
    return value if isinstance(value, Clock) else None


def moment_of(value: Now, frame: Frame) -> datetime:
    """Return the instant that is said from now, in local time."""
    shifted = value.after.delta * value.sign if value.after else timedelta()
    return frame.now + shifted
