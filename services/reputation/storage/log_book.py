"""The log in PostgreSQL: a queue without places, entries with them, tiles of the tree, heads, keys."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.kernel.clock import Clock
from services.reputation.domain.log_entries import Entry
from services.reputation.domain.notes import LogKey
from services.reputation.domain.tiles import Tile
from services.reputation.storage.log_tables import log_entries, log_heads, log_keys, log_queue, log_tiles

# The number of our advisory lock: "tree" in ASCII. Whoever gives places, makes keys or signs heads holds it.
LOCK = 0x74726565

_ENTRY = ("entry_id", "kind", "subject", "community_id", "supplier_id", "record", "salt")


class LogBook:
    """The log, within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self.queued = 0

    # What is recorded

    def queue(self, entry: Entry) -> None:
        """Let an entry wait for its place; it is there when the transaction commits, and only then."""
        self._connection.execute(insert(log_queue).values(_row(entry)))
        self.queued += 1

    def lock(self) -> None:
        """Let nobody else give places until the end of the transaction."""
        self._connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})

    def take(self, most: int) -> list[Entry]:
        """Take entries from the queue, ``most`` at most, those that were made first at the front."""
        oldest = select(log_queue.c.entry_id).order_by(log_queue.c.entry_id).limit(most).scalar_subquery()
        taken = delete(log_queue).where(log_queue.c.entry_id.in_(oldest)).returning(log_queue)
        rows = self._connection.execute(taken).mappings().all()
        return sorted((Entry(**row) for row in rows), key=lambda entry: entry.entry_id)

    # The tree

    def size(self) -> int:
        """Return how many entries have their place."""
        return self._connection.execute(select(func.coalesce(func.max(log_entries.c.index) + 1, 0))).scalar_one()

    def add(self, first: int, entries: Sequence[Entry]) -> None:
        """Give ``entries`` their places from ``first`` on; the primary key refuses a place that is taken."""
        rows = [{**_row(one), "index": first + at, "commitment": one.commitment} for at, one in enumerate(entries)]
        self._connection.execute(insert(log_entries), rows)

    def tiles(self, wanted: Iterable[Tile]) -> dict[Tile, bytes]:
        """Return those of the tiles that there are, in one read."""
        keys = sorted(set(wanted))
        if not keys:
            return {}
        query = select(log_tiles).where(tuple_(log_tiles.c.level, log_tiles.c.number).in_(keys))
        return {Tile(row.level, row.number): row.hashes for row in self._connection.execute(query)}

    def keep_tiles(self, tiles: dict[Tile, bytes]) -> None:
        """Keep tiles that are new or longer than before."""
        statement = upsert(log_tiles)
        statement = statement.on_conflict_do_update(
            index_elements=["level", "number"], set_={"hashes": statement.excluded.hashes}
        )
        rows = [{"level": tile.level, "number": tile.number, "hashes": hashes} for tile, hashes in tiles.items()]
        self._connection.execute(statement, rows)

    # Heads

    def latest_head(self) -> dict[str, Any] | None:
        """Return the head of the largest tree that was signed: size, root, note, signed_at."""
        query = select(log_heads).order_by(log_heads.c.size.desc()).limit(1)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else dict(row)

    def keep_head(self, size: int, root: bytes, note: str) -> None:
        """Keep a signed head; there is one of each size."""
        values = {"size": size, "root": root, "note": note, "signed_at": self._clock.now()}
        self._connection.execute(insert(log_heads).values(values))

    # Keys

    def all_keys(self) -> list[LogKey]:
        """Return every key, the oldest first."""
        query = select(log_keys).order_by(log_keys.c.created_at, log_keys.c.public)
        return [_key(row) for row in self._connection.execute(query).mappings()]

    def signing_key(self) -> LogKey | None:
        """Return the key that signs, or None where none was made yet."""
        query = select(log_keys).where(log_keys.c.retired_at.is_(None))
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else _key(row)

    def add_key(self, key: LogKey) -> None:
        """Keep a new key that signs from now on; the one before retires."""
        now = self._clock.now()
        self._connection.execute(update(log_keys).where(log_keys.c.retired_at.is_(None)).values(retired_at=now))
        values = {"public": key.verifier.public, "origin": key.origin, "private": key.private}
        self._connection.execute(insert(log_keys).values(**values, created_at=key.created_at))


def _row(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _ENTRY}


def _key(row: Any) -> LogKey:
    return LogKey(row["origin"], bytes(row["private"]), row["created_at"], row["retired_at"])
