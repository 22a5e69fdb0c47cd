"""Loading and saving grants. Whoever changes them has locked their supplier."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, FromClause, Row, and_, insert, or_, select, update
from sqlalchemy.sql import ColumnElement

from services.kernel.clock import Clock
from services.kernel.money import Money
from services.supplier.domain.permissions import Access, Contact, EndedBy, Grant, Permission
from services.supplier.domain.price_models import Joint, OfferPrices, PriceModel
from services.supplier.domain.terms import Tier
from services.supplier.storage import rows
from services.supplier.storage.permission_tables import grants
from services.supplier.storage.tables import suppliers

Values = dict[str, Any]


class Permissions:
    """What communities let each other do with suppliers."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def effective(self, supplier_id: UUID, community_id: UUID | None) -> frozenset[Permission]:
        """Return what a community may do with a supplier now; nothing with one that does not exist."""
        row = self._connection.execute(select(suppliers).where(suppliers.c.supplier_id == supplier_id)).one_or_none()
        if row is None:
            return frozenset()
        supplier = rows.supplier_of(row, self.live_of([supplier_id]).get(supplier_id, ()))
        return supplier.access_of(community_id).permissions

    def add(self, grant: Grant) -> None:
        """Keep a new one."""
        self._connection.execute(insert(grants).values(grant_values(grant)))

    def find(self, grant_id: UUID) -> Grant | None:
        """Return it, live or not, or None."""
        row = self._connection.execute(select(grants).where(grants.c.grant_id == grant_id)).one_or_none()
        return grant_of(row) if row else None

    def save(self, grant: Grant) -> None:
        """Keep its end; what was granted never changes."""
        statement = update(grants).where(grants.c.grant_id == grant.grant_id)
        ended_by = str(grant.ended_by) if grant.ended_by else None
        values = {"ended_at": grant.ended_at, "ended_by": ended_by, "ended_because": grant.ended_because}
        self._connection.execute(statement.values(values))

    def live_of(self, supplier_ids: Collection[UUID]) -> dict[UUID, tuple[Grant, ...]]:
        """Return the grants of each supplier that has some which give something now."""
        found: dict[UUID, tuple[Grant, ...]] = {}
        if not supplier_ids:
            return found
        statement = select(grants).where(grants.c.supplier_id.in_(supplier_ids), live(self._clock.now()))
        for row in self._connection.execute(statement.order_by(grants.c.grant_id)):
            found[row.supplier_id] = (*found.get(row.supplier_id, ()), grant_of(row))
        return found

    def given_by(self, supplier_id: UUID, granter_id: UUID) -> list[Grant]:
        """Return those that a community has given and not taken back, even if their time is over."""
        wanted = (grants.c.supplier_id == supplier_id, grants.c.granter_id == granter_id, grants.c.ended_at.is_(None))
        return [grant_of(row) for row in self._connection.execute(select(grants).where(*wanted))]

    def received_by(self, supplier_id: UUID, receiver_id: UUID) -> list[Grant]:
        """Return those that name a community and are not ended."""
        wanted = (grants.c.supplier_id == supplier_id, grants.c.receiver_id == receiver_id, grants.c.ended_at.is_(None))
        return [grant_of(row) for row in self._connection.execute(select(grants).where(*wanted))]


def live(now: datetime, of: FromClause = grants) -> ColumnElement[bool]:
    """Tell whether a row gives anything at this time, as ``Grant.is_live`` does."""
    return and_(of.c.ended_at.is_(None), or_(of.c.ends_at.is_(None), of.c.ends_at > now))


_SAME = ("grant_id", "supplier_id", "granter_id", "receiver_id", "ends_at", "reason", "created_at", "ended_at")


def grant_of(row: Row) -> Grant:
    """Read a row of ``grants``."""
    permissions = frozenset(Permission(one) for one in row.permissions)
    return Grant(
        **{name: getattr(row, name) for name in _SAME},
        access=Access(permissions, Contact(row.contact), prices_of(row.prices) if row.prices else None),
        ended_by=EndedBy(row.ended_by) if row.ended_by else None,
        ended_because=row.ended_because,
    )


def grant_values(grant: Grant) -> Values:
    """Write a row of ``grants``."""
    access = grant.access
    return {
        **{name: getattr(grant, name) for name in _SAME},
        "permissions": sorted(str(one) for one in access.permissions),
        "contact": str(access.contact),
        "prices": prices_values(access.prices) if access.prices else None,
        "ended_by": str(grant.ended_by) if grant.ended_by else None,
        "ended_because": grant.ended_because,
    }


def prices_of(json: Values) -> PriceModel:
    """Read prices."""
    tables = tuple(
        OfferPrices(
            UUID(table["offer_id"]),
            tuple(Tier(tier["seats"], Money.from_wire(tier["price"])) for tier in table["tiers"]),
        )
        for table in json["tables"]
    )
    return PriceModel(json["adjustment_bp"], tables, Joint(json["joint"]))


def prices_values(prices: PriceModel) -> Values:
    """Write prices as JSON."""
    tables = [
        {
            "offer_id": str(table.offer_id),
            "tiers": [{"seats": tier.seats, "price": tier.price.to_wire()} for tier in table.tiers],
        }
        for table in prices.tables
    ]
    return {"adjustment_bp": prices.adjustment_bp, "tables": tables, "joint": str(prices.joint)}
