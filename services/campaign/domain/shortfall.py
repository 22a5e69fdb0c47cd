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
from services.campaign.domain.purse import give_back
from services.campaign.domain.terms import FULL_BP
from services.kernel.ids import CommitmentId, TransferId, new_id
from services.kernel.money import Money


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
    """Give back what was not delivered, and to no-shows what their rule says; ``covers`` are pending."""
    parts, transfers = [], []
    for one in (*(c for c in crowd.live if c.state is Standing.PAID), *crowd.dropouts):
        campaign, part, moved = _shrink(campaign, one, missed=one.commitment_id in no_shows)
        parts.append(part)
        transfers += moved
    lessened, freed = _lessen(campaign, covers)
    return Shortfall(campaign, _as_they_stand(crowd, parts, freed), tuple(parts), (*transfers, *lessened))


def _shrink(campaign: Campaign, one: Commitment, *, missed: bool) -> tuple[Campaign, Part, Sequence[Transfer]]:
    """Both parts are what remains when what stays is rounded down, which is in the member's favour."""
    price = one.net - one.withheld
    undelivered = price - held_part(campaign, price)
    fee = held_part(campaign, one.kept)
    first = give_back(campaign, replace(one, kept=fee), undelivered, "refund", "undelivered")
    served = first.commitment.net - one.withheld - fee
    bp = campaign.terms.cancellation.no_show_bp if missed else 0
    no_show = served - Money(served.minor * (FULL_BP - bp) // FULL_BP, served.currency)
    second = give_back(first.campaign, first.commitment, no_show, "refund", "no_show")
    part = Part(second.commitment, undelivered, no_show)
    return second.campaign, part, (*first.transfers, *second.transfers)


def held_part(campaign: Campaign, amount: Money) -> Money:
    """Return the part of an amount that the sessions which were held have in all of them, rounded down."""
    return Money(amount.minor * campaign.sessions_held // len(campaign.terms.times), amount.currency)


def _lessen(campaign: Campaign, covers: Iterable[Transfer]) -> tuple[list[Transfer], dict[str, Money]]:
    """Set less aside where less was delivered; return the transfers, and what each fund has again."""
    transfers, freed = [], {}
    for cover in covers:
        part = held_part(campaign, cover.amount)
        if part == cover.amount:
            continue
        transfers.append(ledger.ending(cover, Phase.VOID))
        if part:
            again = {"transfer_id": TransferId(new_id()), "key": f"{cover.key}:held", "amount": part}
            transfers.append(replace(cover, **again))
        freed[cover.debit] = freed.get(cover.debit, Money.zero(part.currency)) + cover.amount - part
    return transfers, freed


def _as_they_stand(crowd: Crowd, parts: Iterable[Part], freed: Mapping[str, Money]) -> Crowd:
    found = {part.commitment.commitment_id: part.commitment for part in parts}
    again = {one: freed.get(ledger.fund_account(one), Money.zero(money.currency)) for one, money in crowd.funds.items()}
    funds = {one: money + again[one] for one, money in crowd.funds.items()}
    live = tuple(found.get(one.commitment_id, one) for one in crowd.live)
    left = tuple(found.get(one.commitment_id, one) for one in crowd.dropouts)
    return replace(crowd, live=live, dropouts=left, funds=funds)
