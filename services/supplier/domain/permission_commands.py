"""What others ask about permissions, already read and checked for shape."""

from dataclasses import dataclass
from datetime import datetime

from services.kernel.caller import Caller
from services.kernel.ids import CommunityId, GrantId, SupplierId
from services.supplier.domain.permissions import Access, Grant


@dataclass(frozen=True, slots=True)
class GrantPermissions:
    """Let ``receiver_id`` (None: all communities of the node) do something with a supplier.

    The granter is by default the caller's community. What it gave the same receiver before is replaced.
    """

    caller: Caller
    supplier_id: SupplierId
    granter_id: CommunityId | None
    receiver_id: CommunityId | None
    access: Access
    ends_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class EndGrant:
    """Take a grant back, or give it up."""

    caller: Caller
    grant_id: GrantId
    reason: str | None


@dataclass(frozen=True, slots=True)
class LeaveSupplier:
    """End everything that leads from a supplier to a community, by default the caller's."""

    caller: Caller
    supplier_id: SupplierId
    community_id: CommunityId | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class GrantCard:
    """A grant as it is shown to those who may know of it."""

    grant: Grant
    live: bool


@dataclass(frozen=True, slots=True)
class Departure:
    """That a community has nothing to do with a supplier any more."""

    supplier_id: SupplierId
    community_id: CommunityId
    ended_grants: int
