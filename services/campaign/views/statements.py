"""The orders to a provider as lines that its statement can be compared with; see PAYMENTS.md."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, and_, func, or_, select

from services.campaign.domain.orders import OrderState
from services.campaign.domain.reconciling import LedgerLine
from services.campaign.providers.port import Kind, Status
from services.campaign.storage.tables import payment_orders
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.money import Money

_t = payment_orders.c
# When it ended, or began if it has not: what a statement calls the time of a line.
AT = func.coalesce(_t.ended_at, _t.created_at)
# What was refused at the door never became an order there.
KNOWN_THERE = and_(_t.state != str(OrderState.DROPPED), or_(_t.state != str(OrderState.DECLINED), _t.sequence > 0))
_STATUS = {OrderState.OPEN: Status.PENDING, OrderState.SUCCEEDED: Status.SUCCEEDED}


def first_order_at(uow: CampaignUnitOfWork, provider: str) -> datetime | None:
    """Return when a provider was asked for something the first time."""
    return uow.connection.execute(select(func.min(_t.created_at)).where(_t.provider == provider)).scalar_one()


def lines_between(uow: CampaignUnitOfWork, provider: str, start: datetime, end: datetime) -> list[LedgerLine]:
    """Return the orders of the time from ``start`` to before ``end``."""
    return _lines(uow, provider, start <= AT, end > AT)


def lines_of(uow: CampaignUnitOfWork, provider: str, numbers: Iterable[str]) -> list[LedgerLine]:
    """Return the orders of these numbers, whenever they were."""
    return _lines(uow, provider, _t.number.in_(list(numbers)))


def _lines(uow: CampaignUnitOfWork, provider: str, *where: ColumnElement[bool]) -> Sequence[LedgerLine]:
    query = select(payment_orders, AT.label("at")).where(_t.provider == provider, KNOWN_THERE, *where)
    return [_line(row) for row in uow.connection.execute(query.order_by(_t.order_id)).mappings()]


def _line(row: RowMapping) -> LedgerLine:
    status = _STATUS.get(OrderState(row["state"]), Status.DECLINED)
    amount = Money(row["amount_minor"], row["currency"])
    return LedgerLine(row["number"], Kind(row["kind"]), amount, row["receiver"], status, row["at"])
