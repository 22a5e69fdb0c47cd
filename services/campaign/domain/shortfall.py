"""What was not delivered comes back: each net price shrinks to the part of the sessions that were held.

That goes for the price of those who took part, for the fees of those who left, and for what common funds set aside for
a lost tier: nobody pays for what nobody got.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from services.campaign.domain import ledger
from services.campaign.domain.closing import Crowd
from services.campaign.domain.ledger import Phase, Transfer
from services.campaign.domain.model import Campaign, Commitment, Standing
from services.campaign.domain.purse import Moved, give_back, left_in
from services.campaign.domain.terms import FULL_BP
from services.kernel.ids import CommitmentId, CommunityId, TransferId, new_id
from services.kernel.money import Money

# What common funds can still pay.
Funds = Mapping[CommunityId, Money]


@dataclass(frozen=True, slots=True)
class Part:
    """What one commitment gets back, and how it stands then."""

    commitment: Commitment
    undelivered: Money
    no_show: Money


@dataclass(frozen=True, slots=True)
class Shortfall:
    """All of it: the campaign and everybody as they stand then, and the money that moves."""

    campaign: Campaign
    crowd: Crowd
    parts: tuple[Part, ...]
    transfers: tuple[Transfer, ...]


def give_parts_back(
    campaign: Campaign, crowd: Crowd, no_shows: Set[CommitmentId], covers: Sequence[Transfer]
) -> Shortfall:
    """Give back what was not delivered, and to no-shows what their rule says; ``covers`` are pending.

    Also where a dispute has frozen the rest of a commitment: that is not what they quarrel about.
    """
    lessened, funds = _lessen(campaign, covers, crowd.funds)
    parts, transfers = [], []
    for one in (*(c for c in crowd.live if c.state is Standing.PAID), *crowd.dropouts):
        part, moved, funds = _shrink(campaign, one, funds, missed=one.commitment_id in no_shows)
        campaign = moved.campaign
        parts.append(part)
        transfers += moved.transfers
    return Shortfall(campaign, _as_they_stand(crowd, parts, funds), tuple(parts), (*lessened, *transfers))


def _shrink(campaign: Campaign, one: Commitment, funds: Funds, *, missed: bool) -> tuple[Part, Moved, Funds]:
    """Both parts are what remains when what stays is rounded down, which is in the member's favour."""
    price, none = one.net - one.withheld, Money.zero(one.price.currency)
    undelivered = price - held_part(campaign, price)
    fee = held_part(campaign, one.kept)
    fund = funds.get(one.community_id, none)
    first = give_back(campaign, replace(one, kept=fee), undelivered, "refund", "undelivered", fund)
    funds = left_in(funds, one, first)
    served = first.commitment.net - one.withheld - fee
    bp = campaign.terms.cancellation.no_show_bp if missed else 0
    no_show = served - Money(served.minor * (FULL_BP - bp) // FULL_BP, served.currency)
    fund = funds.get(one.community_id, none)
    second = give_back(first.campaign, first.commitment, no_show, "refund", "no_show", fund)
    moved = replace(second, transfers=(*first.transfers, *second.transfers))
    return Part(second.commitment, undelivered, no_show), moved, left_in(funds, one, second)


def held_part(campaign: Campaign, amount: Money) -> Money:
    """Return the part of an amount that the sessions which were held have in all of them, rounded down."""
    return Money(amount.minor * campaign.sessions_held // len(campaign.terms.times), amount.currency)


def _lessen(campaign: Campaign, covers: Iterable[Transfer], funds: Funds) -> tuple[list[Transfer], Funds]:
    """Set less aside where less was delivered; return the transfers, and what funds can pay then."""
    transfers, able = [], dict(funds)
    owners = {ledger.fund_account(community_id): community_id for community_id in funds}
    for cover in covers:
        part = held_part(campaign, cover.amount)
        if part == cover.amount:
            continue
        transfers.append(ledger.ending(cover, Phase.VOID))
        if part:
            again = {"transfer_id": TransferId(new_id()), "key": f"{cover.key}:held", "amount": part}
            transfers.append(replace(cover, **again))
        able[owners[cover.debit]] += cover.amount - part
    return transfers, able


def _as_they_stand(crowd: Crowd, parts: Iterable[Part], funds: Funds) -> Crowd:
    found = {part.commitment.commitment_id: part.commitment for part in parts}
    live = tuple(found.get(one.commitment_id, one) for one in crowd.live)
    left = tuple(found.get(one.commitment_id, one) for one in crowd.dropouts)
    return replace(crowd, live=live, dropouts=left, funds=funds)
