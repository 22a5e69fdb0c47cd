"""Who has how much in one campaign: asked only where a rule depends on members or households."""

from collections import Counter

from services.campaign.domain.joining import Joiner, Neighbours
from services.campaign.domain.model import LIVE, Commitment, Standing
from services.kernel.ids import MemberId


class Census:
    """Counts of live seats, kept up to date while several commands are handled together."""

    def __init__(self) -> None:
        self._members: Counter[MemberId] = Counter()
        self._households: Counter[MemberId] = Counter()
        self._paid: Counter[MemberId] = Counter()

    def count(self, member_id: MemberId, household_id: MemberId, seats: int, *, paid: bool) -> None:
        """Add seats, or take some away where ``seats`` is negative."""
        self._members[member_id] += seats
        self._households[household_id] += seats
        if paid:
            self._paid[household_id] += seats

    def note(self, before: Commitment | None, after: Commitment) -> None:
        """Count a commitment as it is now instead of as it was."""
        for one, sign in ((before, -1), (after, +1)):
            if one is not None and one.state in LIVE:
                paid = one.state is Standing.PAID
                self.count(one.member_id, one.household_id, sign * one.upto_seats, paid=paid)

    def around(self, member_id: MemberId, household_id: MemberId) -> Neighbours:
        """Return what matters for one who joins."""
        paid = frozenset(household for household, seats in self._paid.items() if seats)
        return Neighbours(self._members[member_id], self._households[household_id], paid)

    def of(self, joiner: Joiner) -> Neighbours:
        """Return what matters for a joiner."""
        return self.around(joiner.member_id, joiner.household_id)
