"""Questions of consent: who is asked, until when, and whose time to answer is over."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.demand.domain.consenting import Terms
from services.demand.domain.events import ConsentAsked
from services.demand.domain.pool import Pool, PoolEvent, PoolState
from services.demand.domain.sharing import Consent, Participation, Policies
from services.kernel.ids import CommunityId


def asked(pool: Pool, now: datetime, within: timedelta, policies: Policies) -> tuple[Pool, list[PoolEvent]]:
    """Return the pool with a deadline for every question that has none yet, and what is to be told of them.

    ``within`` is how long a community is asked that says nothing else.
    """
    if pool.state is not PoolState.GATHERING:
        return pool, []
    new = {
        part.community_id: policies.get(part.community_id, Terms()).deadline(now, within, pool.gather_until)
        for part in pool.communities
        if part.consent is Consent.ASKED and part.consent_by is None
    }
    parts = tuple(_until(part, new.get(part.community_id)) for part in pool.communities)
    after = replace(pool, communities=parts)
    return after, [ConsentAsked(after, community_id, until) for community_id, until in new.items()]


def overdue(pool: Pool, now: datetime) -> list[CommunityId]:
    """Return the communities whose question was open until ``now`` and that have not answered."""
    asked_ones = [part for part in pool.communities if part.consent is Consent.ASKED]
    return [part.community_id for part in asked_ones if part.consent_by is not None and part.consent_by <= now]


def _until(part: Participation, consent_by: datetime | None) -> Participation:
    return part if consent_by is None else replace(part, consent_by=consent_by)
