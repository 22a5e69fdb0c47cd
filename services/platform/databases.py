"""Which database a command works on: that of the environment's URLs, or that of a data folder, running or not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from services.chassis.database import make_engine
from services.chassis.errors import StartupError
from services.chassis.settings import Settings
from services.platform import provision
from services.platform.folder import DEFAULT, DataFolder


def settings_from_environment() -> Settings:
    """Read the settings for a command that needs no broker, so that none has to be named."""
    return Settings.from_environment({"PINLIAN_AMQP_URL": "inproc://nobody", **os.environ})


def has_urls(environ: dict[str, str] | None = None) -> bool:
    """Tell whether the environment names servers, so that nothing embedded is meant."""
    given = os.environ if environ is None else environ
    names = [name.removesuffix("_FILE") for name, value in given.items() if value]
    return any(name.startswith("PINLIAN_") and name.endswith(("DATABASE_URL", "AMQP_URL")) for name in names)


@contextmanager
def settings_of(data: Path | None) -> Iterator[Settings]:
    """Yield settings whose databases answer; a data folder that is not running is started for the while."""
    if data is None and has_urls():
        yield settings_from_environment()
        return
    folder = DataFolder(data or DEFAULT)
    if not (folder.path / "postgres" / "PG_VERSION").exists():
        raise StartupError(
            f"there is no data folder {folder.path}: start one with pinlian up, name it with --data, "
            "or name the servers with PINLIAN_DATABASE_URL"
        )
    if folder.postgres.is_running:
        yield folder.settings()
        return
    folder.take()
    try:
        folder.postgres.start()
        provision.migrate(folder.settings())
        yield folder.settings()
    finally:
        folder.postgres.stop()
        folder.leave()


@contextmanager
def engine_of(settings: Settings, owner: str) -> Iterator[Engine]:
    """Yield an engine of ``owner``'s database, migrated; it is closed at the end."""
    url = settings.url_of(owner)
    engine = make_engine(url, pool_size=2, application="pinlian-command")
    try:
        provision.require_migrated(owner, engine, url)
        yield engine
    finally:
        engine.dispose()
