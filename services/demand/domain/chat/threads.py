"""Who answers what: the needs that a chat has brought up so far, and which of them a message is about."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.demand.domain.chat import cues, needs
from services.demand.domain.chat.model import Evidence, Message, Voice

# An agreement that names nothing is about what was said shortly before; one that names its topic may come much later.
NEAR_MESSAGES, NEAR_TIME = 8, timedelta(hours=3)
TOPIC_MESSAGES, TOPIC_TIME = 200, timedelta(days=7)
_COMMON = re.compile(
    r"周[一二三四五六日末天]|星期.|上午|下午|晚上|中午|今天|明天|后天|孩子|小孩|小朋友|我们|你们|他们|大家|家里|家的|我家|时间|可以|最好|一起|"
    r"有没有|有人|老师|师傅|什么|怎么|这个|那个|就是|已经|还是|知道|感觉|真的|不是|没有|希望|推荐|社区|小区|学校|附近|谢谢|两个|一个|几个|三台"
)
_SIGNS = re.compile(r"[\u4e00-\u9fff]+")
_WORDS = re.compile(r"[a-z]{4,}")
_STOP = frozenset(
    re.findall(
        r"\w+",
        "this that with have need want looking anyone anybody know good would like could someone somebody "
        "they them there here what when where which your ours please great saturday sunday morning evening "
        "afternoon evenings weekend kids child children thinking getting next interested course done been "
        "does love lovely flat years ",
    )
)


@dataclass(slots=True)
class Thread:
    """A need under discussion."""

    opener: Message
    sentence: str
    category: str | None
    ranked: tuple[tuple[str, float], ...]
    cues: tuple[str, ...]
    odds: float
    begun: int
    last: int
    last_at: datetime | None
    voices: dict[str, Voice] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    settled: bool = False
    topic: set[str] = field(default_factory=set)

    def hear(self, message: Message, kind: str, at: int, people: int | None = None) -> None:
        """Add a message; one that agrees, wishes, asks or complains adds its sender to those who share the need."""
        if kind != "detail" or message.sender in self.voices:
            self.evidence.append(Evidence(message.line, message.sender, message.text, kind))
            self.last, self.last_at = at, message.at or self.last_at
        if kind != "detail":
            known = self.voices.get(message.sender)
            line = known.line if known else message.line
            self.voices[message.sender] = Voice(message.sender, people or (known.people if known else None), line)
        elif people is not None and message.sender in self.voices:
            self.voices[message.sender] = Voice(message.sender, people, self.voices[message.sender].line)

    def lose(self, message: Message) -> None:
        """Note that a sender does not want it, or no longer."""
        self.voices.pop(message.sender, None)
        self.evidence = [one for one in self.evidence if one.sender != message.sender]
        if message.sender == self.opener.sender and not self.voices:
            self.settled = True


def topic_of(text: str) -> set[str]:
    """Return what a folded text is about: its pairs of Chinese signs and its longer words, less what says nothing."""
    bare = _COMMON.sub(" ", text)
    for cue in needs.NEEDS:
        if cue.kind != "complaint":
            bare = cue.pattern.sub(" ", bare)
    bare = cues.AGREEING.sub(" ", bare)
    pairs = {run[at : at + 2] for run in _SIGNS.findall(bare) for at in range(len(run) - 1)}
    return pairs | {word.rstrip("s") for word in _WORDS.findall(bare) if word not in _STOP}


def sought(thread: Thread, message: Message, at: int, *, near: bool) -> bool:
    """Tell whether a message is close enough to a thread to be about it."""
    count, span = (NEAR_MESSAGES, NEAR_TIME) if near else (TOPIC_MESSAGES, TOPIC_TIME)
    if thread.settled or at - thread.last > count:
        return False
    before = thread.last_at
    return message.at is None or before is None or message.at - before <= span


def by_quote(threads: list[Thread], message: Message) -> Thread | None:
    """Return the thread in which the message stands that this one quotes."""
    if message.quoted is None:
        return None
    who, text = message.quoted
    for thread in reversed(threads):
        for one in thread.evidence:
            if (who is None or one.sender == who) and (text[:20] in one.text or one.text[:20] in text):
                return thread
    return None


def by_topic(threads: list[Thread], message: Message, topic: set[str], at: int) -> Thread | None:
    """Return the thread that is about the same, the one with most in common and then the newest."""
    best, most = None, 0
    for thread in reversed(threads):
        common = len(topic & thread.topic)
        if common > most and sought(thread, message, at, near=False):
            best, most = thread, common
    return best
