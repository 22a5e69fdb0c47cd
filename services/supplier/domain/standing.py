"""The life of a match in one table. MATCHES.md shows the same table to people; a test compares the two."""

from dataclasses import dataclass
from enum import StrEnum


class MatchState(StrEnum):
    """What others are shown of where a match stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


# A pool that has one of these has, or will have, its campaign.
LIVE = (MatchState.PROPOSED, MatchState.CONFIRMED, MatchState.WITHDRAWN)


class Standing(StrEnum):
    """Where a match stands, finer than its state: what news of a campaign would still mean for it."""

    WAITING = "waiting"  # proposed, and no campaign was opened on it: only then can it expire
    OPENED = "opened"  # proposed, and held as long as its campaign lasts
    CONFIRMED = "confirmed"
    EXPIRED = "expired"  # a campaign that was quicker than the timer may bring it back
    LEFT = "left"  # expired because its supplier withdrew; a campaign may have been opened on it in the meantime
    OVER = "over"  # expired, and so has its campaign
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What can happen to a match."""

    OPEN = "open"
    CONFIRM = "confirm"
    RECOUNT = "recount"
    RELEASE = "release"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    LEAVE = "leave"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Line:
    """Where a step leads, what causes it, and which events tell it."""

    next: Standing
    by: str
    told: str = "-"


_SOLD = "campaign_confirmed.v1, campaign_rematched.v1"
_ENDED = "campaign_failed.v1, campaign_cancelled.v1, match_declined.v1"
_CONFIRMED = Line(Standing.CONFIRMED, _SOLD, "slot_confirmed.v1, slot_released.v1")
_RELEASED = Line(Standing.RELEASED, _ENDED, "slot_released.v1")
_OVER = Line(Standing.OVER, _ENDED)
_OPENED = Line(Standing.OPENED, "campaign_opened.v1, campaign_rematched.v1")
_REMOVED = "remove_supplier, supplier_grade_changed.v1"
_WITHDRAWN = Line(Standing.WITHDRAWN, f"withdraw_match, {_REMOVED}", "supplier_withdrew.v1")

TRANSITIONS: dict[tuple[Standing, Step], Line] = {
    (Standing.WAITING, Step.OPEN): _OPENED,
    (Standing.WAITING, Step.CONFIRM): _CONFIRMED,
    (Standing.WAITING, Step.RELEASE): _RELEASED,
    (Standing.WAITING, Step.EXPIRE): Line(
        Standing.EXPIRED,
        f"timer, withdraw_offer, pool_dissolved.v1, suspend_supplier, {_REMOVED}",
        "match_expired.v1, slot_released.v1",
    ),
    (Standing.WAITING, Step.WITHDRAW): Line(Standing.LEFT, "withdraw_match", "match_expired.v1, slot_released.v1"),
    (Standing.OPENED, Step.CONFIRM): _CONFIRMED,
    (Standing.OPENED, Step.RELEASE): _RELEASED,
    (Standing.OPENED, Step.WITHDRAW): _WITHDRAWN,
    (Standing.CONFIRMED, Step.RECOUNT): Line(
        Standing.CONFIRMED, "campaign_confirmed.v1", "slot_confirmed.v1, slot_released.v1"
    ),
    (Standing.CONFIRMED, Step.RELEASE): _RELEASED,
    (Standing.CONFIRMED, Step.WITHDRAW): _WITHDRAWN,
    (Standing.EXPIRED, Step.OPEN): _OPENED,
    (Standing.EXPIRED, Step.CONFIRM): Line(Standing.CONFIRMED, _SOLD, "slot_confirmed.v1"),
    (Standing.EXPIRED, Step.CLOSE): _OVER,
    (Standing.LEFT, Step.LEAVE): Line(Standing.WITHDRAWN, f"campaign_opened.v1, {_SOLD}", "supplier_withdrew.v1"),
    (Standing.LEFT, Step.CLOSE): _OVER,
}

STATE_OF: dict[Standing, MatchState] = {
    Standing.WAITING: MatchState.PROPOSED,
    Standing.OPENED: MatchState.PROPOSED,
    Standing.CONFIRMED: MatchState.CONFIRMED,
    Standing.EXPIRED: MatchState.EXPIRED,
    Standing.LEFT: MatchState.EXPIRED,
    Standing.OVER: MatchState.EXPIRED,
    Standing.RELEASED: MatchState.RELEASED,
    Standing.WITHDRAWN: MatchState.WITHDRAWN,
}
