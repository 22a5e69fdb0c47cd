"""Many commands in one transaction: each with its own caller, key, conversation, deadline, answer and error.

The commands of a batch are as independent as if they had come alone. What came before is answered from what is stored.
A refused one has no effect. Where the transaction fails for another reason than a lost race, each command is run by
itself, so that one bad command cannot fail the others. How a batch comes about is told in gateway/TOGETHER.md.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis import wire
from services.chassis.answers import Key, KeyReusedError, KeyTakenError, Stored, fingerprint
from services.chassis.context import WorkContext, current_context
from services.chassis.errors import ServiceError
from services.chassis.wire import Outcome
from services.kernel.errors import Refusal

log = logging.getLogger(__name__)

Request = dict[str, Any]
HandleMany = Callable[[Sequence[Any], Any], Sequence[Any]]

CORRELATION, DEADLINE = "correlation_id", "deadline_ms"


@dataclass(slots=True, eq=False)
class Asked:
    """One command of a batch; ``outcome`` is there as soon as it is known."""

    command: Any
    key: Key | None
    fingerprint: str
    context: WorkContext
    outcome: Outcome | None = None


def read_all(requests: Iterable[Request], read: Callable[[Request], Any], operation: str) -> list[Asked]:
    """Read each request; what cannot be read, or is not waited for any more, has its outcome at once."""
    return [_read(request, read, operation) for request in requests]


def _read(request: Request, read: Callable[[Request], Any], operation: str) -> Asked:
    asked = Asked(None, None, "", _context_of(request))
    try:
        if _is_expired(request):
            raise ServiceError("unavailable", "chassis.expired", "the request came after its deadline", {})
        asked.command = read(request)
        if (key := request.get("idempotency_key")) is not None:
            asked.key = Key(str(request["caller"]["token_id"]), operation, key)
            asked.fingerprint = fingerprint(request["data"])
    except (Refusal, ServiceError) as refusal:
        asked.outcome = Outcome(error=refusal)
    except Exception as error:
        log.exception("a request of a batch could not be read")
        asked.outcome = Outcome(error=error)
    return asked


def _context_of(request: Request) -> WorkContext:
    given = request.get(CORRELATION)
    return WorkContext(given[:200]) if isinstance(given, str) and given.isprintable() else current_context()


def _is_expired(request: Request) -> bool:
    deadline = request.get(DEADLINE)
    return isinstance(deadline, int) and time.time() * 1000 > deadline


def apart(batch: Sequence[Asked]) -> tuple[list[Asked], list[Asked], list[tuple[Asked, Asked]]]:
    """Part a batch: what may run in one transaction, what has to run after it, and repeats with what they repeat.

    A key occurs once in a transaction. The same key with the same request is a repeat; with another request it is
    refused, unless the first was refused and has left the key free: that is known afterwards.
    """
    first: dict[Key, Asked] = {}
    together, after, repeats = [], [], []
    for asked in batch:
        if asked.outcome is not None:
            continue
        before = None if asked.key is None else first.setdefault(asked.key, asked)
        if before is None or before is asked:
            together.append(asked)
        elif before.fingerprint == asked.fingerprint:
            repeats.append((asked, before))
        else:
            after.append(asked)
    return together, after, repeats


class Work:
    """What is done in the transaction of a batch, or in that of one command by itself."""

    def __init__(self, handle_many: HandleMany, write: Callable[[Any], Any]) -> None:
        self._handle_many = handle_many
        self._write = write

    def run(self, batch: Sequence[Asked], uow: Any) -> list[Outcome]:
        """Return the outcome of each command, after the commit.

        Raises ``KeyTakenError`` when a key was taken meanwhile: the whole is then to be done again.
        """
        stored = uow.answers.find_many(asked.key for asked in batch if asked.key is not None)
        fresh = [asked for asked in batch if asked.key not in stored]
        outcomes = dict(zip(fresh, self._handle(fresh, uow), strict=True)) if fresh else {}
        if outcomes:
            self._require_free(outcomes, uow)
            uow.answers.store_many(
                {
                    asked.key: Stored(asked.fingerprint, outcome.result)
                    for asked, outcome in outcomes.items()
                    if asked.key is not None and outcome.error is None
                }
            )
            uow.commit()
        return [outcomes[asked] if asked in outcomes else _repeated(asked, stored[asked.key]) for asked in batch]

    def _handle(self, fresh: Sequence[Asked], uow: Any) -> list[Outcome]:
        uow.contexts = [asked.context for asked in fresh]
        try:
            results = self._handle_many([asked.command for asked in fresh], uow)
        except Refusal as refusal:
            if len(fresh) > 1:
                raise
            uow.rollback()  # a handler that returns its refusal has done nothing; one that raises it may have
            return [Outcome(error=refusal)]
        return [Outcome(error=one) if isinstance(one, Refusal) else Outcome(self._write(one)) for one in results]

    def _require_free(self, outcomes: dict[Asked, Outcome], uow: Any) -> None:
        """Raise ``KeyTakenError`` when a refused command was done meanwhile, by another with the same key.

        It may have been refused because of that: the seat that it did not find is its own.
        """
        refused = [asked.key for asked, outcome in outcomes.items() if asked.key is not None and outcome.error]
        if uow.answers.find_many(refused):
            raise KeyTakenError


def _repeated(asked: Asked, stored: Stored) -> Outcome:
    if stored.fingerprint == asked.fingerprint:
        return Outcome(stored.answer)
    return Outcome(error=KeyReusedError(asked.key.idempotency_key if asked.key else ""))


def write_all(batch: Sequence[Asked]) -> dict[str, Any]:
    """Return the answer of the batch: for each request ``{"result": ...}`` or, with it, ``{"error": ...}``."""
    return {"answers": [_answer(asked.outcome or Outcome(error=wire.internal_error())) for asked in batch]}


def _answer(outcome: Outcome) -> dict[str, Any]:
    if outcome.error is None:
        return {"result": outcome.result}
    return {"result": None, "error": wire.error_to_wire(wire.as_service_error(outcome.error))}
