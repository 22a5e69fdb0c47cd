"""What organisers put together or apart by hand, within one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.demand.domain.pins import Pin, PinKind
from services.demand.storage import tables


class Pins:
    """The pins of signals; the partition is locked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_pools(self, pool_ids: Iterable[UUID], community_id: UUID | None = None) -> Mapping[UUID, tuple[Pin, ...]]:
        """Return the pins of the signals that are in some pools now, those of one community if it is given."""
        pins, signals = tables.pins, tables.signals.c
        statement = select(pins, signals.pool_id.label("now_in")).join(
            tables.signals, signals.signal_id == pins.c.signal_id
        )
        statement = statement.where(signals.pool_id.in_(set(pool_ids))).order_by(pins.c.signal_id)
        if community_id is not None:
            statement = statement.where(pins.c.community_id == community_id)
        found: dict[UUID, list[Pin]] = {}
        for row in self._connection.execute(statement).mappings():
            pin = _pin_of(row)
            # Who was put into a pool that is gone is free again; who was put apart stays apart.
            if pin.kind is PinKind.APART or pin.pool_id == row["now_in"]:
                found.setdefault(row["now_in"], []).append(pin)
        return {pool_id: tuple(of_pool) for pool_id, of_pool in found.items()}

    def apart_in(self, pool_ids: Iterable[UUID]) -> Mapping[UUID, UUID]:
        """Return, of some pools, those that hold signals kept apart by hand, and for whom: their community."""
        pins, signals = tables.pins.c, tables.signals.c
        statement = select(signals.pool_id, signals.community_id).join(tables.pins, pins.signal_id == signals.signal_id)
        statement = statement.where(signals.pool_id.in_(set(pool_ids)), pins.kind == PinKind.APART).distinct()
        return {row.pool_id: row.community_id for row in self._connection.execute(statement)}

    def is_apart(self, signal_id: UUID) -> bool:
        """Tell whether a signal is kept apart by hand."""
        table = tables.pins.c
        statement = select(table.signal_id).where(table.signal_id == signal_id, table.kind == PinKind.APART)
        return self._connection.execute(statement).first() is not None

    def save_many(self, pins: Sequence[Pin]) -> None:
        """Keep pins; of a signal the latest counts."""
        if not pins:
            return
        statement = insert(tables.pins).values([{**asdict(pin), "kind": str(pin.kind)} for pin in pins])
        new = {name: statement.excluded[name] for name in ("pool_id", "community_id", "kind", "role", "reason")}
        new["created_at"] = statement.excluded.created_at
        self._connection.execute(statement.on_conflict_do_update(index_elements=["signal_id"], set_=new))


def _pin_of(row: Mapping) -> Pin:
    names = ("signal_id", "pool_id", "community_id", "role", "reason", "created_at")
    return Pin(kind=PinKind(row["kind"]), **{name: row[name] for name in names})
