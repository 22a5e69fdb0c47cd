"""No service may look into another's schema: PostgreSQL itself refuses it."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.chassis.database import make_engine
from services.chassis.settings import OWNERS
from services.platform import provision


@pytest.fixture
def provisioned(own_database):
    provision.migrate(own_database)
    return own_database


def ask(url, statement):
    engine = make_engine(url, pool_size=1)
    try:
        with engine.connect() as connection:
            return connection.execute(text(statement)).scalar_one()
    finally:
        engine.dispose()


def test_the_role_of_a_service_is_refused_the_tables_of_every_other(provisioned):
    for owner in OWNERS:
        url = provisioned.url_of(owner)
        assert ask(url, f'SELECT count(*) FROM "{owner}".alembic_version') == 1
        for other in OWNERS:
            if other != owner:
                with pytest.raises(ProgrammingError, match=f"permission denied for schema {other}"):
                    ask(url, f'SELECT count(*) FROM "{other}".alembic_version')


def test_a_service_may_make_nothing_outside_its_own_schema(provisioned):
    for place in ("public", "supplier"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            ask(provisioned.url_of("demand"), f"CREATE TABLE {place}.mine (id int)")


def test_a_role_is_no_administrator_and_member_of_no_other(provisioned):
    found = "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
    member = (
        "SELECT count(*) FROM pg_auth_members WHERE member = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
    )
    for owner in OWNERS:
        assert ask(provisioned.url_of(owner), found) is False
        assert ask(provisioned.url_of(owner), member) == 0


def test_everything_is_owned_by_the_role_of_its_service(provisioned):
    for owner in OWNERS:
        foreign = f"SELECT count(*) FROM pg_tables WHERE schemaname = '{owner}' AND tableowner <> current_user"
        assert ask(provisioned.url_of(owner), foreign) == 0


def test_a_second_run_changes_nothing(provisioned):
    again = provision.migrate(provisioned)
    assert [(each.role_made, each.schema_made, each.revisions) for each in again] == [(False, False, ())] * len(OWNERS)


def test_two_runs_at_once_both_succeed(own_database):
    done, failed = [], []

    def run():
        try:
            done.append(provision.migrate(own_database))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sum(each.role_made for run_ in done for each in run_) == len(OWNERS)
    assert sum(bool(each.revisions) for run_ in done for each in run_) == len(OWNERS)
