"""What demand tells: domain objects as the answers of calls and the data of events."""

from typing import Any

from services.demand.domain import events
from services.demand.domain.household import household_id
from services.demand.domain.model import Community, Member
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
        "recognise": one.recognise,
        "keep_raw": one.keep_raw,
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
        "ceiling": money(one.ceiling),
        "place": one.place.to_wire(),
        "radius_km": one.radius_km,
        "windows": [window.to_wire() for window in one.windows],
        "minutes": one.minutes,
        "expires_at": format_time(one.expires_at),
        "state": str(one.state),
        "pool_id": None if one.pool_id is None else str(one.pool_id),
        "answers": dict(one.answers),
        "reading": None if one.reading is None else dict(one.reading),
        "version": one.version,
        "created_at": format_time(one.created_at),
    }


def money(amount: Money | None) -> Wire | None:
    """Return an amount, or None where there is none."""
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
        case events.PoolsRearranged(one, cause, gain):
            data = {"pool_id": str(one.pool_id), "category": one.category, "cause": cause, "gain": gain}
            return "pools_rearranged.v1", str(one.pool_id), data
        case events.PoolDissolved(one, reason):
            data = {"pool_id": str(one.pool_id), "category": one.category, "reason": reason}
            return "pool_dissolved.v1", str(one.pool_id), data
    raise AssertionError(f"{type(happened).__name__} is told by releases, see telling.py")


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
