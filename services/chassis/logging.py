"""Logs: a JSON object per line for programs, a short line for people at a terminal.

Every line carries the ids of the conversation and of the message that it belongs to. What people wrote, names,
numbers and bodies are never logged: a log line names ids and codes.
"""

import logging
import re
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

from pythonjsonlogger.json import JsonFormatter

from services.chassis.context import running_context

# Libraries that log each message, or the texts of exceptions, at levels that are meant for their own developers.
QUIET = dict.fromkeys(("amqp", "kombu", "urllib3", "alembic", "nameko", "services.chassis.fair_pool"), "WARNING")
# PostgreSQL repeats the values of the row that it refuses.
DETAIL = re.compile(r"^(\s*)(DETAIL|CONTEXT|LINE \d+|HINT):.*$", re.MULTILINE)
ORDINARY = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class _Correlated(logging.Filter):
    """Adds the ids of the running work, unless the line says its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        if (context := running_context()) is not None:
            for name in ("correlation_id", "causation_id"):
                if (value := getattr(context, name)) and not hasattr(record, name):
                    setattr(record, name, value)
        return True


class _Discreet(logging.Formatter):
    """Takes the values of rows out of the texts of database errors."""

    def formatException(self, ei: ExcInfo) -> str:
        """Return the traceback without what PostgreSQL tells about values."""
        return DETAIL.sub(r"\1\2: (not logged)", super().formatException(ei))


class ForPrograms(_Discreet, JsonFormatter):
    """One JSON object per line; ``time`` is RFC 3339 in UTC."""

    def __init__(self, process: str) -> None:
        names = {"asctime": "time", "levelname": "level", "name": "logger"}
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=names, static_fields={"process": process}
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """Return the time of the record."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ForPeople(_Discreet):
    """One short line: time of day, level, what happened, and what it was about."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line with the extra fields behind it."""
        extra = {key: value for key, value in vars(record).items() if key not in ORDINARY and not key.endswith("_id")}
        about = "  ".join(f"{key}={value}" for key, value in extra.items())
        return super().formatMessage(record) + (f"  [{about}]" if about else "")


def set_up(level: str, *, process: str, stream: TextIO | None = None, people: bool | None = None) -> None:
    """Let everything log to ``stream``, by default stderr.

    ``people`` chooses the form, by default whether the stream is a terminal. ``process`` names the process in each line
    for programs; in a process of several services the lines of the chassis also name their ``service``.
    """
    # Nobody asks for the thread, the process and the line of code of a log line; to find them out is half its cost.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    stream = stream or sys.stderr  # as it is now: whoever imported this may have had another
    logging._srcfile = None  # documented in the library's "Optimization"
    handler: logging.Handler = logging.StreamHandler(stream)
    handler.addFilter(_Correlated())
    for_people = stream.isatty() if people is None else people
    handler.setFormatter(ForPeople() if for_people else ForPrograms(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quiet in QUIET.items():
        logging.getLogger(name).setLevel(quiet)
