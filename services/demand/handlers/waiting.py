"""Signals that are left open because their partition is busy, and how they get into pools. See MERGING.md."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from services.demand.domain.commands import GatherWaiting
from services.demand.domain.partition import lane_of
from services.demand.domain.signals import Signal
from services.demand.handlers.gathering import expiry_of, gather, published
from services.demand.storage.unit_of_work import DemandUnitOfWork

GATHER_WAITING = "gather_waiting"
AT_ONCE = 50  # signals per transaction: others who wait for the partition get their turn in between
# How long signals that are left open rely on the queue; then a timer looks whether they were forgotten.
PATIENCE = timedelta(minutes=1)


def place_many(signals: Sequence[Signal], uow: DemandUnitOfWork) -> list[Signal]:
    """Place new signals, in a few statements however many they are, and leave them open for their partitions' queues.

    They get into pools soon after the commit. Raises ``InvalidError`` for the first that cannot be served.
    """
    for community_id in sorted({signal.community_id for signal in signals}):
        # Its lock comes before those of partitions, as in place_signal.
        uow.communities.find(community_id, lock="share")
    now = uow.clock.now()
    placed = [signal.placed(now) for signal in signals]
    uow.signals.add_many([signal for signal, _ in placed])
    uow.outbox.add_many(published(event for _, happened in placed for event in happened))
    uow.timers.set_many([expiry_of(signal) for signal, _ in placed])
    hand_over((signal for signal, _ in placed), uow)
    return [signal for signal, _ in placed]


def hand_over(signals: Iterable[Signal], uow: DemandUnitOfWork) -> None:
    """Tell the queues of the partitions of open signals that there is work, once for each partition.

    The message may be lost in the end, after many tries: the timer finds what is left open then.
    """
    first = {signal.partition: signal for signal in reversed(list(signals))}
    due = uow.clock.now() + PATIENCE
    for partition, signal in sorted(first.items()):
        data = {"partition": partition}
        # About the signal, not the partition: the events of one subject wait for each other.
        uow.outbox.add("signals_waiting.v1", str(signal.signal_id), data, lane=lane_of(partition))
        uow.timers.set(f"{GATHER_WAITING}:{signal.signal_id}", due, GATHER_WAITING, data)


def gather_waiting(command: GatherWaiting, uow: DemandUnitOfWork) -> None:
    """Put open signals of a partition into pools, the oldest first, some dozens of them; hand over what is left."""
    uow.pools.lock_partition(command.partition)
    waiting = uow.signals.open_in(command.partition, uow.clock.now(), AT_ONCE + 1)
    for signal in waiting[:AT_ONCE]:
        gather(signal, uow)
    hand_over(waiting[AT_ONCE:], uow)


def gather_forgotten(payload: dict[str, Any], uow: DemandUnitOfWork) -> None:
    """Put what is still open after a while into pools: its message was lost, or its queue is not read."""
    gather_waiting(GatherWaiting(payload["partition"]), uow)
