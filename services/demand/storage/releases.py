"""What others were told of pools."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from services.demand.domain.pool import Pool
from services.demand.domain.releases import Census, Release, Shape, Telling
from services.demand.domain.sharing import Consent
from services.demand.storage import sharing_tables, tables
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
        table = sharing_tables.releases
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
            "counted": _row_of_census(release.counted),
            "consents": {str(one): str(consent) for one, consent in release.consents.items()},
            "shape": None if release.shape is None else _row_of_shape(release.shape),
        }
        save(self._connection, sharing_tables.releases, "pool_id", row)

    def remember(self, pool: Pool, release: Release) -> None:
        """Keep a release that told something new, for as long as there is the pool."""
        row = {
            "pool_id": pool.pool_id,
            "number": release.number,
            "category": pool.category,
            "told_at": release.told_at,
            "exact": release.exact,
            "counted": _row_of_census(release.counted),
            "shape": None if release.shape is None else _row_of_shape(release.shape),
        }
        self._connection.execute(insert(sharing_tables.tellings).values(row))

    def told_of(self, category: str, community_ids: Iterable[UUID], since: datetime) -> Sequence[Telling]:
        """Return what was told since a time of pools of a category that had any of some communities, in order."""
        table, parts = sharing_tables.tellings.c, tables.pool_communities.c
        theirs = select(parts.pool_id).where(parts.community_id.in_(set(community_ids)))
        wanted = (table.category == category, table.told_at > since, table.pool_id.in_(theirs))
        statement = select(table.counted, table.shape, table.exact).where(*wanted).order_by(table.told_at, table.number)
        return [
            Telling(_census_of(row.counted), None if row.shape is None else _shape_of(row.shape), row.exact)
            for row in self._connection.execute(statement)
        ]


def _census_of(row: Mapping[str, Any]) -> Census:
    return {
        CommunityId(UUID(one)): {signal: (people, mark) for signal, (people, mark) in heads.items()}
        for one, heads in row.items()
    }


def _row_of_census(census: Census) -> dict[str, Any]:
    return {str(one): {signal: list(entry) for signal, entry in heads.items()} for one, heads in census.items()}


def _release_of(row: Any) -> Release:
    return Release(
        number=row["number"],
        told_at=row["told_at"],
        exact=row["exact"],
        counted=_census_of(row["counted"]),
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
