"""What is shown to whom: a thing together with what its reader may see of it."""

from dataclasses import dataclass
from datetime import datetime

from services.kernel.caller import Caller, Role
from services.kernel.ids import CommunityId
from services.supplier.domain.explanation import Parts
from services.supplier.domain.matches import Match, Share
from services.supplier.domain.model import Qualification, Score, Supplier
from services.supplier.domain.offers import Offer, Slot
from services.supplier.domain.permissions import OWN, Access, Contact, Permission
from services.supplier.domain.pricing import offer_for

ITSELF = Access(frozenset({Permission.SEE, Permission.EDIT}), Contact.ALWAYS)
ACTING = (Role.COMMUNITY_OPERATOR, Role.ORGANISER)  # to whom a community's knowledge of a contact is told


@dataclass(frozen=True, slots=True)
class SupplierCard:
    """A supplier as ``caller`` sees it. ``confirmed``: its community has a confirmed match that is not long over."""

    supplier: Supplier
    score: Score | None
    caller: Caller
    confirmed: bool = False

    @property
    def access(self) -> Access:
        """What the caller may do with it by who it is; its role may allow less."""
        if self.caller.role is Role.SUPPLIER:
            return ITSELF
        if self.caller.supervises_node:
            return Access(frozenset({Permission.SEE}))
        return OWN if self.caller.is_node_operator else self.supplier.access_of(self.caller.community_id)

    @property
    def contact(self) -> str | None:
        """The contact, for those whose supplier it is, and those who act for a community that needs it."""
        if self.supplier.is_insider(self.caller):
            return self.supplier.contact
        rule = self.access.contact
        told = rule is Contact.ALWAYS or (rule is Contact.WHEN_CONFIRMED and self.confirmed)
        return self.supplier.contact if told and self.caller.role in ACTING else None

    @property
    def shared_with(self) -> list[CommunityId]:
        """The named communities; another community sees only itself among them."""
        named = sorted(self.supplier.sharing.community_ids)
        if self.supplier.is_insider(self.caller):
            return named
        return [community_id for community_id in named if community_id == self.caller.community_id]


@dataclass(frozen=True, slots=True)
class QualificationCard:
    """A paper as ``caller`` sees it; ``community_id`` registered its supplier."""

    qualification: Qualification
    community_id: CommunityId
    caller: Caller

    @property
    def reviewed_by(self) -> str | None:
        """Who reviewed it, which is nobody's business outside the community of the reviewer."""
        own = self.caller.sees(self.community_id) or self.caller.supervises(self.community_id)
        return self.qualification.reviewed_by if own else None


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer with the name of its supplier and the slots to be shown; ``own_prices``: they are the reader's own."""

    offer: Offer
    supplier_name: str
    slots: tuple[Slot, ...]
    own_prices: bool = False


def card_for(offer: Offer, supplier: Supplier, caller: Caller, slots: tuple[Slot, ...] = ()) -> OfferCard | None:
    """Return an offer at the prices of the reader's community, or None where it cannot have it at any."""
    reader = None if caller.role is Role.SUPPLIER else caller.community_id
    seen = offer_for(offer, supplier, reader)
    return OfferCard(seen, supplier.name, slots, own_prices=seen.terms != offer.terms) if seen else None


@dataclass(frozen=True, slots=True)
class MatchCard:
    """A match as ``caller`` sees it, on a node that hides counts of others below ``k``."""

    match: Match
    caller: Caller
    k: int

    @property
    def shares(self) -> list[tuple[CommunityId, int | None]]:
        """The people of each community; None where they are too few to be shown to another one."""
        return [(share.community_id, self._visible(share)) for share in self.match.communities]

    @property
    def people_exact(self) -> bool:
        """Whether nothing is hidden. The seats of a direct match are what its organiser asked for: no secret."""
        return self.match.pool_id is None or all(people is not None for _, people in self.shares)

    @property
    def people(self) -> int:
        """All the people, or the sum of the visible counts: a total would tell the hidden one."""
        return self.match.people if self.people_exact else sum(people or 0 for _, people in self.shares)

    @property
    def parts(self) -> Parts:
        """What the rank is made of, worked out from the visible people: even the price would tell more."""
        served = min(self.people, self.match.seats)
        match = self.match
        price = match.offer.terms.price_at(served)
        shown = (served, self.people_exact, match.supplier_standing)
        return Parts(price, match.distance_km, match.score, match.score_low, *shown)

    def _visible(self, share: Share) -> int | None:
        own = self.caller.sees(share.community_id)
        return share.people if own or share.people >= self.k else None


def is_listed(slot: Slot, now: datetime) -> bool:
    """Tell whether a list of offers shows the slot: what has begun is left out."""
    return slot.span.start > now
