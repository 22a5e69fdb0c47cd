"""Matching rounds: many pools, few slots; who gets which. See ASSIGNMENT.md.

The names below are read when they are asked for, because solving needs numpy and ortools and a service starts without.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "model": ("Assigned", "Limit", "OfferCard", "PoolCard", "Problem", "Result", "SlotCard", "Tier", "Unassigned"),
    "wire": ("problem_from_wire", "problem_to_wire"),
    "answers": ("result_from_wire", "result_to_wire"),
    "checking": ("Breach", "breaches"),
    "solving": ("solve",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
