"""What an organiser decides before opening. Members see it before they join, and it never changes afterwards."""

from dataclasses import dataclass, field
from enum import StrEnum


class Measure(StrEnum):
    """What a threshold counts, of paid commitments only and over all communities together."""

    SEATS = "seats"
    HOUSEHOLDS = "households"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Threshold:
    """The group is formed from ``minimum`` on and full at ``maximum``; an amount is net, in minor units."""

    measure: Measure
    minimum: int
    maximum: int | None = None
    currency: str | None = None


class OnMissed(StrEnum):
    """What happens when the minimum is missed at the deadline; whatever cannot be done ends in fail."""

    FAIL = "fail"
    EXTEND = "extend"
    SMALLER_TIER = "smaller_tier"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class MissedPolicy:
    """``extend`` moves the deadline by ``extend_hours``, ``extend_times`` at most; ``merge`` asks for ``ask_hours``."""

    action: OnMissed = OnMissed.FAIL
    extend_hours: float = 0
    extend_times: int = 0
    ask_hours: float = 24


class Bearer(StrEnum):
    """Who bears what is missing when drop-outs lose a tier that others were promised."""

    SUPPLIER = "supplier"
    DROPOUTS = "dropouts"
    FUND = "fund"


@dataclass(frozen=True, slots=True)
class TierLoss:
    """``deposit_bp`` of what a drop-out paid stays until it is known whether a tier was lost; only for dropouts."""

    bearer: Bearer = Bearer.SUPPLIER
    deposit_bp: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How many seats one member, and one household, may have at the same time; None where there is no limit."""

    per_member: int | None = None
    per_household: int | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """The waiting list: an offer of free seats stands for ``offer_minutes``.

    Seats that become free are kept for the party at the head, until there are enough for all of it. From
    ``pass_hours`` before the end (the deadline, or the start of a formed group) on, the first party in the queue that
    fits gets them instead.
    """

    offer_minutes: int = 60
    pass_hours: float = 24


@dataclass(frozen=True, slots=True)
class DisputeTerms:
    """How long each part of a dispute takes: answer and consent from its opening, each mediator, the appeal."""

    answer_hours: float = 24
    consent_hours: float = 48
    mediation_hours: float = 72
    appeal_hours: float = 48


@dataclass(frozen=True, slots=True)
class Rules:
    """All of it. Payments that began before the deadline may arrive ``grace_minutes`` after it."""

    threshold: Threshold | None = None
    on_missed: MissedPolicy = field(default_factory=MissedPolicy)
    tier_loss: TierLoss = field(default_factory=TierLoss)
    limits: Limits = field(default_factory=Limits)
    queue: Queue = field(default_factory=Queue)
    grace_minutes: int = 15
    ask_hours: float = 48
    disputes: DisputeTerms = field(default_factory=DisputeTerms)
    terms_digest: str | None = None

    @property
    def counts_households(self) -> bool:
        """Whether anything depends on who lives together."""
        measured = self.threshold is not None and self.threshold.measure is Measure.HOUSEHOLDS
        return measured or self.limits.per_household is not None

    @property
    def counts_people(self) -> bool:
        """Whether a join has to look at what its member or household already has."""
        return self.counts_households or self.limits.per_member is not None
