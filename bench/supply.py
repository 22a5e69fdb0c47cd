"""Who gets which slot, and who visits whom: against published optima, best known values and proved bounds.

    python bench/supply.py [--quick] [--only cap,single,gap,large,rounds,routes]

Every section has greedy in the same run. The last line is one line of JSON. Exit code 1 if a bar is missed.
"""

import argparse
import json
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import supply_classic, supply_rounds
from bench.supply_table import DATA, Options, say

SECTIONS = {
    "cap": supply_classic.cap,
    "single": supply_classic.single,
    "gap": supply_classic.assignment,
    "large": supply_classic.large,
    "rounds": supply_rounds.section,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few instances of each family")
    parser.add_argument("--only", help="names of sections, with commas between")
    chosen = parser.parse_args()
    sections = dict(SECTIONS)
    if find_spec("bench.supply_routes") is not None:
        sections["routes"] = import_module("bench.supply_routes").section
    names = chosen.only.split(",") if chosen.only else list(sections)
    unknown = set(names) - set(sections)
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(sections)}")
    if not DATA.exists():
        sys.exit(f"this bench reads public data in {DATA}, which is not there")
    figures, missed, begun = {}, [], time.monotonic()
    for name in names:
        say(f"section {name}")
        section = sections[name](Options(quick=chosen.quick))
        section.show()
        figures[name] = section.figures
        missed += section.missed
    print(json.dumps({**figures, "seconds": round(time.monotonic() - begun), "missed": missed}, ensure_ascii=False))
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
