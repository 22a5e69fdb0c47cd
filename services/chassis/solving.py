"""Long searches in a process of their own: a solver neither waits nor lets others work, so it must not live with them.

The problem goes over as JSON, progress and the result come back as lines of JSON. Whoever waits here lets the other
greenthreads of its process go on. The child ends with its parent, and is killed when its time has passed.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parents[2]
PAUSE = 0.02  # seconds between two looks at the child
GRACE = 10.0  # seconds for the start of the child and for what it does after its search
MOST_SAID = 300  # characters of its last words that are told
_PR_SET_PDEATHSIG = 1

Say = Callable[[dict[str, Any]], None]
Solve = Callable[[dict[str, Any], Say], dict[str, Any]]


class SolverFailed(Exception):
    """The process of a solver ended without a result. ``reason`` is a stable word: died, too_slow or failed."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def solve_aside(
    what: str, problem: dict[str, Any], *, seconds: float, say: Say | None = None, grace: float = GRACE
) -> dict[str, Any]:
    """Return what the function ``what`` ("package.module:function") makes of ``problem``, run in another process.

    The function gets the problem and a ``say`` for its progress. It is to end within ``seconds`` by itself; ``grace``
    seconds later it is killed. Raise ``SolverFailed`` if there is no result, however it came about.
    """
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as wrong:
        # Files and not pipes: neither side ever waits for the other one to read.
        asked.write(json.dumps(problem, ensure_ascii=False).encode())
        asked.seek(0)
        child = _start(what, asked, told, wrong)
        try:
            lines = _Lines(told, say)
            deadline = time.monotonic() + seconds + grace
            while child.poll() is None:
                if time.monotonic() > deadline:
                    raise SolverFailed("too_slow", f"the solver had not ended {grace:g} s after its {seconds:g} s")
                lines.read()
                time.sleep(PAUSE)
            lines.read()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        if child.returncode < 0:
            name = signal.Signals(-child.returncode).name
            raise SolverFailed("died", f"the process of the solver was ended from outside ({name})")
        if lines.result is None:
            wrong.seek(0)
            last = wrong.read().decode(errors="replace").strip().splitlines()
            raise SolverFailed("failed", (last[-1] if last else f"exit code {child.returncode}")[:MOST_SAID])
        return lines.result


def _start(what: str, asked: BinaryIO, told: BinaryIO, wrong: BinaryIO) -> subprocess.Popen:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    command = (sys.executable, "-m", __name__, what, str(os.getpid()))
    return subprocess.Popen(
        command, stdin=asked, stdout=told, stderr=wrong, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}
    )


class _Lines:
    """What a child has said so far."""

    def __init__(self, file: BinaryIO, say: Say | None) -> None:
        self._file = file
        self._say = say
        self._at = 0
        self.result: dict[str, Any] | None = None

    def read(self) -> None:
        """Read the whole lines that have come since; the child's own place in the file is not touched."""
        size = os.fstat(self._file.fileno()).st_size
        fresh = os.pread(self._file.fileno(), size - self._at, self._at) if size > self._at else b""
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._at += len(whole)
        for line in whole.splitlines():
            message = json.loads(line)
            if "result" in message:
                self.result = message["result"]
            elif self._say is not None:
                self._say(message["progress"])


def _tell(message: dict[str, Any]) -> None:
    os.write(1, json.dumps(message, ensure_ascii=False).encode() + b"\n")


def _end_with(parent: int) -> None:
    """Let the kernel kill us when our parent dies; it may have died already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        sys.exit(1)


def _main(what: str, parent: str) -> None:
    _end_with(int(parent))
    problem = json.load(sys.stdin)
    module, _, name = what.partition(":")
    solve: Solve = getattr(import_module(module), name)
    _tell({"result": solve(problem, lambda progress: _tell({"progress": progress}))})


if __name__ == "__main__":
    _main(*sys.argv[1:])
