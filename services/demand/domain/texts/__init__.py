"""What texts have in common: how alike two are, which are near, which belong together. See TEXTS.md."""

from importlib import import_module
from typing import Any

_HOMES = {  # loaded when asked for: numba and scikit-learn take a second
    "Bridge": "bridge",
    "TextIndex": "index",
    "concepts": "bridge",
    "crossed": "bridge",
    "fold": "folding",
    "similarity": "pair",
    "topics": "grouping",
    "words": "lexicon",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
