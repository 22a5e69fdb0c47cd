"""What the migrations of all services share: where they run, and the chassis tables they start with.

``create_chassis_tables_v1`` is frozen: a later change of the chassis tables is a new function and a new migration in
each service, never an edit of this one.
"""

from logging import getLogger

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql import JSONB

log = getLogger(__name__)


def run(metadata: MetaData) -> None:
    """Run the migrations of the service that owns ``metadata``; its alembic ``env.py`` calls this and nothing else.

    The connection comes in ``config.attributes["connection"]``; the version table lies in the service's schema.
    """
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table="alembic_version",
        version_table_schema=metadata.schema,
        include_schemas=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def create_chassis_tables_v1(op: Operations, schema: str) -> None:
    """Create streams, outbox, inbox, answers, timers and dead letters in ``schema``."""
    now = sa.text("clock_timestamp()")

    def moment(name: str, **options: object) -> sa.Column:
        return sa.Column(name, sa.DateTime(timezone=True), **options)

    op.create_table(
        "streams",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        schema=schema,
    )
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("exchange", sa.Text, nullable=False),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("headers", JSONB, nullable=False, server_default=sa.text("'{}'")),
        moment("created_at", nullable=False, server_default=now),
        moment("sent_at"),
        schema=schema,
    )
    op.create_index("outbox_unsent", "outbox", ["position"], schema=schema, postgresql_where=sa.text("sent_at IS NULL"))
    op.create_index(
        "outbox_sent", "outbox", ["sent_at"], schema=schema, postgresql_where=sa.text("sent_at IS NOT NULL")
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("message_id", sa.Text, primary_key=True),
        moment("handled_at", nullable=False, server_default=now),
        schema=schema,
    )
    op.create_index("inbox_handled_at", "inbox", ["handled_at"], schema=schema)
    op.create_table(
        "answers",
        sa.Column("caller", sa.Text, primary_key=True),
        sa.Column("operation", sa.Text, primary_key=True),
        sa.Column("idempotency_key", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("answer", JSONB),
        moment("created_at", nullable=False, server_default=now),
        schema=schema,
    )
    op.create_index("answers_created_at", "answers", ["created_at"], schema=schema)
    op.create_table(
        "timers",
        sa.Column("key", sa.Text, primary_key=True),
        moment("due_at", nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        moment("retry_at"),
        sa.Column("last_error", sa.Text),
        schema=schema,
    )
    op.create_index("timers_due_at", "timers", ["due_at"], schema=schema)
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text),
        sa.Column("headers", JSONB, nullable=False),
        sa.Column("content_type", sa.Text),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        moment("died_at", nullable=False, server_default=now),
        schema=schema,
    )


def upgrade(service: str, connection: sa.Connection) -> None:
    """Bring the schema of ``service`` (``demand``, or ``gateway``) to the newest version."""
    command.upgrade(_config(service, connection), "head")


def pending(service: str, connection: sa.Connection) -> list[str]:
    """Return the revisions that the schema of ``service`` lacks, oldest first; empty when it is up to date."""
    script = ScriptDirectory.from_config(_config(service, connection))
    options = {"version_table_schema": service}
    current = MigrationContext.configure(connection, opts=options).get_current_heads()
    known = {revision.revision for head in current for revision in script.iterate_revisions(head, "base")}
    return [r.revision for r in reversed(list(script.walk_revisions())) if r.revision not in known]


def _config(service: str, connection: sa.Connection) -> Config:
    package = "gateway" if service == "gateway" else f"services.{service}"
    config = Config()
    config.set_main_option("script_location", f"{package}:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
