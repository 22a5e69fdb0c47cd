"""The common fund of a community, for those who manage it and its members."""

from typing import Any

from sqlalchemy import or_, select

from services.campaign import outbound
from services.campaign.domain.errors import FundUnknownError
from services.campaign.domain.ledger import fund_account
from services.campaign.domain.privacy import MANAGERS
from services.campaign.storage.entry_rows import transfer_of
from services.campaign.storage.tables import accounts, transfers
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.questions import OneFund
from services.chassis.paging import page_of
from services.kernel.caller import Role
from services.kernel.clock import format_time
from services.kernel.ids import parse_id
from services.kernel.money import Money


def get_fund(question: OneFund, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return what a fund has, what of it is set aside, and a page of what came and went, the newest first.

    Who gave what is told to those who manage the community only.
    """
    caller, account = question.caller, fund_account(question.community_id)
    caller.require(Role.MEMBER, *MANAGERS)
    if not caller.sees(question.community_id):
        raise FundUnknownError("there is no such community", community_id=str(question.community_id))
    query = select(transfers).where(or_(transfers.c.debit_account == account, transfers.c.credit_account == account))
    if question.page.after is not None:
        query = query.where(transfers.c.transfer_id < parse_id(question.page.after, "cursor"))
    query = query.order_by(transfers.c.transfer_id.desc()).limit(question.page.limit + 1)
    found = [(transfer_of(row), row["created_at"]) for row in uow.connection.execute(query).mappings()]
    page = page_of(
        found,
        question.page,
        lambda one: outbound.fund_line(one[0], account, format_time(one[1]), named=caller.manages),
        lambda one: str(one[0].transfer_id),
    )
    return {"community_id": str(question.community_id), "balances": _balances(account, uow), **page}


def _balances(account: str, uow: CampaignUnitOfWork) -> list[dict[str, Any]]:
    rows = uow.connection.execute(select(accounts).where(accounts.c.account == account).order_by(accounts.c.currency))
    return [
        {
            "balance": Money(row.balance, row.currency).to_wire(),
            "set_aside": Money(row.pending_out, row.currency).to_wire(),
        }
        for row in rows
    ]
