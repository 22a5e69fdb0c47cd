"""Loading and saving offers and their versions."""

from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from services.supplier.domain.offers import Offer, OfferState, OfferVersion
from services.supplier.storage import rows, tables
from services.supplier.storage.offer_tables import offer_versions


class Offers:
    """What suppliers offer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, offer: Offer) -> None:
        """Keep a new one."""
        self._connection.execute(insert(tables.offers).values(rows.offer_values(offer)))

    def find(self, offer_id: UUID, *, lock: bool = False) -> Offer | None:
        """Return it, locked until the commit if so wished, or None."""
        statement = select(tables.offers).where(tables.offers.c.offer_id == offer_id)
        row = self._connection.execute(statement.with_for_update(key_share=True) if lock else statement).one_or_none()
        return rows.offer_of(row) if row else None

    def keep_published(self, offer_id: UUID) -> Offer | None:
        """Return it, so locked that others may book it too but nobody withdraws it before the commit."""
        statement = select(tables.offers).where(tables.offers.c.offer_id == offer_id).with_for_update(read=True)
        row = self._connection.execute(statement).one_or_none()
        return rows.offer_of(row) if row else None

    def save(self, offer: Offer) -> None:
        """Keep its new state."""
        statement = update(tables.offers).where(tables.offers.c.offer_id == offer.offer_id)
        self._connection.execute(statement.values(rows.offer_values(offer)))

    def keep_version(self, version: OfferVersion) -> None:
        """Keep the terms that an offer has from a version on."""
        self._connection.execute(insert(offer_versions).values(rows.offer_version_values(version)))

    def published_in(self, category: str) -> list[Offer]:
        """Return the published offers of a category."""
        table = tables.offers
        statement = select(table).where(table.c.category == category, table.c.state == str(OfferState.PUBLISHED))
        return [rows.offer_of(row) for row in self._connection.execute(statement.order_by(table.c.offer_id))]

    def categories_of(self, supplier_id: UUID) -> list[str]:
        """Return the categories in which the supplier has published offers."""
        table = tables.offers
        published = (table.c.supplier_id == supplier_id, table.c.state == str(OfferState.PUBLISHED))
        statement = select(table.c.category).where(*published).distinct().order_by(table.c.category)
        return list(self._connection.execute(statement).scalars())

    def of_supplier(self, supplier_id: UUID, *states: OfferState, lock: bool = False) -> list[Offer]:
        """Return its offers in these states by id, locked until the commit if so wished."""
        table = tables.offers
        wanted = (table.c.supplier_id == supplier_id, table.c.state.in_([str(state) for state in states]))
        statement = select(table).where(*wanted).order_by(table.c.offer_id)
        found = self._connection.execute(statement.with_for_update(key_share=True) if lock else statement)
        return [rows.offer_of(row) for row in found]
