"""The data folder of an embedded platform: who has it, where its servers are, and the first operator's token."""

import fcntl
import os
from pathlib import Path
from typing import IO

from services.chassis.errors import StartupError
from services.chassis.settings import OWNERS, Settings
from services.platform.postgres import EmbeddedPostgres
from services.platform.redis import EmbeddedRedis

DEFAULT = Path(".pinlian")
DATABASE = "pinlian"


class DataFolder:
    """One folder; one process at a time may ``take`` it."""

    def __init__(self, path: Path, *, throwaway: bool = False) -> None:
        self.path = path.resolve()
        self.postgres = EmbeddedPostgres(self.path / "postgres", throwaway=throwaway)
        self.redis = EmbeddedRedis(self.path / "redis")
        self._lock: IO[str] | None = None

    def take(self) -> None:
        """Take the folder for this process; raise ``StartupError`` when another one has it."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = (self.path / "lock").open("a+")
        except OSError as error:
            raise StartupError(f"cannot write to the data folder {self.path}: {error.strerror}") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "?"
            raise StartupError(
                f"the data folder {self.path} is in use by another pinlian (process {owner}); "
                "stop that one, or choose another folder with --data"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def leave(self) -> None:
        """Let others have the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def admin_url(self, database: str = DATABASE) -> str:
        """Return the URL of the superuser."""
        return self.postgres.url("postgres", database)

    def settings(self, **more: object) -> Settings:
        """Return settings that use the servers of this folder."""
        urls = {owner: self.postgres.url(f"pinlian_{owner}", DATABASE) for owner in OWNERS}
        return Settings(database_urls=urls, admin_database_url=self.admin_url(), redis_url=self.redis.url, **more)  # type: ignore[arg-type]

    @property
    def token_file(self) -> Path:
        """Where the token of the first node operator is kept, readable for its owner only."""
        return self.path / "node-operator.token"

    def read_token(self) -> str | None:
        """Return the token of the first node operator, or None before there is one."""
        try:
            return self.token_file.read_text().strip() or None
        except FileNotFoundError:
            return None

    def keep_token(self, secret: str) -> None:
        """Write the token with mode 0600, whole or not at all."""
        draft = self.token_file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secret + "\n")
        draft.replace(self.token_file)
