"""``make test``: the parts of the tests in lanes side by side: many of them wait for servers.

Each argument is a lane: names of make targets that run one after another. Prints a line when a part ends, how far the
others are, and all that a failing part said. A lane goes on after a failure, so that one run tells everything.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PERCENT = re.compile(r"\[ *(\d+%)\]")
_SUMMARY = re.compile(r"^(?:=+ )?(\d+ (?:passed|failed).*?)(?: =+)?$", re.MULTILINE)
EVERY = 20  # seconds between two words of progress
# Hundreds of processes are started: what Python has compiled is kept, also where the environment says otherwise.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass
class Part:
    """One make target of a lane, and how it went."""

    name: str
    log: Path
    begun: float = 0.0
    seconds: float = 0.0
    failed: bool = False
    state: str = "waits"

    def run(self):
        self.begun, self.state = time.monotonic(), "runs"
        with self.log.open("w") as log:
            command = ["make", "--no-print-directory", self.name]
            done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stdout=log, stderr=log)
        self.seconds, self.failed = time.monotonic() - self.begun, done.returncode != 0
        self.state = "ended"
        if self.failed:
            say(f"{self.said()}\n{self.name} failed, see above")
        say(f"{self.name:12} {'FAILED' if self.failed else 'passed':8} {self.seconds:4.0f} s  {self.summary()}")

    def said(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def summary(self):
        found = _SUMMARY.findall(self.said())
        return found[-1] if found else ""

    def progress(self):
        found = _PERCENT.findall(self.said())
        return f"{self.name} {found[-1] if found else '…'}"


def say(text):
    print(text, flush=True)


def main(lanes):
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pinlian-tests-") as folder:
        parts = [[Part(name, Path(folder) / name) for name in lane.split(",")] for lane in lanes]
        threads = [threading.Thread(target=lambda lane=lane: [part.run() for part in lane]) for lane in parts]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(EVERY / len(threads))
            if running := [part.progress() for lane in parts for part in lane if part.state == "runs"]:
                say(f"{time.monotonic() - begun:12.0f} s  {', '.join(running)}")
    failed = [part.name for lane in parts for part in lane if part.failed]
    told = f"failed: {', '.join(failed)}" if failed else "all passed"
    say(f"make test: {told}, {time.monotonic() - begun:.0f} s")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
