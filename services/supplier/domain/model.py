"""Suppliers, whom they are shared with, and the papers that they show."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.kernel.caller import Caller, Role
from services.kernel.clock import format_time
from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.ids import CommunityId, QualificationId, SupplierId
from services.supplier.domain.errors import QualificationDecidedError
from services.supplier.domain.permissions import NOTHING, OWN, SHARED, Access, Grant, Link, Permission, in_order, reach
from services.supplier.domain.registry import SupplierStanding

UNMASKED = 4  # digits of a qualification number that a view shows, never more than half of it


class SharingMode(StrEnum):
    """How far a supplier is shared beyond the community that registered it."""

    NONE = "none"
    NAMED = "named"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Sharing:
    """``community_ids`` are named exactly when the mode is NAMED."""

    mode: SharingMode = SharingMode.NONE
    community_ids: frozenset[CommunityId] = frozenset()

    def __post_init__(self) -> None:
        if self.mode is SharingMode.NAMED and not self.community_ids:
            raise InvalidError("sharing.community_ids", "is empty", "at least one community when the mode is named")
        if self.mode is not SharingMode.NAMED and self.community_ids:
            raise InvalidError("sharing.community_ids", "is given", f"nothing when the mode is {self.mode}")

    def includes(self, community_id: CommunityId) -> bool:
        """Tell whether a community that did not register the supplier sees it."""
        return self.mode is SharingMode.ALL or community_id in self.community_ids

    def without(self, community_id: CommunityId) -> "Sharing":
        """Return it without a named community; with nobody left nobody is named."""
        if self.mode is not SharingMode.NAMED:
            return self
        named = self.community_ids - {community_id}
        return Sharing(SharingMode.NAMED, named) if named else Sharing()

    def widens(self, before: "Sharing") -> bool:
        """Tell whether somebody may see the supplier now who could not before."""
        if before.mode is SharingMode.ALL:
            return False
        return self.mode is SharingMode.ALL or bool(self.community_ids - before.community_ids)


class SupplierState(StrEnum):
    """Whether a supplier is offered to anybody; it follows from the standing."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Supplier:
    """Somebody who renders services, registered by one community and shared with others as that one decides.

    ``grants`` are those that were live when it was loaded; ``left`` are communities that have given it up, or whom it
    has: nothing reaches them but a new grant that names them.
    """

    supplier_id: SupplierId
    community_id: CommunityId
    name: str
    contact: str | None
    place: Place
    sharing: Sharing
    state: SupplierState
    version: int
    created_at: datetime
    left: frozenset[CommunityId] = frozenset()
    grants: tuple[Grant, ...] = ()
    standing: SupplierStanding = SupplierStanding.PROBATION

    def access_of(self, community_id: CommunityId | None) -> Access:
        """Return what a community may do with the supplier, by all that leads to it."""
        if community_id is None:
            return NOTHING
        if community_id == self.community_id:
            return OWN
        if community_id in self.left:
            return NOTHING
        if not self.grants:
            return SHARED if self.sharing.includes(community_id) else NOTHING
        held, _ = reach(self.community_id, self.links, self.left)
        return held.get(community_id, NOTHING).joined_with(held.get(None, NOTHING))

    def passable_by(self, community_id: CommunityId | None) -> Access:
        """Return what a community may let others do at most."""
        if community_id is None:
            return NOTHING
        return reach(self.community_id, self.links, self.left)[1].get(community_id, NOTHING)

    @property
    def links(self) -> tuple[Link, ...]:
        """The grants, and the short form of sharing as links of the owner, behind the grants that name somebody."""
        grants = in_order(self.grants)
        named = [Link(self.community_id, one, SHARED) for one in sorted(self.sharing.community_ids)]
        to_all = [Link(self.community_id, None, SHARED)] if self.sharing.mode is SharingMode.ALL else []
        given = [grant.link for grant in grants if grant.receiver_id is not None]
        return (*given, *named, *(grant.link for grant in grants if grant.receiver_id is None), *to_all)

    def may(self, community_id: CommunityId | None, permission: Permission) -> bool:
        """Tell whether a community may do this with the supplier."""
        return permission in self.access_of(community_id).permissions

    def is_visible_in(self, community_id: CommunityId | None) -> bool:
        """Tell whether a community may know of the supplier at all."""
        return self.may(community_id, Permission.SEE)

    def is_usable_in(self, community_id: CommunityId | None) -> bool:
        """Tell whether a community may begin something new with the supplier: a match, a tender, a bid."""
        return self.may(community_id, Permission.USE)

    @property
    def seen_by(self) -> "Sharing":
        """Who sees it, for those who keep a copy: of the short form, the grants, and all that hangs on them."""
        return self._those_who_may(Permission.SEE)

    @property
    def used_by(self) -> "Sharing":
        """Who may begin something new with it, by whatever way."""
        return self._those_who_may(Permission.USE)

    def _those_who_may(self, permission: Permission) -> "Sharing":
        held, _ = reach(self.community_id, self.links, self.left)
        having = {one for one, access in held.items() if permission in access.permissions}
        if None in having:
            return Sharing(SharingMode.ALL)
        return Sharing(SharingMode.NAMED, frozenset(having)) if having else Sharing()

    def is_visible_to(self, caller: Caller) -> bool:
        """Tell whether the caller may know of the supplier; ``storage.visibility`` is the same rule in SQL."""
        if caller.is_node_operator or caller.supervises_node:
            return True
        if caller.role is Role.SUPPLIER:
            return caller.supplier_id == self.supplier_id
        return self.is_visible_in(caller.community_id)

    def is_insider(self, caller: Caller) -> bool:
        """Tell whether the caller may see the contact and the full sharing: whose supplier it is, and itself."""
        if caller.role is Role.SUPPLIER:
            return caller.supplier_id == self.supplier_id
        return caller.sees(self.community_id) or caller.supervises(self.community_id)


class QualificationState(StrEnum):
    """submitted -> approved | rejected; submitted and approved -> expired; approved -> replaced by a newer one."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Qualification:
    """A paper: a licence, an insurance. Its full ``number`` is stored and never shown.

    Of the document only the SHA-256 is kept, so that whoever holds it can show that it is the one that was reviewed.
    """

    qualification_id: QualificationId
    supplier_id: SupplierId
    kind: str
    issuer: str
    number: str
    expires_at: datetime
    state: QualificationState
    reviewed_by: str | None
    reason: str | None
    created_at: datetime
    document_sha256: str | None = None

    @property
    def masked_number(self) -> str:
        """The number with all but its last four characters hidden, and never more than half of it shown."""
        shown = min(UNMASKED, len(self.number) // 2)
        return "****" + self.number[len(self.number) - shown :]

    @property
    def can_expire(self) -> bool:
        """Whether its time can still run out."""
        return self.state in (QualificationState.SUBMITTED, QualificationState.APPROVED)

    def review(self, *, approved: bool, reviewer: str, reason: str, now: datetime) -> "Qualification":
        """Decide; raise ``QualificationDecidedError`` unless it waits for a review and has not run out."""
        if self.state is not QualificationState.SUBMITTED or now >= self.expires_at:
            state = self.state if now < self.expires_at else QualificationState.EXPIRED
            raise QualificationDecidedError(f"the qualification is {state} and not reviewed again", state=str(state))
        state = QualificationState.APPROVED if approved else QualificationState.REJECTED
        return replace(self, state=state, reviewed_by=reviewer, reason=reason)

    def expire(self) -> "Qualification":
        """Let it run out; raise ``QualificationDecidedError`` where that is not possible."""
        if not self.can_expire:
            raise QualificationDecidedError(f"a {self.state} qualification does not expire", state=str(self.state))
        return replace(self, state=QualificationState.EXPIRED)

    def is_valid(self, now: datetime) -> bool:
        """Tell whether it counts: approved, and not run out even where the timer is late."""
        return self.state is QualificationState.APPROVED and now < self.expires_at

    def is_outlived_by(self, newer: "Qualification") -> bool:
        """Tell whether an approved paper of the same kind makes this one needless."""
        same = self.kind == newer.kind and self.qualification_id != newer.qualification_id
        approved = self.state is newer.state is QualificationState.APPROVED
        return same and approved and self.expires_at <= newer.expires_at

    def give_way(self) -> "Qualification":
        """Let a newer one of its kind take its place."""
        return replace(self, state=QualificationState.REPLACED)


def require_future(time: datetime, now: datetime, field: str) -> datetime:
    """Return ``time`` if it lies ahead; raise ``InvalidError`` naming ``field``."""
    if time <= now:
        raise InvalidError(field, f"{format_time(time)} is not in the future", f"a time after {format_time(now)}")
    return time


@dataclass(frozen=True, slots=True)
class Score:
    """What reputation says of a supplier: 1 to 5, with the ends of its 95 % interval."""

    supplier_id: SupplierId
    version: int
    score: float
    reviews: int
    low: float
    high: float
