"""What the operator of a node may decide: numbers that the domain needs and that the environment sets."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one node. The defaults are those of a new node."""

    # Counts of other communities below this many people are not shown (statistical disclosure control).
    privacy_k: int = 5
    # How long a pool gathers before suppliers are asked.
    pool_gather: timedelta = timedelta(hours=48)
    # How long the slots of a proposed match are held, and for how many offers per pool.
    match_hold: timedelta = timedelta(hours=72)
    matches_per_pool: int = 3
    # How long a community is asked whether it shares a pool; it may say otherwise of itself.
    consent_within: timedelta = timedelta(hours=24)
    # How often others are told of pools that change: never at the moment of one change.
    release_every: timedelta = timedelta(hours=1)
    # How often the pools of a partition are looked at together, and how many people more have to be served by it.
    reoptimise_every: timedelta = timedelta(minutes=15)
    reoptimise_gain: int = 2
    # How often pools that wait for a matching round are assigned together, and how long its search takes at most.
    round_every: timedelta = timedelta(hours=1)
    round_seconds: float = 20
    # Whether suppliers are admitted as soon as they are registered (open) or after a review (reviewed), where their
    # community has not said otherwise.
    admission: str = "open"
    # By which payment providers members may pay, besides cash.
    payment_providers: frozenset[str] = frozenset()
