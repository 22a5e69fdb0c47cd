"""The tables that every service has in its own schema, beside those of its domain."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB


class ChassisTables:
    """The chassis tables of one service, in the schema and the metadata of that service."""

    def __init__(self, metadata: MetaData) -> None:
        # One row per aggregate: its lock orders the events of that aggregate, see OUTBOX.md.
        self.streams = Table(
            "streams",
            metadata,
            Column("subject", Text, primary_key=True),
            Column("version", BigInteger, nullable=False),
        )
        self.outbox = Table(
            "outbox",
            metadata,
            Column("position", BigInteger, Identity(always=True), primary_key=True),
            Column("message_id", Text, nullable=False),
            Column("exchange", Text, nullable=False),
            Column("routing_key", Text, nullable=False),
            Column("subject", Text, nullable=False),
            Column("version", BigInteger, nullable=False),
            Column("body", Text, nullable=False),
            Column("headers", JSONB, nullable=False, server_default=text("'{}'")),
            Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
            Column("sent_at", DateTime(timezone=True)),
            Index("outbox_unsent", "position", postgresql_where=text("sent_at IS NULL")),
            Index("outbox_sent", "sent_at", postgresql_where=text("sent_at IS NOT NULL")),
        )
        self.inbox = Table(
            "inbox",
            metadata,
            Column("consumer", Text, primary_key=True),
            Column("source", Text, primary_key=True),
            Column("message_id", Text, primary_key=True),
            Column("handled_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
            Index("inbox_handled_at", "handled_at"),
        )
        self.answers = Table(
            "answers",
            metadata,
            Column("caller", Text, primary_key=True),
            Column("operation", Text, primary_key=True),
            Column("idempotency_key", Text, primary_key=True),
            Column("fingerprint", Text, nullable=False),
            Column("answer", JSONB),
            Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
            Index("answers_created_at", "created_at"),
        )
        self.timers = Table(
            "timers",
            metadata,
            Column("key", Text, primary_key=True),
            Column("due_at", DateTime(timezone=True), nullable=False),
            Column("command", Text, nullable=False),
            Column("payload", JSONB, nullable=False),
            Column("correlation_id", Text, nullable=False),
            Column("attempts", Integer, nullable=False, server_default="0"),
            Column("retry_at", DateTime(timezone=True)),
            Column("last_error", Text),
            Index("timers_due_at", "due_at"),
        )
        self.dead_letters = Table(
            "dead_letters",
            metadata,
            Column("id", Text, primary_key=True),
            Column("queue", Text, nullable=False),
            Column("routing_key", Text, nullable=False),
            Column("message_id", Text),
            Column("headers", JSONB, nullable=False),
            Column("content_type", Text),
            Column("body", LargeBinary, nullable=False),
            Column("reason", Text, nullable=False),
            Column("attempts", Integer, nullable=False),
            Column("died_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
        )
