"""The ledger of a campaign as it may be seen."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from services.campaign.domain.ledger import Transfer, balances, escrow_account, member_account
from services.campaign.domain.privacy import MANAGERS, known, sight_of
from services.campaign.storage.entry_rows import transfer_of
from services.campaign.storage.tables import commitments, transfers
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.questions import OneCampaign
from services.kernel.clock import format_time
from services.kernel.ids import CampaignId
from services.kernel.money import Money

OTHER = "member:other"


@dataclass(frozen=True, slots=True)
class _Line:
    """One transfer with what the caller may know of it; ``member`` is the account of the member it concerns."""

    transfer: Transfer
    created_at: datetime
    own: bool
    member: str | None


def get_campaign_ledger(question: OneCampaign, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return the money that one campaign moved.

    Members of other communities are one account, ``member:other``. Where their part would tell of fewer than k
    people, only the caller's own members are shown and ``complete`` is false.
    """
    question.caller.require(*MANAGERS)
    campaign = known(uow.campaigns.find(question.campaign_id), question.caller)
    shares = uow.campaigns.shares([campaign.campaign_id])[campaign.campaign_id]
    complete = sight_of(campaign, shares, question.caller, uow.policy.privacy_k).money_exact
    shown = [line for line in _lines(question, uow) if complete or line.own]
    moved = balances(line.transfer for line in shown)
    if not complete:  # the other side of a part would be taken for the whole
        own = {line.member for line in shown}
        moved = {key: minor for key, minor in moved.items() if key[0] in own}
    return {
        "campaign_id": str(campaign.campaign_id),
        "accounts": [
            {"account": account, "balance": Money(minor, currency).to_wire()}
            for (account, currency), minor in sorted(moved.items())
        ],
        "transfers": [_shown(line) for line in shown],
        "sum": Money(sum(moved.values()) if complete else 0, campaign.terms.currency).to_wire(),
        "complete": complete,
    }


def _lines(question: OneCampaign, uow: CampaignUnitOfWork) -> list[_Line]:
    query = (
        select(transfers, commitments.c.community_id, commitments.c.member_id)
        .outerjoin(commitments, transfers.c.commitment_id == commitments.c.commitment_id)
        .where(_is_of(question.campaign_id))
        .order_by(transfers.c.transfer_id)
    )
    lines = []
    for row in uow.connection.execute(query).mappings():
        transfer, own = transfer_of(row), question.caller.sees(row["community_id"])
        member = None if row["member_id"] is None else member_account(row["member_id"])
        lines.append(
            _Line(transfer if own or member is None else _masked(transfer, member), row["created_at"], own, member)
        )
    return lines


def _is_of(campaign_id: CampaignId) -> ColumnElement[bool]:
    """What moved out belongs to the campaign that it moved into, and has left this one's escrow."""
    left = and_(transfers.c.kind == "moved", transfers.c.debit_account == escrow_account(campaign_id))
    return or_(transfers.c.campaign_id == campaign_id, left)


def _masked(transfer: Transfer, member: str) -> Transfer:
    debit, credit = (OTHER if account == member else account for account in (transfer.debit, transfer.credit))
    return replace(transfer, debit=debit, credit=credit, commitment_id=None, receipt=None)


def _shown(line: _Line) -> dict[str, Any]:
    transfer = line.transfer
    return {
        "transfer_id": str(transfer.transfer_id),
        "kind": transfer.kind,
        "debit_account": transfer.debit,
        "credit_account": transfer.credit,
        "amount": transfer.amount.to_wire(),
        "campaign_id": str(transfer.campaign_id),
        "commitment_id": None if transfer.commitment_id is None else str(transfer.commitment_id),
        "receipt": transfer.receipt,
        "phase": str(transfer.phase),
        "pending_id": None if transfer.pending_id is None else str(transfer.pending_id),
        "method": transfer.provider,
        "created_at": format_time(line.created_at),
    }
