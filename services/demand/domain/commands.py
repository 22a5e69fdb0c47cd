"""What others may ask of demand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.demand.domain.consenting import Decision, MergePolicy, MergeRule
from services.demand.domain.model import CommunityKind, Locale, MemberRole
from services.demand.domain.prices import Tier
from services.kernel.caller import Caller
from services.kernel.geo import Place
from services.kernel.money import Money
from services.kernel.timespan import Timespan


@dataclass(frozen=True, slots=True)
class RegisterCommunity:
    """Let a community join the node."""

    caller: Caller
    name: str
    kind: CommunityKind
    place: Place
    time_zone: str
    locale: Locale
    merge_policy: MergePolicy
    merge_rules: tuple[MergeRule, ...] = ()
    consent_hours: float | None = None
    silence: Decision = Decision.REFUSED
    recognise: bool = False
    keep_raw: bool = False


@dataclass(frozen=True, slots=True)
class ChangeCommunity:
    """Change what is in ``changes``, if the community still has ``expected_version`` (None: whatever it has)."""

    caller: Caller
    community_id: UUID
    changes: Mapping[str, Any]
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class AddMember:
    """Add a person or household to a community."""

    caller: Caller
    community_id: UUID
    name: str
    roles: tuple[MemberRole, ...]
    contact: str | None
    household: str | None


@dataclass(frozen=True, slots=True)
class ChangeMember:
    """Change what is in ``changes``, if the member still has ``expected_version`` (None: whatever it has)."""

    caller: Caller
    community_id: UUID
    member_id: UUID
    changes: Mapping[str, Any]
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class PlaceSignal:
    """Say what somebody wants. ``member_id`` None: the caller itself. ``place`` None: where its community is.

    ``category`` None: the text decides.
    """

    caller: Caller
    member_id: UUID | None
    text: str
    category: str | None
    people: int
    ceiling: Money | None
    place: Place | None
    radius_km: float
    windows: tuple[Timespan, ...]
    minutes: int
    expires_at: datetime | None
    # The windows in words, in place of ``windows``; answers to the form of the category.
    when: str | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangeSignal:
    """Change what is in ``changes``, if the signal still has ``expected_version`` (None: whatever it has)."""

    caller: Caller
    signal_id: UUID
    changes: Mapping[str, Any]
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class WithdrawSignal:
    """Take a signal back."""

    caller: Caller
    signal_id: UUID


@dataclass(frozen=True, slots=True)
class AnswerConsent:
    """Say whether a community (None: the caller's own) shares a pool with others."""

    caller: Caller
    pool_id: UUID
    community_id: UUID | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class ReadyPool:
    """End the gathering of a pool before its time."""

    caller: Caller
    pool_id: UUID


@dataclass(frozen=True, slots=True)
class SplitPool:
    """Take signals of a community (None: the caller's own; all of them, or those named) out of a pool."""

    caller: Caller
    pool_id: UUID
    community_id: UUID | None
    signal_ids: tuple[UUID, ...] | None
    reason: str


@dataclass(frozen=True, slots=True)
class JoinPools:
    """Move signals of a community (None: the caller's own; all of them, or those named) into another pool."""

    caller: Caller
    pool_id: UUID
    into_pool_id: UUID
    community_id: UUID | None
    signal_ids: tuple[UUID, ...] | None
    reason: str


@dataclass(frozen=True, slots=True)
class GatherWaiting:
    """Put the open signals of a partition into pools."""

    partition: str


@dataclass(frozen=True, slots=True)
class NoteOffer:
    """Note what an offer costs, or that it was withdrawn; ``news`` is the version of the message."""

    offer_id: UUID
    supplier_id: UUID
    category: str
    tiers: tuple[Tier, ...]
    currency: str | None
    withdrawn: bool
    news: int


@dataclass(frozen=True, slots=True)
class NoteSupplier:
    """Note whose a supplier is, and who else may use it (``mode`` none, named or all)."""

    supplier_id: UUID
    community_id: UUID
    mode: str
    community_ids: tuple[UUID, ...]
    news: int


@dataclass(frozen=True, slots=True)
class MatchPool:
    """Note that a supplier was found; ``pool_id`` None when the match was not made for a pool."""

    match_id: UUID
    pool_id: UUID | None


@dataclass(frozen=True, slots=True)
class ExpireMatch:
    """Note that a match is gone; ``pool_id`` None when it was not made for a pool."""

    match_id: UUID
    pool_id: UUID | None


@dataclass(frozen=True, slots=True)
class NoteUnmatched:
    """Note why no supplier was found; ``news`` is the version of the message."""

    pool_id: UUID
    reasons: Mapping[str, int]
    news: int


@dataclass(frozen=True, slots=True)
class ServePool:
    """Note that a campaign was opened for these communities of a pool."""

    campaign_id: UUID
    pool_id: UUID | None
    community_ids: frozenset[UUID]
    news: int


@dataclass(frozen=True, slots=True)
class ReleasePool:
    """Note that a campaign ended without a service: ``campaign_failed`` or ``campaign_cancelled``.

    ``lost_match_id`` is its match if that goes with it even where the campaign was a draft, None otherwise.
    """

    campaign_id: UUID
    pool_id: UUID | None
    reason: str
    news: int
    lost_match_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FulfilPool:
    """Note that a campaign was settled."""

    campaign_id: UUID
    pool_id: UUID | None
    news: int
