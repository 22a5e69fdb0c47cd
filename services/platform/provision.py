"""A role and a schema per service, and the migrations of each, run as the role that will own the tables.

No role may look into another's schema: what everybody may do (``PUBLIC``) is taken away from the database and from
every schema. Everything here may be done again at any time, and by two at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import sql
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from services.chassis import migrations
from services.chassis.database import make_engine
from services.chassis.errors import StartupError
from services.chassis.settings import OWNERS, Settings

# The number of our advisory lock: "pinl" in ASCII.
LOCK = 0x70696E6C


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What was done for one owner of a schema."""

    owner: str
    role: str
    role_made: bool
    schema_made: bool
    revisions: tuple[str, ...]


def migrate(settings: Settings) -> list[Provisioned]:
    """Make what is missing and bring every schema to its newest version; raise ``StartupError`` if that fails."""
    admin_url = settings.admin_database_url or settings.database_url
    if admin_url is None:
        raise StartupError(
            "PINLIAN_ADMIN_DATABASE_URL is not set; expected the URL of a role that may create roles and schemas, "
            "such as postgresql://postgres:password@host:5432/pinlian"
        )
    urls = {owner: settings.url_of(owner) for owner in OWNERS}
    engine = make_engine(admin_url, pool_size=1, application="pinlian-migrate")
    try:
        with reaching(admin_url), engine.execution_options(isolation_level="AUTOCOMMIT").connect() as admin:
            return _migrate(admin, urls)
    finally:
        engine.dispose()


def create_database(admin_url: str, name: str) -> None:
    """Create the database ``name`` unless it is there."""
    engine = make_engine(admin_url, pool_size=1, application="pinlian-migrate")
    try:
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as admin:
            if not admin.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}).scalar():
                _do(admin, "CREATE DATABASE {}", sql.Identifier(name))
    finally:
        engine.dispose()


def require_migrated(owner: str, engine: Engine, url: str) -> None:
    """Raise ``StartupError`` unless the schema of ``owner`` is there and at its newest version."""
    with reaching(url), engine.connect() as connection:
        try:
            missing = migrations.pending(owner, connection)
        except ProgrammingError:
            missing = ["all"]
    if missing:
        raise StartupError(
            f"the schema {owner!r} in {describe(url)} lacks the migrations {', '.join(missing)}; run: pinlian migrate"
        )


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Turn a database that cannot be reached into one readable line."""
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()
        raise StartupError(f"the database {describe(url)} cannot be used: {reason[-1] if reason else error}") from None


def describe(url: str) -> str:
    """Return a database URL without its password."""
    return make_url(url).render_as_string(hide_password=True)


def _migrate(admin: Connection, urls: dict[str, str]) -> list[Provisioned]:
    admin.execute(text("SET lock_timeout = 0"))
    admin.execute(text("SET statement_timeout = 0"))
    # Whoever comes second waits here and then finds everything done.
    admin.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
    try:
        _require_utf8(admin)
        _close_to_the_public(admin)
        return [_provision(admin, owner, url) for owner, url in urls.items()]
    finally:
        admin.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})


def _require_utf8(admin: Connection) -> None:
    encoding = admin.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise StartupError(f"the database has the encoding {encoding}; expected one created with ENCODING 'UTF8'")


def _close_to_the_public(admin: Connection) -> None:
    database = admin.execute(text("SELECT current_database()")).scalar_one()
    _do(admin, "REVOKE ALL ON DATABASE {} FROM PUBLIC", sql.Identifier(database))
    if admin.execute(text("SELECT 1 FROM pg_namespace WHERE nspname = 'public'")).scalar():
        _do(admin, "REVOKE ALL ON SCHEMA public FROM PUBLIC")


def _provision(admin: Connection, owner: str, url: str) -> Provisioned:
    parts = make_url(url)
    role, database, schema = parts.username or "", sql.Identifier(parts.database or ""), sql.Identifier(owner)
    role_made = _make_role(admin, role, parts.password)
    _do(admin, "GRANT CONNECT ON DATABASE {} TO {}", database, sql.Identifier(role))
    known = admin.execute(text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": owner}).scalar()
    _do(admin, "CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}", schema, sql.Identifier(role))
    _do(admin, "ALTER SCHEMA {} OWNER TO {}", schema, sql.Identifier(role))
    _do(admin, "REVOKE ALL ON SCHEMA {} FROM PUBLIC", schema)
    return Provisioned(owner, role, role_made, not known, tuple(_upgrade(owner, url)))


def _make_role(admin: Connection, role: str, password: str | None) -> bool:
    """Create the role unless it is there or is the administrator itself; return whether it was created."""
    me = admin.execute(text("SELECT current_user")).scalar_one()
    if role == me:
        return False
    made = False
    if not admin.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar():
        try:
            _do(admin, "CREATE ROLE {} LOGIN", sql.Identifier(role))
            made = True
        except (ProgrammingError, IntegrityError) as error:
            # Roles belong to the whole server, our lock to one database: another database may have just made it.
            if getattr(error.orig, "sqlstate", None) not in ("42710", "23505"):
                raise StartupError(f"cannot create the role {role!r}: {str(error.orig).splitlines()[0]}") from None
    if password is not None:
        _do(admin, "ALTER ROLE {} WITH LOGIN PASSWORD {}", sql.Identifier(role), sql.Literal(password))
    if not admin.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).scalar_one():
        # Only a superuser may give a schema to a role that it is not a member of.
        _do(admin, "GRANT {} TO CURRENT_USER", sql.Identifier(role))
    return made


def _upgrade(owner: str, url: str) -> list[str]:
    engine = make_engine(url, pool_size=1, application="pinlian-migrate")
    try:
        with reaching(url), engine.connect() as connection:
            missing = migrations.pending(owner, connection)
            if missing:
                migrations.upgrade(owner, connection)
            connection.commit()
            return missing
    finally:
        engine.dispose()


def _do(connection: Connection, statement: str, *parts: sql.Composable) -> None:
    """Run a statement whose names and literals are quoted by psycopg: they cannot be parameters in DDL."""
    driver = connection.connection.driver_connection
    text_ = sql.SQL(statement).format(*parts).as_string(driver)  # type: ignore[arg-type]
    connection.exec_driver_sql(text_.replace("%", "%%"))
