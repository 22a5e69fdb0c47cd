"""Where the aggregates of demand are found and kept."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from services.chassis.bulk import insert_many
from services.demand.domain.consenting import Terms
from services.demand.domain.model import Community, Member
from services.demand.domain.pool import Pool
from services.demand.domain.signals import Signal
from services.demand.storage import rows, sharing_rows, tables
from services.demand.storage.saving import save
from services.kernel.ids import MemberId


class Communities:
    """The communities, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, community_id: UUID, lock: str | None = None) -> Community | None:
        """Return a community or None. ``lock`` "share" keeps it from changing until the commit, "update" is for
        changing it.
        """
        statement = select(tables.communities).where(tables.communities.c.community_id == community_id)
        if lock is not None:
            # "update" leaves the key to be referred to: who saves a pool with this community need not wait for it,
            # which could be for ever, because who changes a community waits for the categories of pools.
            statement = statement.with_for_update(read=lock == "share", key_share=lock == "update")
        row = self._connection.execute(statement).mappings().one_or_none()
        return None if row is None else rows.community_of(row)

    def policies(self, community_ids: Iterable[UUID]) -> Mapping[UUID, Terms]:
        """Return what communities say about sharing pools."""
        table = tables.communities.c
        wanted = set(community_ids)
        statement = select(table.community_id, *(table[name] for name in sharing_rows.TERMS)).where(
            table.community_id.in_(wanted)
        )
        found = self._connection.execute(statement).mappings() if wanted else ()
        return {row["community_id"]: sharing_rows.terms_of(row) for row in found}

    def save(self, community: Community) -> None:
        """Keep a new or changed community."""
        save(self._connection, tables.communities, "community_id", rows.row_of_community(community))


class Members:
    """The members of communities, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, member_id: UUID, lock: bool = False) -> Member | None:
        """Return a member or None; ``lock`` it to change it."""
        statement = select(tables.members).where(tables.members.c.member_id == member_id)
        row = (
            self._connection.execute(statement.with_for_update(key_share=True) if lock else statement)
            .mappings()
            .one_or_none()
        )
        return None if row is None else rows.member_of(row)

    def persons(self, member_ids: Iterable[UUID]) -> Mapping[MemberId, str]:
        """Return the hashes by which some members can be recognised."""
        table = tables.members.c
        wanted = (table.member_id.in_(set(member_ids)), table.person.is_not(None))
        found = self._connection.execute(select(table.member_id, table.person).where(*wanted))
        return {MemberId(row.member_id): row.person for row in found}

    def of_community(self, community_id: UUID) -> list[Member]:
        """Return the members of a community, in the order in which they joined."""
        table = tables.members
        statement = select(table).where(table.c.community_id == community_id).order_by(table.c.member_id)
        return [rows.member_of(row) for row in self._connection.execute(statement).mappings()]

    def add_many(self, members: Sequence[Member]) -> None:
        """Keep new members, in one statement."""
        insert_many(self._connection, tables.members, [rows.row_of_member(member) for member in members])

    def save(self, member: Member) -> None:
        """Keep a new or changed member."""
        save(self._connection, tables.members, "member_id", rows.row_of_member(member))


class Signals:
    """The signals, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, signal_id: UUID, lock: bool = False) -> Signal | None:
        """Return a signal or None; ``lock`` it to change it."""
        statement = select(tables.signals).where(tables.signals.c.signal_id == signal_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
        return None if row is None else rows.signal_of(row)

    def of_pool(self, pool_id: UUID) -> tuple[Signal, ...]:
        """Return the signals that are in a pool now, oldest first."""
        return self.of_pools([pool_id]).get(pool_id, ())

    def of_pools(self, pool_ids: Iterable[UUID]) -> Mapping[UUID, tuple[Signal, ...]]:
        """Return the signals that are in each of some pools now, oldest first."""
        table = tables.signals
        statement = select(table).where(table.c.pool_id.in_(set(pool_ids))).order_by(table.c.signal_id)
        found: dict[UUID, list[Signal]] = {}
        for row in self._connection.execute(statement).mappings():
            found.setdefault(row["pool_id"], []).append(rows.signal_of(row))
        return {pool_id: tuple(signals) for pool_id, signals in found.items()}

    def own_in(self, pool_ids: Iterable[UUID], community_id: UUID) -> Mapping[UUID, tuple[Signal, ...]]:
        """Return the signals of one community in each of some pools, oldest first."""
        table = tables.signals
        mine = (table.c.pool_id.in_(set(pool_ids)), table.c.community_id == community_id)
        found: dict[UUID, list[Signal]] = {}
        for row in self._connection.execute(select(table).where(*mine).order_by(table.c.signal_id)).mappings():
            found.setdefault(row["pool_id"], []).append(rows.signal_of(row))
        return {pool_id: tuple(signals) for pool_id, signals in found.items()}

    def gathering(self, community_id: UUID, categories: Iterable[str], limit: int) -> tuple[Signal, ...]:
        """Return a community's newest signals of some categories that are in gathering pools."""
        signals, pools = tables.signals, tables.pools
        statement = (
            select(signals)
            .join(pools, pools.c.pool_id == signals.c.pool_id)
            .where(
                signals.c.community_id == community_id,
                signals.c.category.in_(set(categories)),
                pools.c.state == "gathering",
            )
            .order_by(signals.c.signal_id.desc())
            .limit(limit)
        )
        return tuple(rows.signal_of(row) for row in self._connection.execute(statement).mappings())

    def partitions(self, community_id: UUID) -> list[str]:
        """Return the partitions in which a community has signals that are not over."""
        table = tables.signals.c
        over = ("withdrawn", "expired")
        statement = select(table.partition).where(table.community_id == community_id, table.state.not_in(over))
        return list(self._connection.execute(statement.distinct()).scalars())

    def are_open_in(self, partition: str, now: datetime) -> bool:
        """Tell whether signals of a partition wait to be put into pools."""
        return bool(self.open_in(partition, now, 1))

    def open_in(self, partition: str, now: datetime, most: int) -> tuple[Signal, ...]:
        """Return signals of a partition that wait to be put into pools, oldest first; those out of time do not."""
        table = tables.signals
        waiting = (table.c.partition == partition, table.c.state == "open", table.c.expires_at > now)
        statement = select(table).where(*waiting).order_by(table.c.created_at, table.c.signal_id).limit(most)
        return tuple(rows.signal_of(row) for row in self._connection.execute(statement).mappings())

    def add_many(self, signals: Sequence[Signal]) -> None:
        """Keep new signals, in one statement."""
        insert_many(self._connection, tables.signals, [rows.row_of_signal(signal) for signal in signals])

    def save(self, signal: Signal) -> None:
        """Keep a new or changed signal."""
        save(self._connection, tables.signals, "signal_id", rows.row_of_signal(signal))


class Pools:
    """The pools, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock_partition(self, partition: str) -> None:
        """Wait until nobody else changes pools of the partition; let go at the commit.

        Locking the pools that are there would not do: two signals that find no pool must not form two. Everything
        that puts signals into pools or takes them out comes through here first, so what is read afterwards is what
        the one before has committed. Two partitions may share a lock by accident of the hash; that only costs time.
        """
        self._connection.execute(select(func.pg_advisory_xact_lock(_lock_key(partition))))

    def try_lock_partition(self, partition: str) -> bool:
        """Lock as ``lock_partition`` does if nobody else has it; return whether it could be had."""
        return bool(self._connection.scalar(select(func.pg_try_advisory_xact_lock(_lock_key(partition)))))

    def find(self, pool_id: UUID, lock: bool = False) -> Pool | None:
        """Return a pool or None; ``lock`` it to change it."""
        statement = select(tables.pools).where(tables.pools.c.pool_id == pool_id)
        found = self._read(statement.with_for_update() if lock else statement)
        return found[0] if found else None

    def candidates(self, signal: Signal, now: datetime, after: int, most: int) -> list[Pool]:
        """Return gathering pools that a signal may fit into, ``most`` of them after the first ``after``.

        Those of most people come first, then the oldest. Left out is only what is too far away or at other times.
        """
        table, reach = tables.pools.c, signal.reach
        statement = select(tables.pools).where(
            table.partition == signal.partition,
            table.state == "gathering",
            table.south <= reach.north,
            table.north >= reach.south,
            table.west <= reach.east,
            table.east >= reach.west,
            table.opens < signal.windows[-1].end,
            table.closes > max(signal.windows[0].start, now),
        )
        statement = statement.order_by(table.people.desc(), table.created_at, table.pool_id)
        return self._read(statement.offset(after).limit(most))

    def gathering(self, partition: str, community_id: UUID | None = None) -> list[Pool]:
        """Return the pools of a partition that gather, those in which a community takes part if it is given."""
        table, parts = tables.pools.c, tables.pool_communities.c
        statement = select(tables.pools).where(table.partition == partition, table.state == "gathering")
        if community_id is not None:
            mine = select(parts.pool_id).where(parts.community_id == community_id)
            statement = statement.where(table.pool_id.in_(mine))
        return self._read(statement.order_by(table.pool_id))

    def many(self, pool_ids: Sequence[UUID]) -> list[Pool]:
        """Return pools in the order of their ids."""
        table = tables.pools
        return self._read(select(table).where(table.c.pool_id.in_(pool_ids)).order_by(table.c.pool_id))

    def _read(self, statement: object) -> list[Pool]:
        found = self._connection.execute(statement).mappings().all()
        table = tables.pool_communities
        ids = [row["pool_id"] for row in found]
        parts: dict[UUID, list] = {}
        query = select(table).where(table.c.pool_id.in_(ids)).order_by(table.c.pool_id, table.c.place)
        for part in self._connection.execute(query).mappings() if ids else ():
            parts.setdefault(part["pool_id"], []).append(part)
        return [rows.pool_of(row, parts.get(row["pool_id"], ())) for row in found]

    def save(self, pool: Pool) -> None:
        """Keep a new or changed pool and the parts of its communities."""
        save(self._connection, tables.pools, "pool_id", rows.row_of_pool(pool))
        table = tables.pool_communities
        self._connection.execute(delete(table).where(table.c.pool_id == pool.pool_id))
        if pool.communities:
            self._connection.execute(insert(table), sharing_rows.rows_of_parts(pool))


def _lock_key(partition: str) -> ColumnElement:
    return func.hashtextextended(f"demand.partition:{partition}", 0)
