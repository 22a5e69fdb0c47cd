"""The writing side of the outbox: events become rows in the transaction that caused them. See OUTBOX.md."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import Schema
from sqlalchemy import Connection, Executable, insert
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.context import current_context
from services.chassis.envelope import Envelope
from services.chassis.tables import ChassisTables
from services.kernel.clock import Clock
from services.kernel.ids import new_id


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

    def add(self, name: str, subject: object, data: dict[str, Any]) -> Envelope:
        """Add the event ``name`` (``pool_ready.v1``) about ``subject`` (an id) with its contract payload.

        Raises ``ValueError`` when the payload is not what the service's own contract promises: that is a fault of
        ours, and it is better found before the commit than by a consumer.
        """
        if errors := self._schemas[name].validate(data):
            raise ValueError(f"{self._service}.{name} breaks its contract: {errors}")
        context = current_context()
        envelope = Envelope(
            id=str(new_id()),
            source=self._service,
            name=name,
            time=self._clock.now(),
            subject=str(subject),
            version=self._next_version(str(subject)),
            data=data,
            correlation_id=context.correlation_id,
            causation_id=context.causation_id,
        )
        _, new_row = _statements(self._tables)
        row = {
            "message_id": envelope.id,
            "exchange": envelope.exchange,
            "routing_key": envelope.name,
            "subject": envelope.subject,
            "version": envelope.version,
            "body": envelope.to_json(),
        }
        self._connection.execute(new_row, row)
        self.added += 1
        return envelope

    def _next_version(self, subject: str) -> int:
        # The row of the stream stays locked until the commit, so a later event of the same subject takes a later
        # version and a later position, and becomes visible later. A bare sequence would not promise that.
        next_version, _ = _statements(self._tables)
        return self._connection.execute(next_version, {"subject": subject, "version": 1}).scalar_one()


@cache
def _statements(tables: ChassisTables) -> tuple[Executable, Executable]:
    """Build the statements once per service: on the way of every command, building costs as much as running."""
    streams = tables.streams
    next_version = (
        upsert(streams)
        .on_conflict_do_update(index_elements=[streams.c.subject], set_={"version": streams.c.version + 1})
        .returning(streams.c.version)
    )
    return next_version, insert(tables.outbox)
