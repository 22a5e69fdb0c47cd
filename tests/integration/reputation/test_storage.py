import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from services.chassis import migrations
from services.kernel.ids import new_id
from services.reputation.storage import tables
from tests.fakes.chassis import MONDAY


def of_our_schema(object_, name, kind, reflected, compare_to):
    return kind != "table" or (object_.schema == "reputation" and name != "alembic_version")


def test_the_migrated_schema_is_the_one_that_the_tables_describe(migrated):
    options = {"include_schemas": True, "include_object": of_our_schema, "compare_server_default": True}
    with migrated("reputation").connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables.metadata) == []
        assert migrations.pending("reputation", connection) == []


def review_row(**changes):
    ids = ("review_id", "commitment_id", "campaign_id", "supplier_id", "community_id", "member_id")
    row = {**{name: new_id() for name in ids}, "quality": 5, "twelfths": 60, "text": "", "created_at": MONDAY}
    return {**row, **changes}


@pytest.mark.parametrize("dimension", ["quality", "punctuality", "communication", "value"])
def test_the_database_refuses_a_mark_of_six(migrated, dimension):
    with migrated("reputation").connect() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(tables.reviews).values(review_row(**{dimension: 6})))


def test_the_database_refuses_a_second_review_of_a_commitment(migrated):
    first = review_row()
    with migrated("reputation").connect() as connection:
        connection.execute(insert(tables.reviews).values(first))
        with pytest.raises(IntegrityError):
            connection.execute(insert(tables.reviews).values(review_row(commitment_id=first["commitment_id"])))
