"""What has happened in the supplier service; ``outbound`` turns it into the contract's payloads."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.kernel.ids import CampaignId, CommunityId, MatchId, PoolId, SupplierId
from services.supplier.domain.matches import ExpiryReason, Match
from services.supplier.domain.model import Qualification, Supplier
from services.supplier.domain.offers import Offer
from services.supplier.domain.permissions import EndedBy, Grant
from services.supplier.domain.registration import Registration, StandingChange
from services.supplier.domain.reminders import Reminder
from services.supplier.domain.visits.plans import VisitPlan


@dataclass(frozen=True, slots=True)
class SupplierRegistered:
    """A community registered a supplier."""

    supplier: Supplier


@dataclass(frozen=True, slots=True)
class SupplierChanged:
    """A supplier, or with whom it is shared, changed."""

    supplier: Supplier


@dataclass(frozen=True, slots=True)
class PermissionsChanged:
    """A community lets another do something with a supplier, or does not any more."""

    grant: Grant


@dataclass(frozen=True, slots=True)
class SupplierLeft:
    """Nothing leads from a supplier to a community any more."""

    supplier_id: SupplierId
    community_id: CommunityId
    by: EndedBy


@dataclass(frozen=True, slots=True)
class QualificationReviewed:
    """A paper was approved or rejected."""

    qualification: Qualification


@dataclass(frozen=True, slots=True)
class QualificationExpired:
    """A paper ran out."""

    qualification: Qualification


@dataclass(frozen=True, slots=True)
class QualificationExpiring:
    """A supplier is reminded that a paper runs out; ``community_id`` registered it."""

    reminder: Reminder
    community_id: CommunityId


@dataclass(frozen=True, slots=True)
class StandingChanged:
    """A supplier stands elsewhere than before, for others to see."""

    registration: Registration
    change: StandingChange


@dataclass(frozen=True, slots=True)
class OfferPaused:
    """An offer waits for a paper; ``running`` are the matches on which there are campaigns."""

    offer: Offer
    running: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class OfferResumed:
    """An offer is back on the market."""

    offer: Offer
    running: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class OfferPublished:
    """An offer came to the market."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class OfferRevised:
    """An offer has other terms than before; what was proposed or booked on it keeps its own."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class OfferWithdrawn:
    """An offer left the market."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class MatchProposed:
    """Seats are held for communities."""

    match: Match


@dataclass(frozen=True, slots=True)
class MatchExpired:
    """Nobody opened a campaign while the seats were held."""

    match: Match
    reason: ExpiryReason


@dataclass(frozen=True, slots=True)
class SupplierWithdrew:
    """A supplier withdrew from a match on which there is a campaign."""

    match: Match


@dataclass(frozen=True, slots=True)
class ReplacementMissing:
    """No offer can take the place of a withdrawn match; ``reasons`` counts the offers that were ruled out."""

    match_id: MatchId
    campaign_id: CampaignId
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PoolUnmatched:
    """No offer fits a pool; ``reasons`` counts the offers that were ruled out."""

    pool_id: PoolId
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SlotConfirmed:
    """Seats of a slot are sold."""

    match: Match
    campaign_id: CampaignId
    seats: int


@dataclass(frozen=True, slots=True)
class SlotReleased:
    """Seats of a slot that were held are free again."""

    match: Match
    seats: int


@dataclass(frozen=True, slots=True)
class VisitPlanned:
    """The visits of a match are planned, for the first time or anew."""

    plan: VisitPlan


Event = (
    SupplierRegistered
    | SupplierChanged
    | PermissionsChanged
    | SupplierLeft
    | StandingChanged
    | QualificationReviewed
    | QualificationExpired
    | QualificationExpiring
    | OfferPaused
    | OfferResumed
    | OfferPublished
    | OfferRevised
    | OfferWithdrawn
    | MatchProposed
    | MatchExpired
    | SupplierWithdrew
    | ReplacementMissing
    | PoolUnmatched
    | SlotConfirmed
    | SlotReleased
    | VisitPlanned
)
