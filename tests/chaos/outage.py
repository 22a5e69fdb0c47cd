"""The time without service, out of what clients saw: between two good answers, nobody was served."""

from dataclasses import dataclass
from itertools import pairwise

READS = ("get",)
WRITES = ("join", "reserve")


@dataclass(frozen=True)
class Gap:
    start: float
    end: float

    @property
    def seconds(self):
        return self.end - self.start


def gaps(history, ops, begin, until):
    """Return the times without a definite answer to ``ops``, between ``begin`` and ``until``, by their starts."""
    answered = sorted(said.until for said in history if said.op in ops and said.status)
    moments = [begin, *(at for at in answered if begin < at < until), until]
    return [Gap(a, b) for a, b in pairwise(moments)]


def longest(found):
    return max((gap.seconds for gap in found), default=0.0)


def of_victims(found, kills):
    """Return for each victim the longest time without service that began, or went on, at the kill of one of it."""
    worst = {}
    for kill in kills:
        seconds = longest([gap for gap in found if gap.start <= kill.back_at and gap.end >= kill.at])
        worst[kill.victim] = max(worst.get(kill.victim, 0.0), seconds)
    return worst
