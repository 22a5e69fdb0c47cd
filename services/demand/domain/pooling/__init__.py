"""The merging engine: needs of one topic that one delivery can serve become a pool. See POOLING.md.

The names below are read when they are asked for, because the engine needs numpy and a service starts without it.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "model": ("Need", "Pins", "Pool", "Prices", "Rules", "Solution", "Tier"),
    "checking": ("Violation", "violations"),
    "solving": ("solve",),
    "book": ("Book",),
    "reoptimising": ("Shift",),
    "explaining": ("Leftover", "Others", "left_out", "why"),
    "topics": ("OnlineTopics", "Stated", "batch_topics", "category_of", "words_in_common"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
