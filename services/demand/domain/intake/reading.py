"""From what was sent in to the preview of an intake."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from services.demand.domain.chat import Lessons, decoded, mine, read_chat
from services.demand.domain.hearing import Hearing
from services.demand.domain.intake import chains, chats, files
from services.demand.domain.intake.model import (
    MAX_ROWS,
    Group,
    Intake,
    IntakeKind,
    IntakeState,
    PeopleRule,
    Row,
    Sentence,
    Want,
)
from services.demand.domain.intake.templates import Template
from services.demand.domain.model import Community
from services.kernel.errors import InvalidError

MAX_TEXT = 400_000
XML = ("<msg", "<appmsg", "<?xml", "<solitaire")


@dataclass(frozen=True, slots=True)
class Source:
    """What was sent in: a text, or the bytes of a file; ``fork`` is a second answer to the same chain."""

    kind: IntakeKind
    text: str | None
    data: bytes | None
    fork: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a source holds."""

    title: str
    chain_key: str
    rows: tuple[Row, ...]
    groups: tuple[Group, ...] = ()
    warnings: tuple[Sentence, ...] = ()
    said: Want = field(default_factory=Want)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the organiser says of all rows at once."""

    defaults: Want
    people_rule: PeopleRule
    currency: str


def previewed(
    intake_id: UUID,
    source: Source,
    terms: Terms,
    community: Community,
    hearing: Hearing,
    lessons: Lessons,
    template: Template | None,
    now: datetime,
) -> Intake:
    """Return the preview of a source, compared with nothing yet; raise ``InvalidError`` where it cannot be read."""
    found = _found(source, terms, community, hearing, lessons, template)
    if not found.rows and source.kind is not IntakeKind.CHAT:
        raise InvalidError("text", "holds no rows", "a chain with numbered lines, or a file with rows")
    if len(found.rows) > MAX_ROWS:
        raise InvalidError("text", f"holds {len(found.rows)} rows", f"at most {MAX_ROWS} rows")
    return Intake(
        intake_id=intake_id,
        community_id=community.community_id,
        kind=source.kind,
        state=IntakeState.PREVIEWED,
        title=found.title[:200],
        chain_key=found.chain_key,
        defaults=terms.defaults.over(found.said),
        people_rule=terms.people_rule,
        rows=found.rows,
        groups=found.groups,
        warnings=found.warnings,
        raw=source.text,
        version=1,
        created_at=now,
    )


def _found(
    source: Source, terms: Terms, community: Community, hearing: Hearing, lessons: Lessons, template: Template | None
) -> Found:
    if source.kind is IntakeKind.FILE:
        data = source.data if source.data is not None else (source.text or "").encode()
        return Found("", "file", files.rows_of(files.table_of(data), hearing, template, terms.currency))
    text = source.text if source.text is not None else decoded(source.data or b"")
    if len(text) > MAX_TEXT:
        raise InvalidError("text", f"has {len(text)} characters", f"at most {MAX_TEXT} characters; send a part")
    if source.kind is IntakeKind.CHAT:
        chat = read_chat(text, ZoneInfo(community.time_zone))
        groups, rows = chats.groups_of(mine(chat, hearing, lessons, community.community_id.bytes), hearing)
        return Found("", "chat", rows, groups, (*chat.warnings, *_chains(chat.chains)))
    return _chain(text, source.fork, terms, community, hearing)


def _chains(lines: tuple[int, ...]) -> tuple[Sentence, ...]:
    return tuple(
        {
            "zh": f"第 {line} 行是一条接龙，请单独粘贴它。",
            "en": f"Line {line} begins a chain: paste it by itself.",
        }
        for line in lines
    )


def _chain(text: str, fork: str | None, terms: Terms, community: Community, hearing: Hearing) -> Found:
    from services.demand.domain import jielong

    salt = community.community_id.bytes
    chain, warnings = jielong.read(text, salt=salt), []
    if fork is not None:
        merged = jielong.merge_forks(None, chain, jielong.read(fork, salt=salt))
        chain = merged.chain
    warnings += [{"zh": one.zh, "en": one.en} for one in chain.warnings]
    head = chains.head_of(chain)
    heard = hearing.hear(head)
    # The classifier is slow to load: it is not asked where the organiser has said what it is.
    ranked = () if terms.defaults.category is not None else hearing.categories(head)
    # A price in the head is what is asked, not the most that somebody pays, and heads there are no row's.
    said = Want(ranked[0][0] if ranked else None, heard.want.windows, heard.want.minutes)
    warnings += [*heard.readings, *({"zh": one.zh, "en": one.en} for one in heard.questions if one.field == "when")]
    if any(one.field == "when" for one in heard.questions):
        said = replace(said, windows=None)
    key = sha256(chain.identity.encode()).hexdigest()[:32]
    return Found(chain.title or chain.header, key, chains.rows_of(chain, hearing), (), tuple(warnings), said)
