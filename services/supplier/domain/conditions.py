"""The conditions of an offer that are about money: when it is released, who gets which part, what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import pairwise

from services.kernel.errors import InvalidError
from services.kernel.quantity import require_count, require_number

WHOLE_BP = 10_000  # basis points: 100 %
# What WeChat Pay lets a merchant split off unless it has applied for more (微信支付分账比例上限).
MAX_SPLIT_BP = 3_000
MAX_STEPS = 10
MAX_HOURS_BEFORE = 366 * 24


class Stage(StrEnum):
    """When money is released, in this order; ``session`` is split evenly over the sessions as each is held."""

    CONFIRMED = "confirmed"
    SESSION = "session"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class ReleaseStage:
    """At ``stage`` the part ``share_bp`` of the money is released."""

    stage: Stage
    share_bp: int


DEFAULT_RELEASE = (
    ReleaseStage(Stage.CONFIRMED, 3000),
    ReleaseStage(Stage.DELIVERED, 5000),
    ReleaseStage(Stage.ACCEPTED, 2000),
)


def _require_bp(value: int, field: str) -> None:
    require_count(value, field, least=0, most=WHOLE_BP)


def _require_whole(total: int, field: str) -> None:
    if total != WHOLE_BP:
        raise InvalidError(field, f"adds up to {total} basis points", f"{WHOLE_BP} basis points")


def check_release(release: Sequence[ReleaseStage]) -> None:
    """Raise ``InvalidError`` unless each stage comes once, in order, and all of the money is released."""
    stages = [part.stage for part in release]
    if not stages or stages != [stage for stage in Stage if stage in stages]:
        raise InvalidError("release", "repeats a stage or has them out of order", ", ".join(Stage))
    for index, part in enumerate(release):
        _require_bp(part.share_bp, f"release.{index}.share_bp")
    _require_whole(sum(part.share_bp for part in release), "release")


@dataclass(frozen=True, slots=True)
class Shares:
    """Who gets which part of every release."""

    supplier_bp: int = WHOLE_BP
    organiser_bp: int = 0
    community_bp: int = 0
    platform_bp: int = 0

    def __post_init__(self) -> None:
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, share in parts.items():
            _require_bp(share, f"shares.{name}")
        _require_whole(sum(parts.values()), "shares")
        split = WHOLE_BP - self.supplier_bp
        if split > MAX_SPLIT_BP:
            raise InvalidError(
                "shares",
                f"gives {split} basis points to organiser, community and platform together",
                f"at most {MAX_SPLIT_BP}, the default maximum that WeChat Pay lets a merchant split off",
            )


ALL_TO_THE_SUPPLIER = Shares()


@dataclass(frozen=True, slots=True)
class CancellationStep:
    """Who leaves at least ``hours_before`` hours before the first start gets ``refund_bp`` back."""

    hours_before: float
    refund_bp: int


DEFAULT_STEPS = (CancellationStep(72, WHOLE_BP), CancellationStep(24, 5000))


def _check_step(before: CancellationStep, step: CancellationStep, field: str) -> None:
    if step.hours_before >= before.hours_before:
        raise InvalidError(
            f"{field}.hours_before", f"{step.hours_before} does not descend", f"less than {before.hours_before}"
        )
    if step.refund_bp > before.refund_bp:
        # Otherwise it would pay to wait, which is what the steps are to prevent.
        raise InvalidError(f"{field}.refund_bp", f"{step.refund_bp} rises", f"at most {before.refund_bp}")


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What comes back to who leaves a confirmed campaign, by time and by cause; after the last step nothing does."""

    steps: tuple[CancellationStep, ...] = DEFAULT_STEPS
    weather_bp: int = WHOLE_BP
    illness_bp: int = 5000
    no_show_bp: int = 0

    def __post_init__(self) -> None:
        for name in ("weather_bp", "illness_bp", "no_show_bp"):
            _require_bp(getattr(self, name), f"cancellation.{name}")
        if len(self.steps) > MAX_STEPS:
            raise InvalidError("cancellation.steps", f"has {len(self.steps)} steps", f"at most {MAX_STEPS} steps")
        for index, step in enumerate(self.steps):
            require_number(step.hours_before, f"cancellation.steps.{index}.hours_before", most=MAX_HOURS_BEFORE)
            _require_bp(step.refund_bp, f"cancellation.steps.{index}.refund_bp")
        for index, (before, step) in enumerate(pairwise(self.steps), start=1):
            _check_step(before, step, f"cancellation.steps.{index}")


DEFAULT_CANCELLATION = Cancellation()
