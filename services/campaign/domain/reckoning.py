"""The reckoning: what is missing when drop-outs lost a tier that others were promised, and who bears it.

Whoever stays pays what was quoted or less. The supplier was promised the tier that the group really reached; the gap
between the two is borne by the rule that was fixed before opening: by the supplier (nothing moves), by those who
dropped out, up to their deposits, or by the common funds of their communities. What the bearer cannot cover, the
supplier bears.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.campaign.domain import ledger
from services.campaign.domain.ledger import Phase, Transfer
from services.campaign.domain.model import Campaign, Commitment, Share
from services.campaign.domain.purse import give_back, total
from services.campaign.domain.rules import Bearer
from services.kernel.ids import CommunityId, TransferId, new_id
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What came of it: those who got the rest of their deposit back, and what funds set aside."""

    campaign: Campaign
    changed: tuple[Commitment, ...] = ()
    transfers: tuple[Transfer, ...] = ()


def gap(price: Money, charged: Sequence[tuple[Money, int]]) -> Money:
    """Return what is missing when seats for which ``price`` is due are ``charged`` (price per seat, seats) less."""
    short = [max(price - each, Money.zero(price.currency)) * seats for each, seats in charged]
    return total(short, price.currency)


def reckon(
    campaign: Campaign,
    missing: Money,
    payers: Sequence[Commitment],
    shares: Sequence[Share],
    funds: Mapping[CommunityId, Money],
    cause: str,
) -> Reckoning:
    """Cover ``missing`` by the campaign's rule; ``funds`` is what funds can pay.

    ``payers`` are those who dropped out and those who stay: who gave up some of its seats left a deposit as well.
    Deposits bear it in proportion to themselves, funds in proportion to the seats that their members gave up; both are
    divided by largest remainder. A deposit that is not needed goes back at once.
    """
    bearer = campaign.rules.tier_loss.bearer
    if bearer is Bearer.FUND and missing:
        return Reckoning(campaign, transfers=_from_funds(campaign, missing, shares, funds, cause))
    depositors = [one for one in payers if one.withheld]
    used = min(missing, total([one.withheld for one in depositors], missing.currency))
    parts = used.split([one.withheld.minor for one in depositors]) if depositors else []
    changed, transfers = [], []
    for one, part in zip(depositors, parts, strict=True):
        back = one.withheld - part
        one = replace(one, kept=one.kept + part, withheld=Money.zero(missing.currency))
        moved = give_back(campaign, one, back, "refund", f"deposit:{cause}")
        campaign = moved.campaign
        changed.append(moved.commitment)
        transfers += moved.transfers
    return Reckoning(campaign, tuple(changed), tuple(transfers))


def _from_funds(
    campaign: Campaign, missing: Money, shares: Sequence[Share], funds: Mapping[CommunityId, Money], cause: str
) -> tuple[Transfer, ...]:
    dropped = [share for share in shares if share.dropped_seats]
    if not dropped:
        return ()
    none = Money.zero(missing.currency)
    parts = missing.split([share.dropped_seats for share in dropped])
    able = [min(part, funds.get(share.community_id, none)) for share, part in zip(dropped, parts, strict=True)]
    return tuple(
        _cover(campaign, share.community_id, amount, cause)
        for share, amount in zip(dropped, able, strict=True)
        if amount
    )


def _cover(campaign: Campaign, community_id: CommunityId, amount: Money, cause: str) -> Transfer:
    """Set the amount aside in the fund: it is posted when the campaign is settled, voided when it is called off."""
    fund = ledger.fund_account(community_id)
    supplier = ledger.supplier_account(campaign.terms.supplier_id)
    key = f"cover:{campaign.campaign_id}:{community_id}:{cause}"
    return Transfer(
        TransferId(new_id()), key, "cover", fund, supplier, amount, campaign.campaign_id, phase=Phase.PENDING
    )
