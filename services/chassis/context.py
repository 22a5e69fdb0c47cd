"""What a piece of work belongs to: it travels through HTTP, RPC and events, and every log line carries it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from services.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class WorkContext:
    """``correlation_id`` names the whole conversation, ``causation_id`` the message that led to this work."""

    correlation_id: str
    causation_id: str | None = None


_current: ContextVar[WorkContext | None] = ContextVar("work_context", default=None)


def current_context() -> WorkContext:
    """Return the context of the running work; a new conversation if there is none."""
    return _current.get() or WorkContext(str(new_id()))


def running_context() -> WorkContext | None:
    """Return the context of the running work, or None outside of any: it starts no conversation."""
    return _current.get()


@contextmanager
def working_for(correlation_id: str | None, causation_id: str | None = None) -> Iterator[WorkContext]:
    """Run the block as part of a conversation; start a new one when ``correlation_id`` is None."""
    token = _current.set(WorkContext(correlation_id or str(new_id()), causation_id))
    try:
        yield current_context()
    finally:
        _current.reset(token)
