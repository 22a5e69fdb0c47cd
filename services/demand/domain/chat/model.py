"""What a chat is made of, and what is found in it."""

from dataclasses import dataclass, field
from datetime import datetime

Sentence = dict[str, str]


@dataclass(frozen=True, slots=True)
class Message:
    """What ``sender`` wrote; ``line`` is where it begins in the export, from 1.

    ``at`` is the local time without a zone, None where the export does not say it or says it in two ways.
    ``quoted`` is (sender, text) of the message that it answers, where it quotes one.
    """

    line: int
    at: datetime | None
    sender: str
    text: str
    quoted: tuple[str | None, str] | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """An export as read: its messages, the lines at which chains (接龙) begin, and how many lines were no messages."""

    messages: tuple[Message, ...]
    chains: tuple[int, ...] = ()
    skipped: int = 0
    warnings: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A message that a suggestion rests on; ``kind`` is wish, ask, complaint, agree or detail."""

    line: int
    sender: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Voice:
    """One who shares a need. ``people`` is None where it was not said for how many."""

    sender: str
    people: int | None
    line: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A latent need that a chat tells of.

    ``category`` is the likeliest, None where no text decides; ``ranked`` has others. ``text`` is the sentence with
    which it begins, ``said`` what all its evidence says, for reading times and places. ``confidence`` is from 0 to 1.
    ``shape`` is a sketch of the need from which it cannot be read back, by which it is recognised when it comes again.
    """

    category: str | None
    ranked: tuple[tuple[str, float], ...]
    text: str
    said: str
    at: datetime | None
    voices: tuple[Voice, ...]
    evidence: tuple[Evidence, ...]
    confidence: float
    cues: tuple[str, ...]
    shape: tuple[int, ...] = ()
    questions: tuple[tuple[str, Sentence], ...] = field(default=())

    @property
    def people(self) -> int:
        """How many people it is at least: those who said no number count as one."""
        return sum(voice.people or 1 for voice in self.voices)
