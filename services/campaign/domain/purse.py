"""The purse: money moves on the campaign, on the commitment and in the ledger together, or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.campaign.domain import ledger
from services.campaign.domain.ledger import Phase, Transfer
from services.campaign.domain.model import OFFLINE, Campaign, Commitment
from services.campaign.domain.terms import FULL_BP
from services.kernel.ids import CommunityId
from services.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Moved:
    """What a movement of money leaves behind."""

    campaign: Campaign
    commitment: Commitment
    transfers: tuple[Transfer, ...] = ()


def pay_in(campaign: Campaign, commitment: Commitment, pending: Transfer | None = None) -> Moved:
    """Put the full amount into escrow; ``pending`` is what a provider was asked for, and is posted with it."""
    paid = replace(commitment, paid=commitment.amount, provider=pending.provider if pending else OFFLINE)
    came = ledger.payment(paid) if pending is None else ledger.ending(pending, Phase.POST, paid.receipt)
    return Moved(replace(campaign, paid=campaign.paid + commitment.amount), paid, (came,))


def give_back(
    campaign: Campaign,
    commitment: Commitment,
    amount: Money,
    kind: str = "refund",
    cause: str = "",
    fund: Money | None = None,
) -> Moved:
    """Give a member ``amount`` back.

    What was already released has to come back first: cash is settled with those who got it at once, a provider has to
    return its splits (all but the supplier's part, who is the payee), and until then that part is ``owed``. ``fund`` is
    what the community's fund can return at most, if that was asked; the supplier returns what it cannot.
    """
    if not amount:
        return Moved(campaign, commitment)
    lacking = amount - min(amount, commitment.held)
    taken = _take_back(campaign, commitment, lacking, cause or kind, fund) if lacking else ()
    owed = total([one.amount for one in taken if one.phase is Phase.PENDING], amount.currency)
    campaign, commitment = _returned(campaign, commitment, lacking - owed)
    now = amount - owed
    campaign = replace(campaign, refunded=campaign.refunded + now, owed=campaign.owed + owed)
    commitment = replace(commitment, refunded=commitment.refunded + now, owed=commitment.owed + owed)
    refund = (ledger.to_member(kind, commitment, now, cause),) if now else ()
    return Moved(campaign, commitment, (*taken, *refund))


def recall(campaign: Campaign, commitment: Commitment, cause: str, fund: Money) -> Moved:
    """Take back into escrow what was released of a commitment: who got it will not serve for it.

    That is cash: of a payment at a provider nothing is released before the settlement. What the community's fund
    has spent of it (it can return ``fund``) the supplier returns.
    """
    amount = commitment.released
    if not amount:
        return Moved(campaign, commitment)
    taken = _take_back(campaign, commitment, amount, cause, fund)
    campaign, commitment = _returned(campaign, commitment, amount)
    return Moved(campaign, commitment, taken)


def left_in(funds: Mapping[CommunityId, Money], one: Commitment, moved: Moved) -> Mapping[CommunityId, Money]:
    """Return what common funds can still pay after that of a commitment's community returned its part."""
    account = ledger.fund_account(one.community_id)
    back = [each.amount for each in moved.transfers if each.kind == "return" and each.debit == account]
    if not back:
        return funds
    return {**funds, one.community_id: funds[one.community_id] - total(back, back[0].currency)}


def came_back(campaign: Campaign, commitment: Commitment, amount: Money, cause: str) -> Moved:
    """Give the member what a provider has returned to escrow and what was owed until then."""
    campaign, commitment = _returned(campaign, commitment, amount)
    due = min(amount, commitment.owed)
    campaign = replace(campaign, owed=campaign.owed - due, refunded=campaign.refunded + due)
    commitment = replace(commitment, owed=commitment.owed - due, refunded=commitment.refunded + due)
    refund = (ledger.to_member("refund", commitment, due, f"returned:{cause}"),) if due else ()
    return Moved(campaign, commitment, refund)


def _returned(campaign: Campaign, commitment: Commitment, amount: Money) -> tuple[Campaign, Commitment]:
    released = replace(campaign, released=campaign.released - amount)
    return released, replace(commitment, released=commitment.released - amount)


def _take_back(
    campaign: Campaign, commitment: Commitment, amount: Money, cause: str, fund: Money | None
) -> tuple[Transfer, ...]:
    parts = dict(split(campaign, commitment, amount))
    supplier, _, of_fund, _ = receivers(campaign, commitment)
    if fund is not None and parts.get(of_fund, fund) > fund:
        lacking = parts[of_fund] - fund
        parts |= {of_fund: fund, supplier: parts.get(supplier, Money.zero(amount.currency)) + lacking}
    return tuple(ledger.take_back(commitment, giver, cause, part) for giver, part in parts.items() if part)


def receivers(campaign: Campaign, commitment: Commitment) -> tuple[str, str, str, str]:
    """Return the accounts of supplier, organiser, community fund and platform: the fund is that of the member's own
    community, to which its purchase brings something.
    """
    terms, organiser = campaign.terms, campaign.organiser
    owner = None if organiser is None else organiser.member_id or organiser.community_id
    return (
        ledger.supplier_account(terms.supplier_id),
        ledger.organiser_account(owner or commitment.community_id),
        ledger.fund_account(commitment.community_id),
        ledger.PLATFORM,
    )


def split(campaign: Campaign, commitment: Commitment, amount: Money) -> list[tuple[str, Money]]:
    """Divide an amount among the receivers by the shares of the offer, to the fen (largest remainder)."""
    parts = amount.split(campaign.terms.shares.weights)
    return [(to, part) for to, part in zip(receivers(campaign, commitment), parts, strict=True) if part]


def due(commitment: Commitment, bp: int) -> Money:
    """Return what the receivers are to have of a commitment when ``bp`` basis points are reached, rounded down.

    What is withheld from a drop-out is nobody's yet. The last stage reaches all of it, so nothing is left over.
    """
    settled = commitment.net - commitment.withheld
    return Money(settled.minor * bp // FULL_BP, settled.currency)


def release(
    campaign: Campaign, commitments: Iterable[Commitment], stage: str, bp: int
) -> tuple[Campaign, tuple[Commitment, ...], tuple[Transfer, ...]]:
    """Release what is due at ``bp`` and was not released before; frozen commitments are left alone.

    Cash goes to each receiver in one transfer for all commitments, a payment at a provider by splits of its own. A
    provider lets a payee have all that is left or nothing (see providers/port.py), so with it the stages are promises,
    and the money moves when all of it is due and nothing of it is owed to the member.
    """
    changed, transfers, cash = [], [], {}
    for one in commitments:
        more = due(one, bp) - one.released
        if one.frozen or more.minor <= 0 or (one.provider != OFFLINE and (bp < FULL_BP or one.owed)):
            continue
        changed.append(replace(one, released=one.released + more))
        for to, part in split(campaign, one, more):
            if one.provider == OFFLINE:
                cash[to] = cash.get(to, Money.zero(part.currency)) + part
            else:
                transfers.append(ledger.release(campaign, to, stage, part, one))
    transfers += [ledger.release(campaign, to, stage, amount) for to, amount in cash.items()]
    given = total([transfer.amount for transfer in transfers], campaign.terms.currency)
    return replace(campaign, released=campaign.released + given), tuple(changed), tuple(transfers)


def total(amounts: Sequence[Money], currency: str) -> Money:
    """Return the sum of amounts of one currency."""
    return Money(sum(amount.minor for amount in amounts), currency)
