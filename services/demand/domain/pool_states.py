"""How far a pool has come."""

from enum import StrEnum


class PoolState(StrEnum):
    """How far a pool has come."""

    GATHERING = "gathering"
    READY = "ready"
    MATCHED = "matched"
    SERVED = "served"
    FULFILLED = "fulfilled"
    DISSOLVED = "dissolved"
