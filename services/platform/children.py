"""Child processes that end with us, and the unprivileged user that they run as when we are root."""

import ctypes
import os
import pwd
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1


def end_with_parent(sent: signal.Signals) -> Callable[[], None]:
    """Return a ``preexec_fn`` after which the child gets ``sent`` when we die, also by ``kill -9`` (Linux only)."""

    def ask_the_kernel() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(sent))

    return ask_the_kernel


def unprivileged_user() -> str | None:
    """Return the user that PostgreSQL runs as: it refuses root. None where we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "pgserver", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise RuntimeError("no unprivileged user found: create one named pgserver")


def running_as(user: str | None) -> dict[str, Any]:
    """Return the options of ``subprocess`` that run a child as ``user`` and in no group of ours."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def let_pass(path: Path) -> None:
    """Let the unprivileged user walk through the folders above ``path``; nothing in them becomes readable."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def stop(process: subprocess.Popen | None, sent: signal.Signals, patience: float = 10) -> None:
    """Ask ``process`` to end, wait ``patience`` seconds, then kill it."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(sent)
    deadline = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    if process.poll() is None:
        process.kill()
        process.wait()


def is_alive(pid: int) -> bool:
    """Tell whether a process of that number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
