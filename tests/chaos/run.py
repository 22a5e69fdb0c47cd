"""Everything is killed while people join; at the end every answer has to have been true. See README.md.

python -m tests.chaos.run [--joins 10000] [--campaigns 50] [--seconds 600] [--kills 60] [--seed 1]
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos import report
from tests.chaos.servers import Missing
from tests.chaos.storm import Storm


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--joins", type=int, default=10_000, help="how many joins are asked for (10000)")
    parser.add_argument("--campaigns", type=int, default=50, help="how many campaigns are joined (50)")
    parser.add_argument("--clients", type=int, default=4, help="client processes (4)")
    parser.add_argument("--threads", type=int, default=8, help="threads of each (8)")
    parser.add_argument("--seconds", type=float, default=600, help="how long joins go on (600)")
    parser.add_argument("--kills", type=int, default=60, help="how many processes are killed (60)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="of all that is drawn")
    parser.add_argument("--json", action="store_true", help="only the line of JSON on stdout")
    parser.add_argument("--keep", type=Path, help="a folder for logs and histories, kept")
    return parser.parse_args()


def main():
    chosen = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="pinlian-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    report.say(f"seed {chosen.seed}, logs in {folder}")
    begun = time.monotonic()
    try:
        outcome = Storm(folder.resolve(), chosen).run()
    except Missing as missing:
        report.say(str(missing))
        sys.exit(1 if os.environ.get("CI") == "true" else 0)
    figures = report.figures(outcome, chosen, time.monotonic() - begun)
    report.show(figures, outcome, quiet=chosen.json)
    if not figures["faults"] and chosen.keep is None:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if figures["faults"] else 0)


if __name__ == "__main__":
    main()
