"""One use case, one transaction, one explicit commit."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import Self

from marshmallow import Schema
from sqlalchemy import Connection, Engine

from services.chassis.answers import Answers
from services.chassis.context import WorkContext, current_context
from services.chassis.inbox import Inbox
from services.chassis.outbox import Outbox
from services.chassis.tables import ChassisTables
from services.chassis.timers import Timers
from services.kernel.clock import Clock
from services.kernel.policy import Policy


class UnitOfWork:
    """State, outbox, inbox, timers and stored answers commit together; leaving without a commit rolls back.

    A service subclasses it and adds its repositories as cached properties over ``self.connection``.
    """

    service: str
    tables: ChassisTables
    event_schemas: Mapping[str, Schema]

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        policy: Policy = Policy(),
        on_commit: Callable[["UnitOfWork"], None] | None = None,
    ) -> None:
        self._engine = engine
        self._on_commit = on_commit
        self.clock = clock
        self.policy = policy
        # The conversations of the commands of a batch; empty for a single command, which has that of its message.
        self.contexts: Sequence[WorkContext] = ()

    connection: Connection

    def __enter__(self) -> Self:
        self.connection = self._engine.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # close() rolls back what was not committed, and forgets a connection that broke.
        self.connection.close()

    def commit(self) -> None:
        """Make everything durable, then wake whoever waits for new outbox rows or timers."""
        self.connection.commit()
        if self._on_commit is not None:
            self._on_commit(self)

    def rollback(self) -> None:
        """Forget everything since the start or the last commit."""
        self.connection.rollback()

    def context_of(self, index: int) -> WorkContext:
        """Return the conversation of the command at ``index`` of a batch, for its events and timers."""
        return self.contexts[index] if self.contexts else current_context()

    @cached_property
    def outbox(self) -> Outbox:
        """Where events are added."""
        return Outbox(self.connection, self.tables, self.clock, self.service, self.event_schemas)

    @cached_property
    def inbox(self) -> Inbox:
        """Where handled messages are marked."""
        return Inbox(self.connection, self.tables)

    @cached_property
    def answers(self) -> Answers:
        """Where the answers of idempotent commands are kept."""
        return Answers(self.connection, self.tables)

    @cached_property
    def timers(self) -> Timers:
        """Where deadlines are set."""
        return Timers(self.connection, self.tables)
