"""What happened in demand, in its own words; outbound.py turns it into what others are told."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from services.kernel.ids import CommunityId

if TYPE_CHECKING:
    from services.demand.domain.model import Community, Member
    from services.demand.domain.pool import Pool
    from services.demand.domain.signals import Signal


@dataclass(frozen=True, slots=True)
class CommunityRegistered:
    """A community joined the node."""

    community: "Community"


@dataclass(frozen=True, slots=True)
class CommunityChanged:
    """A community has another name, place, locale or merge policy."""

    community: "Community"


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """A community has a new member."""

    member: "Member"


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """A member was edited."""

    member: "Member"


@dataclass(frozen=True, slots=True)
class SignalPlaced:
    """Somebody wants something."""

    signal: "Signal"


@dataclass(frozen=True, slots=True)
class SignalChanged:
    """Somebody wants it otherwise."""

    signal: "Signal"


@dataclass(frozen=True, slots=True)
class SignalWithdrawn:
    """Somebody no longer wants it (``withdrawn``), or waited in vain (``expired``)."""

    signal: "Signal"
    reason: str


@dataclass(frozen=True, slots=True)
class PoolFormed:
    """A pool began to gather."""

    pool: "Pool"


@dataclass(frozen=True, slots=True)
class PoolChanged:
    """Who is in the pool, what they have in common, or its state is different; ``gathered``: nothing but its signals
    or a consent made it so.
    """

    pool: "Pool"
    gathered: bool = False


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """A community is asked whether it shares the pool, and until when."""

    pool: "Pool"
    community_id: CommunityId
    consent_by: datetime


@dataclass(frozen=True, slots=True)
class PoolReady:
    """The pool stopped gathering and looks for suppliers."""

    pool: "Pool"


@dataclass(frozen=True, slots=True)
class PoolDissolved:
    """Nobody is in the pool any more."""

    pool: "Pool"
    reason: str


@dataclass(frozen=True, slots=True)
class PoolsRearranged:
    """Signals came into the pool: ``split`` or ``joined`` by hand, or ``reoptimised`` for a ``gain`` in people."""

    pool: "Pool"
    cause: str
    gain: int | None


Event = (
    CommunityRegistered
    | CommunityChanged
    | MemberJoined
    | MemberChanged
    | SignalPlaced
    | SignalChanged
    | SignalWithdrawn
    | PoolFormed
    | PoolChanged
    | ConsentAsked
    | PoolReady
    | PoolsRearranged
    | PoolDissolved
)
