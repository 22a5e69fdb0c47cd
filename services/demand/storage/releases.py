"""What others were told of pools."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from services.demand.domain.pool import Pool
from services.demand.domain.releases import Heads, Release, Shape, Told
from services.demand.domain.sharing import Consent
from services.demand.storage import tables
from services.demand.storage.saving import save
from services.kernel.geo import Area
from services.kernel.ids import CommunityId
from services.kernel.money import Money
from services.kernel.timespan import Timespan


class Releases:
    """The releases of pools, within one transaction; the partition of the pool is locked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_pool(self, pool_id: UUID) -> Release:
        """Return what was told of a pool last; nothing yet, if it is new."""
        return self.of_pools([pool_id]).get(pool_id, Release())

    def of_pools(self, pool_ids: Iterable[UUID]) -> Mapping[UUID, Release]:
        """Return what was told of pools last, without those of which nothing was."""
        table = tables.releases
        statement = select(table).where(table.c.pool_id.in_(set(pool_ids)))
        return {row["pool_id"]: _release_of(row) for row in self._connection.execute(statement).mappings()}

    def save(self, pool_id: UUID, release: Release) -> None:
        """Keep what is told now."""
        row = {
            "pool_id": pool_id,
            "number": release.number,
            "told_at": release.told_at,
            "exact": release.exact,
            "closed": release.closed,
            "counted": {str(one): _row_of(heads) for one, heads in release.counted.items()},
            "consents": {str(one): str(consent) for one, consent in release.consents.items()},
            "shape": None if release.shape is None else _row_of_shape(release.shape),
        }
        save(self._connection, tables.releases, "pool_id", row)

    def remember(self, pool: Pool, release: Release) -> None:
        """Keep whom an exact release rests on, for as long as there is the pool."""
        rows = [
            {
                "pool_id": pool.pool_id,
                "community_id": one,
                "number": release.number,
                "category": pool.category,
                "heads": _row_of(heads),
            }
            for one, heads in release.counted.items()
        ]
        if rows:
            self._connection.execute(insert(tables.told_counts), rows)

    def told_of(self, category: str, community_ids: Iterable[UUID]) -> Told:
        """Return on whom the exact counts of communities rested, in pools of a category."""
        table = tables.told_counts.c
        wanted = (table.category == category, table.community_id.in_(set(community_ids)))
        found: dict[CommunityId, list[Heads]] = {}
        for community_id, heads in self._connection.execute(select(table.community_id, table.heads).where(*wanted)):
            found.setdefault(community_id, []).append(_heads_of(heads))
        return found


def _heads_of(row: Mapping[str, Any]) -> Heads:
    return {one: (people, mark) for one, (people, mark) in row.items()}


def _row_of(heads: Heads) -> dict[str, Any]:
    return {one: list(entry) for one, entry in heads.items()}


def _release_of(row: Any) -> Release:
    return Release(
        number=row["number"],
        told_at=row["told_at"],
        exact=row["exact"],
        counted={CommunityId(UUID(one)): _heads_of(heads) for one, heads in row["counted"].items()},
        consents={CommunityId(UUID(one)): Consent(consent) for one, consent in row["consents"].items()},
        shape=None if row["shape"] is None else _shape_of(row["shape"]),
        closed=row["closed"],
    )


def _shape_of(row: Mapping[str, Any]) -> Shape:
    ceiling = row["ceiling"]
    return Shape(
        area=Area.from_wire(row["area"]),
        windows=tuple(Timespan.from_wire(window) for window in row["windows"]),
        minutes=row["minutes"],
        ceiling=None if ceiling is None else Money(ceiling["minor"], ceiling["currency"]),
    )


def _row_of_shape(shape: Shape) -> dict[str, Any]:
    ceiling = shape.ceiling
    return {
        "area": shape.area.to_wire(),
        "windows": [window.to_wire() for window in shape.windows],
        "minutes": shape.minutes,
        "ceiling": None if ceiling is None else {"minor": ceiling.minor, "currency": ceiling.currency},
    }
