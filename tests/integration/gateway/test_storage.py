"""Tokens in a real PostgreSQL, and the schema that they are in."""

from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from gateway.auth import Tokens
from gateway.problems import Problem
from gateway.storage.tables import metadata, tokens
from gateway.tokens import TokenNotFoundError, create_token, hash_of, list_tokens, revoke_token
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from tests.fakes.chassis import FakeClock


@pytest.fixture
def engine(migrated):
    return migrated("gateway")


def test_the_migrations_make_what_the_tables_say(engine):
    with engine.connect() as connection:
        options = {
            "include_schemas": True,
            "version_table_schema": "gateway",
            "include_name": lambda name, kind, parents: kind != "schema" or name == "gateway",
        }
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_a_secret_is_stored_hashed_and_nowhere_in_clear(engine):
    made, secret = create_token(engine, FakeClock(), role="node_operator", label="me", created_by="cli")
    assert secret.startswith(f"pl_{made['prefix']}_")
    assert len(secret) >= 12 + 43
    with engine.connect() as connection:
        row = connection.execute(select(tokens).where(tokens.c.secret_hash == hash_of(secret))).one()
    assert str(row.token_id) == made["token_id"]
    assert secret not in str(row)
    assert "secret" not in made
    assert made["token_id"] in {token["token_id"] for token in list_tokens(engine)}


def test_the_database_refuses_what_is_not_a_hash(engine):
    row = {"token_id": new_id(), "prefix": "x", "secret_hash": "pl_in_clear", "role": "member"}
    with pytest.raises(IntegrityError), engine.connect() as connection:
        connection.execute(tokens.insert().values(**row, created_at=FakeClock().now()))


def test_a_token_is_accepted_until_it_expires_or_is_revoked(engine):
    clock = FakeClock()
    accept = Tokens(engine, clock)
    community = str(new_id())
    options = {"role": "partner", "community_id": community, "created_by": None}
    made, secret = create_token(engine, clock, expires_at=clock.now() + timedelta(hours=1), **options)
    token = accept.authenticate(f"Bearer {secret}")
    assert token.caller == {
        "token_id": made["token_id"],
        "role": "partner",
        "community_id": community,
        "member_id": None,
        "supplier_id": None,
    }
    clock.pass_(hours=1)
    with pytest.raises(Problem, match="unauthenticated"):
        accept.authenticate(f"Bearer {secret}")
    made, secret = create_token(engine, clock, **options)
    accept.authenticate(f"Bearer {secret}")
    first = revoke_token(engine, clock, made["token_id"])
    clock.pass_(hours=1)
    assert revoke_token(engine, clock, made["token_id"]) == first
    with pytest.raises(Problem, match="unauthenticated"):
        Tokens(engine, clock).authenticate(f"Bearer {secret}")


def test_another_process_refuses_a_revoked_token_within_two_seconds(engine, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("gateway.auth.time.monotonic", lambda: now[0])
    here, clock = Tokens(engine, FakeClock()), FakeClock()
    made, secret = create_token(engine, clock, role="node_operator")
    here.authenticate(f"Bearer {secret}")
    revoke_token(engine, clock, made["token_id"])
    here.authenticate(f"Bearer {secret}")
    now[0] += 1.0
    with pytest.raises(Problem, match="unauthenticated"):
        here.authenticate(f"Bearer {secret}")


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"role": "king"}, "role"),
        ({"role": "member", "community_id": "x", "member_id": "y"}, "community_id"),
        ({"role": "member", "community_id": str(new_id())}, "member_id"),
        ({"role": "supplier", "supplier_id": str(new_id()), "community_id": str(new_id())}, "community_id"),
        ({"role": "node_operator", "member_id": str(new_id())}, "member_id"),
        ({"role": "node_operator", "expires_at": FakeClock().now()}, "expires_at"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(engine, options, field):
    with pytest.raises(InvalidError) as refused:
        create_token(engine, FakeClock(), created_by=None, **options)
    assert refused.value.detail["errors"][0]["field"] == field


def test_revoking_what_does_not_exist_is_refused(engine):
    with pytest.raises(TokenNotFoundError):
        revoke_token(engine, FakeClock(), new_id())
