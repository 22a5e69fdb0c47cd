"""What others ask of the supplier service, already read and checked for shape."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.kernel.caller import Caller
from services.kernel.geo import Place
from services.kernel.ids import CampaignId, CommunityId, MatchId, OfferId, PoolId, QualificationId, SlotId, SupplierId
from services.kernel.timespan import Timespan
from services.supplier.domain.admission import AdmissionPolicy
from services.supplier.domain.calendars import Calendar
from services.supplier.domain.matching import ReadyPool
from services.supplier.domain.model import Score, Sharing
from services.supplier.domain.registration import Why
from services.supplier.domain.registry import Grade
from services.supplier.domain.terms import Terms


@dataclass(frozen=True, slots=True)
class RegisterSupplier:
    """Register a supplier for ``community_id``, by default the caller's."""

    caller: Caller
    community_id: CommunityId | None
    name: str
    contact: str | None
    place: Place
    sharing: Sharing


@dataclass(frozen=True, slots=True)
class ChangeSupplier:
    """Set the ``changes`` (of name, contact, place, sharing) if the version is still ``if_match`` (None: any)."""

    caller: Caller
    supplier_id: SupplierId
    if_match: str | None
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SubmitQualification:
    """Show a paper."""

    caller: Caller
    supplier_id: SupplierId
    kind: str
    issuer: str
    number: str
    expires_at: datetime
    document_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewQualification:
    """Approve or reject a paper."""

    caller: Caller
    qualification_id: QualificationId
    approved: bool
    reason: str


@dataclass(frozen=True, slots=True)
class MoveSupplier:
    """Submit, suspend, remove or renew a supplier, or lift its suspension; ``text`` says why."""

    caller: Caller
    supplier_id: SupplierId
    text: str | None


@dataclass(frozen=True, slots=True)
class DecideSupplier:
    """Decide on the review of a supplier."""

    caller: Caller
    supplier_id: SupplierId
    approved: bool
    text: str


@dataclass(frozen=True, slots=True)
class SetAdmission:
    """Set what a community asks of the suppliers that it registers."""

    caller: Caller
    policy: AdmissionPolicy


@dataclass(frozen=True, slots=True)
class KnowGrade:
    """Reputation has given a supplier another grade; ``version`` tells a newer one from an older one."""

    supplier_id: SupplierId
    grade: Grade
    why: Why
    version: int


@dataclass(frozen=True, slots=True)
class NewSlot:
    """A time with so many seats, in one session or several."""

    span: Timespan
    sessions: tuple[Timespan, ...]
    capacity: int


@dataclass(frozen=True, slots=True)
class PublishOffer:
    """Put an offer on the market. ``terms`` are all but the place, which is by default the supplier's."""

    caller: Caller
    supplier_id: SupplierId
    place: Place | None
    terms: Mapping[str, Any]
    slots: tuple[NewSlot, ...]
    calendar: Calendar | None = None

    def terms_at(self, home: Place) -> Terms:
        """Return the terms of an offer by a supplier whose place is ``home``; raise ``InvalidError``."""
        return Terms(place=self.place or home, **self.terms)


@dataclass(frozen=True, slots=True)
class WithdrawOffer:
    """Take an offer from the market."""

    caller: Caller
    offer_id: OfferId


@dataclass(frozen=True, slots=True)
class AddSlot:
    """Add a time to an offer."""

    caller: Caller
    offer_id: OfferId
    slot: NewSlot


@dataclass(frozen=True, slots=True)
class ProposeMatch:
    """Hold seats of a slot for communities, by default the caller's, without a pool."""

    caller: Caller
    offer_id: OfferId
    slot_id: SlotId
    seats: int
    community_ids: tuple[CommunityId, ...] | None
    choices: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WithdrawMatch:
    """The supplier cannot do what was matched, and says why."""

    caller: Caller
    match_id: MatchId
    reason: str


@dataclass(frozen=True, slots=True)
class MatchReadyPool:
    """Find suppliers for a pool; ``version`` tells a newer state of the pool from an older one."""

    pool: ReadyPool
    version: int


@dataclass(frozen=True, slots=True)
class DissolvePool:
    """Forget a pool and free what is held for it."""

    pool_id: PoolId
    category: str
    version: int


@dataclass(frozen=True, slots=True)
class HoldForCampaign:
    """A campaign was opened on a match: its seats stay held."""

    match_id: MatchId
    campaign_id: CampaignId


@dataclass(frozen=True, slots=True)
class ConfirmSeats:
    """A campaign was confirmed: so many seats are sold."""

    match_id: MatchId
    campaign_id: CampaignId
    seats: int


@dataclass(frozen=True, slots=True)
class TakeReplacement:
    """A campaign goes on with the match that was proposed in place of a withdrawn one.

    Of a group that is formed so many seats are sold; one that still sells holds all of them.
    """

    match_id: MatchId
    campaign_id: CampaignId
    replaces_match_id: MatchId
    seats: int
    formed: bool = True


@dataclass(frozen=True, slots=True)
class DeclineMatch:
    """A campaign does not want a match that was proposed to it."""

    match_id: MatchId
    campaign_id: CampaignId
    reason: str


@dataclass(frozen=True, slots=True)
class ReleaseSeats:
    """A campaign failed or was cancelled: its seats are free."""

    match_id: MatchId
    campaign_id: CampaignId


@dataclass(frozen=True, slots=True)
class KnowCommunity:
    """A community exists on this node."""

    community_id: CommunityId


@dataclass(frozen=True, slots=True)
class KnowScore:
    """Reputation has a new score of a supplier."""

    score: Score
