"""What communities of one pool have to do with each other: what they share, and whether they agree to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.demand.domain.consenting import MergePolicy, Terms
from services.demand.domain.reach import EVERYWHERE, Box
from services.demand.domain.signals import Signal
from services.kernel.geo import Area
from services.kernel.ids import CommunityId
from services.kernel.money import Money
from services.kernel.timespan import Timespan

Sentence = dict[str, str]
Policies = Mapping[CommunityId, Terms]


class Consent(StrEnum):
    """Whether a community agrees to share the pool with others."""

    NOT_NEEDED = "not_needed"
    ASKED = "asked"
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
    """One community's part in a pool. One that refused stays listed, with nobody in the pool.

    ``consent_by`` is until when the question that it was asked is open, and ``agreed`` who was in the pool with it when
    it consented. ``silent``: its rule for silence decided, because it did not answer.
    """

    community_id: CommunityId
    people: int
    consent: Consent
    consent_by: datetime | None = None
    agreed: frozenset[CommunityId] = frozenset()
    silent: bool = False

    @property
    def counts(self) -> bool:
        """Whether its people are counted."""
        return self.consent in (Consent.NOT_NEEDED, Consent.GIVEN)

    @property
    def is_to_be_asked(self) -> bool:
        """Whether it has to consent and does not know of it yet."""
        return self.consent is Consent.ASKED and self.consent_by is None

    @property
    def told(self) -> Consent:
        """Return the consent as the community itself knows it: it is asked when it was told so, and not before."""
        if self.consent in (Consent.GIVEN, Consent.REFUSED):
            return self.consent
        return Consent.NOT_NEEDED if self.consent_by is None else Consent.ASKED

    def beside(self, others: set[CommunityId], terms: Terms, category: str) -> "Participation":
        """Return the part as it is in a gathering pool with ``others``: asked, if a rule says so.

        A consent holds for the pool, whoever else joins it; only of a partner that a rule names and that was not there
        yet the community is asked anew.
        """
        if self.consent is Consent.GIVEN and not terms.asks_by_name(category, others - self.agreed):
            return self
        if terms.strictest(category, others) is not MergePolicy.ASK:
            # The question that it was asked stays open: that it is gone would tell that the others are.
            return replace(self, consent=Consent.NOT_NEEDED, silent=False)
        again = self.consent is Consent.GIVEN
        return replace(self, consent=Consent.ASKED, consent_by=None if again else self.consent_by, silent=False)

    def answered(self, answer: Consent, others: set[CommunityId], *, silent: bool) -> "Participation":
        """Return the part with an answer; one that refuses has nobody in the pool any more."""
        people = 0 if answer is Consent.REFUSED else self.people
        agreed = frozenset(others) if answer is Consent.GIVEN else frozenset()
        return replace(self, people=people, consent=answer, consent_by=None, agreed=agreed, silent=silent)


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
