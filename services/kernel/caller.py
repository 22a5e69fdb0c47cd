"""Who calls: the identity that the gateway read from a token and that every query is bound to."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.kernel.errors import ForbiddenError


class Role(StrEnum):
    """What a token may do; the scope of its reach is in ``Caller``."""

    NODE_OPERATOR = "node_operator"
    COMMUNITY_OPERATOR = "community_operator"
    ORGANISER = "organiser"
    MEMBER = "member"
    SUPPLIER = "supplier"
    PARTNER = "partner"
    QUALITY_SUPERVISOR = "quality_supervisor"


@dataclass(frozen=True, slots=True)
class Caller:
    """A role and what it is bound to: only a node operator and a quality supervisor of the node to nothing."""

    token_id: str
    role: Role
    community_id: UUID | None = None
    member_id: UUID | None = None
    supplier_id: UUID | None = None

    @classmethod
    def from_wire(cls, wire: dict[str, str | None]) -> "Caller":
        """Read the ``caller`` of a request."""
        ids = {key: UUID(wire[key]) if wire.get(key) else None for key in ("community_id", "member_id", "supplier_id")}
        return cls(token_id=str(wire["token_id"]), role=Role(str(wire["role"])), **ids)

    @property
    def is_node_operator(self) -> bool:
        """Whether the caller runs the node and may see all of it."""
        return self.role is Role.NODE_OPERATOR

    @property
    def manages(self) -> bool:
        """Whether the caller acts for others of its community (organiser, operator, partner), or for all."""
        return self.role in (Role.NODE_OPERATOR, Role.COMMUNITY_OPERATOR, Role.ORGANISER, Role.PARTNER)

    def sees(self, community_id: UUID | None) -> bool:
        """Tell whether what belongs to ``community_id`` is visible to the caller at all."""
        return self.is_node_operator or (community_id is not None and community_id == self.community_id)

    @property
    def supervises_node(self) -> bool:
        """Whether the caller watches the quality of every supplier of the node."""
        return self.role is Role.QUALITY_SUPERVISOR and self.community_id is None

    def supervises(self, community_id: UUID | None) -> bool:
        """Tell whether the caller watches the quality of the suppliers that ``community_id`` registered."""
        if self.is_node_operator or self.supervises_node:
            return True
        return self.role is Role.QUALITY_SUPERVISOR and self.sees(community_id)

    def require(self, *roles: Role) -> None:
        """Raise ``ForbiddenError`` unless the caller has one of ``roles``; a node operator always passes."""
        if self.is_node_operator or self.role in roles:
            return
        raise ForbiddenError(
            f"a {self.role} token cannot do this", role=str(self.role), allowed=[str(role) for role in roles]
        )
