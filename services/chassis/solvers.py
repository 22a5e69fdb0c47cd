"""Solvers in processes of their own: they block for as long as they work, and a service has others to answer.

A solver is a module that is run with ``python -m``: it reads one JSON document on stdin and writes lines of JSON on
stdout, ``{"progress": {…}}`` as often as it likes and one ``{"result": {…}}`` at the end.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

PR_SET_PDEATHSIG = 1
GRACE = 15.0  # seconds beyond its limit in which a solver may still start and write its answer
COMPILING = 180.0  # seconds in which it may compile its loops, where nothing of that is kept from before
EVERY = 0.05  # seconds between two looks at it
ROOT = Path(__file__).resolve().parents[2]


class SolverFailedError(Exception):
    """The solver gave no answer: it was killed, ran out of time or memory, or refused what it was given."""


def run_solver(
    module: str,
    asked: dict[str, Any],
    seconds: float,
    progress: Callable[[dict[str, Any]], None] = lambda state: None,
    *,
    grace: float = GRACE,
) -> dict[str, Any]:
    """Return the result of ``module`` for ``asked``; it is killed ``grace`` seconds after its limit.

    Files stand between the two, not pipes: under eventlet the loop goes on while we sleep between two looks. Never
    call it inside a transaction. Raises ``SolverFailedError`` with one readable line.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as wrong:
        given.write(json.dumps(asked).encode())
        given.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=given,
            stdout=told,
            stderr=wrong,
            cwd=ROOT,
            env=_environment(),
            preexec_fn=_end_with_parent,
        )
        try:
            clock = _Clock(seconds + grace)
            for line in _lines(told, process, clock):
                if "result" in line:
                    return line["result"]
                clock.see(line.get("progress", {}))
                progress(line.get("progress", {}))
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        raise SolverFailedError(_last_words(process.returncode, seconds, wrong))


class _Clock:
    """When to end a solver: its time begins anew when it has compiled."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.compiling = seconds, False
        self.until = time.monotonic() + seconds

    def see(self, state: dict[str, Any]) -> None:
        compiles = state.get("phase") == "compiling"
        if compiles and not self.compiling:
            self.until = time.monotonic() + self.seconds + COMPILING
        elif self.compiling and not compiles:
            self.until = time.monotonic() + self.seconds
        self.compiling = compiles


def _lines(told: BinaryIO, process: subprocess.Popen, clock: _Clock) -> Iterator[dict[str, Any]]:
    """Yield what the process writes, as it writes it, until it ends or its time does."""
    rest, at = b"", 0
    while True:
        ended = process.poll() is not None
        new = os.pread(told.fileno(), 1 << 24, at)
        at += len(new)
        *whole, rest = (rest + new).split(b"\n")
        yield from (json.loads(line) for line in whole if line.strip())
        if not new and (ended or time.monotonic() > clock.until):
            return
        if not new:
            time.sleep(EVERY)


def _environment() -> dict[str, str]:
    # No secret of the service is of use to a solver.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PINLIAN_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def _last_words(code: int, seconds: float, wrong: BinaryIO) -> str:
    if code == -signal.SIGKILL:
        return f"the solver was killed: no answer within {seconds:g} seconds and its grace, or no memory"
    wrong.seek(0)
    words = wrong.read().decode(errors="replace").strip().splitlines()
    return f"the solver ended with code {code}" + (f": {words[-1][:200]}" if words else "")


def _end_with_parent() -> None:
    # Run in the child: the kernel ends it when we die, also by ``kill -9``.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
