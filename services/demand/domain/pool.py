"""Pools: signals that can be served together, and the communities that agree to that.

A pool is derived from the signals that are in it, every time anew. What it remembers of its own are the answers of
communities that were asked for their consent, and how far it has come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.demand.domain.consenting import Decision, MergePolicy, Terms
from services.demand.domain.errors import ConsentNotAskedError, ConsentNotGivenError, PoolNotGatheringError
from services.demand.domain.events import ConsentAsked, PoolChanged, PoolDissolved, PoolFormed, PoolReady
from services.demand.domain.pool_states import PoolState
from services.demand.domain.reach import EVERYWHERE, Box
from services.demand.domain.recognising import NOBODY_KNOWN, Persons, counted_twice
from services.demand.domain.sharing import Common, Consent, Participation, Policies, smallest_ceiling
from services.demand.domain.signals import Signal
from services.kernel.geo import Area
from services.kernel.ids import CampaignId, CommunityId, PoolId
from services.kernel.money import Money
from services.kernel.timespan import Timespan

__all__ = ["Pool", "PoolEvent", "PoolState"]

PoolEvent = PoolFormed | PoolChanged | ConsentAsked | PoolReady | PoolDissolved


@dataclass(frozen=True, slots=True)
class Pool:
    """The state of a pool; ``version`` grows with every change, ``rounds`` when suppliers are asked."""

    pool_id: PoolId
    category: str
    state: PoolState
    communities: tuple[Participation, ...]
    area: Area
    windows: tuple[Timespan, ...]
    minutes: int
    ceiling: Money | None
    gather_until: datetime
    campaign_id: CampaignId | None
    unmatched: Mapping[str, int] | None
    unmatched_version: int
    rounds: int
    version: int
    created_at: datetime
    partition: str = ""
    reach: Box = EVERYWHERE
    twice: int = 0

    @classmethod
    def formed(
        cls, pool_id: PoolId, first: Signal, common: Common, created_at: datetime, gather_until: datetime
    ) -> tuple["Pool", list[PoolEvent]]:
        """Begin a pool with one signal; alone it needs nobody's consent."""
        pool = cls(
            pool_id=pool_id,
            category=first.category,
            state=PoolState.GATHERING,
            communities=(Participation(first.community_id, first.people, Consent.NOT_NEEDED),),
            area=common.area,
            windows=common.windows,
            minutes=common.minutes,
            ceiling=first.ceiling,
            gather_until=gather_until,
            campaign_id=None,
            unmatched=None,
            unmatched_version=0,
            rounds=0,
            version=1,
            created_at=created_at,
            partition=first.partition,
            reach=common.reach,
        )
        return pool, [PoolFormed(pool)]

    @property
    def people(self) -> int:
        """How many people are in it, those of consenting communities only; ``twice`` are counted in two of them."""
        return sum(part.people for part in self.communities if part.counts) - self.twice

    @property
    def is_undecided(self) -> bool:
        """Whether a community has still to consent."""
        return any(part.consent is Consent.ASKED for part in self.communities)

    def part_of(self, community_id: UUID | None) -> Participation | None:
        """Return the part of a community, or None if it has none."""
        return next((part for part in self.communities if part.community_id == community_id), None)

    def present(self) -> set[CommunityId]:
        """Return the communities that have signals in the pool."""
        return {part.community_id for part in self.communities if part.people}

    def admits(self, community_id: CommunityId, policies: Policies) -> bool:
        """Tell whether merge policies and earlier answers let a signal of the community into the pool."""
        own = self.part_of(community_id)
        if own is not None and own.consent is Consent.REFUSED:
            return False
        others = self.present() - {community_id}
        return not any(
            terms.towards(self.category, partner) is MergePolicy.NEVER
            for one in others
            for terms, partner in ((policies[one], community_id), (policies[community_id], one))
        )

    def staying(self, voice: UUID | None = None) -> set[CommunityId]:
        """Return the communities that a pool keeps when it gets ready: those that count.

        One that ends the gathering (``voice``) while it does not know yet that it would have to consent keeps the
        pool to itself. Where everybody still has to answer, the one with most people (the first, if several) keeps the
        pool to itself; otherwise being joined by others would cost it its turn.
        """
        counting = {part.community_id for part in self.communities if part.counts and part.people}
        own = self.part_of(voice)
        if own is not None and own.is_to_be_asked:
            return {own.community_id}
        if counting:
            return counting
        asked = [part for part in self.communities if part.people]
        return {max(asked, key=lambda part: part.people).community_id} if asked else set()

    def regathered(
        self, signals: Sequence[Signal], policies: Policies, common: Common | None, persons: Persons = NOBODY_KNOWN
    ) -> tuple["Pool", list[PoolEvent]]:
        """Return the pool as its current ``signals`` make it; without any it is dissolved.

        ``common`` is what they have in common. None keeps what the pool has: a part of its signals shares at least
        that, even where the search for a centre does not find it again.
        """
        if not signals:
            return self.dissolved("empty")
        shape = common or Common(self.area, self.windows, self.minutes, self.reach)
        communities = self._participations(signals, policies)
        after = replace(
            self,
            communities=communities,
            area=shape.area,
            windows=shape.windows,
            minutes=shape.minutes,
            reach=shape.reach,
            ceiling=smallest_ceiling(signals, communities),
            twice=counted_twice(signals, persons, {one.community_id for one in communities if one.counts}),
        )
        return self._changed_to(after, gathered=True)

    def _participations(self, signals: Sequence[Signal], policies: Policies) -> tuple[Participation, ...]:
        people: dict[CommunityId, int] = {}
        for signal in sorted(signals, key=lambda signal: signal.signal_id):
            people[signal.community_id] = people.get(signal.community_id, 0) + signal.people
        present = [self._part(one, count, policies.get(one, Terms()), set(people)) for one, count in people.items()]
        refused = [part for part in self.communities if not part.people and part.community_id not in people]
        return (*present, *refused)

    def _part(self, community_id: CommunityId, people: int, terms: Terms, present: set[CommunityId]) -> Participation:
        known = self.part_of(community_id)
        part = replace(known, people=people) if known else Participation(community_id, people, Consent.NOT_NEEDED)
        if known is not None and self.state is not PoolState.GATHERING:
            return part
        return part.beside(present - {community_id}, terms, self.category)

    def answered(
        self,
        community_id: CommunityId,
        decision: Decision,
        visible: set[CommunityId],
        *,
        may: bool = False,
        silent: bool = False,
    ) -> "Pool":
        """Return the pool with a community's answer; one that refuses has nobody in it any more.

        The caller moves the signals of a community that refused and then gathers the pool anew. ``visible`` are the
        others of whom it knows, and to whom it consents by name. ``may``: its rules ask,
        so it may answer before it was asked; what it learns of others is the same whether there are any or not.
        Refuses when the pool no longer gathers, or when there is nothing to answer or it has refused already.
        """
        self.require_gathering()
        part, answer = self.part_of(community_id), Consent(decision)
        if part is not None and part.consent is answer:
            return self
        if part is None or part.consent is Consent.REFUSED or not (may or part.told is not Consent.NOT_NEEDED):
            consent = None if part is None else str(part.told)
            raise ConsentNotAskedError("there is no open question of consent", state=str(self.state), consent=consent)
        after = part.answered(answer, visible - {community_id}, silent=silent)
        return replace(self, communities=tuple(after if one is part else one for one in self.communities))

    def consented(self) -> tuple["Pool", list[PoolEvent]]:
        """Return the pool as changed by an answer that changed nothing else."""
        after = replace(self, version=self.version + 1)
        return after, [PoolChanged(after, gathered=True)]

    def require_gathering(self) -> None:
        """Raise ``PoolNotGatheringError`` unless the pool still gathers."""
        if self.state is not PoolState.GATHERING:
            raise PoolNotGatheringError(f"the pool is {self.state}", state=str(self.state))

    def require_voice(self, community_id: CommunityId) -> None:
        """Raise ``ConsentNotGivenError`` while the community, as far as it knows, has still to consent or refused."""
        part = self.part_of(community_id)
        if part is None or part.told in (Consent.ASKED, Consent.REFUSED):
            consent = None if part is None else str(part.told)
            raise ConsentNotGivenError(
                "the community has not consented to this pool", state=str(self.state), consent=consent
            )

    def readied(self) -> tuple["Pool", list[PoolEvent]]:
        """Return the pool ready for suppliers; who refused is no longer listed. Refuses unless it gathers."""
        self.require_gathering()
        present = tuple(part for part in self.communities if part.people)
        after = replace(self, state=PoolState.READY, communities=present, rounds=1, version=self.version + 1)
        return after, [PoolReady(after)]

    def matched(self) -> tuple["Pool", list[PoolEvent]]:
        """Return the pool as one for which a supplier was found."""
        return self._changed_to(replace(self, state=PoolState.MATCHED, unmatched=None))

    def left_unmatched(self, reasons: Mapping[str, int], news: int) -> tuple["Pool", list[PoolEvent]]:
        """Return the pool with the reasons why no supplier was found; ``news`` is the version of that message."""
        return self._changed_to(replace(self, unmatched=dict(reasons), unmatched_version=news))

    def served(
        self, campaign_id: CampaignId, signals: Sequence[Signal], policies: Policies
    ) -> tuple["Pool", list[PoolEvent]]:
        """Return the pool as one for whose remaining ``signals`` a campaign was opened."""
        communities = self._participations(signals, policies)
        after = replace(self, state=PoolState.SERVED, campaign_id=campaign_id, communities=communities)
        return self._changed_to(replace(after, unmatched=None, twice=0))

    def fulfilled(self) -> tuple["Pool", list[PoolEvent]]:
        """Return the pool as one whose campaign was settled."""
        return self._changed_to(replace(self, state=PoolState.FULFILLED))

    def dissolved(self, reason: str) -> tuple["Pool", list[PoolEvent]]:
        """Return the pool as one that is over; the contract of pool_dissolved.v1 lists the reasons."""
        left = tuple(replace(part, people=0) for part in self.communities)
        after = replace(self, state=PoolState.DISSOLVED, communities=left, twice=0, version=self.version + 1)
        return after, [PoolDissolved(after, reason)]

    def _changed_to(self, after: "Pool", *, gathered: bool = False) -> tuple["Pool", list[PoolEvent]]:
        if after == self:
            return self, []
        after = replace(after, version=self.version + 1)
        return after, [PoolChanged(after, gathered)]
