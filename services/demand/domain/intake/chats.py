"""Suggestions from a chat as groups of rows: one group per need, one row per person who shares it."""

from collections.abc import Sequence

from services.demand.domain.chat import Suggestion
from services.demand.domain.hearing import Hearing
from services.demand.domain.intake.model import Group, Question, Row, Want

_LATER = Question("unsure_need", "这真是一条需求吗？确认、改正或丢弃。", "Is this a need? Confirm, correct or drop it.")
CONFIDENT = 0.9


def groups_of(suggestions: Sequence[Suggestion], hearing: Hearing) -> tuple[tuple[Group, ...], tuple[Row, ...]]:
    """Return the needs of a chat and the people who share them."""
    groups, rows = [], []
    for number, found in enumerate(suggestions, 1):
        heard = hearing.hear(found.said, found.at)
        want = Want(found.category, heard.want.windows, heard.want.minutes, heard.want.ceiling)
        groups.append(
            Group(
                number=number,
                text=found.text,
                want=want,
                ranked=found.ranked,
                evidence=tuple((one.line, one.sender, one.text, one.kind) for one in found.evidence),
                cues=found.cues,
                shape=found.shape,
                confidence=found.confidence,
                readings=heard.readings,
            )
        )
        unclear = tuple(one for one in heard.questions if one.field != "people")
        unsure = (_LATER,) if found.confidence < CONFIDENT else ()
        for voice in found.voices:
            own = [one for one in found.evidence if one.sender == voice.sender]
            rows.append(
                Row(
                    number=len(rows) + 1,
                    lines=tuple(one.line for one in own),
                    source="\n".join(one.text for one in own),
                    nickname=voice.sender[:100],
                    group=number,
                    text=found.text[:500],
                    people=voice.people,
                    confidence=found.confidence,
                    questions=(*unsure, *unclear),
                )
            )
    return tuple(groups), tuple(rows)
