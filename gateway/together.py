"""Requests of one operation that arrive while a call is under way travel in the next one together. See TOGETHER.md."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import eventlet
from eventlet.event import Event

from gateway.problems import Problem
from services.chassis import wire
from services.chassis.context import current_context, working_for
from services.chassis.errors import UnavailableError

MOST_TOGETHER = 64  # requests in one call
MOST_CALLS = 2  # under way at the same time, for one operation of one gateway
MOST_WAITING = 1000  # for the next call; it would come too late for more
MOST_BYTES = 512 * 1024  # of the bodies in one call: a service reads no call above one megabyte
SHORTLY = [("Retry-After", "1")]

Request = dict[str, Any]
Answer = dict[str, Any]
Call = Callable[[str, str, Request], Answer]


@dataclass(slots=True, eq=False)
class Waiting:
    """A request that waits for its answer; ``gone`` is set when nobody does any more."""

    request: Request
    size: int
    deadline: float
    done: Event = field(default_factory=Event)
    gone: bool = False


class Together:
    """Collects the requests of operations whose service takes many in one call."""

    def __init__(self, call: Call, timeout: float) -> None:
        self._call = call
        self._timeout = timeout
        self._lines: dict[tuple[str, str], Line] = {}

    def call(self, service: str, method: str, request: Request, size: int = 0) -> Answer:
        """Ask ``method``, which answers many requests, this one; the same promises and errors as of a call alone.

        Raises a 503 ``Problem`` when too many wait already.
        """
        line = self._lines.get((service, method))
        if line is None:
            line = self._lines[service, method] = Line(self._call, service, method)
        return line.ask(request, size, self._timeout)


class Line:
    """The requests of one operation: those that wait, and how many calls are under way."""

    def __init__(self, call: Call, service: str, method: str) -> None:
        self._call = call
        self._service = service
        self._method = method
        self._waiting: deque[Waiting] = deque()
        self._calls = 0
        self._travelling = 0

    def ask(self, request: Request, size: int, timeout: float) -> Answer:
        """Wait for the answer to one request, ``timeout`` seconds at most."""
        if len(self._waiting) >= MOST_WAITING:
            raise Problem(503, "gateway.overloaded", headers=SHORTLY)
        deadline = time.time() + timeout
        mine = {"correlation_id": current_context().correlation_id, "deadline_ms": int(deadline * 1000)}
        waiting = Waiting({**request, **mine}, size, deadline)
        self._waiting.append(waiting)
        if self._calls < MOST_CALLS:
            self._calls += 1
            # It begins after all requests that have arrived by now: the hub reads what is there before it goes on.
            eventlet.spawn_n(self._run)
        return self._answer_of(waiting, timeout)

    def _answer_of(self, waiting: Waiting, timeout: float) -> Answer:
        waiting.done.wait(timeout)
        if not waiting.done.ready():
            waiting.gone = True
            raise UnavailableError(self._service)
        answer, failure = waiting.done.wait()
        if failure is not None:
            raise failure
        return wire.read_answer(answer)

    def _run(self) -> None:
        """Make one call after the other for as long as somebody waits."""
        try:
            while batch := self._take():
                self._send(batch)
        finally:
            self._calls -= 1

    def _room(self) -> int:
        """Return for how many the next call has room: calls of one size keep gateway and service equally busy."""
        return min(MOST_TOGETHER, -(-(len(self._waiting) + self._travelling) // MOST_CALLS))

    def _take(self) -> list[Waiting]:
        batch, size, now, room = [], 0, time.time(), self._room()
        while self._waiting and len(batch) < room:
            if batch and size + self._waiting[0].size > MOST_BYTES:
                break
            waiting = self._waiting.popleft()
            if not waiting.gone and waiting.deadline > now:
                batch.append(waiting)
                size += waiting.size
        return batch

    def _send(self, batch: list[Waiting]) -> None:
        self._travelling += len(batch)
        try:
            # The call is a conversation of its own; each request in it keeps that of its caller.
            with working_for(None):
                request = {"requests": [waiting.request for waiting in batch]}
                answers = _answers(self._call(self._service, self._method, request), len(batch))
        except Exception as failure:
            _tell(batch, ((None, failure) for _ in batch))
        else:
            _tell(batch, ((answer, None) for answer in answers))
        finally:
            self._travelling -= len(batch)


def _answers(answer: Answer, count: int) -> list[Any]:
    answers = answer.get("answers") if isinstance(answer, dict) else None
    if not isinstance(answers, list) or len(answers) != count:
        raise wire.internal_error()
    return answers


def _tell(batch: Iterable[Waiting], outcomes: Iterable[tuple[Any, Exception | None]]) -> None:
    for waiting, outcome in zip(batch, outcomes, strict=True):
        waiting.done.send(outcome)
