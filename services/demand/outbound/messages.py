"""What demand tells: domain objects as the answers of calls and the data of events."""

from typing import Any

from services.demand.domain import events
from services.demand.domain.disclosure import CommunityAsSeen, PoolAsSeen
from services.demand.domain.household import household_id
from services.demand.domain.model import Community, Member
from services.demand.domain.pool import Pool
from services.demand.domain.signals import Signal
from services.kernel.clock import format_time
from services.kernel.money import Money

Wire = dict[str, Any]


def community(one: Community) -> Wire:
    """Return a community as its own members see it."""
    return {
        **_community(one),
        "merge_rules": [
            {
                "category": rule.category,
                "community_id": None if rule.partner_id is None else str(rule.partner_id),
                "policy": str(rule.policy),
            }
            for rule in one.merge_rules
        ],
        "consent_hours": one.consent_hours,
        "silence": str(one.silence),
        "version": one.version,
        "created_at": format_time(one.created_at),
    }


def _community(one: Community) -> Wire:
    return {
        "community_id": str(one.community_id),
        "name": one.name,
        "kind": str(one.kind),
        "place": one.place.to_wire(),
        "time_zone": one.time_zone,
        "locale": str(one.locale),
        "merge_policy": str(one.merge_policy),
    }


def member(one: Member) -> Wire:
    """Return a member as its own community sees it."""
    return {
        **_member(one),
        "name": one.name,
        "contact": one.contact,
        "household": one.household,
        "version": one.version,
        "created_at": format_time(one.created_at),
    }


def _member(one: Member) -> Wire:
    return {
        "member_id": str(one.member_id),
        "community_id": str(one.community_id),
        "roles": [str(role) for role in one.roles],
    }


def signal(one: Signal) -> Wire:
    """Return a signal as its own community sees it."""
    return {
        "signal_id": str(one.signal_id),
        "community_id": str(one.community_id),
        "member_id": str(one.member_id),
        "text": one.text,
        "category": one.category,
        "people": one.people,
        "ceiling": _money(one.ceiling),
        "place": one.place.to_wire(),
        "radius_km": one.radius_km,
        "windows": [window.to_wire() for window in one.windows],
        "minutes": one.minutes,
        "expires_at": format_time(one.expires_at),
        "state": str(one.state),
        "pool_id": None if one.pool_id is None else str(one.pool_id),
        "version": one.version,
        "created_at": format_time(one.created_at),
    }


def pool(seen: PoolAsSeen) -> Wire:
    """Return a pool as one caller may see it."""
    one = seen.pool
    return {
        "pool_id": str(one.pool_id),
        "category": one.category,
        "state": str(one.state),
        "people": seen.people,
        "people_exact": seen.people_exact,
        "communities": [
            {
                "community_id": str(part.community_id),
                "people": part.people,
                "consent": str(part.consent),
                "consent_by": None if part.consent_by is None else format_time(part.consent_by),
                "silent": part.silent,
                "own": part.own,
            }
            for part in seen.communities
        ],
        **_common(one),
        "gather_until": format_time(one.gather_until),
        "why": list(seen.why),
        "left_out": [
            {
                "signal_id": str(left.signal_id),
                "pool_id": None if left.pool_id is None else str(left.pool_id),
                "why": left.why,
            }
            for left in seen.left_out
        ],
        "unmatched": None if one.unmatched is None else dict(one.unmatched),
        "version": one.version,
        "created_at": format_time(one.created_at),
    }


def consent(seen: PoolAsSeen, own: CommunityAsSeen, silence: str) -> Wire:
    """Return an open question of consent as the community that is asked sees it."""
    mine = own.people or 0
    return {
        "pool_id": str(seen.pool.pool_id),
        "community_id": str(own.community_id),
        "category": seen.pool.category,
        "people": mine,
        "with_others": mine + sum(part.people or 0 for part in seen.communities if not part.own),
        "consent_by": None if own.consent_by is None else format_time(own.consent_by),
        "silence": silence,
        "why": list(seen.why),
    }


def _common(one: Pool) -> Wire:
    return {
        "area": one.area.to_wire(),
        "windows": [window.to_wire() for window in one.windows],
        "minutes": one.minutes,
        "ceiling": _money(one.ceiling),
    }


def _money(amount: Money | None) -> Wire | None:
    return None if amount is None else amount.to_wire()


def event(happened: events.Event) -> tuple[str, str, Wire]:
    """Return wire name, subject and data of a domain event."""
    match happened:
        case events.CommunityRegistered(one):
            return "community_registered.v1", str(one.community_id), _community(one)
        case events.CommunityChanged(one):
            return "community_changed.v1", str(one.community_id), _community(one)
        case events.MemberJoined(one):
            return "member_joined.v1", str(one.member_id), _member_event(one)
        case events.MemberChanged(one):
            return "member_changed.v1", str(one.member_id), _member_event(one)
        case events.SignalPlaced(one):
            return "signal_placed.v1", str(one.signal_id), _signal_event(one)
        case events.SignalChanged(one):
            return "signal_changed.v1", str(one.signal_id), _signal_event(one)
        case events.SignalWithdrawn(one, reason):
            return "signal_withdrawn.v1", str(one.signal_id), {**_signal_event(one), "reason": reason}
        case events.ConsentAsked(one, community_id, consent_by):
            data = {"pool_id": str(one.pool_id), "community_id": str(community_id), "category": one.category}
            return "consent_asked.v1", str(one.pool_id), {**data, "consent_by": format_time(consent_by)}
        case events.PoolDissolved(one, reason):
            data = {"pool_id": str(one.pool_id), "category": one.category, "reason": reason}
            return "pool_dissolved.v1", str(one.pool_id), data
    name = {
        events.PoolFormed: "pool_formed.v1",
        events.PoolChanged: "pool_changed.v1",
        events.PoolReady: "pool_ready.v1",
    }[type(happened)]
    return name, str(happened.pool.pool_id), _pool_event(happened.pool)


def _member_event(one: Member) -> Wire:
    shared = household_id(one.community_id, one.household)
    return {**_member(one), "household_id": None if shared is None else str(shared)}


def _signal_event(one: Signal) -> Wire:
    return {
        "signal_id": str(one.signal_id),
        "community_id": str(one.community_id),
        "category": one.category,
        "people": one.people,
    }


def _pool_event(one: Pool) -> Wire:
    return {
        "pool_id": str(one.pool_id),
        "category": one.category,
        "state": str(one.state),
        "people": one.people,
        "communities": [
            {"community_id": str(part.community_id), "people": part.people}
            for part in one.communities
            if part.counts and part.people
        ],
        **_common(one),
    }
