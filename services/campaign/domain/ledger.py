"""The ledger: every movement of money is one transfer between two accounts, made once and never changed.

The balance of an account is what was credited less what was debited, so all balances of a currency sum to zero.
LEDGER.md beside the service shows the accounts and what moves when.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from uuid import UUID

from services.campaign.domain.model import Campaign, Commitment, ReleaseStage
from services.kernel.ids import CampaignId, CommitmentId, TransferId, new_id
from services.kernel.money import Money

FULL_BP = 10_000


@dataclass(frozen=True, slots=True)
class Transfer:
    """``amount`` goes from ``debit`` to ``credit``. ``key`` names the effect and exists once in the ledger."""

    transfer_id: TransferId
    key: str
    kind: str
    debit: str
    credit: str
    amount: Money
    campaign_id: CampaignId
    commitment_id: CommitmentId | None = None
    receipt: str | None = None


def member_account(member_id: UUID) -> str:
    """Return the account of what a member paid (negative) and got back."""
    return f"member:{member_id}"


def escrow_account(campaign_id: UUID) -> str:
    """Return the account that holds the money of a campaign; it is never below zero."""
    return f"escrow:{campaign_id}"


def supplier_account(supplier_id: UUID) -> str:
    """Return the account of what a supplier received."""
    return f"supplier:{supplier_id}"


def payment(commitment: Commitment) -> Transfer:
    """Return the transfer of the full quoted amount into escrow."""
    return _from_member("payment", commitment, commitment.amount, commitment.receipt)


def refund(commitment: Commitment) -> Transfer:
    """Return the transfer that gives everything back."""
    return _to_member("refund", commitment, commitment.amount)


def tier_difference(commitment: Commitment, amount: Money) -> Transfer:
    """Return the transfer that gives an early payer the difference to the tier that was reached."""
    return _to_member("tier_difference", commitment, amount)


def release(campaign: Campaign, stage: str, amount: Money) -> Transfer:
    """Return the transfer of a stage's part to the supplier."""
    return Transfer(
        TransferId(new_id()),
        f"release:{campaign.campaign_id}:{stage}",
        "release",
        escrow_account(campaign.campaign_id),
        supplier_account(campaign.terms.supplier_id),
        amount,
        campaign.campaign_id,
    )


def _from_member(kind: str, commitment: Commitment, amount: Money, receipt: str | None) -> Transfer:
    member, escrow = member_account(commitment.member_id), escrow_account(commitment.campaign_id)
    return _of(kind, commitment, member, escrow, amount, receipt)


def _to_member(kind: str, commitment: Commitment, amount: Money) -> Transfer:
    member, escrow = member_account(commitment.member_id), escrow_account(commitment.campaign_id)
    return _of(kind, commitment, escrow, member, amount, None)


def _of(kind: str, commitment: Commitment, debit: str, credit: str, amount: Money, receipt: str | None) -> Transfer:
    key = f"{kind}:{commitment.commitment_id}"
    ids = (commitment.campaign_id, commitment.commitment_id)
    return Transfer(TransferId(new_id()), key, kind, debit, credit, amount, *ids, receipt)


def due_at(plan: tuple[ReleaseStage, ...], stage: str, net: Money) -> Money:
    """Return what the supplier gets when ``stage`` is reached, of ``net``, the money that stays after differences.

    What is due up to a stage is rounded down from the cumulative share, so the parts sum to the net to the fen and
    the last stage takes the remainder. A stage that the plan does not name gets nothing.
    """
    until = accumulate((line.share_bp for line in plan), initial=0)
    sums = [net.minor * share // FULL_BP for share in until]
    parts = {line.stage: sums[i + 1] - sums[i] for i, line in enumerate(plan)}
    return Money(parts.get(stage, 0), net.currency)


def balances(transfers: Iterable[Transfer]) -> dict[tuple[str, str], int]:
    """Return the balance in minor units of each (account, currency), recomputed from the transfers."""
    found: dict[tuple[str, str], int] = {}
    for transfer in transfers:
        for account, sign in ((transfer.debit, -1), (transfer.credit, +1)):
            key = (account, transfer.amount.currency)
            found[key] = found.get(key, 0) + sign * transfer.amount.minor
    return found
