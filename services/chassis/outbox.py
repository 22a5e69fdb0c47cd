"""The writing side of the outbox: events become rows in the transaction that caused them. See OUTBOX.md."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from marshmallow import Schema
from sqlalchemy import Connection, Executable, Table

from services.chassis import quick
from services.chassis.bulk import insert_many, insertion, packed
from services.chassis.context import WorkContext, current_context
from services.chassis.envelope import Envelope, lane_key
from services.chassis.tables import ChassisTables
from services.kernel.clock import Clock
from services.kernel.ids import new_id


class NewEvent(NamedTuple):
    """An event to be added; without a ``context`` it belongs to the running work, without a ``lane`` to no order."""

    name: str
    subject: object
    data: dict[str, Any]
    context: WorkContext | None = None
    lane: int | None = None


class Outbox:
    """Turns events into rows; a relay publishes them after the commit."""

    def __init__(
        self, connection: Connection, tables: ChassisTables, clock: Clock, service: str, schemas: Mapping[str, Schema]
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._clock = clock
        self._service = service
        self._schemas = schemas
        self.added = 0

    def add(self, name: str, subject: object, data: dict[str, Any], lane: int | None = None) -> Envelope:
        """Add the event ``name`` (``pool_ready.v1``) about ``subject`` (an id) with its contract payload.

        In a ``lane`` it goes to those who subscribe to the event in lanes; see OUTBOX.md.

        Raises ``ValueError`` when the payload is not what the service's own contract promises: that is a fault of
        ours, and it is better found before the commit than by a consumer.
        """
        return self.add_many([NewEvent(name, subject, data, lane=lane)])[0]

    def add_many(self, events: Iterable[NewEvent | tuple[Any, ...]]) -> list[Envelope]:
        """Add events, ``NewEvent`` or tuples like it, as ``add`` does, in two statements however many they are.

        The events of one subject get consecutive versions in the order in which they are given.
        """
        wanted = [NewEvent(*event) for event in events]
        if not wanted:
            return []
        for event in wanted:
            self._require_promised(event)
        versions = self._next_versions([str(event.subject) for event in wanted])
        ours, now = current_context(), self._clock.now()
        envelopes = [
            Envelope(
                id=str(new_id()),
                source=self._service,
                name=event.name,
                time=now,
                subject=str(event.subject),
                version=version,
                data=event.data,
                correlation_id=(event.context or ours).correlation_id,
                causation_id=(event.context or ours).causation_id,
            )
            for event, version in zip(wanted, versions, strict=True)
        ]
        rows = [_row(envelope, event.lane) for envelope, event in zip(envelopes, wanted, strict=True)]
        insert_many(self._connection, self._tables.outbox, rows)
        self.added += len(envelopes)
        return envelopes

    def _require_promised(self, event: NewEvent) -> None:
        if errors := quick.breaches(self._schemas[event.name], event.data):
            raise ValueError(f"{self._service}.{event.name} breaks its contract: {errors}")

    def _next_versions(self, subjects: Sequence[str]) -> list[int]:
        """Return a version for each event.

        The row of a stream stays locked until the commit, so a later event of the same subject takes a later version
        and a later position, and becomes visible later. A bare sequence would not promise that. The rows are locked
        in the order of their subjects, so that two transactions that add many cannot wait for each other crosswise.
        """
        counts = Counter(subjects)
        rows = [{"subject": subject, "version": counts[subject]} for subject in sorted(counts)]
        last = dict(self._connection.execute(_raised(self._tables.streams), packed(rows)).all())
        versions = []
        for subject in subjects:
            counts[subject] -= 1
            versions.append(last[subject] - counts[subject])
        return versions


def _row(envelope: Envelope, lane: int | None) -> dict[str, Any]:
    return {
        "message_id": envelope.id,
        "exchange": envelope.exchange,
        "routing_key": lane_key(envelope.name, lane),
        "subject": envelope.subject,
        "version": envelope.version,
        "body": envelope.to_json(),
    }


@cache
def _raised(streams: Table) -> Executable:
    """Build the statement once per service: on the way of every command, building costs as much as running."""
    statement = insertion(streams, ("subject", "version"))
    later = streams.c.version + statement.excluded.version
    return statement.on_conflict_do_update(index_elements=[streams.c.subject], set_={"version": later}).returning(
        streams.c.subject, streams.c.version
    )
