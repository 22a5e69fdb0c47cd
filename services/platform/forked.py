"""``map`` over several processes that begin as copies of this one, so that nothing has to be sent to them."""

import gc
import os
import pickle
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

from services.chassis.errors import StartupError


def forked_map(
    work: Callable[[Any], Any], items: Sequence[Any], processes: int, seen: Callable[[int], None]
) -> Iterator[Any]:
    """Yield ``work(item)`` for each of the items, in their order. What ``work`` returns has to be picklable.

    The largest items come first and go to the processes in turn; ``seen`` is told how many are done, as far as this
    process knows. Raises ``StartupError`` if a process dies.
    """
    # What is there now stays: the collector need not look at it again, nor touch memory that the copies share.
    gc.freeze()
    order = sorted(range(len(items)), key=lambda index: -len(items[index]))
    shares = [order[first::processes] for first in range(processes)]
    others = [_fork(work, items, share) for share in shares[1:] if share]
    results: dict[int, Any] = {}
    for done, index in enumerate(shares[0], 1):
        results[index] = work(items[index])
        seen(done * processes)
    for process, pipe in others:
        results |= _collect(process, pipe)
    seen(len(items))
    return (results[index] for index in range(len(items)))


def _fork(work: Callable[[Any], Any], items: Sequence[Any], share: list[int]) -> tuple[int, BinaryIO]:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, os.fdopen(reading, "rb")
    code = 1
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump({index: work(items[index]) for index in share}, pipe, pickle.HIGHEST_PROTOCOL)
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        # The copy must not go on with what this process has still to do, such as to empty its buffers.
        os._exit(code)


def _collect(process: int, pipe: BinaryIO) -> dict[int, Any]:
    with pipe:
        sent = pipe.read()
    _, status = os.waitpid(process, 0)
    if status:
        raise StartupError("a process of the merge was ended from outside; is there enough memory?")
    return pickle.loads(sent)
