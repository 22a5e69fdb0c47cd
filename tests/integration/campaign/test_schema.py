import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.campaign.storage.tables import metadata
from tests.builders_campaign import Town


def test_the_migrations_make_what_the_tables_say(engine):
    def only_campaign(name, kind, parents):
        return kind != "schema" or name == "campaign"

    def not_alembic(thing, name, kind, reflected, compared):
        return not (kind == "table" and name == "alembic_version")

    options = {"include_schemas": True, "include_name": only_campaign, "include_object": not_alembic}
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    assert differences == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE campaign.transfers SET amount_minor = 1",
        "DELETE FROM campaign.transfers",
        "TRUNCATE campaign.transfers",
        "UPDATE campaign.transfers SET amount_minor = 1 WHERE false",
    ],
)
def test_the_ledger_is_append_only(desk, engine, change):
    town = Town(desk)
    town.open()
    town.join(2)
    with engine.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text(change))


def test_the_same_effect_cannot_be_posted_twice(desk, engine):
    town = Town(desk)
    town.open()
    town.join(2)
    again = """
        INSERT INTO campaign.transfers SELECT gen_random_uuid(), key, kind, debit_account, credit_account, amount_minor,
        currency, campaign_id, commitment_id, receipt, created_at FROM campaign.transfers WHERE campaign_id = :id
    """
    with engine.connect() as connection, pytest.raises(IntegrityError, match="transfers_key"):
        connection.execute(text(again), {"id": town.campaign_id})


def test_no_escrow_falls_below_zero(desk, engine):
    town = Town(desk)
    town.open()
    town.join(2)
    theft = """
        INSERT INTO campaign.transfers SELECT gen_random_uuid(), key || 'x', 'release', credit_account, 'supplier:x',
        amount_minor + 1, currency, campaign_id, commitment_id, null, created_at FROM campaign.transfers
        WHERE campaign_id = :id
    """
    with engine.connect() as connection, pytest.raises(IntegrityError, match="accounts_escrow_not_negative"):
        connection.execute(text(theft), {"id": town.campaign_id})


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("paid_seats = max_seats + 1", "campaigns_never_oversold"),
        ("reserved_seats = -1", "campaigns_seats_not_negative"),
        ("refunded_minor = paid_minor + 1", "campaigns_escrow_not_negative"),
    ],
)
def test_counters_are_guarded_by_the_database(desk, engine, change, guard):
    town = Town(desk)
    with engine.connect() as connection, pytest.raises(IntegrityError, match=guard):
        connection.execute(
            text(f"UPDATE campaign.campaigns SET {change} WHERE campaign_id = :id"), {"id": town.campaign_id}
        )
