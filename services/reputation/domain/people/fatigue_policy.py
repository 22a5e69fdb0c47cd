"""How often the members of a community may be asked: numbers that the community sets, with defaults that are kind."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any

from services.kernel.errors import InvalidError
from services.kernel.quantity import require_count

MAX_DAYS = 366
MAX_QUIET = 50
BP = 10_000


@dataclass(frozen=True, slots=True)
class FatiguePolicy:
    """The policy of one community. Hours and days are of its own clock; ``quiet_days`` include both ends.

    A member is asked at most ``per_member`` times in ``per_days`` days, at least ``gap_hours`` apart, ``per_campaign``
    times to the same campaign, and rests ``member_rest_days`` after ``patience`` askings in a row without an answer.
    The community makes at most ``rounds`` rounds in ``per_days`` days, and rests ``community_rest_days`` after
    ``weak_rounds`` rounds in a row that fewer than ``least_response_bp`` / 10 000 answered within ``answer_hours``.
    """

    per_member: int = 3
    per_days: int = 7
    gap_hours: int = 20
    per_campaign: int = 2
    patience: int = 6
    member_rest_days: int = 30
    rounds: int = 5
    weak_rounds: int = 3
    least_response_bp: int = 500
    answer_hours: int = 48
    community_rest_days: int = 5
    quiet_from: time = time(21)
    quiet_to: time = time(9)
    quiet_days: tuple[tuple[date, date], ...] = ()

    def __post_init__(self) -> None:
        for name, least, most in (
            ("per_member", 1, 100),
            ("per_days", 1, MAX_DAYS),
            ("gap_hours", 0, 24 * MAX_DAYS),
            ("per_campaign", 1, 20),
            ("patience", 1, 100),
            ("member_rest_days", 0, MAX_DAYS),
            ("rounds", 1, 100),
            ("weak_rounds", 1, 100),
            ("least_response_bp", 0, BP),
            ("answer_hours", 0, 24 * MAX_DAYS),
            ("community_rest_days", 0, MAX_DAYS),
        ):
            require_count(getattr(self, name), name, least=least, most=most)
        if len(self.quiet_days) > MAX_QUIET:
            raise InvalidError("quiet_days", f"has {len(self.quiet_days)} spans", f"at most {MAX_QUIET}")
        for index, (first, last) in enumerate(self.quiet_days):
            if last < first:
                raise InvalidError(f"quiet_days.{index}.last", f"{last} is before {first}", f"{first} or a later day")


def policy_to(policy: FatiguePolicy) -> dict[str, Any]:
    """Return the policy as JSON: times as ``HH:MM``, spans of days as objects."""
    plain = {one.name: getattr(policy, one.name) for one in fields(policy)}
    spans = [{"first": first.isoformat(), "last": last.isoformat()} for first, last in policy.quiet_days]
    clock = {name: getattr(policy, name).strftime("%H:%M") for name in ("quiet_from", "quiet_to")}
    return {**plain, **clock, "quiet_days": spans}


def policy_from(kept: Mapping[str, Any]) -> FatiguePolicy:
    """Read a policy of which some fields are given; the others have their defaults. Raises ``InvalidError``."""
    values = {name: kept[name] for name in (one.name for one in fields(FatiguePolicy)) if name in kept}
    for name in ("quiet_from", "quiet_to"):
        if name in values:
            values[name] = _clock(values[name], name)
    if "quiet_days" in values:
        values["quiet_days"] = tuple(_span(span, index) for index, span in enumerate(values["quiet_days"]))
    return FatiguePolicy(**values)


def _clock(text: Any, field: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").time()
    except (TypeError, ValueError):
        raise InvalidError(field, f"{text!r} is no time of day", "hours and minutes, such as 21:30") from None


def _span(span: Mapping[str, Any], index: int) -> tuple[date, date]:
    found = []
    for name in ("first", "last"):
        try:
            found.append(date.fromisoformat(span[name]))
        except (KeyError, TypeError, ValueError):
            raise InvalidError(f"quiet_days.{index}.{name}", "is no day", "a day such as 2026-10-01") from None
    return found[0], found[1]
