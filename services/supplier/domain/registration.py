"""What the registry keeps of one supplier, how it moves by the table, and what is remembered of each move."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from services.kernel.caller import Caller, Role
from services.kernel.ids import CommunityId, SupplierId
from services.supplier.domain.errors import StandingError, SuspensionNotYoursError
from services.supplier.domain.registry import SHOWN, TRANSITIONS, Act, Grade, Line, Stage, SupplierStanding


class Hand(StrEnum):
    """What somebody has decided about an admitted supplier, whatever its grade."""

    NONE = "none"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Authority(IntEnum):
    """Whose decision it was: only the same or a higher one takes it back."""

    COMMUNITY = 1
    SUPERVISOR = 2
    NODE = 3

    @classmethod
    def of(cls, caller: Caller) -> "Authority":
        """Return the authority of somebody who may decide about a supplier at all."""
        if caller.is_node_operator or caller.supervises_node:
            return cls.NODE
        return cls.SUPERVISOR if caller.role is Role.QUALITY_SUPERVISOR else cls.COMMUNITY


_GRADED = {
    Grade.PROBATION: Stage.PROBATION,
    Grade.A: Stage.GRADE_A,
    Grade.B: Stage.GRADE_B,
    Grade.C: Stage.GRADE_C,
}


@dataclass(frozen=True, slots=True)
class Registration:
    """What the registry keeps of a supplier. ``grade`` is reputation's, which is noted even while it has no effect."""

    supplier_id: SupplierId
    community_id: CommunityId
    admitted: bool
    reviewing: bool
    hand: Hand
    authority: Authority | None
    grade: Grade
    grade_version: int
    since: datetime
    version: int

    @classmethod
    def new(cls, supplier_id: SupplierId, community_id: CommunityId, now: datetime) -> "Registration":
        """Return that of a supplier of which nothing is known yet."""
        return cls(supplier_id, community_id, False, False, Hand.NONE, None, Grade.PROBATION, 0, now, 1)

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        if self.reviewing:
            first = not self.admitted and self.hand is Hand.NONE
            return Stage.UNDER_REVIEW if first else Stage.RENEWING
        if self.hand is Hand.REMOVED:
            return Stage.REMOVED_BY_HAND
        if not self.admitted:
            return Stage.REGISTERED
        if self.grade is Grade.REMOVED:
            return Stage.REMOVED_BY_GRADE
        out = self.grade is Grade.SUSPENDED
        if self.hand is Hand.SUSPENDED:
            return Stage.SUSPENDED_BY_BOTH if out else Stage.SUSPENDED_BY_HAND
        return Stage.SUSPENDED_BY_GRADE if out else _GRADED[self.grade]

    @property
    def standing(self) -> SupplierStanding:
        """What others are shown."""
        return SHOWN[self.stage]

    @property
    def acts(self) -> tuple[Act, ...]:
        """What can happen to it now."""
        return tuple(act for stage, act in TRANSITIONS if stage is self.stage)

    def require(self, act: Act) -> Line:
        """Return the line of the table, or raise ``StandingError`` where there is none."""
        line = TRANSITIONS.get((self.stage, act))
        if line is None:
            allowed = [str(one) for one in self.acts if one is not Act.GRADE]
            message = f"the supplier is {self.standing} and cannot {act}"
            raise StandingError(message, state=str(self.standing), stage=str(self.stage), allowed=allowed)
        return line

    def require_authority(self, authority: Authority) -> None:
        """Raise ``SuspensionNotYoursError`` where a higher authority has suspended or removed it."""
        if self.authority is not None and authority < self.authority:
            raise SuspensionNotYoursError(
                "this was decided by a higher authority",
                state=str(self.standing),
                decided_by=self.authority.name.lower(),
            )

    def take(self, act: Act, now: datetime, **changes: Any) -> "Registration":
        """Return it after an act; ``since`` moves only where the stage does."""
        line = self.require(act)
        after = replace(self, **{**_EFFECTS[act], **changes, "version": self.version + 1})
        if after.stage not in line.next:
            raise AssertionError(f"{self.stage} {act} leads to {after.stage}, which is not in the table")
        return replace(after, since=self.since if after.stage is self.stage else now)


_CLEAN = {"hand": Hand.NONE, "authority": None, "grade": Grade.PROBATION}
_EFFECTS: dict[Act, dict[str, Any]] = {
    Act.ADMIT: {"admitted": True, **_CLEAN},
    Act.SUBMIT: {"reviewing": True},
    Act.APPROVE: {"admitted": True, "reviewing": False, **_CLEAN},
    Act.REJECT: {"reviewing": False},
    Act.GRADE: {},
    Act.SUSPEND: {"hand": Hand.SUSPENDED},
    Act.LIFT: {"hand": Hand.NONE, "authority": None},
    Act.REMOVE: {"hand": Hand.REMOVED, "reviewing": False},
    Act.RENEW: {"reviewing": True},
}


@dataclass(frozen=True, slots=True)
class Why:
    """Why a supplier moved: a stable code, the same in two languages, and what the decider wrote, if anybody did."""

    code: str
    zh: str
    en: str
    text: str | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, code: str, text: str | None = None) -> "Why":
        """Return one of our own reasons."""
        return cls(code, *WHY[code], text)


WHY: dict[str, tuple[str, str]] = {
    "admitted_by_policy": ("登记即准入试用", "Admitted to probation as soon as it was registered"),
    "submitted": ("已提交审核", "Submitted for review"),
    "approved": ("审核通过，进入试用", "Approved, on probation now"),
    "rejected": ("审核未通过", "Not approved"),
    "suspended": ("被暂停：不接新单，已有团购照常完成", "Suspended: nothing new, what runs is completed"),
    "lifted": ("暂停已解除", "The suspension was lifted"),
    "removed": ("已清退", "Removed"),
    "renewal_asked": ("申请恢复，等待审核", "Asks to come back and waits for a review"),
    "renewed": ("审核通过，恢复为试用", "Approved again, back on probation"),
    "renewal_rejected": ("恢复申请未通过", "It may not come back"),
    "graded": ("评级变动", "Its grade changed"),
}


@dataclass(frozen=True, slots=True)
class StandingChange:
    """One line of the history. ``by`` is who decided it, a token or a member; None is the policy or the grade."""

    supplier_id: SupplierId
    number: int
    before: Stage
    stage: Stage
    act: Act
    at: datetime
    by: str | None
    why: Why

    @property
    def is_seen(self) -> bool:
        """Whether others are shown another standing than before."""
        return SHOWN[self.before] is not SHOWN[self.stage]
