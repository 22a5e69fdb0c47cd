"""What a run prints: a line every few seconds, a table of figures, each fault, and one line of JSON."""

import json
import sys
import time
from collections import Counter

from tests.chaos import outage, verifier
from tests.chaos.campaigns import ENDS

MOST_FAULTS = 20  # that are printed; all are counted


def say(message):
    print(f"[{time.strftime('%H:%M:%S')}] {message}", file=sys.stderr, flush=True)


class Tally:
    """Counts what clients have written so far."""

    def __init__(self, folder):
        self._folder, self._read, self._joins = folder, {}, Counter()

    def tell(self, times, murderer, clients):
        for path in self._folder.glob("client*.history.jsonl"):
            with path.open() as file:
                file.seek(self._read.get(path, 0))
                for line in iter(file.readline, ""):
                    if not line.endswith("\n"):
                        break
                    self._count(json.loads(line))
                    self._read[path] = file.tell()
        last = murderer.kills[-1].victim if murderer.kills else "nobody"
        now = time.time() - times.begin
        say(
            f"{now:4.0f} s  {self._joins.total()} joins answered: {self._joins['accepted']} accepted, "
            f"{self._joins['refused']} refused; {len(murderer.kills)} kills, the last of {last}; {len(clients)} clients"
        )

    def _count(self, said):
        if said["op"] in outage.WRITES:
            self._joins["accepted" if 200 <= said["status"] < 300 else "refused"] += 1


def figures(outcome, chosen, seconds):
    """Return all figures as they are printed and written as JSON."""
    said, there, times = outcome.history, outcome.world, outcome.times
    joins = [one for one in said if one.op in outage.WRITES and not one.client.startswith("prober")]
    faults = Counter(fault.kind for fault in outcome.faults)
    end = max((one.until for one in joins), default=times.until)
    writes = outage.gaps(said, outage.WRITES, times.begin, end)
    reads = outage.gaps(said, outage.READS, times.begin, min(end, times.until))
    ends = Counter(one.state for one in there.campaigns.values())
    return {
        "seed": chosen.seed,
        "seconds": round(seconds, 1),
        "joins": len(joins),
        "joins_accepted": sum(one.accepted for one in joins),
        "joins_refused": sum(one.refused for one in joins),
        "refusals": dict(Counter(one.code for one in said if one.refused).most_common()),
        "requests": len(said),
        "repeated_until_answered": sum(one.tries > 1 for one in said),
        "answers_500": sum(one.broken for one in said),
        "repeats_compared": sum(one.again is not None for one in said),
        "kills": dict(sorted(Counter(kill.victim for kill in outcome.kills).items())),
        "ended_by_themselves": dict(outcome.fallen),
        **{kind: faults[kind] for kind in verifier.FAULTS},
        "ledger_sum": {one["currency"]: one["sum"]["amount"] for one in there.ledger["currencies"]},
        "ledger_paid": {one["currency"]: one["paid"]["amount"] for one in there.ledger["currencies"]},
        "orders_reconciled": there.statement["agreed"],
        "campaigns": dict(ends),
        "campaigns_ended": sum(ends[state] for state in ENDS),
        "longest_without_writes": round(outage.longest(writes), 2),
        "longest_without_reads": round(outage.longest(reads), 2),
        "without_writes_by_victim": _rounded(outage.of_victims(writes, outcome.kills)),
        "without_reads_by_victim": _rounded(outage.of_victims(reads, outcome.kills)),
        "quiet_after": round(outcome.quiet_after, 1),
        "faults": len(outcome.faults),
    }


def _rounded(seconds):
    return {name: round(value, 2) for name, value in sorted(seconds.items())}


def show(found, outcome, *, quiet):
    """Print the table and the faults for people, and one line of JSON for programs."""
    if not quiet:
        width = max(map(len, found))
        for name, value in found.items():
            print(f"{name.replace('_', ' '):<{width}}  {_text(value)}")
    for fault in outcome.faults[:MOST_FAULTS]:
        say(f"FAULT {fault.kind}: {fault.subject}: {fault.what}")
    if len(outcome.faults) > MOST_FAULTS:
        say(f"and {len(outcome.faults) - MOST_FAULTS} more")
    print(json.dumps(found, ensure_ascii=False))


def _text(value):
    if not isinstance(value, dict):
        return value
    return ", ".join(f"{name} {number}" for name, number in value.items()) or "none"
