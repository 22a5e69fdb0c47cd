"""What is asked of the log."""

from dataclasses import dataclass

from services.kernel.caller import Caller


@dataclass(frozen=True, slots=True)
class AskLog:
    """Ask for the signed head, or for the keys."""

    caller: Caller


@dataclass(frozen=True, slots=True)
class ListEntries:
    """Ask for the entries from ``first`` (included) to ``end`` (excluded; None for as many as fit on a page)."""

    caller: Caller
    first: int
    end: int | None


@dataclass(frozen=True, slots=True)
class ListHeads:
    """Ask for signed heads of trees larger than ``beyond``, the smallest first."""

    caller: Caller
    beyond: int


@dataclass(frozen=True, slots=True)
class ProveInclusion:
    """Ask for the proof that an entry is in the tree of ``size`` entries (None for the one signed last)."""

    caller: Caller
    index: int
    size: int | None


@dataclass(frozen=True, slots=True)
class ProveConsistency:
    """Ask for the proof that a tree only grew, from ``first`` to ``second`` entries (None for the one signed last)."""

    caller: Caller
    first: int
    second: int | None
