"""Tenders, bids and negotiations together with what their reader may see of them."""

from dataclasses import dataclass

from services.kernel.caller import Caller, Role
from services.kernel.ids import CommunityId
from services.supplier.domain.agreements import Agreement
from services.supplier.domain.model import Supplier
from services.supplier.domain.negotiations import Negotiation
from services.supplier.domain.tender_ranking import Ranked
from services.supplier.domain.tenders import Bid, BidState, Tender


def bid_is_visible_to(caller: Caller, supplier: Supplier) -> bool:
    """Tell whether the caller may read an open bid: the bidder, communities that may use it, the node operator."""
    if caller.role is Role.SUPPLIER:
        return caller.supplier_id == supplier.supplier_id
    return caller.is_node_operator or supplier.is_usable_in(caller.community_id)


@dataclass(frozen=True, slots=True)
class SealedBid:
    """The receipt of a bid: only who put it in is told the nonce before bids are opened."""

    bid: Bid
    nonce: str | None = None


@dataclass(frozen=True, slots=True)
class BidCard:
    """A bid as ``caller`` sees it. ``of`` counts the bids that fit; a bidder sees places, and no points."""

    bid: Bid
    supplier: Supplier
    ranked: Ranked | None
    negotiation: Negotiation | None
    of: int
    caller: Caller

    @property
    def is_open(self) -> bool:
        """Whether its content is shown."""
        return self.bid.state is BidState.OPEN and bid_is_visible_to(self.caller, self.supplier)

    @property
    def shows_points(self) -> bool:
        """Whether points are shown; they are relative to the prices of others, which no bidder is told."""
        return self.caller.role is not Role.SUPPLIER


@dataclass(frozen=True, slots=True)
class TenderCard:
    """A tender as ``caller`` sees it, on a node that hides counts below ``k``: aggregates only, and no ceiling."""

    tender: Tender
    bids: tuple[BidCard, ...]
    agreement: Agreement | None
    caller: Caller
    k: int

    @property
    def shares(self) -> list[tuple[CommunityId, int | None]]:
        """The people of each community; None where they are too few to be shown to others."""
        return [
            (share.community_id, share.people if self._is_told(share.community_id, share.people) else None)
            for share in self.tender.pool.communities
        ]

    @property
    def people_exact(self) -> bool:
        """Whether nothing is hidden."""
        return all(people is not None for _, people in self.shares)

    @property
    def people(self) -> int:
        """The sum of what is shown."""
        return sum(people or 0 for _, people in self.shares)

    @property
    def shown_agreement(self) -> Agreement | None:
        """The agreement, for those who take part in it."""
        return self.agreement if self.agreement and self.agreement.is_visible_to(self.caller) else None

    @property
    def tells_outcome(self) -> bool:
        """Whether the reader learns which bid was chosen and why: those who decide, and the chosen bidder."""
        chosen = self.tender.chosen_bid_id
        own = any(card.bid.bid_id == chosen for card in self.bids)
        return self.caller.role is not Role.SUPPLIER or own

    @property
    def tells_reasons(self) -> bool:
        """Whether the reader learns why the tender failed: the counts are of the bids of others."""
        return self.caller.role is not Role.SUPPLIER

    def _is_told(self, community_id: CommunityId, people: int) -> bool:
        return people >= self.k or self.caller.sees(community_id)
