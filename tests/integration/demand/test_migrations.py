"""The migrations make the schema that the code expects."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from services.chassis import migrations
from services.demand.storage.tables import metadata


def test_the_migrated_schema_is_that_of_the_tables(migrated):
    def only_ours(name, kind, parents):
        return name == "demand" if kind == "schema" else name != "alembic_version"

    with migrated("demand").connect() as connection:
        options = {"include_schemas": True, "include_name": only_ours, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts={**options, "version_table_schema": "demand"})
        assert compare_metadata(context, metadata) == []


def test_nothing_is_pending_after_an_upgrade(migrated):
    with migrated("demand").connect() as connection:
        assert migrations.pending("demand", connection) == []


def test_checks_of_the_tables_are_those_of_the_migration(migrated):
    """Alembic does not compare check constraints."""
    from sqlalchemy import CheckConstraint, inspect

    inspector = inspect(migrated("demand"))
    for table in metadata.tables.values():
        expected = {one.name for one in table.constraints if isinstance(one, CheckConstraint)}
        found = {one["name"] for one in inspector.get_check_constraints(table.name, schema="demand")}
        assert found == expected, table.name
