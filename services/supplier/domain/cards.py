"""What is shown to whom: a thing together with what its reader may see of it."""

from dataclasses import dataclass
from datetime import datetime

from services.kernel.caller import Caller
from services.kernel.ids import CommunityId
from services.supplier.domain.explanation import Parts
from services.supplier.domain.matches import Match, Share
from services.supplier.domain.model import Qualification, Score, Supplier
from services.supplier.domain.offers import Offer, Slot


@dataclass(frozen=True, slots=True)
class SupplierCard:
    """A supplier as ``caller`` sees it."""

    supplier: Supplier
    score: Score | None
    caller: Caller

    @property
    def contact(self) -> str | None:
        """The contact, for those whose supplier it is."""
        return self.supplier.contact if self.supplier.is_insider(self.caller) else None

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
    """An offer with the name of its supplier and the slots to be shown."""

    offer: Offer
    supplier_name: str
    slots: tuple[Slot, ...]


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
        return Parts(price, match.distance_km, match.score, match.score_low, served, self.people_exact)

    def _visible(self, share: Share) -> int | None:
        own = self.caller.sees(share.community_id)
        return share.people if own or share.people >= self.k else None


def is_listed(slot: Slot, now: datetime) -> bool:
    """Tell whether a list of offers shows the slot: what has begun is left out."""
    return slot.span.start > now
