"""Pins: what organisers put together or apart by hand. Nothing moves a pinned signal but its people and organisers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.demand.domain.sharing import Sentence


class PinKind(StrEnum):
    """``apart``: pools of its own community only, as long as it waits. ``together``: in that pool, while it gathers."""

    APART = "apart"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class Pin:
    """Who (``role`` of the community) put a signal into a pool, and why in their own words."""

    signal_id: UUID
    pool_id: UUID
    community_id: UUID
    kind: PinKind
    role: str
    reason: str
    created_at: datetime


ROLES: dict[str, Sentence] = {
    "organiser": {"zh": "团长", "en": "An organiser"},
    "community_operator": {"zh": "社群运营者", "en": "The operator of the community"},
    "node_operator": {"zh": "平台运营者", "en": "The operator of the node"},
}
DONE: dict[PinKind, Sentence] = {
    PinKind.APART: {"zh": "手动拆出了本社群的 {count} 条需求", "en": "split {count} of its signals off"},
    PinKind.TOGETHER: {
        "zh": "手动并入了本社群的 {count} 条需求",
        "en": "moved {count} of its signals here",
    },
}


def noted(pins: Iterable[Pin]) -> tuple[Sentence, ...]:
    """Say who put signals of one community into a pool, when and why, the latest last; for that community only."""
    acts: dict[tuple[datetime, PinKind, str, str], int] = {}
    for pin in pins:
        act = (pin.created_at, pin.kind, pin.role, pin.reason)
        acts[act] = acts.get(act, 0) + 1
    return tuple(_act(*act, count) for act, count in sorted(acts.items()))


def _act(at: datetime, kind: PinKind, role: str, reason: str, count: int) -> Sentence:
    when = at.strftime("%Y-%m-%d %H:%M UTC")
    zh, en = (f"{ROLES[role][one]} {DONE[kind][one].format(count=count)}" for one in ("zh", "en"))
    return {
        "zh": f"{zh.replace(' ', '', 1)}（{when}）{f'：{reason}' if reason else ''}。",
        "en": f"{en} ({when}){f': {reason}' if reason else ''}.",
    }
