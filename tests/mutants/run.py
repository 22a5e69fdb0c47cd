"""``make mutants``: breaks one promise at a time in a copy of the project, and tells whether the tests see it.

Each mutant gets the unit tests of campaign, which stop at the first failure; the machines in them draw other stories in
each run, so that a mutant may be caught by another test the next time. Exits with 1 when one survives. The last line
is JSON for programs.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.mutants.list import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("services", "gateway", "tests", "pyproject.toml", "deploy")
TESTS = (sys.executable, "-W", "ignore", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "tests/unit/campaign")
PATIENCE = 300  # seconds
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def main(wanted):
    """Run the mutants whose file contains one of ``wanted``, or all."""
    chosen = [one for one in MUTANTS if not wanted or any(part in one[0] for part in wanted)]
    survivors = 0
    with tempfile.TemporaryDirectory(prefix="pinlian-mutants-") as folder:
        for number, mutant in enumerate(chosen, 1):
            begun, killer = time.monotonic(), run(Path(folder) / str(number), *mutant)
            survivors += killer is None
            told = f"caught by {killer}" if killer else "SURVIVED"
            print(
                f"{number:3}/{len(chosen)} {time.monotonic() - begun:5.0f} s  {shown(*mutant)}\n{'':16}{told}",
                flush=True,
            )
    print(json.dumps({"mutants": len(chosen), "caught": len(chosen) - survivors}))
    return bool(survivors)


def run(folder, file, old, new):
    """Return the test that fails on this mutant, or None."""
    for name in COPIED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        folder.mkdir(exist_ok=True)
        copy(source, folder / name)
    text = (folder / file).read_text()
    if text.count(old) < 1:
        raise SystemExit(f"{file} no longer holds {old!r}; mend tests/mutants/list.py")
    (folder / file).write_text(text.replace(old, new, 1))
    try:
        done = subprocess.run(TESTS, cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return "the time limit"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if done.returncode == 0:
        return None
    found = _FAILED.search(done.stdout)
    return found[1] if found else f"pytest, which ended with {done.returncode}"


def shown(file, old, new):
    """Return a mutant in a line."""
    before, after = (" ".join(text.split()) for text in (old, new))
    return f"{Path(file).name}: {before[:70]} -> {after[:70]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
