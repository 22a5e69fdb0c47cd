"""The ledger: every movement of money is one transfer between two accounts, made once and never changed.

A transfer is posted at once, or it is pending (the money is set aside) and ends exactly once: posted, voided or timed
out, each by a transfer of its own that names it. The balance of an account is what was credited less what was debited
by posted transfers, so all balances of a currency sum to zero. LEDGER.md beside the service shows accounts and kinds.
Two-phase semantics after TigerBeetle (https://docs.tigerbeetle.com/coding/two-phase-transfers/).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from services.campaign.domain.model import OFFLINE, Campaign, Commitment
from services.kernel.ids import CampaignId, CommitmentId, TransferId, new_id
from services.kernel.money import Money

PLATFORM = "platform"


class Phase(StrEnum):
    """How far a transfer is. The last three end a pending one."""

    POSTED = "posted"
    PENDING = "pending"
    POST = "post"
    VOID = "void"
    TIMEOUT = "timeout"


# Each kind with the accounts that it moves money between; the table of LEDGER.md is compared with this one.
KINDS = {
    "payment": ("member", "escrow"),
    "refund": ("escrow", "member"),
    "tier_difference": ("escrow", "member"),
    "release": ("escrow", "supplier, organiser, fund, platform"),
    "return": ("supplier, organiser, fund, platform", "escrow"),
    "moved": ("escrow", "escrow"),
    "hand_over": ("member", "member"),
    "cover": ("fund", "supplier"),
    "contribution": ("member", "fund"),
    "late_payment": ("member", "provider"),
    "late_refund": ("provider", "member"),
    "correction": ("any", "any"),
}


@dataclass(frozen=True, slots=True)
class Transfer:
    """``amount`` goes from ``debit`` to ``credit``. ``key`` names the effect and exists once in the ledger.

    ``provider`` moves the money outside; ``pending_id`` is the transfer that this one ends.
    """

    transfer_id: TransferId
    key: str
    kind: str
    debit: str
    credit: str
    amount: Money
    campaign_id: CampaignId | None
    commitment_id: CommitmentId | None = None
    receipt: str | None = None
    phase: Phase = Phase.POSTED
    pending_id: TransferId | None = None
    provider: str = OFFLINE


def member_account(member_id: UUID) -> str:
    """Return the account of what a member paid (negative) and got back."""
    return f"member:{member_id}"


def escrow_account(campaign_id: UUID) -> str:
    """Return the account that holds the money of a campaign; it is never below zero."""
    return f"escrow:{campaign_id}"


def supplier_account(supplier_id: UUID) -> str:
    """Return the account of what a supplier received."""
    return f"supplier:{supplier_id}"


def organiser_account(organiser_id: UUID) -> str:
    """Return the account of what an organiser (a member, else its community) earned."""
    return f"organiser:{organiser_id}"


def fund_account(community_id: UUID) -> str:
    """Return the account of a community's common fund; it is never below zero."""
    return f"fund:{community_id}"


def provider_account(provider: str) -> str:
    """Return the account of money that a provider holds for nobody's campaign: it returns to zero."""
    return f"provider:{provider}"


def first_phase(provider: str) -> Phase:
    """Return the phase in which money moves: what people hand over has moved, a provider has yet to say so."""
    return Phase.POSTED if provider == OFFLINE else Phase.PENDING


def payment(commitment: Commitment) -> Transfer:
    """Return the transfer of the full quoted amount into escrow, posted."""
    member, escrow = member_account(commitment.member_id), escrow_account(commitment.campaign_id)
    ids = (commitment.campaign_id, commitment.commitment_id)
    key = f"payment:{commitment.commitment_id}"
    return Transfer(TransferId(new_id()), key, "payment", member, escrow, commitment.amount, *ids, commitment.receipt)


def paying(commitment: Commitment, provider: str, number: str) -> Transfer:
    """Return the pending transfer of a payment that a provider was asked for by the order ``number``."""
    return replace(payment(commitment), key=f"payment:{number}", phase=Phase.PENDING, provider=provider)


def late_payment(pending: Transfer, reference: str | None) -> Transfer:
    """Return the transfer of a payment that came when its seats were gone: it stays with the provider."""
    to = provider_account(pending.provider)
    key = pending.key.replace("payment:", "late_payment:", 1)
    late = {"key": key, "kind": "late_payment", "credit": to, "phase": Phase.POSTED, "receipt": reference}
    return replace(pending, transfer_id=TransferId(new_id()), **late)


def late_refund(pending: Transfer) -> Transfer:
    """Return the pending transfer that gives such a payment back."""
    key = pending.key.replace("payment:", "late_refund:", 1)
    back = {"debit": provider_account(pending.provider), "credit": pending.debit, "phase": Phase.PENDING}
    return replace(pending, transfer_id=TransferId(new_id()), key=key, kind="late_refund", **back)


def late_refund_again(late: Sequence[Transfer]) -> Transfer | None:
    """Return the transfer that tries once more to give back a payment that came too late; None where none is left.

    ``late`` are the late payments of a commitment and the refunds of them, the oldest first.
    """
    ended = {one.pending_id: one.phase for one in late if one.pending_id is not None}
    tries = [one for one in late if one.kind == "late_refund" and one.pending_id is None]
    given = {one.key.split(":again:")[0] for one in tries if ended.get(one.transfer_id) is not Phase.VOID}
    for one in tries:
        if one.key.split(":again:")[0] not in given:
            first = one.key.split(":again:")[0]
            count = sum(other.key.startswith(first) for other in tries)
            return replace(one, transfer_id=TransferId(new_id()), key=f"{first}:again:{count}", phase=Phase.PENDING)
    return None


def to_member(kind: str, commitment: Commitment, amount: Money, cause: str = "") -> Transfer:
    """Return the transfer that gives money back; ``cause`` tells apart what may happen several times."""
    member, escrow = member_account(commitment.member_id), escrow_account(commitment.campaign_id)
    key = ":".join(filter(None, (kind, str(commitment.commitment_id), cause)))
    ids = (commitment.campaign_id, commitment.commitment_id)
    return _moving(commitment.provider, key, kind, escrow, member, amount, *ids)


def moved(left: Commitment, joined: Commitment) -> Transfer:
    """Return the transfer by which the money of a commitment follows its member into another campaign, posted."""
    here, there = escrow_account(left.campaign_id), escrow_account(joined.campaign_id)
    ids = (joined.campaign_id, joined.commitment_id)
    key = f"moved:{left.commitment_id}"
    return Transfer(TransferId(new_id()), key, "moved", here, there, joined.amount, *ids, provider=joined.provider)


def release(campaign: Campaign, to: str, stage: str, amount: Money, payer: Commitment | None = None) -> Transfer:
    """Return the transfer of a stage's part to one receiver: of one payment at a provider, or of all cash together."""
    about = campaign.campaign_id if payer is None else payer.commitment_id
    key, escrow = f"release:{about}:{stage}:{to}", escrow_account(campaign.campaign_id)
    provider, of = (OFFLINE, None) if payer is None else (payer.provider, payer.commitment_id)
    return _moving(provider, key, "release", escrow, to, amount, campaign.campaign_id, of)


def take_back(commitment: Commitment, giver: str, cause: str, amount: Money) -> Transfer:
    """Return the transfer by which a receiver returns a part of what it got.

    Where the supplier is the payee at a provider, a refund takes its part by itself: nothing has to be waited for.
    """
    key = f"return:{commitment.commitment_id}:{cause}:{giver}"
    escrow, ids = escrow_account(commitment.campaign_id), (commitment.campaign_id, commitment.commitment_id)
    back = _moving(commitment.provider, key, "return", giver, escrow, amount, *ids)
    return replace(back, phase=Phase.POSTED) if giver.startswith("supplier:") else back


def _moving(provider: str, key: str, kind: str, debit: str, credit: str, amount: Money, campaign_id: CampaignId,
            commitment_id: CommitmentId | None) -> Transfer:  # fmt: skip
    phase = first_phase(provider)
    ids = (campaign_id, commitment_id)
    return Transfer(TransferId(new_id()), key, kind, debit, credit, amount, *ids, phase=phase, provider=provider)


def ending(pending: Transfer, phase: Phase, receipt: str | None = None) -> Transfer:
    """Return the transfer that ends a pending one: it posts, voids or times out the same amount."""
    if pending.phase is not Phase.PENDING or phase not in (Phase.POST, Phase.VOID, Phase.TIMEOUT):
        raise ValueError(f"a {pending.phase} transfer is not ended by {phase}")
    ended = {"key": f"{phase}:{pending.transfer_id}", "phase": phase, "pending_id": pending.transfer_id}
    return replace(pending, transfer_id=TransferId(new_id()), receipt=receipt, **ended)


def balances(transfers: Iterable[Transfer]) -> dict[tuple[str, str], int]:
    """Return the posted balance in minor units of each (account, currency), recomputed from the transfers."""
    found: dict[tuple[str, str], int] = {}
    for transfer in transfers:
        moves = transfer.phase in (Phase.POSTED, Phase.POST)
        for account, sign in ((transfer.debit, -1), (transfer.credit, +1)):
            key = (account, transfer.amount.currency)
            found[key] = found.get(key, 0) + (sign * transfer.amount.minor if moves else 0)
    return found


def set_aside(transfers: Iterable[Transfer]) -> dict[tuple[str, str], int]:
    """Return what is pending to leave each (account, currency), in minor units."""
    found: dict[tuple[str, str], int] = {}
    for transfer in transfers:
        if transfer.phase is not Phase.POSTED:
            key, sign = (transfer.debit, transfer.amount.currency), 1 if transfer.phase is Phase.PENDING else -1
            found[key] = found.get(key, 0) + sign * transfer.amount.minor
    return found
