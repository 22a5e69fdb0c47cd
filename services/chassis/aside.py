"""Long calculations, aside: in a thread of the operating system, while the greenthreads of the process go on."""

from collections.abc import Callable
from typing import Any, TypeVar

from eventlet import patcher, tpool

Result = TypeVar("Result")


def aside(calculate: Callable[..., Result], *arguments: Any) -> Result:
    """Return what the pure function ``calculate`` returns, without stopping whoever else is at work in the process.

    It may use nothing that waits: no connection, no lock, no clock of ours.
    """
    if not patcher.is_monkey_patched("thread"):
        return calculate(*arguments)
    return tpool.execute(calculate, *arguments)
