"""Latent needs in a chat: who wishes, asks or complains about a service, and who agrees. How it works: INTAKE.md.

Weights are log odds. A sentence is a need when its cues, the category that its words name and what the community taught
outweigh the prior; whoever agrees makes it likelier.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from services.demand.domain.chat import cues, needs
from services.demand.domain.chat.learning import Lessons, sketch
from services.demand.domain.chat.model import Chat, Message, Suggestion
from services.demand.domain.chat.threads import TOPIC_MESSAGES, Thread, by_quote, by_topic, sought, topic_of

PRIOR = -2.2
CATEGORY, SERVICE, COMPLAINT, AGREED = 1.4, 0.7, 0.4, 0.6
THRESHOLD = 0.5
_SENTENCES = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")
_DETAIL = re.compile(
    r"周[一二三四五六日末天]|星期|上午|下午|晚上|朝早|点|月|号|元|块|以内|最好|附近|时间|价格|"
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\bmorning|\bevening|\bafternoon|\bweekend|\d"
)
_FIRST = re.compile(r"我|俺|咱|也|都|自家|\b(?:i|we|our|us|my|me)\b|\btoo\b|\bas well\b")
_ASKS = re.compile(r"谁|有没有|有没|哪|吗|[?]|推荐|求|\bany(?:one|body)\b|\bwhere\b")
_ME_TOO = re.compile(r"^(?:我|俺|咱)(?:们|家)?(?:也|都|正)")
_ALSO = re.compile(r"也|都(?:想|要)|同|一起|那有人|\btoo\b|\bas well\b|\bsame\b|\b1 too\b")


class Ear(Protocol):
    """What the mining needs to understand a sentence."""

    def prepare(self, texts: Iterable[str]) -> None:
        """Be told which texts will be asked about, to read them at once."""

    def categories(self, text: str) -> Sequence[tuple[str, float]]:
        """Return the likeliest categories with their confidences, the best first; none where it is unclear."""

    def people(self, text: str) -> int | None:
        """Return how many people a text names, None where it names none."""


def mine(chat: Chat, ear: Ear, lessons: Lessons = Lessons(), salt: bytes = b"") -> tuple[Suggestion, ...]:
    """Return the latent needs that a chat tells of, in the order in which they came up.

    ``lessons`` are those of the community, ``salt`` is its id: it keys the sketches by which needs that were thrown
    away are recognised. Senders, texts and lines in the result are the community's own.
    """
    miner = _Miner(chat, ear, lessons)
    threads = miner.run()
    return tuple(
        found for found in (_suggestion(one, lessons, salt) for one in threads) if not lessons.knows(found.shape)
    )


class _Miner:
    def __init__(self, chat: Chat, ear: Ear, lessons: Lessons) -> None:
        self._chat, self._ear, self._lessons = chat, ear, lessons
        self._threads: list[Thread] = []
        # Those that a message may still be about.
        self._active: list[Thread] = []
        # What an answer that names nothing is about; None where that is something else than a need.
        self._floor: Thread | None = None

    def run(self) -> list[Thread]:
        """Read all messages; return the needs that are left."""
        self._ear.prepare(self._candidates())
        chains = list(self._chat.chains)
        for at, message in enumerate(self._chat.messages):
            if chains and chains[0] < message.line:
                chains.pop(0)
                self._floor = None
            if at % 50 == 0:
                self._active = [one for one in self._active if at - one.last <= TOPIC_MESSAGES]
            self._take(message, needs.folded(message.text), at)
        return [one for one in self._threads if one.voices and not one.settled and _likelihood(one) >= THRESHOLD]

    def _candidates(self) -> Iterator[str]:
        """Yield the texts whose category will be asked for."""
        for message in self._chat.messages:
            text = needs.folded(message.text)
            said = [one for one in _sentences(text) if _may_be_need(one)]
            yield from (*said, *([text] if said else ()))

    def _take(self, message: Message, text: str, at: int) -> None:
        if cues.advertises(text):
            return
        topic = topic_of(text)
        about = self._about(message, text, topic, at)
        if cues.settles(text):
            self._settle(message, at)
        elif cues.announces(text):
            self._floor = None
        elif cues.declines(text) and not self._but_agrees(text) and len(_wishes(text)) < 2:
            if about is not None:
                about.lose(message)
        elif not self._need(message, text, topic, about, at) and not self._agreed(message, text, about, at):
            self._other(message, text, about, at)

    def _about(self, message: Message, text: str, topic: set[str], at: int) -> Thread | None:
        named = by_quote(self._active, message) or by_topic(self._active, message, topic, at)
        if named is not None:
            return named
        floor = self._floor
        return floor if floor is not None and sought(floor, message, at, near=True) else None

    def _but_agrees(self, text: str) -> bool:
        # "Never had it done, but I want it too": the last part counts.
        last = re.split(r"[，,。;；]|\bbut\b|不过|但", text)[-1]
        return bool(cues.AGREEING.search(last)) and not cues.declines(last)

    def _settle(self, message: Message, at: int) -> None:
        mine = [
            one for one in self._threads if one.opener.sender == message.sender and sought(one, message, at, near=True)
        ]
        if mine:
            mine[-1].settled = True

    def _need(self, message: Message, text: str, topic: set[str], about: Thread | None, at: int) -> bool:
        """Begin a thread with a message that states a need of its own; let one about a known need join that."""
        if about is not None and _ME_TOO.search(text) and not _ASKS.search(text):
            return False
        best = max((self._weigh(one, text) for one in _sentences(text)), key=lambda found: found[0], default=None)
        if best is None or best[0] <= 0:
            return False
        odds, sentence, names, ranked = best
        category = ranked[0][0] if ranked else None
        known = self._same(message, about, category, topic, text, at)
        if known is not None:
            own = known.opener.sender == message.sender
            kind = "wish" if own or _FIRST.search(text) else "detail"
            known.hear(message, kind, at, self._people(text))
            self._floor = known
            return True
        thread = Thread(message, sentence, category, ranked, names, odds, at, at, message.at, topic=topic)
        thread.hear(message, _kind(names), at, self._people(text))
        self._threads.append(thread)
        self._active.append(thread)
        self._floor = thread
        return True

    def _same(
        self, message: Message, about: Thread | None, category: str | None, topic: set[str], text: str, at: int
    ) -> Thread | None:
        if about is None or not sought(about, message, at, near=False):
            return None
        alike = category is None or about.category is None or category == about.category
        # A few words right after a need, which ask nothing, go on about it: "somebody has to take it apart".
        if len(topic) <= 3 and at - about.last <= 3 and not _ASKS.search(text):
            return about
        if message.quoted is not None or (topic & about.topic and alike):
            return about
        alike = category is None or category == about.category
        if alike and (_ALSO.search(text) or message.sender == about.opener.sender) and at - about.last <= 3:
            return about
        return None

    def _weigh(self, sentence: str, message: str) -> tuple[float, str, tuple[str, ...], tuple[tuple[str, float], ...]]:
        found = _wishes(sentence)
        grievances = [cue for cue in needs.needs_of(message) if cue.kind == "complaint" and cue not in found]
        nothing = (-9.0, sentence, (), ())
        if not found or not _may_be_need(sentence):
            return nothing
        ranked = tuple(self._ear.categories(sentence)) or tuple(self._ear.categories(message))
        complains = any(cue.kind == "complaint" for cue in (*found, *grievances))
        if not ranked and not complains and not cues.names_a_service(message):
            return nothing
        names = tuple(cue.name for cue in found)
        odds = PRIOR + sum(sorted((cue.weight for cue in found), reverse=True)[:2])
        odds += max((cue.weight / 2 for cue in _wishes(message) if cue not in found), default=0.0)
        odds += COMPLAINT if complains and len(found) + len(grievances) > 1 else 0.0
        odds += CATEGORY * ranked[0][1] ** 0.5 if ranked else 0.0
        odds += SERVICE if cues.names_a_service(message) else 0.0
        odds += sum(self._lessons.weight(f"cue:{name}") for name in names) / len(names)
        odds += self._lessons.weight(f"category:{ranked[0][0]}") if ranked else 0.0
        return odds, sentence.strip(), names, ranked[:3]

    def _agreed(self, message: Message, text: str, about: Thread | None, at: int) -> bool:
        people = self._people(text)
        if about is None:
            return False
        # Right after a need a short remark about oneself that refuses nothing and asks nothing is an agreement.
        close = about is self._floor and at - about.last <= 3 and len(text) <= (60 if text.isascii() else 20)
        own = close and _FIRST.search(text) and not _ASKS.search(text) and not cues.is_other(text)
        if not (own or cues.AGREEING.search(text) or (people is not None and len(text) <= 14)):
            return False
        about.hear(message, "agree", at, people)
        self._floor = about
        return True

    def _other(self, message: Message, text: str, about: Thread | None, at: int) -> None:
        known = about is not None and message.sender in about.voices and not cues.is_other(text)
        if about is not None and known and (about is not self._floor or _DETAIL.search(text)):
            about.hear(message, "detail", at, self._people(text))
            self._floor = about
        elif cues.is_other(text) or text.endswith(("?", "吗", "呢", "么")):
            # Another question: who answers now, answers that.
            self._floor = None

    def _people(self, text: str) -> int | None:
        if found := cues.PLUS.search(text):
            return int(found[1]) or None
        return self._ear.people(text)


def _wishes(sentence: str) -> list[needs.Cue]:
    """Return the cues of a need in what a sentence does not refuse."""
    return needs.needs_of(cues.without_refusals(sentence))


def _may_be_need(sentence: str) -> bool:
    wishes = _wishes(sentence)
    return bool(wishes) and not cues.is_other(sentence) and (len(wishes) > 1 or not cues.declines(sentence))


def _sentences(text: str) -> Iterator[str]:
    yield from (found.strip() for found in _SENTENCES.findall(text) if found.strip())


def _kind(names: tuple[str, ...]) -> str:
    kinds = [cue.kind for cue in needs.NEEDS if cue.name in names]
    return next((kind for kind in ("ask", "wish") if kind in kinds), "complaint")


def _likelihood(thread: Thread) -> float:
    odds = thread.odds + AGREED * min(3, len(thread.voices) - 1)
    return 1 / (1 + math.exp(-odds))


def _suggestion(thread: Thread, lessons: Lessons, salt: bytes) -> Suggestion:
    questions = []
    if thread.category is None:
        questions.append(("category", {"zh": "这是哪一类服务？", "en": "Which kind of service is it?"}))
    return Suggestion(
        category=thread.category,
        ranked=thread.ranked,
        text=thread.opener.text,
        said="\n".join(one.text for one in thread.evidence),
        at=thread.opener.at,
        voices=tuple(thread.voices.values()),
        evidence=tuple(thread.evidence),
        confidence=round(_likelihood(thread), 3),
        cues=thread.cues,
        shape=sketch(needs.folded(thread.sentence), salt),
        questions=tuple(questions),
    )
