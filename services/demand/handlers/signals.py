"""Signals: placed, taken back, out of time."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.demand.domain.commands import ChangeSignal, PlaceSignal, WithdrawSignal
from services.demand.domain.errors import MemberNotFoundError, OnlyYourselfError, SignalNotFoundError
from services.demand.domain.model import Community, Member
from services.demand.domain.partition import partition_of
from services.demand.domain.signals import Signal, SignalState
from services.demand.handlers.communities import MANAGERS, require_community
from services.demand.handlers.gathering import forget_expiry, gather, publish, regather, regather_changed, watch_expiry
from services.demand.handlers.understanding import in_values
from services.demand.handlers.waiting import hand_over
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.kernel.caller import Caller, Role
from services.kernel.errors import InvalidError
from services.kernel.ids import SignalId, new_id


def place_signal(command: PlaceSignal, uow: DemandUnitOfWork) -> Signal:
    """Say what a member wants, and put it into a pool: at once, or soon where others are at work in its partition."""
    command.caller.require(Role.MEMBER, *MANAGERS)
    member = _acting_member(command.caller, command.member_id, uow)
    # The community's lock comes before that of the partition, as in change_community.
    community = require_community(command.caller, member.community_id, uow, lock="share")
    command, heard = in_values(command, community, uow)
    signal, happened = _new_signal(command, member, community, uow).placed(uow.clock.now())
    at_once = uow.pools.try_lock_partition(signal.partition) and not uow.signals.are_open_in(
        signal.partition, uow.clock.now()
    )
    uow.signals.save(signal)
    publish(happened, uow)
    watch_expiry(signal, uow)
    if at_once:
        return replace(gather(signal, uow), reading=heard)
    hand_over([signal], uow)
    return replace(signal, reading=heard)


def _acting_member(caller: Caller, member_id: UUID | None, uow: DemandUnitOfWork) -> Member:
    """Return the member for whom the caller acts: itself, or one of its community if it manages."""
    if not caller.manages and member_id not in (None, caller.member_id):
        raise OnlyYourselfError("a member may only act for itself")
    acting = member_id or caller.member_id
    if acting is None:
        raise InvalidError("member_id", "is missing", "the member for whom the signal is placed")
    member = uow.members.find(acting)
    if member is None or not caller.sees(member.community_id):
        raise MemberNotFoundError("there is no such member")
    return member


def _new_signal(command: PlaceSignal, member: Member, community: Community, uow: DemandUnitOfWork) -> Signal:
    return Signal(
        signal_id=SignalId(new_id()),
        community_id=community.community_id,
        member_id=member.member_id,
        text=command.text,
        category=command.category,
        people=command.people,
        ceiling=command.ceiling,
        place=command.place or community.place,
        radius_km=command.radius_km,
        windows=command.windows,
        minutes=command.minutes,
        expires_at=command.expires_at or command.windows[-1].end,
        state=SignalState.OPEN,
        pool_id=None,
        created_at=uow.clock.now(),
        answers=command.answers,
    )


def withdraw_signal(command: WithdrawSignal, uow: DemandUnitOfWork) -> Signal:
    """Take a signal back; its pool is made anew from those that stay."""
    return end_signal(_own_signal(command.caller, command.signal_id, uow), "withdrawn", uow)


def _own_signal(caller: Caller, signal_id: UUID, uow: DemandUnitOfWork) -> Signal:
    caller.require(Role.MEMBER, *MANAGERS)
    signal = uow.signals.find(signal_id)
    if signal is None or not caller.sees(signal.community_id):
        raise SignalNotFoundError("there is no such signal")
    if not caller.manages and caller.member_id != signal.member_id:
        raise OnlyYourselfError("a member may only change its own signals and take them back")
    return signal


def change_signal(command: ChangeSignal, uow: DemandUnitOfWork) -> Signal:
    """Edit a signal that waits; one that still fits stays in its pool, any other is put into a pool anew."""
    known = _own_signal(command.caller, command.signal_id, uow)
    changes = dict(command.changes)
    # The community's lock comes before those of partitions, as in place_signal.
    community = require_community(command.caller, known.community_id, uow, lock="share")
    if "place" in changes and changes["place"] is None:
        changes["place"] = community.place
    there = partition_of(changes.get("category", known.category), changes.get("place", known.place))
    for partition in sorted({known.partition, there}):
        uow.pools.lock_partition(partition)
    signal = uow.signals.find(known.signal_id, lock=True) or known
    pool = None if signal.pool_id is None else uow.pools.find(signal.pool_id, lock=True)
    if pool is not None and signal.is_waiting:
        pool.require_gathering()
    after, happened = signal.changed(changes, command.expected_version, uow.clock.now())
    if after == signal:
        return signal
    publish(happened, uow)
    watch_expiry(after, uow)
    return regather_changed(after, pool, uow)


def expire_signal(payload: dict[str, Any], uow: DemandUnitOfWork) -> None:
    """End a signal whose time is over, unless it was served or is over already."""
    signal = uow.signals.find(UUID(payload["signal_id"]))
    if signal is None:
        return
    uow.pools.lock_partition(signal.partition)
    current = uow.signals.find(signal.signal_id, lock=True)
    if current is not None and current.is_waiting and current.expires_at <= uow.clock.now():
        end_signal(current, "expired", uow)


def end_signal(known: Signal, reason: str, uow: DemandUnitOfWork) -> Signal:
    """End a signal that waits: ``withdrawn`` or ``expired``; its pool is made anew from those that stay."""
    uow.pools.lock_partition(known.partition)
    # What was read before the lock may be old: only the state under the lock decides.
    signal = uow.signals.find(known.signal_id, lock=True) or known
    ended, happened = signal.ended(reason)
    uow.signals.save(ended)
    publish(happened, uow)
    forget_expiry(ended, uow)
    if signal.pool_id is not None and (pool := uow.pools.find(signal.pool_id, lock=True)) is not None:
        regather(pool, uow)
    return ended
