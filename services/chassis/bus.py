"""How a service runs one command, one query, one event or one timer: the only place that commits.

Handlers are plain functions ``handler(command, uow) -> result``. They load, call the domain, save, and add events to
``uow.outbox``; they never commit and never publish, so that state, events, inbox mark and stored answer are one
transaction, committed before nameko answers or acknowledges (it does both before any dependency hears of the result).
"""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError

from services.chassis.context import working_for
from services.chassis.envelope import Envelope
from services.chassis.unit_of_work import UnitOfWork
from services.kernel.caller import Caller

log = logging.getLogger(__name__)

Command = TypeVar("Command")
Result = TypeVar("Result")
Request = dict[str, Any]
Answer = dict[str, Any]

# PostgreSQL's serialization_failure and deadlock_detected: the loser of a race that may simply try again.
RETRYABLE = {"40001", "40P01"}
ATTEMPTS = 5


def consumer_name(source: str, event: str) -> str:
    """Return the frozen name of a service's reaction to an event: method, queue and inbox mark all carry it."""
    return f"on_{source}_{event.replace('.', '_')}"


class Bus:
    """Runs the handlers of one service, each in a unit of work of its own."""

    def __init__(self, new_uow: Callable[[], UnitOfWork]) -> None:
        self.new_uow = new_uow

    def execute(
        self,
        request: Request,
        read: Callable[[Request], Command],
        handle: Callable[[Command, Any], Result],
        write: Callable[[Result], Answer],
    ) -> Answer:
        """Run a command that changes something; a repeat of its idempotency key gets the first answer."""
        command = read(request)
        caller, key = Caller.from_wire(request["caller"]), request.get("idempotency_key")
        operation = handle.__name__

        def work(uow: UnitOfWork) -> Answer:
            if key is not None:
                stored = uow.answers.claim(caller.token_id, operation, key, request["data"])
                if stored is not None:
                    return stored
            answer = write(handle(command, uow))
            if key is not None:
                uow.answers.store(caller.token_id, operation, key, answer)
            uow.commit()
            return answer

        return self._attempt(work)

    def query(
        self, request: Request, read: Callable[[Request], Command], view: Callable[[Command, Any], Answer]
    ) -> Answer:
        """Answer a question; nothing is committed."""
        question = read(request)
        return self._attempt(lambda uow: view(question, uow))

    def consume(
        self,
        event: Envelope,
        read: Callable[[Envelope], Command],
        handle: Callable[[Command, Any], Any],
    ) -> bool:
        """Let an event have its effect once per service; return False when it had it before."""
        command = read(event)
        consumer = consumer_name(event.source, event.name)

        def work(uow: UnitOfWork) -> bool:
            if not uow.inbox.claim(consumer, event.source, event.id):
                return False
            handle(command, uow)
            uow.commit()
            return True

        with working_for(event.correlation_id, event.id):
            return self._attempt(work)

    def _attempt(self, work: Callable[[Any], Result]) -> Result:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.new_uow() as uow:
                    return work(uow)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in RETRYABLE or attempt == ATTEMPTS:
                    raise
                log.info("transaction lost a race, trying again", extra={"attempt": attempt})
        raise AssertionError("unreachable")
