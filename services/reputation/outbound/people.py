"""Points, honours, turns and invitations, as others are told of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.kernel.clock import format_time
from services.kernel.ids import MemberId
from services.kernel.money import Money
from services.reputation.domain.people.commands import DecideInvitations, SetQuiet
from services.reputation.domain.people.fatigue import Decision, MemberHistory
from services.reputation.domain.people.fatigue_policy import FatiguePolicy, policy_to
from services.reputation.domain.people.honours import HONOURS, Record
from services.reputation.domain.people.points import Level, level_of, next_level
from services.reputation.domain.people.rota import Roster, Turn
from services.reputation.domain.people.words import WHY_NOT


def invitations_decided(command: DecideInvitations, decisions: Mapping[MemberId, Decision]) -> dict[str, Any]:
    """Return the payload of invitations_decided.v1."""
    return {
        "round_id": str(command.round_id),
        "campaign_id": str(command.campaign_id),
        "community_id": str(command.community_id),
        "members": [{"member_id": str(one), **decision(decided)} for one, decided in decisions.items()],
    }


def decision(decided: Decision) -> dict[str, Any]:
    """Return whether somebody is asked, and otherwise why not and from when on."""
    why = decided.why and {"code": str(decided.why), **WHY_NOT[decided.why]}
    return {"allowed": decided.allowed, "why": why, "not_before": _time(decided.not_before)}


def fatigue_policy(set_: tuple[FatiguePolicy, int]) -> dict[str, Any]:
    """Return a policy with its version."""
    policy, version = set_
    return {**policy_to(policy), "version": version}


def quiet(command: SetQuiet) -> dict[str, Any]:
    """Return a member's wish."""
    return {"member_id": str(command.member_id), "quiet_until": _time(command.until)}


def weariness(member_id: MemberId, history: MemberHistory, decided: Decision, within: int) -> dict[str, Any]:
    """Return how often a member was asked and answered, and whether it may be asked now."""
    asked = len(history.askings)
    answered = sum(one.answered for one in history.askings)
    return {
        "member_id": str(member_id),
        "asked": asked,
        "answered": answered,
        "response": round(answered / asked, 4) if asked else None,
        "recently_asked": within,
        "unanswered_in_a_row": history.unanswered,
        "last_asked_at": _time(history.askings[-1].at) if history.askings else None,
        "quiet_until": _time(history.quiet_until),
        **decision(decided),
    }


def level(one: Level | None) -> dict[str, Any] | None:
    """Return a level."""
    return one and {"level": one.key, "points": one.points, "name": {"zh": one.zh, "en": one.en}}


def standing_of_member(member_id: MemberId, settled: int, waiting: int, deeds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the points of a member, its level and what is missing to the next."""
    above = next_level(settled)
    return {
        "member_id": str(member_id),
        "points": settled,
        "waiting": waiting,
        "level": level(level_of(settled)),
        "next": level(above),
        "missing": above.points - settled if above else 0,
        "deeds": deeds,
    }


def organiser(member_id: MemberId, record: Record, honours: Mapping[str, datetime], *, money: bool) -> dict[str, Any]:
    """Return what an organiser has done and carries; its income only where ``money`` may be shown."""
    income = [Money(minor, currency).to_wire() for currency, minor in record.income_minor.items()]
    return {
        "member_id": str(member_id),
        "load": str(record.load),
        "running": record.running,
        "recent": record.recent,
        "settled": record.settled,
        "failed": record.failed,
        "seats": record.seats,
        "duties": record.duties,
        "income": income if money else None,
        "honours": [
            {"honour": one.key, "name": {"zh": one.zh, "en": one.en}, "awarded_at": format_time(honours[one.key])}
            for one in HONOURS
            if one.key in honours
        ],
    }


def roster(seen: Roster) -> dict[str, Any]:
    """Return a rota: who is on duty, who comes next, and who was."""
    return {
        "community_id": str(seen.rota.community_id),
        "member_ids": [str(one) for one in seen.rota.member_ids],
        "days": seen.rota.days,
        "version": seen.rota.version,
        "on_duty": turn(seen.on_duty, seen.now) if seen.on_duty else None,
        "turns": [turn(one, seen.now) for one in seen.turns],
    }


def turn(one: Turn, now: datetime) -> dict[str, Any]:
    """Return a turn of duty, for its own community."""
    return {
        "turn_id": str(one.turn_id),
        "number": one.number,
        "member_id": str(one.member_id),
        "starts_at": format_time(one.starts_at),
        "ends_at": format_time(one.ends_at),
        "state": str(one.state),
        "overdue": one.is_overdue(now),
        "note": one.note,
        "handed_over_at": _time(one.handed_over_at),
        "taken_over_at": _time(one.taken_over_at),
    }


def _time(time: datetime | None) -> str | None:
    return None if time is None else format_time(time)
