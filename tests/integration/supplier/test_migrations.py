"""The migrations make what the tables promise."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

from services.supplier.storage.tables import metadata


def test_migrations_make_exactly_the_tables_of_the_metadata(migrated):
    options = {
        "version_table_schema": "supplier",
        "include_schemas": True,
        "include_name": lambda name, kind, _: kind != "schema" or name == "supplier",
        "compare_type": True,
        "compare_server_default": True,
    }
    with migrated("supplier").connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_migrations_make_every_check_of_the_metadata(migrated):
    """Alembic compares no CHECK constraints, and they guard the capacity."""
    inspector = inspect(migrated("supplier"))
    for table in metadata.tables.values():
        promised = {check.name for check in table.constraints if isinstance(check, CheckConstraint)}
        made = {check["name"] for check in inspector.get_check_constraints(table.name, schema="supplier")}
        assert made == promised
