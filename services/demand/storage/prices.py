"""What demand knows of suppliers' offers, within one transaction."""

from uuid import UUID

from sqlalchemy import Connection, select

from services.demand.domain.prices import Offer, PriceList, Sharing, Tier
from services.demand.storage import tables
from services.demand.storage.saving import save


class Prices:
    """The copies of offers and of who may use them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lists: dict[str, PriceList] = {}

    def of(self, category: str) -> PriceList:
        """Return the price list of a category. It is read once per transaction."""
        if category not in self._lists:
            self._lists[category] = self._read(category)
        return self._lists[category]

    def _read(self, category: str) -> PriceList:
        offers, suppliers = tables.offers, tables.suppliers
        statement = (
            select(offers, suppliers.c.community_id, suppliers.c.mode, suppliers.c.community_ids)
            .join(suppliers, suppliers.c.supplier_id == offers.c.supplier_id)
            .where(offers.c.category == category, ~offers.c.withdrawn)
            .order_by(offers.c.offer_id)
        )
        found = []
        for row in self._connection.execute(statement).mappings():
            offer = _offer_of(row)
            if offer.tiers:
                sharing = (row["supplier_id"], row["community_id"], row["mode"], tuple(row["community_ids"]))
                found.append((offer, Sharing(*sharing, version=1)))
        return PriceList(tuple(found))

    def find_offer(self, offer_id: UUID) -> Offer | None:
        """Return what is known of an offer, locked, or None."""
        statement = select(tables.offers).where(tables.offers.c.offer_id == offer_id).with_for_update()
        row = self._connection.execute(statement).mappings().one_or_none()
        return None if row is None else _offer_of(row)

    def save_offer(self, offer: Offer) -> None:
        """Keep what is known of an offer."""
        self._lists.clear()
        row = {
            "offer_id": offer.offer_id,
            "supplier_id": offer.supplier_id,
            "category": offer.category,
            "tiers": [[tier.seats, tier.minor] for tier in offer.tiers],
            "currency": offer.currency,
            "withdrawn": offer.withdrawn,
            "version": offer.version,
        }
        save(self._connection, tables.offers, "offer_id", row)

    def find_sharing(self, supplier_id: UUID) -> Sharing | None:
        """Return who may use a supplier, locked, or None if that is not known."""
        statement = select(tables.suppliers).where(tables.suppliers.c.supplier_id == supplier_id).with_for_update()
        row = self._connection.execute(statement).mappings().one_or_none()
        return None if row is None else Sharing(**{**row, "community_ids": tuple(row["community_ids"])})

    def save_sharing(self, sharing: Sharing) -> None:
        """Keep who may use a supplier."""
        self._lists.clear()
        row = {name: getattr(sharing, name) for name in ("supplier_id", "community_id", "mode", "version")}
        save(self._connection, tables.suppliers, "supplier_id", {**row, "community_ids": list(sharing.community_ids)})


def _offer_of(row: object) -> Offer:
    tiers = tuple(Tier(seats, minor) for seats, minor in row["tiers"])
    names = ("offer_id", "supplier_id", "category", "currency", "withdrawn", "version")
    return Offer(tiers=tiers, **{name: row[name] for name in names})
