"""Who may see a supplier: a copy of what the supplier service says."""

from dataclasses import dataclass
from enum import StrEnum

from services.kernel.ids import CommunityId, SupplierId


class Sharing(StrEnum):
    """With whom the registering community shares a supplier."""

    NONE = "none"
    NAMED = "named"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class SupplierCopy:
    """What this service knows of a supplier: who may see it. ``version`` orders the copies."""

    supplier_id: SupplierId
    community_id: CommunityId
    sharing: Sharing
    shared_with: frozenset[CommunityId]
    version: int

    def is_visible_in(self, community_id: CommunityId) -> bool:
        """Tell whether a community may know of the supplier."""
        named = self.sharing is Sharing.NAMED and community_id in self.shared_with
        return self.sharing is Sharing.ALL or named or community_id == self.community_id
