"""How a service runs one command, one query, one event or one timer: the only place that commits.

Handlers are plain functions ``handler(command, uow) -> result``. They load, call the domain, save, and add events to
``uow.outbox``; they never commit and never publish, so that state, events, inbox mark and stored answer are one
transaction, committed before nameko answers or acknowledges (it does both before any dependency hears of the result).
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError

from services.chassis.answers import KeyTakenError
from services.chassis.context import working_for
from services.chassis.envelope import Envelope
from services.chassis.together import Asked, HandleMany, Work, apart, read_all, write_all
from services.chassis.unit_of_work import UnitOfWork
from services.chassis.wire import Outcome
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


def lost_a_race(error: BaseException) -> bool:
    """Tell whether a transaction failed only because of another one, so that it may simply be run again."""
    if isinstance(error, KeyTakenError):
        return True
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in RETRYABLE


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

    def execute_many(
        self,
        request: Request,
        read: Callable[[Request], Command],
        handle_many: HandleMany,
        write: Callable[[Result], Answer],
        *,
        operation: str | None = None,
    ) -> Answer:
        """Run the commands of ``request["requests"]`` in one transaction and answer each of them, in order.

        ``handle_many(commands, uow)`` returns for each command a result, or the ``Refusal`` of one that had no effect.
        ``operation`` is the name under which answers are stored: that of the handler for single commands, if there is
        one, so that a repeat finds them whichever way it comes.
        """
        batch = read_all(request["requests"], read, operation or handle_many.__name__)
        work = Work(handle_many, write)
        together, after, repeats = apart(batch)
        for asked in [*self._run_together(work, together), *after]:
            asked.outcome = self._run_alone(work, asked)
        for asked, before in repeats:
            asked.outcome = before.outcome
        return write_all(batch)

    def _run_together(self, work: Work, batch: Sequence[Asked]) -> Sequence[Asked]:
        """Run what may run in one transaction; return what has to be run by itself: nothing, or all of it."""
        if not batch:
            return ()
        try:
            outcomes = self._attempt(lambda uow: work.run(batch, uow))
        except Exception as error:
            if isinstance(error, OperationalError | InterfaceError) and not lost_a_race(error):
                raise  # the database is away, and whether the commit came through is unknown
            # The class only: the text may hold what people wrote.
            why = {"commands": len(batch), "why": type(error).__name__}
            log.warning("a batch failed, running each of its commands by itself", extra=why)
            return batch
        for asked, outcome in zip(batch, outcomes, strict=True):
            asked.outcome = outcome
        return ()

    def _run_alone(self, work: Work, asked: Asked) -> Outcome:
        with working_for(asked.context.correlation_id, asked.context.causation_id):
            try:
                return self._attempt(lambda uow: work.run([asked], uow))[0]
            except Exception as error:
                log.exception("a command of a batch failed")
                return Outcome(error=error)

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
            except (OperationalError, KeyTakenError) as error:
                if not lost_a_race(error) or attempt == ATTEMPTS:
                    raise
                log.info("transaction lost a race, trying again", extra={"attempt": attempt})
        raise AssertionError("unreachable")
