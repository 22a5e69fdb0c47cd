"""How many seats were taken at which time, as far as clients can know: surely at least, and possibly at most."""

from collections import defaultdict
from dataclasses import dataclass

FOREVER = float("inf")
TAKEN = ("reserved", "authorised", "paid")


@dataclass(frozen=True)
class Held:
    """Seats of one commitment: surely taken from ``told`` until ``left``, possibly from ``asked`` until ``gone``."""

    seats: int
    asked: float
    told: float
    left: float
    gone: float


class Timeline:
    """The seats of each campaign over time, out of the answers that clients got."""

    def __init__(self, history, world):
        self._held = defaultdict(list)
        saids = defaultdict(list)
        for said in history:
            if said.accepted and said.answer.get("seats") and said.about:
                saids[said.about].append(said)
        for of_one in saids.values():
            campaign = of_one[0].campaign_id
            for said, then in zip(of_one, [*of_one[1:], None], strict=True):
                if said.answer["state"] in TAKEN:
                    self._held[campaign].append(_held(said, then))

    def most_held(self, campaign_id, start, end):
        """Return how many seats can have been taken at some moment from ``start`` to ``end``."""
        return sum(one.seats for one in self._held[campaign_id] if one.asked <= end and one.gone >= start)

    def surely_held(self, campaign_id):
        """Return how many seats were taken at the same time at least, at the worst moment."""
        changes = sorted(
            change
            for one in self._held[campaign_id]
            if one.told < one.left
            for change in ((one.told, 1, one.seats), (one.left, 0, -one.seats))
        )
        most = now = 0
        for _, _, seats in changes:
            now += seats
            most = max(most, now)
        return most


def _held(said, then):
    """Return what one answer says, until the next answer about the same commitment, ``then``.

    A hold ends by itself, so seats that were never paid are surely taken only at the moment of the answer.
    """
    surely = then.at if then else FOREVER
    if said.answer["state"] == "reserved":
        surely = said.until
    return Held(said.answer["seats"], said.at, said.until, surely, then.until if then else FOREVER)
