"""At whose prices an offer is made: each community alone at its own, a joint campaign at one table. SHARING.md."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from services.kernel.errors import InvalidError
from services.kernel.ids import CommunityId
from services.supplier.domain.matches import Share
from services.supplier.domain.model import Supplier
from services.supplier.domain.offers import Offer
from services.supplier.domain.price_models import Joint


@dataclass(frozen=True, slots=True)
class Made:
    """An offer at the prices of those communities that it is made to together."""

    offer: Offer
    communities: tuple[Share, ...]

    @property
    def people(self) -> int:
        """How many take part, as far as somebody has said."""
        return sum(share.people for share in self.communities)


def offer_for(offer: Offer, supplier: Supplier, community_id: CommunityId | None) -> Offer | None:
    """Return the offer at the prices of one community; None where a table of its own does not fit it any more."""
    prices = supplier.access_of(community_id).prices
    if prices is None:
        return offer
    try:
        return replace(offer, terms=prices.terms_of(offer.offer_id, offer.terms))
    except InvalidError:
        # The offer was revised and its table was not: nobody may be asked a price that nobody has set.
        return None


def made_to_best(offer: Offer, supplier: Supplier, shares: Sequence[Share]) -> Made | None:
    """Return the offer for those of the communities with which it serves most people; None where it serves nobody.

    One campaign has one table of tiers. So those at the prices of all are one group, and each with prices of its own
    is another one, unless it takes part at the prices of all where there are several. Among groups of equal size the
    joint one is taken, then the one whose community comes first.
    """
    usable = [share for share in shares if supplier.is_usable_in(share.community_id)]
    joint = [share for share in usable if _joins(offer, supplier, share.community_id)]
    alone = [[share] for share in usable if share not in joint]
    made = [one for group in ([joint] if joint else []) + alone if (one := _made(offer, supplier, group)) is not None]
    # max() takes the first of equals, and the joint group stands first.
    return max(made, key=lambda one: one.people, default=None)


def made_to_all(offer: Offer, supplier: Supplier, community_ids: Collection[CommunityId]) -> Offer | None:
    """Return the offer at the one table for all of the communities together, or None where there is none."""
    shares = [Share(one, 0) for one in community_ids]
    if len(shares) > 1 and not all(_joins(offer, supplier, share.community_id) for share in shares):
        return None
    made = _made(offer, supplier, shares)
    return made.offer if made else None


def _joins(offer: Offer, supplier: Supplier, community_id: CommunityId) -> bool:
    prices = supplier.access_of(community_id).prices
    return prices is None or not prices.changes(offer.offer_id) or prices.joint is Joint.BASE


def _made(offer: Offer, supplier: Supplier, group: Sequence[Share]) -> Made | None:
    if len(group) > 1:
        return Made(offer, tuple(group))
    own = offer_for(offer, supplier, group[0].community_id)
    return Made(own, tuple(group)) if own else None
