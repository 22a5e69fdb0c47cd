"""Loading and saving slots and matches: what is scarce, and who has it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, or_, select, update

from services.supplier.domain.matches import Match, SeatChange
from services.supplier.domain.offers import Slot
from services.supplier.domain.standing import LIVE, MatchState
from services.supplier.storage import rows, tables
from services.supplier.storage.occupancy import is_in_one_place
from services.supplier.storage.offer_tables import resources


class Slots:
    """The slots of offers and the counters of their seats."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, slot: Slot) -> None:
        """Keep a new one."""
        self._connection.execute(insert(tables.slots).values(rows.slot_values(slot)))

    def add_many(self, slots: Collection[Slot]) -> None:
        """Keep new ones."""
        if slots:
            self._connection.execute(insert(tables.slots), [rows.slot_values(slot) for slot in slots])

    def remove(self, slot_ids: Collection[UUID]) -> None:
        """Take slots on which nothing is booked from the market; those of which a match tells are closed."""
        table, told = tables.slots.c, tables.matches.c.slot_id
        free = (table.slot_id.in_(slot_ids), table.held + table.confirmed == 0)
        unheard = ~select(told).where(told == table.slot_id).exists()
        self._connection.execute(delete(tables.slots).where(*free, unheard))
        self._connection.execute(update(tables.slots).where(*free).values(closed=True))

    def rearrange(self, slot: Slot) -> None:
        """Keep until when a slot can be booked, and what it needs when."""
        values = rows.occupancy_values(slot)
        self._connection.execute(update(tables.slots).where(tables.slots.c.slot_id == slot.slot_id).values(values))

    def find(self, slot_id: UUID) -> Slot | None:
        """Return it or None."""
        row = self._connection.execute(select(tables.slots).where(tables.slots.c.slot_id == slot_id)).one_or_none()
        return rows.slot_of(row) if row else None

    def of_offers(self, offer_ids: Collection[UUID], after: datetime | None = None) -> dict[UUID, tuple[Slot, ...]]:
        """Return the slots of each offer in order of time; only those that start ``after`` a time if given."""
        table = tables.slots.c
        statement = select(tables.slots).where(table.offer_id.in_(offer_ids))
        if after is not None:
            statement = statement.where(table.starts_at > after)
        return self._by_offer(statement)

    def on_sale(self, offer_ids: Collection[UUID], now: datetime) -> dict[UUID, tuple[Slot, ...]]:
        """Return the slots of each offer that may still be booked and whose resource is not booked elsewhere."""
        table = tables.slots.c
        ahead = (
            table.offer_id.in_(offer_ids),
            table.starts_at > now,
            or_(table.book_by.is_(None), table.book_by > now),
        )
        return self._by_offer(select(tables.slots).where(*ahead, is_in_one_place()))

    def lock(self, slot_ids: Collection[UUID]) -> None:
        """Lock them until the commit, by id, so that two who want the same ones cannot wait for each other.

        After them the resources that they need: what is seen of their bookings then stays so.
        """
        table = tables.slots.c
        statement = select(table.resource).where(table.slot_id.in_(slot_ids)).order_by(table.slot_id)
        needed = set(self._connection.execute(statement.with_for_update(key_share=True)).scalars()) - {None}
        if needed:
            number = resources.c.number
            locked = select(number).where(number.in_(needed)).order_by(number).with_for_update(key_share=True)
            self._connection.execute(locked).all()

    def change(self, slot_id: UUID, change: SeatChange) -> bool:
        """Change the counters; return False where the capacity or the resource does not allow it, or it is closed."""
        if change.taken > 0:
            self.lock([slot_id])
        table = tables.slots.c
        held, confirmed = table.held + change.held, table.confirmed + change.confirmed
        possible = and_(held >= 0, confirmed >= 0, held + confirmed <= table.capacity)
        if change.taken > 0:
            possible = and_(possible, ~table.closed, is_in_one_place())
        statement = update(tables.slots).where(table.slot_id == slot_id, possible)
        return self._connection.execute(statement.values(held=held, confirmed=confirmed)).rowcount == 1

    def _by_offer(self, statement: Select) -> dict[UUID, tuple[Slot, ...]]:
        found: dict[UUID, tuple[Slot, ...]] = {}
        for row in self._connection.execute(statement.order_by(tables.slots.c.starts_at, tables.slots.c.slot_id)):
            found[row.offer_id] = (*found.get(row.offer_id, ()), rows.slot_of(row))
        return found

    def close(self, slot_id: UUID) -> None:
        """Let nobody be matched with it any more; what is booked stays booked."""
        self._connection.execute(update(tables.slots).where(tables.slots.c.slot_id == slot_id).values(closed=True))


class Matches:
    """What was proposed to whom."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, match: Match) -> None:
        """Keep a new one."""
        self._connection.execute(insert(tables.matches).values(rows.match_values(match)))

    def find(self, match_id: UUID, *, lock: bool = False) -> Match | None:
        """Return it, locked until the commit if so wished, or None."""
        statement = select(tables.matches).where(tables.matches.c.match_id == match_id)
        row = self._connection.execute(statement.with_for_update(key_share=True) if lock else statement).one_or_none()
        return rows.match_of(row) if row else None

    def save(self, match: Match) -> None:
        """Keep its new state. What was agreed never changes, so only what became of it is written."""
        statement = update(tables.matches).where(tables.matches.c.match_id == match.match_id)
        values = {name: getattr(match, name) for name in ("campaign_id", "sold", "withdrawn_because")}
        self._connection.execute(statement.values(state=str(match.state), **values))

    def waiting_of_offer(self, offer_id: UUID) -> list[Match]:
        """Return the proposals of an offer on which no campaign was opened, unlocked, by id."""
        return self._select(_is_waiting(), tables.matches.c.offer_id == offer_id)

    def waiting_of_supplier(self, supplier_id: UUID) -> list[Match]:
        """Return the proposals of all offers of a supplier on which no campaign was opened, unlocked, by id."""
        return self._select(_is_waiting(), tables.matches.c.supplier_id == supplier_id)

    def confirmed_with(self, supplier_ids: Collection[UUID], community_id: UUID, after: datetime) -> frozenset[UUID]:
        """Return the suppliers that a community has a confirmed match with whose slot ends ``after`` a time."""
        table = tables.matches.c
        statement = select(table.supplier_id).where(table.supplier_id.in_(supplier_ids), table.ends_at > after)
        confirmed = statement.where(table.state == str(MatchState.CONFIRMED))
        wanted = confirmed.where(table.community_ids.contains([community_id]))
        return frozenset(self._connection.execute(wanted).scalars())

    def running_of_supplier(self, supplier_id: UUID, now: datetime) -> list[Match]:
        """Return the matches on which there is a campaign and whose slot is not over, unlocked, by id."""
        table = tables.matches.c
        return self._select(table.supplier_id == supplier_id, table.campaign_id.is_not(None), _is_live(now))

    def running_of_offers(self, offer_ids: Collection[UUID], now: datetime) -> list[Match]:
        """Return the same of some offers."""
        table = tables.matches.c
        return self._select(table.offer_id.in_(offer_ids), table.campaign_id.is_not(None), _is_live(now))

    def live_counts(self, supplier_ids: Collection[UUID], now: datetime) -> dict[UUID, int]:
        """Return how many matches each supplier has that are proposed or confirmed and whose slot is not over."""
        table = tables.matches.c
        statement = select(table.supplier_id, func.count().label("live"))
        statement = statement.where(table.supplier_id.in_(supplier_ids), _is_live(now)).group_by(table.supplier_id)
        return {row.supplier_id: row.live for row in self._connection.execute(statement)}

    def waiting_of_pool(self, pool_id: UUID) -> list[Match]:
        """Return the proposals to a pool on which no campaign was opened, unlocked, by id.

        A replacement is not one of them: it was proposed to a campaign, and ends with that.
        """
        table = tables.matches.c
        return self._select(_is_waiting(), table.pool_id == pool_id, table.replaces_match_id.is_(None))

    def waiting_for(self, campaign_id: UUID) -> list[Match]:
        """Return the replacements that are held for a campaign and that it has not taken, unlocked, by id."""
        return self._select(_is_waiting(), tables.matches.c.for_campaign_id == campaign_id)

    def of_campaign(self, campaign_id: UUID) -> list[Match]:
        """Return the matches that a campaign has, had or was offered, unlocked, by id."""
        table = tables.matches.c
        return self._select(or_(table.campaign_id == campaign_id, table.for_campaign_id == campaign_id))

    def slots_left(self, pool_id: UUID) -> frozenset[UUID]:
        """Return the slots from which a supplier withdrew when they were proposed to the pool."""
        table = tables.matches.c
        statement = select(table.slot_id).where(table.pool_id == pool_id, table.withdrawn_because.is_not(None))
        return frozenset(self._connection.execute(statement).scalars())

    def slots_left_by(self, pool_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
        """Return the same of many pools, of those that have any."""
        table = tables.matches.c
        statement = select(table.pool_id, func.array_agg(table.slot_id).label("slot_ids"))
        left = statement.where(table.pool_id.in_(pool_ids), table.withdrawn_because.is_not(None))
        return {row.pool_id: frozenset(row.slot_ids) for row in self._connection.execute(left.group_by(table.pool_id))}

    def are_live_for(self, pool_id: UUID) -> bool:
        """Tell whether the pool has a match that is proposed, confirmed, or was withdrawn from a campaign of the pool.

        The campaign of a withdrawn match goes on; its pool must not become a second campaign meanwhile.
        """
        table = tables.matches.c
        live = table.state.in_([str(state) for state in LIVE])
        statement = select(table.match_id).where(table.pool_id == pool_id, live).limit(1)
        return self._connection.execute(statement).first() is not None

    def _select(self, *conditions: ColumnElement[bool]) -> list[Match]:
        statement = select(tables.matches).where(*conditions).order_by(tables.matches.c.match_id)
        return [rows.match_of(row) for row in self._connection.execute(statement)]


def _is_live(now: datetime) -> ColumnElement[bool]:
    table = tables.matches.c
    live = (str(MatchState.PROPOSED), str(MatchState.CONFIRMED))
    return and_(table.state.in_(live), table.ends_at > now)


def _is_waiting() -> ColumnElement[bool]:
    table = tables.matches.c
    return and_(table.state == str(MatchState.PROPOSED), table.campaign_id.is_(None))
