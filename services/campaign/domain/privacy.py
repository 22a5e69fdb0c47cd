"""What a caller may see of the counts of others: none of another community below the node's k."""

from dataclasses import dataclass

from services.campaign.domain.errors import CampaignUnknownError
from services.campaign.domain.model import Campaign, Commitment, Share
from services.kernel.caller import Caller, Role
from services.kernel.ids import CommunityId

# Who acts for the members of a community, and sees what they do.
MANAGERS = (Role.ORGANISER, Role.COMMUNITY_OPERATOR, Role.PARTNER)


@dataclass(frozen=True, slots=True)
class SeenShare:
    """One community as the caller sees it; None where a count is hidden."""

    community_id: CommunityId
    people: int | None
    paid_seats: int | None
    own: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """The counts as the caller sees them. ``exact`` and ``money_exact`` tell whether totals hide nothing."""

    shares: tuple[SeenShare, ...]
    paid_seats: int
    reserved_seats: int
    exact: bool
    money_exact: bool


def takes_part(campaign: Campaign, caller: Caller) -> bool:
    """Tell whether the caller may know of the campaign at all: its communities, its supplier, the node operator."""
    if caller.is_node_operator:
        return True
    if caller.supplier_id is not None:
        return caller.supplier_id == campaign.terms.supplier_id
    return caller.community_id in campaign.terms.communities


def known(campaign: Campaign | None, caller: Caller) -> Campaign:
    """Return the campaign if the caller takes part in it; raise ``CampaignUnknownError`` otherwise."""
    if campaign is None or not takes_part(campaign, caller):
        raise CampaignUnknownError("there is no such campaign")
    return campaign


def may_see(commitment: Commitment, caller: Caller) -> bool:
    """Tell whether the caller may know of a commitment: its member, who manages its community, the node operator."""
    if caller.role is Role.MEMBER:
        return caller.member_id == commitment.member_id and caller.sees(commitment.community_id)
    return caller.manages and caller.sees(commitment.community_id)


def sight_of(campaign: Campaign, shares: tuple[Share, ...], caller: Caller, k: int) -> Sight:
    """Return the counts for this caller."""
    if caller.is_node_operator:
        seen = tuple(SeenShare(s.community_id, s.people, s.paid_seats, False) for s in shares)
        return Sight(seen, campaign.paid_seats, campaign.reserved_seats, True, True)
    if caller.community_id is None:
        return _for_the_supplier(campaign, shares, k)
    own = [share.community_id == caller.community_id for share in shares]
    seen = tuple(_share(share, mine, k) for share, mine in zip(shares, own, strict=True))
    reserved = sum(s.reserved_seats for s, mine in zip(shares, own, strict=True) if mine or s.reserved_seats >= k)
    paid = sum(share.paid_seats or 0 for share in seen)
    # Money would tell of those who paid and left again, so it is hidden until the community is k or never paid.
    money = all(mine or s.joined_seats == 0 or s.paid_seats >= k for s, mine in zip(shares, own, strict=True))
    return Sight(seen, paid, reserved, all(share.paid_seats is not None for share in seen), money)


def _share(share: Share, own: bool, k: int) -> SeenShare:
    if own:
        return SeenShare(share.community_id, share.people, share.paid_seats, True)
    return SeenShare(share.community_id, hidden(share.people, k), hidden(share.paid_seats, k), False)


def _for_the_supplier(campaign: Campaign, shares: tuple[Share, ...], k: int) -> Sight:
    # A supplier needs the totals. One hidden part beside a total could be worked out, so then all parts are hidden.
    people = all(hidden(s.people, k) is not None for s in shares)
    paid = all(hidden(s.paid_seats, k) is not None for s in shares)
    seen = tuple(
        SeenShare(s.community_id, s.people if people else None, s.paid_seats if paid else None, False) for s in shares
    )
    return Sight(seen, campaign.paid_seats, campaign.reserved_seats, True, True)


def hidden(count: int, k: int) -> int | None:
    """Return a count, or None where it tells of some people but of fewer than ``k``."""
    return None if 0 < count < k else count
