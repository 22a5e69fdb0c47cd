"""Questions of consent: who is asked, until when, and whose time to answer is over."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.demand.domain.consenting import Terms
from services.demand.domain.events import ConsentAsked
from services.demand.domain.pool import Pool, PoolState
from services.demand.domain.sharing import Participation, Policies
from services.kernel.ids import CommunityId


def asked(
    pool: Pool, now: datetime, within: timedelta, policies: Policies, visible: set[CommunityId]
) -> tuple[Pool, list[ConsentAsked]]:
    """Return the pool with a deadline for every question that is asked now, and what is to be told of them.

    A community is asked as soon as others are ``visible`` to it, or at the latest when it still has its time to
    answer: a question that came with the first person of another community would tell of that person. ``within`` is
    how long a community is asked that says nothing else.
    """
    if pool.state is not PoolState.GATHERING:
        return pool, []
    new = {}
    for part in pool.communities:
        terms = policies.get(part.community_id, Terms())
        answering = min(terms.within or within, (pool.gather_until - pool.created_at) / 2)
        late = now >= pool.gather_until - answering
        if part.is_to_be_asked and (late or visible - {part.community_id}):
            new[part.community_id] = terms.deadline(now, within, pool.gather_until)
    parts = tuple(_until(part, new.get(part.community_id)) for part in pool.communities)
    after = replace(pool, communities=parts)
    return after, [ConsentAsked(after, community_id, until) for community_id, until in new.items()]


def overdue(pool: Pool, now: datetime) -> list[CommunityId]:
    """Return the communities whose question was open until ``now`` and that have not answered."""
    return [one.community_id for one in pool.communities if one.consent_by is not None and one.consent_by <= now]


def _until(part: Participation, consent_by: datetime | None) -> Participation:
    return part if consent_by is None else replace(part, consent_by=consent_by)
