"""Categories of services: a built-in taxonomy that communities extend, and the classifier that reads a text by it."""

from importlib import import_module
from typing import Any

_HOMES = {  # loaded when asked for: numba and scikit-learn take a second
    "Category": "model",
    "Taxonomy": "model",
    "builtin": "model",
    "parse": "model",
    "Classifier": "classifier",
    "THRESHOLD": "classifier",
    "classify": "classifier",
    "classify_many": "classifier",
    "decide": "classifier",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
