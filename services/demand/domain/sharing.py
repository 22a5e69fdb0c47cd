"""What communities of one pool have to do with each other: what they share, and whether they agree to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.demand.domain.model import MergePolicy
from services.demand.domain.reach import EVERYWHERE, Box
from services.demand.domain.signals import Signal
from services.kernel.geo import Area
from services.kernel.ids import CommunityId
from services.kernel.money import Money
from services.kernel.timespan import Timespan

Sentence = dict[str, str]
Policies = Mapping[CommunityId, MergePolicy]


class Consent(StrEnum):
    """Whether a community agrees to share the pool with others."""

    NOT_NEEDED = "not_needed"
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


class Decision(StrEnum):
    """What a community that was asked may answer."""

    GIVEN = "given"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Common:
    """What signals have in common: any place in ``area``, any of ``windows``, a service of up to ``minutes``.

    Nobody outside of ``reach`` can join them; it is only for finding candidates quickly and is told to nobody.
    """

    area: Area
    windows: tuple[Timespan, ...]
    minutes: int
    reach: Box = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Participation:
    """One community's part in a pool. One that refused stays listed, with nobody in the pool."""

    community_id: CommunityId
    people: int
    consent: Consent

    @property
    def counts(self) -> bool:
        """Whether its people are counted."""
        return self.consent in (Consent.NOT_NEEDED, Consent.GIVEN)


def smallest_ceiling(signals: Iterable[Signal], communities: Iterable[Participation]) -> Money | None:
    """Return the smallest ceiling of those who count, in the currency that most of the people named."""
    counting = {part.community_id for part in communities if part.counts}
    named = [(signal.ceiling, signal.people) for signal in signals if signal.community_id in counting]
    people: dict[str, int] = {}
    for ceiling, count in named:
        if ceiling is not None:
            people[ceiling.currency] = people.get(ceiling.currency, 0) + count
    if not people:
        return None
    _, currency = min((-count, currency) for currency, count in people.items())
    return min((one for one, _ in named if one is not None and one.currency == currency), key=lambda one: one.minor)
