"""Loading and saving the orders to payment providers."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.exc import IntegrityError

from services.campaign.domain.errors import PaymentOpenError
from services.campaign.domain.orders import OrderState, PaymentOrder
from services.campaign.providers.port import Kind
from services.campaign.storage import entry_rows
from services.campaign.storage.tables import payment_orders as table
from services.chassis.bulk import insert_many, update_many
from services.kernel.clock import Clock
from services.kernel.ids import CampaignId, CommitmentId

OPEN = table.c.state == str(OrderState.OPEN)
_before = table.alias("before")
WAITS = (
    select(_before.c.number).where(_before.c.number == table.c.after, _before.c.state == str(OrderState.OPEN)).exists()
)
PAYMENTS = (Kind.CHARGE, Kind.AUTHORISE)


class Orders:
    """The payment orders, within one transaction. ``changed`` tells that somebody may have work now."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self.changed = 0

    def add(self, orders: Sequence[PaymentOrder]) -> None:
        """Insert new orders; raise ``PaymentOpenError`` where a payment of the commitment is under way."""
        try:
            insert_many(self._connection, table, [entry_rows.row_of_order(order) for order in orders])
        except IntegrityError as error:
            if "payment_orders_one_payment" not in str(error.orig):
                raise
            raise PaymentOpenError("a payment is under way", state="reserved") from error
        self.changed += len(orders)

    def save(self, orders: Sequence[PaymentOrder]) -> None:
        """Save what may have changed."""
        update_many(self._connection, table, "order_id", [entry_rows.row_of_order(order) for order in orders])
        self.changed += len(orders)

    def find(self, number: str) -> PaymentOrder | None:
        """Return the order of a number."""
        return self._one(select(table).where(table.c.number == number))

    def lock(self, number: str) -> PaymentOrder | None:
        """Return the order of a number as it is now and keep it so; lock its campaign before it."""
        return self._one(select(table).where(table.c.number == number).with_for_update())

    def take_due(self, most: int) -> list[PaymentOrder]:
        """Take orders that are due, those that others work on left out, for as long as a lease."""
        now = self._clock.now()
        due = select(table).where(OPEN, table.c.due_at <= now, ~WAITS).order_by(table.c.due_at).limit(most)
        found = self._connection.execute(due.with_for_update(skip_locked=True)).mappings()
        taken = [entry_rows.order_of(row).taken(now) for row in found]
        update_many(self._connection, table, "order_id", [entry_rows.row_of_order(order) for order in taken])
        return taken

    def next_due(self) -> datetime | None:
        """Return when the next order is due that waits for no other."""
        return self._connection.execute(select(func.min(table.c.due_at)).where(OPEN, ~WAITS)).scalar_one()

    def in_flight(self, campaign_id: CampaignId) -> int:
        """Count the payments and captures of a campaign whose outcome is not known."""
        kinds = (*PAYMENTS, Kind.CAPTURE)
        counted = select(func.count()).where(table.c.campaign_id == campaign_id, OPEN, table.c.kind.in_(kinds))
        return self._connection.execute(counted).scalar_one()

    def any_open(self, campaign_id: CampaignId) -> bool:
        """Tell whether a provider has yet to do anything for a campaign."""
        query = select(table.c.order_id).where(table.c.campaign_id == campaign_id, OPEN).limit(1)
        return self._connection.execute(query).first() is not None

    def paying(self, commitment_id: CommitmentId) -> PaymentOrder | None:
        """Return the payment of a commitment that is under way."""
        return self._one(_of(commitment_id).where(OPEN, table.c.kind.in_(PAYMENTS)))

    def paid_by(self, commitment_ids: Iterable[CommitmentId]) -> dict[CommitmentId, str]:
        """Return the number of the payment that each commitment was paid, or authorised, by."""
        done = table.c.state == str(OrderState.SUCCEEDED)
        wanted = table.c.commitment_id.in_(list(commitment_ids))
        query = select(table.c.commitment_id, table.c.number).where(wanted, done, table.c.kind.in_(PAYMENTS))
        # The last one counts: an earlier one came too late and went back.
        found = self._connection.execute(query.order_by(table.c.order_id))
        return {row.commitment_id: row.number for row in found}

    def of(self, commitment_id: CommitmentId) -> list[PaymentOrder]:
        """Return the orders of a commitment, the oldest first."""
        found = self._connection.execute(_of(commitment_id).order_by(table.c.order_id)).mappings()
        return [entry_rows.order_of(row) for row in found]

    def after(self, order: PaymentOrder) -> list[PaymentOrder]:
        """Return the open orders that build on the same payment."""
        query = select(table).where(table.c.about == order.about, OPEN).order_by(table.c.order_id)
        return [entry_rows.order_of(row) for row in self._connection.execute(query).mappings()]

    def _one(self, query: Select) -> PaymentOrder | None:
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else entry_rows.order_of(row)


def _of(commitment_id: CommitmentId) -> Select:
    return select(table).where(table.c.commitment_id == commitment_id)
